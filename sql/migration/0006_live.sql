-- Live reading: a neuron that is asked for but not stored is fetched when its model allows that.

ALTER TABLE job ADD COLUMN is_live boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN job.is_live IS 'Somebody waits for it: taken before all others';
DROP INDEX job_waiting;
CREATE INDEX job_waiting ON job (is_live DESC, job_id) WHERE done_at IS NULL;

CREATE TABLE live_source (
    model_id smallint NOT NULL REFERENCES model ON DELETE CASCADE,
    source_id smallint NOT NULL REFERENCES source,
    url text NOT NULL,
    PRIMARY KEY (model_id, source_id)
);
COMMENT ON TABLE live_source IS 'Models whose missing neurons are fetched when somebody asks for one';
COMMENT ON COLUMN live_source.model_id IS 'Model';
COMMENT ON COLUMN live_source.source_id IS 'Source that is asked';
COMMENT ON COLUMN live_source.url IS 'Base address of the site';
