"""Fills a database with what the searches need, of any size up to the real one: 25 models, 1.1 million neurons, 40 million
postings over a vocabulary of 50 thousand tokens with Zipf's frequencies, 350 thousand explanations made of real words.

usage: search_data.py DATABASE_URL [--scale 0.1]      (an empty migrated database, as its superuser)
"""

import argparse
import pydoc_data.topics
import re
import subprocess
import sys
import time

import numpy as np

SHAPES = (
    [(48, 6400), (36, 5120), (24, 4096), (24, 4096), (24, 4096), (10, 8192)]
    + [(12, 3072)] * 5
    + [(8, 2048), (6, 2048), (4, 2048), (3, 2048), (2, 2048), (1, 2048)]
    + [(8, 1024), (6, 1024), (4, 1024), (3, 1024), (2, 1024), (1, 1024), (4, 512), (2, 512)]
)
VOCABULARY = 50000
TOP = 0.17  # share of the neurons that have the most frequent token
MEDIAN_TOKENS = 24
EXPLANATIONS = 0.315  # share of the neurons that have one
PART = 1 << 20
LATE = ("posting_search", "search_token_grams", "search_token_alike", "explanation_english", "explanation_simple")


def psql(url, sql, data=None):
    """Runs SQL; `data` goes to its COPY."""
    command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url, *(("-c", sql) if data is not None else ())]
    done = subprocess.run(command, input=data if data is not None else sql.encode(), capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())
    return done.stdout.decode().strip()


def copy(url, table, columns, data):
    """Sends rows in COPY's binary form, without its head and tail, or as text."""
    if isinstance(data, str):
        psql(url, f"COPY {table} ({columns}) FROM STDIN", data.encode())
    else:
        psql(url, f"COPY {table} ({columns}) FROM STDIN (FORMAT binary)", b"PGCOPY\n\xff\r\n\0" + bytes(8) + data + b"\xff\xff")


def words():
    """Real words, the most frequent first."""
    text = " ".join(pydoc_data.topics.topics.values())
    found, counts = np.unique(re.findall(r"[A-Za-z]{2,}", text), return_counts=True)
    return [str(word) for word in found[np.argsort(-counts, kind="stable")]]


def vocabulary(random, size):
    """`size` tokens: words with and without a blank in front, then pieces of words, digits and punctuation."""
    tokens = dict.fromkeys(form for word in words() for form in (f" {word}", word, f" {word.capitalize()}"))
    tokens.update(dict.fromkeys(f"{blank}{a}{b}" for blank in ("", " ") for a in ".,;:!?()[]{}'\"-_=+*/\\&%$#@" for b in ("", *".,;:!?)]'\"-=")))
    tokens.update(dict.fromkeys(str(number) for number in range(1000)))
    names = words()
    while len(tokens) < size:
        word = names[random.integers(len(names))]
        other = names[random.integers(len(names))]
        tokens[word[: random.integers(2, 8)] + other[-random.integers(2, 8) :]] = None
    return list(tokens)[:size]


def edges(mean, num_tokens):
    """Zipf's law with the wanted top: cumulated probabilities of the tokens."""
    ranks = np.arange(1, num_tokens + 1)
    low, high = 0.0, 3.0
    for _ in range(60):
        exponent = (low + high) / 2
        low, high = (exponent, high) if (TOP * ranks**-exponent).sum() > mean else (low, exponent)
    weights = ranks**-exponent
    return np.cumsum(weights / weights.sum())


def draw_postings(random, model_id, layers, size, num_tokens):
    """neuron_id and token_id of a model's postings, each pair once."""
    counts = np.clip(random.lognormal(np.log(MEDIAN_TOKENS), 0.9, layers * size), 1, 2000).astype(np.int64)
    neurons = np.repeat(np.arange(layers * size, dtype=np.int64), counts)
    tokens = np.minimum(np.searchsorted(edges(counts.mean(), num_tokens), random.random(len(neurons))), num_tokens - 1)
    pairs = np.unique(neurons * num_tokens + tokens)
    neurons, tokens = pairs // num_tokens, pairs % num_tokens
    return (model_id << 48) + ((neurons // size) << 32) + neurons % size, tokens


def copy_postings(url, random, neuron_ids, tokens):
    kinds = random.random(len(tokens)) < 1 / 15
    for kind, chosen in ((b"activating", ~kinds), (b"important", kinds)):
        fields = [("n", ">i2"), ("l1", ">i4"), ("neuron", ">i8"), ("l2", ">i4"), ("token", ">i4"), ("l3", ">i4"),
                  ("importance", ">f4"), ("l4", ">i4"), ("kind", f"S{len(kind)}")]  # fmt: skip
        rows = np.empty(int(chosen.sum()), dtype=fields)
        rows["n"], rows["l1"], rows["l2"], rows["l3"], rows["l4"], rows["kind"] = 4, 8, 4, 4, len(kind), kind
        rows["neuron"], rows["token"] = neuron_ids[chosen], tokens[chosen]
        rows["importance"] = 1 - random.integers(0, 200, len(rows)) / 255
        for start in range(0, len(rows), PART):
            copy(url, "posting", "neuron_id, token_id, importance, kind", rows[start : start + PART].tobytes())


def copy_explanations(url, random, model_id, layers, size, names):
    weights = 1 / np.arange(3, len(names) + 3)
    cumulated = np.cumsum(weights / weights.sum())
    chosen = np.sort(random.choice(layers * size, int(layers * size * EXPLANATIONS), replace=False))
    lines = []
    for neuron in chosen:
        picks = np.searchsorted(cumulated, random.random(random.integers(4, 14)))
        text = " ".join(names[min(pick, len(names) - 1)] for pick in picks)
        lines.append(f"{(model_id << 48) + (int(neuron) // size << 32) + int(neuron) % size}\t2\t0\tmachine\t{text}\t{random.random():.6f}\n")
    copy(url, "explanation", "neuron_id, source_id, place, author, explanation, score", "".join(lines))


def fill(url, scale=0.1, seed=1, shapes=SHAPES, num_tokens=VOCABULARY, say=lambda text: None):
    """Fills the database; large indexes are built behind the rows, as a bulk load would."""
    random = np.random.default_rng(seed)
    names = words()
    search, *inverted = (psql(url, f"SELECT pg_get_indexdef('{name}'::regclass)") for name in LATE)
    psql(url, f"ALTER TABLE posting DROP CONSTRAINT posting_pkey; DROP INDEX {', '.join(LATE)}")
    words_id = psql(url, "INSERT INTO vocabulary (name) VALUES ('bench') RETURNING vocabulary_id")
    rows = (f"{words_id}\t{place}\t{text}\t\\\\x{token.encode().hex()}\n"
            for place, token in enumerate(vocabulary(random, num_tokens)) for text in [token.replace("\\", "\\\\")])  # fmt: skip
    copy(url, "token", "vocabulary_id, token_id, token, bytes", "".join(rows))
    total, models = 0, []
    for number, (layers, full_size) in enumerate(shapes, 1):
        size = max(1, int(full_size * scale))
        model_id = int(psql(url, f"SELECT model_register('bench-{number}', 'gelu', 'bench', {layers}, {size}, 0)"))
        models.append(model_id)
        neuron_ids, tokens = draw_postings(random, model_id, layers, size, num_tokens)
        copy_postings(url, random, neuron_ids, tokens)
        copy_explanations(url, random, model_id, layers, size, names)
        psql(url, f"INSERT INTO search_stale (model_id, source_id) VALUES ({model_id}, 2), ({model_id}, 7)")
        total += len(tokens)
    say(f"{total} postings")
    psql(url, f"ALTER TABLE posting ADD PRIMARY KEY (neuron_id, kind, token_id); {search}; ANALYZE")
    started = time.monotonic()
    for model_id in models:
        psql(url, f"SELECT search_fill({model_id}::smallint)")
    say(f"search_fill {time.monotonic() - started:.1f} s")
    psql(url, "; ".join(inverted))
    psql(url, "VACUUM ANALYZE")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--scale", type=float, default=0.1)
    options = parser.parse_args()
    started = time.monotonic()
    fill(options.url, options.scale, say=lambda text: print(text, file=sys.stderr))
    print(f"{time.monotonic() - started:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
