"""A database of the real full size for lists: 25 models, 1.1 million neurons, a number of every kind for each.

Numbers go into the tables that sources write, by COPY, and from there into neuron_summary as ingest does it. Texts and graphs
are left out: lists do not read them.
"""
import subprocess

import numpy as np

# Layers, neurons in each: 1,100,800 neurons.
SHAPES = [
    (12, 3072), (24, 4096), (36, 5120), (48, 6400), (1, 2048), (2, 2048), (3, 2048), (4, 2048), (1, 2048), (2, 2048),
    (3, 2048), (4, 2048), (6, 3072), (8, 4096), (10, 5120), (12, 6144), (1, 4096), (2, 4096), (4, 4096), (6, 2048), (12, 3072),
    (24, 4096), (8, 2048), (8, 3072), (13, 3072),
]  # fmt: skip
WORDS = "words about legal terms dates names of places code punctuation verbs past tense negation numbers".split()
TABLES = {
    "neuron": "neuron_id, num_examples, max_activation, min_activation, activations",
    "statistics": "neuron_id, mean, variance, skewness, kurtosis, quantile_boundaries",
    "explanation": "neuron_id, source_id, place, author, explanation, score",
    "graph_fit": "neuron_id, accuracy, firing_precision, firing_recall, firing_f1_score, non_firing_precision, "
    "non_firing_recall, non_firing_f1_score, firing_count, non_firing_count",
    "neuron_graph": "neuron_id, num_nodes, num_activating, num_edges, dot, graph, node_tokens, node_importances",
}


def neuron_ids(model_id, num_layers, layer_size):
    layers, neurons = np.divmod(np.arange(num_layers * layer_size, dtype=np.int64), layer_size)
    return (np.int64(model_id) << 48) | (layers << 32) | neurons


def rows_of(ids, explained, random):
    """Yields (table, text for COPY) of some neurons; the first `explained` have an explanation."""
    size = len(ids)
    high, low = random.gamma(2, 1.5, size).round(4), -random.gamma(1, 0.1, size).round(4)
    moments = random.normal(0.1, 0.3, size), random.gamma(1, 0.4, size), random.gamma(3, 2, size), random.lognormal(4, 1.5, size)
    rates = random.random((7, size))
    counts = random.integers(1, 2000, (3, size))
    yield "neuron", (f"{i}\t20\t{a}\t{b}\t\\\\x\n" for i, a, b in zip(ids, high, low))
    yield "statistics", (f"{i}\t{a!r}\t{b!r}\t{c!r}\t{d!r}\t{{}}\n" for i, a, b, c, d in zip(ids, *(m.tolist() for m in moments)))
    yield "graph_fit", ("\t".join(map(str, row)) + "\n" for row in zip(ids, *rates.tolist(), *counts[:2].tolist()))
    yield "neuron_graph", (f"{i}\t{n}\t{n // 2}\t{n - 1}\t\t{{}}\t{{}}\t{{}}\n" for i, n in zip(ids, counts[2].tolist()))
    words = random.choice(WORDS, (explained, 5))
    yield "explanation", (f"{i}\t2\t0\tgpt-4\t{' '.join(w)}\t{s!r}\n" for i, w, s in zip(ids, words, rates[0].tolist()))


def fill(connection_copy, execute, shapes=tuple(SHAPES), explained=350_000):
    """Writes everything. `connection_copy(sql, bytes)` runs a COPY, `execute(sql)` anything else."""
    random = np.random.default_rng(6)
    indexes = execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'neuron_summary' AND indexdef !~ 'UNIQUE'").splitlines()
    for index in indexes:  # made at the end, which is quicker than growing them
        execute("DROP INDEX " + index.split()[2])
    total = sum(a * b for a, b in shapes)
    for number, (num_layers, layer_size) in enumerate(shapes):
        model_id = int(execute(f"SELECT model_register('bench-{number}', 'gelu', 'bench', {num_layers}, {layer_size}, 0)"))
        ids = neuron_ids(model_id, num_layers, layer_size)
        for table, lines in rows_of(ids, min(len(ids), explained * len(ids) // total), random):
            connection_copy(f"COPY {table} ({TABLES[table]}) FROM STDIN", "".join(lines).encode())
        execute(f"SELECT summary_refill({model_id}::smallint)")
    for index in indexes:
        execute(f"SET maintenance_work_mem = '256MB'; {index}")
    execute("VACUUM ANALYZE neuron_summary")


def psql_functions(psql):
    """The two functions that `fill` wants, over a psql command."""

    def run(arguments, data):
        return subprocess.run([*psql, *arguments], input=data, check=True, capture_output=True).stdout.decode().strip()

    return lambda sql, data: run(["-c", sql], data), lambda sql: run(["-c", sql], b"")
