-- Neuron2Graph: filling postings and similar neurons. Called by ingest.

-- Importance of tokens in graphs. Neuron2Graph takes brackets off the ends of a token's label: compare with node_token().
CREATE OR REPLACE VIEW node_importance AS
SELECT g.neuron_id, n.token,
       max(n.importance) FILTER (WHERE n.place <= g.num_activating) AS activating,
       max(n.importance) FILTER (WHERE n.place > g.num_activating) AS important
FROM neuron_graph g, unnest(g.node_tokens, g.node_importances) WITH ORDINALITY AS n(token, importance, place)
GROUP BY g.neuron_id, n.token;
COMMENT ON VIEW node_importance IS 'Tokens of graphs with their highest importance';
COMMENT ON COLUMN node_importance.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN node_importance.token IS 'As node_token() gives it';
COMMENT ON COLUMN node_importance.activating IS 'Among the nodes that activate the neuron';
COMMENT ON COLUMN node_importance.important IS 'Among the others';

CREATE OR REPLACE FUNCTION node_token(token text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN position('"' IN token) > 0 THEN token ELSE trim(BOTH '[]' FROM token) END;
COMMENT ON FUNCTION node_token(text) IS 'A token as neuron_graph.node_tokens has it: Neuron2Graph takes brackets off its ends, unless it holds a quote';

-- A graph may be read before or after the model's store: whoever comes second finds the other's rows, as one waits
-- for the other here. Readers of graphs share the lock; a store has it alone.
CREATE OR REPLACE FUNCTION posting_lock(model_id smallint, is_shared boolean) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = public, pg_temp
AS $$
BEGIN
    IF is_shared THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext('deepdecipher posting'), model_id);
    ELSE
        PERFORM pg_advisory_xact_lock(hashtext('deepdecipher posting'), model_id);
    END IF;
END
$$;
COMMENT ON FUNCTION posting_lock(smallint, boolean) IS 'Keeps the reading of graphs and of a store of one model apart, until COMMIT';

-- The graphs of these neurons are new: what their postings' importances are now.
CREATE OR REPLACE FUNCTION posting_importance_fill(neuron_ids bigint[]) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = public, pg_temp
AS $$
DECLARE
    changed bigint;
BEGIN
    PERFORM posting_lock(neuron_model_id(neuron_ids[1]), true);
    IF NOT EXISTS (SELECT FROM posting p WHERE p.neuron_id = ANY (neuron_ids)) THEN
        RETURN 0;
    END IF;
    UPDATE posting p SET importance = found.importance
    FROM (SELECT q.neuron_id, q.kind, q.token_id,
                 CASE q.kind WHEN 'activating' THEN coalesce(i.activating, i.important) ELSE i.important END AS importance
          FROM posting q JOIN model m USING (model_id) JOIN token t USING (vocabulary_id, token_id)
          LEFT JOIN node_importance i ON i.neuron_id = q.neuron_id AND i.token = node_token(t.token)
          WHERE q.neuron_id = ANY (neuron_ids)) AS found
    WHERE p.neuron_id = found.neuron_id AND p.kind = found.kind AND p.token_id = found.token_id
      AND p.importance IS DISTINCT FROM found.importance;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END
$$;
COMMENT ON FUNCTION posting_importance_fill(bigint[]) IS 'Takes the importances of neurons'' postings from their graphs; all neurons of one model';

-- Replaces a model's postings by the rows of the temporary table store_entry (neuron_id, token_id, kind), then its
-- similar neurons. Gives the number of postings.
CREATE OR REPLACE FUNCTION neuron_store_fill(model_id smallint) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = public, pg_temp
SET work_mem = '64MB'
AS $$
DECLARE
    first bigint := neuron_id($1, 0, 0);
    last bigint := neuron_id($1, 0, 0) + (1::bigint << 48) - 1;
    words integer := (SELECT m.vocabulary_id FROM model m WHERE m.model_id = $1);
    stored bigint;
BEGIN
    PERFORM posting_lock($1, false);
    DELETE FROM posting p WHERE p.neuron_id BETWEEN first AND last;
    ANALYZE store_entry;
    INSERT INTO posting (neuron_id, token_id, importance, kind)
    SELECT e.neuron_id, e.token_id,
           CASE e.kind WHEN 'activating' THEN coalesce(i.activating, i.important) ELSE i.important END, e.kind
    FROM store_entry e
    JOIN (SELECT t.token_id, node_token(t.token) AS label FROM token t WHERE t.vocabulary_id = words) AS t USING (token_id)
    LEFT JOIN (SELECT * FROM node_importance n WHERE n.neuron_id BETWEEN first AND last) AS i
           ON i.neuron_id = e.neuron_id AND i.token = t.label
    ORDER BY e.neuron_id, e.kind, e.token_id;
    GET DIAGNOSTICS stored = ROW_COUNT;
    PERFORM similar_neurons_fill($1);
    RETURN stored;
END
$$;
COMMENT ON FUNCTION neuron_store_fill(smallint) IS 'Makes a model''s postings from the temporary table store_entry, and its similar neurons';

-- Finds the neurons of a model that are alike: tokens in common / tokens of the neuron that has fewer, `threshold` or more.
-- A (token, kind) counts as one token: two neurons that a token activates share it, one that it activates and one that it is
-- important to do not. (The original system takes the number of neurons in the model for the number of the first neuron's
-- tokens, and so divides by the tokens of whichever of the two comes later.)
--
-- Counting what all pairs share would cost the square of every token's frequency. But a neuron of `size` tokens must share
-- needed = ceil(threshold * size) of them with a larger one, so at most size - needed of its rarest tokens, and any k - 1 more,
-- can come without k shared ones among them. So pairs are looked for among the size - needed + k rarest tokens of the smaller
-- neuron only, and those that share k of these are counted in full. k = 1 for the smallest neurons, whose every token may be a
-- frequent one, and 3 for large ones, of which few pairs then need counting.
CREATE OR REPLACE FUNCTION similar_neurons_fill(model_id smallint, threshold numeric DEFAULT 0.4) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = public, pg_temp
SET work_mem = '128MB'
SET plan_cache_mode = force_custom_plan
SET client_min_messages = warning
AS $$
DECLARE
    first bigint := neuron_id($1, 0, 0);
    last bigint := neuron_id($1, 0, 0) + (1::bigint << 48) - 1;
    part CONSTANT integer := 128;
    num_neurons integer;
    stored bigint;
BEGIN
    DELETE FROM similar_neuron s WHERE s.neuron_id BETWEEN first AND last;

    -- The planner knows nothing of rows that this transaction has just made; of a temporary table it does.
    CREATE TEMPORARY TABLE fill_posting ON COMMIT DROP AS
    SELECT p.neuron_id, p.token_id, p.kind FROM posting p WHERE p.neuron_id BETWEEN first AND last;
    ANALYZE fill_posting;

    -- Tokens are numbered from the rarest on, neurons from the one with the fewest tokens on.
    CREATE TEMPORARY TABLE fill_term ON COMMIT DROP AS
    SELECT p.token_id, p.kind, count(*)::integer AS frequency,
           row_number() OVER (ORDER BY count(*), p.token_id, p.kind)::integer AS term
    FROM fill_posting p
    GROUP BY p.token_id, p.kind;
    ANALYZE fill_term;

    CREATE TEMPORARY TABLE fill_size ON COMMIT DROP AS
    SELECT s.neuron_id, s.size, s.needed, row_number() OVER (ORDER BY s.size, s.neuron_id)::integer AS n,
           least(s.needed, CASE WHEN s.size < 8 THEN 1 WHEN s.size < 16 THEN 2 ELSE 3 END) AS k
    FROM (SELECT p.neuron_id, count(*)::integer AS size, ceil(threshold * count(*))::integer AS needed
          FROM fill_posting p GROUP BY p.neuron_id) AS s;
    GET DIAGNOSTICS num_neurons = ROW_COUNT;
    CREATE UNIQUE INDEX ON fill_size (n);
    ANALYZE fill_size;

    -- A token that only one neuron has is shared by none, but takes its place.
    CREATE TEMPORARY TABLE fill_member ON COMMIT DROP AS
    SELECT m.n, m.term, m.place <= m.size - m.needed + m.k AS is_rare
    FROM (SELECT s.n, s.size, s.needed, s.k, t.term, t.frequency,
                 row_number() OVER (PARTITION BY s.n ORDER BY t.term) AS place
          FROM fill_posting p JOIN fill_term t USING (token_id, kind) JOIN fill_size s USING (neuron_id)) AS m
    WHERE m.frequency > 1
    ORDER BY m.n;
    CREATE INDEX ON fill_member (n);
    ANALYZE fill_member;

    CREATE TEMPORARY TABLE fill_list (term integer, neurons integer[]) ON COMMIT DROP;
    ALTER TABLE fill_list ALTER neurons SET STORAGE EXTERNAL;
    INSERT INTO fill_list SELECT m.term, array_agg(m.n) FROM fill_member m GROUP BY m.term;
    CREATE UNIQUE INDEX ON fill_list (term);
    ANALYZE fill_list;

    -- A part of the neurons at a time, so that counting stays in the processor's cache.
    CREATE TEMPORARY TABLE fill_pair (a integer, b integer, num_shared integer) ON COMMIT DROP;
    FOR start IN 1 .. num_neurons BY part LOOP
        INSERT INTO fill_pair (a, b, num_shared)
        SELECT c.a, c.b, c.num_shared
        FROM (SELECT r.a, r.b, count(*)::integer AS num_shared
              FROM (SELECT m.n AS a, unnest(t.neurons) AS b
                    FROM fill_member m JOIN fill_list t USING (term)
                    WHERE m.n >= start AND m.n < start + part AND m.is_rare) AS r
              WHERE r.b > r.a
              GROUP BY r.a, r.b) AS c
        JOIN fill_size s ON s.n = c.a AND c.num_shared >= s.k;
    END LOOP;
    ANALYZE fill_pair;

    INSERT INTO similar_neuron (neuron_id, similar_id, similarity, num_shared)
    SELECT CASE WHEN is_turned THEN b.neuron_id ELSE a.neuron_id END AS neuron_id,
           CASE WHEN is_turned THEN a.neuron_id ELSE b.neuron_id END AS similar_id,
           p.num_shared::real / a.size::real, p.num_shared
    FROM (SELECT q.a, q.b, q.num_shared + coalesce(f.num_shared, 0) AS num_shared
          FROM fill_pair q
          LEFT JOIN (SELECT c.a, c.b, count(*)::integer AS num_shared
                     FROM fill_pair c
                     JOIN fill_member x ON x.n = c.a AND NOT x.is_rare
                     JOIN fill_member y ON y.n = c.b AND y.term = x.term
                     GROUP BY c.a, c.b) AS f ON f.a = q.a AND f.b = q.b) AS p
    JOIN fill_size a ON a.n = p.a AND p.num_shared >= a.needed
    JOIN fill_size b ON b.n = p.b,
    (VALUES (false), (true)) AS turned(is_turned)
    ORDER BY 1, 2;
    GET DIAGNOSTICS stored = ROW_COUNT;
    DROP TABLE fill_posting, fill_term, fill_size, fill_member, fill_list, fill_pair;
    RETURN stored;
END
$$;
COMMENT ON FUNCTION similar_neurons_fill(smallint, numeric) IS 'Finds which neurons of a model share tokens; gives the number of rows of similar_neuron';
