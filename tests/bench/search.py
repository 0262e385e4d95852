#!/usr/bin/env python3
"""Measures the searches on a generated database, through a worker, and prints a table.

usage: search.py [DATABASE_URL]      with a database that search_data.py filled; without one, a cluster of its own is made
  BENCH_SEARCH=0.02   size of that one: 1 is 1.1 million neurons and 40 million postings
"""

import json
import os
import pathlib
import random
import sys
import tempfile
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import search_data
from cluster import Cluster, psql
from workers import Workers

ROUNDS = 60


def address(search, *parameters):
    return f"/api/search{search}?" + urllib.parse.urlencode(parameters, quote_via=urllib.parse.quote)


def frequent(url):
    """Tokens with their number of neurons, the most frequent first."""
    sql = "SELECT json_agg(json_build_array(t.token, c.num_neurons) ORDER BY c.num_neurons DESC) FROM search_token_count c JOIN search_token t USING (token_key)"
    return json.loads(psql(url, sql))


def cases(tokens, dice):
    """{name: function that makes an address}; tokens are chosen by how frequent they are."""
    def some(low, high, count):
        return dice.sample(tokens[low:high], count)

    def neurons(low, high, count, *more):
        return lambda: address("/neurons", *(("token", f"any:{token}") for token, _ in some(low, high, count)), *more)

    words = search_data.words()
    text = lambda low, high, count: " ".join(dice.sample(words[low:high], count))
    typo = lambda word: word[:2] + word[3] + word[2] + word[4:]
    long_words = [word for word in words[:3000] if len(word) > 6]
    return {
        "neurons: one common token, all models": neurons(0, 5, 1),
        "neurons: one rare token, all models": neurons(5000, 40000, 1),
        "neurons: three common tokens, all models": neurons(0, 5, 3),
        "neurons: three middling tokens, all models": neurons(20, 60, 3),
        "neurons: a rare and two common tokens": lambda: neurons(5000, 40000, 1)() + "&" + neurons(0, 5, 2)().split("?")[1],
        "neurons: three common tokens, one model": neurons(0, 5, 3, ("model", "bench-4")),
        "tokens: exact": lambda: address("/tokens", ("q", some(0, 5000, 1)[0][0]), ("match", "exact")),
        "tokens: one letter (autocomplete)": lambda: address("/tokens", ("q", dice.choice("abcdefghijklmnoprstuw"))),
        "tokens: three letters (autocomplete)": lambda: address("/tokens", ("q", dice.choice(words[:2000])[:3])),
        "tokens: the same, one model": lambda: address("/tokens", ("q", dice.choice(words[:2000])[:3]), ("model", "bench-1")),
        "tokens: part, one character": lambda: address("/tokens", ("q", dice.choice("aeintz,.!7")), ("match", "substring")),
        "tokens: part, four letters": lambda: address("/tokens", ("q", dice.choice(long_words)[1:5]), ("match", "substring")),
        "tokens: fuzzy": lambda: address("/tokens", ("q", typo(dice.choice(long_words))), ("match", "fuzzy")),
        "explanations: one word": lambda: address("/explanations", ("q", text(60, 2000, 1))),
        "explanations: two words": lambda: address("/explanations", ("q", text(20, 300, 2))),
        "explanations: prefix": lambda: address("/explanations", ("q", dice.choice(long_words)[:5]), ("match", "prefix")),
        "explanations: fuzzy": lambda: address("/explanations", ("q", typo(dice.choice(long_words))), ("match", "fuzzy")),
        "box: three letters": lambda: address("", ("q", dice.choice(words[:2000])[:3])),
    }  # fmt: skip


def measure(workers, make):
    """Milliseconds of each request, and how often which status came."""
    times, statuses = [], {}
    for number in range(ROUNDS + 5):
        target = make()
        started = time.perf_counter()
        answer = workers.ask(target)
        spent = (time.perf_counter() - started) * 1000
        if number >= 5:
            times.append(spent)
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
    return sorted(times), statuses


def sizes(url):
    sql = """SELECT c.relname || ' ' || pg_size_pretty(pg_table_size(c.oid)) || ' + indexes ' || pg_size_pretty(pg_indexes_size(c.oid))
             FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname ~ '^(posting|search_token|explanation)'
             ORDER BY pg_total_relation_size(c.oid) DESC"""
    return psql(url, sql).splitlines()


def report(url, program, reader):
    dice = random.Random(1)
    rows = psql(url, "SELECT sum(num_layers * layer_size) FROM model; SELECT sum(num_neurons) FROM posting_list; SELECT count(*) FROM explanation")
    print("{} neurons, {} postings, {} explanations".format(*rows.split("\n")))
    tokens = frequent(url)
    print(f"common tokens: {tokens[0][1]} to {tokens[4][1]} neurons, middling: {tokens[20][1]} to {tokens[59][1]}")
    folder = tempfile.mkdtemp(prefix="dd-search-", dir="/tmp")
    with Workers(program, f"{folder}/fcgi.sock", reader, "--workers", "1") as workers:
        print(f"{'ms, one client, uncached, through a worker':44} {'p50':>7} {'p99':>7}")
        for name, make in cases(tokens, dice).items():
            times, statuses = measure(workers, make)
            other = "" if set(statuses) == {200} else f"   {statuses}"
            print(f"{name:44} {times[len(times) // 2]:7.1f} {times[int(len(times) * 0.99)]:7.1f}{other}", flush=True)
    os.rmdir(folder) if not os.listdir(folder) else None
    print("on disk: " + ", ".join(sizes(url)))


def main():
    program = pathlib.Path(os.environ.get("BIN", "build")).resolve() / "deepdecipher-fcgi"
    if len(sys.argv) > 1:
        report(sys.argv[1], program, sys.argv[1])
        return
    cluster = Cluster()
    try:
        name = cluster.create()
        cluster.migrate(name)
        search_data.fill(cluster.url(name), float(os.environ.get("BENCH_SEARCH") or 0.02))
        report(cluster.url(name), program, cluster.url(name, "deepdecipher_reader"))
    finally:
        cluster.remove()


if __name__ == "__main__":
    main()
