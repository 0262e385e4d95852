"""Bytes on disk by table and index."""
import ingest

SIZES = """
SELECT r.relname, part.name, part.bytes FROM pg_class r, LATERAL (
    SELECT 'rows' AS name, pg_table_size(r.oid) - coalesce(pg_total_relation_size(nullif(r.reltoastrelid, 0)), 0) AS bytes
    UNION ALL SELECT 'long values', pg_total_relation_size(nullif(r.reltoastrelid, 0))
    UNION ALL SELECT i.relname, pg_table_size(i.oid) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    WHERE x.indrelid = r.oid) part
WHERE r.relnamespace = 'public'::regnamespace AND r.relkind = 'r' AND part.bytes > 0 AND r.relname <> ALL (%s)
ORDER BY 3 DESC
"""


def measure(running, num_neurons):
    """{"bytes_per_neuron": [in all], "disk": [[table, part, bytes per neuron], ...]}; fixed tables are left out."""
    running.sql("VACUUM (ANALYZE)")
    fixed = "'{" + ",".join(ingest.FIXED) + "}'"
    rows = [[table, part, int(size) / num_neurons] for table, part, size in running.sql(SIZES % fixed)]
    return {"bytes_per_neuron": [sum(row[2] for row in rows)], "disk": rows}
