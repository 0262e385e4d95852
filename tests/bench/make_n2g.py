#!/usr/bin/env python3
"""Makes files of Neuron2Graph for a model that does not exist, of any size, with the statistics of real ones.

usage: make_n2g.py FOLDER [--shape 12x3072] [--seed 1] [--tokens 34] [--vocabulary 50000] [--top 0.17] [--no-graphs]

Writes FOLDER/neuron_store.json, FOLDER/stats.json and FOLDER/{layer}_{neuron}/graph. A neuron's number of tokens is
log-normal with the given median; tokens are drawn by Zipf's law, scaled so that the most frequent one belongs to the share
`top` of all neurons. One token in fifteen is context. The same arguments give the same bytes.
"""

import argparse
import json
import pathlib

import numpy as np

HEAD = (
    "digraph {\n\tgraph [nodesep=0.2 rankdir=RL ranksep=1.5 splines=spline]\n"
    "\tnode [fixedsize=true height=0.75 width=2]\n"
)


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--shape", default="12x3072")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tokens", type=float, default=34, help="of a neuron, median")
    parser.add_argument("--vocabulary", type=int, default=50000)
    parser.add_argument("--top", type=float, default=0.17)
    parser.add_argument("--no-graphs", action="store_true")
    return parser.parse_args()


def shares(size, mean_tokens, top):
    """Probability of each token to be one of a neuron's, falling; its sum is `mean_tokens`."""
    ranks = np.arange(1, size + 1)
    low, high = 0.0, 3.0
    for _ in range(60):
        exponent = (low + high) / 2
        total = (top * ranks**-exponent).sum()
        low, high = (exponent, high) if total > mean_tokens else (low, exponent)
    return top * ranks**-exponent


def draw_neurons(random, count, options):
    """For each neuron the sorted numbers of its tokens."""
    sizes = np.clip(random.lognormal(np.log(options.tokens), 0.9, count), 1, 2000).astype(int)
    weights = shares(options.vocabulary, sizes.mean(), options.top)
    edges = np.cumsum(weights / weights.sum())
    for size in sizes:
        tokens = np.unique(np.searchsorted(edges, random.random(size)))
        yield tokens[tokens < options.vocabulary]


def spell(number):
    """A token: half of them with a blank in front."""
    letters = ""
    word = number // 2
    while True:
        letters = "abcdefghijklmnopqrstuvwxyz"[word % 26] + letters
        word = word // 26 - 1
        if word < 0:
            return (" " if number % 2 == 0 else "") + letters


def node(number, token, colour):
    label = token if token[0] != " " else f'"{token}"'
    return (
        f'\t\t{number} [label={label} fillcolor="{colour}" fontcolor=black fontsize=25 penwidth=7 shape=box '
        'style="filled,solid"]\n'
    )


def draw_graph(random, activating, important):
    """A graph in Neuron2Graph's own words: each token of context is needed by one that activates."""
    greens = random.integers(0, 180, len(activating) + len(important))
    first = len(activating) + 1
    lines = [HEAD]
    for place in range(len(important) if activating else 0):
        lines.append(f"\t{place % len(activating) + 1} -> {first + place} [dir=back penwidth=3]\n")
    clusters = [[], [node(i + 1, t, f"#ff{g:02x}{g:02x}") for i, (t, g) in enumerate(zip(activating, greens))]]
    if important:
        clusters.append(
            [node(first + i, t, f"#{g:02x}{g:02x}ff") for i, (t, g) in enumerate(zip(important, greens[first - 1 :]))]
        )
    for place, nodes in enumerate(clusters):
        lines.append(f"\tsubgraph cluster_{len(clusters) - place} {{\n\t\tpencolor=white penwidth=3\n")
        lines += nodes + ["\t}\n"]
    return "".join(lines) + "}\n"


def score(random, count):
    precision, recall = random.random(2)
    return {
        "precision": precision if count % 40 else float("nan"),
        "recall": recall,
        "f1_score": 2 * precision * recall / (precision + recall),
        "count": count,
    }


def main():
    options = read_arguments()
    layers, size = (int(part) for part in options.shape.split("x"))
    random = np.random.default_rng(options.seed)
    store = {"activating": {}, "important": {}}
    stats = {}
    words = [spell(number) for number in range(options.vocabulary)]
    for flat, tokens in enumerate(draw_neurons(random, layers * size, options)):
        name = f"{flat // size}_{flat % size}"
        is_context = random.random(len(tokens)) < 1 / 15
        activating = [words[t] for t in tokens[~is_context]] or [words[tokens[0]]]
        important = [words[t] for t in tokens[is_context]]
        for kind, its in (("activating", activating), ("important", important)):
            for token in its:
                store[kind].setdefault(token, []).append(name)
        count = int(random.integers(0, 400))
        stats.setdefault(str(flat // size), {})[str(flat % size)] = {
            "accuracy": random.random(),
            "non_firing": score(random, 2560 - count),
            "firing": score(random, count),
        }
        if not options.no_graphs:
            folder = options.folder / name
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "graph").write_text(draw_graph(random, activating, important))
    options.folder.mkdir(parents=True, exist_ok=True)
    (options.folder / "neuron_store.json").write_text(json.dumps(store, indent=2, ensure_ascii=False))
    (options.folder / "stats.json").write_text(json.dumps(stats))
    postings = [len(neurons) for kind in store.values() for neurons in kind.values()]
    print(f"{layers * size} neurons, {len(postings)} tokens, {sum(postings)} postings, most frequent {max(postings)}")


if __name__ == "__main__":
    main()
