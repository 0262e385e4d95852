"""Measures the searches through nginx and a worker, uncached, at three sizes, and prints a table for each.

usage: BENCH_SEARCH=1 make bench    1: 1.1 million neurons, 40 million postings, 350 thousand explanations; 0.02: a fiftieth

A tenth and a hundredth of that size are measured too. growth is the cost / the cost at a tenth of the size, where the cost is
the median time of one client. The filled databases stay in BENCH_VAR/search-SIZE; without such a folder one is filled.
"""

import collections
import http.client
import json
import os
import random
import sys
import urllib.parse

import disk
import report
import search_data
import serving
import stack
from bench import number_of

NUM_ADDRESSES = 500
CLIENTS = (1, 8)
Case = collections.namedtuple("Case", "name target make")  # target: of the 99th percentile, in ms; make: gives an address


def address(search, *parameters):
    return f"/api/search{search}?" + urllib.parse.urlencode(parameters, quote_via=urllib.parse.quote)


def frequent(running):
    """All tokens, those that most neurons have first."""
    sql = "SELECT json_agg(t.token ORDER BY c.num_neurons DESC, c.bytes) FROM search_token_count c JOIN search_token t USING (token_key)"
    return json.loads(running.sql(sql)[0][0])


def neuron_cases(tokens, dice):
    common, middling, rare = tokens[:5], tokens[20:60], tokens[len(tokens) // 10 : len(tokens) * 4 // 5]

    def neurons(*choices, model=()):
        return lambda: address("/neurons", *(("token", f"any:{token}") for some, count in choices for token in dice.sample(some, count)), *model)

    of_one = [("model", "bench-4")]
    return [
        Case("neurons: one rare token, all models", None, neurons((rare, 1))),
        Case("neurons: one common token, one model", None, neurons((common, 1), model=of_one)),
        Case("neurons: one common token, all models", None, neurons((common, 1))),
        Case("neurons: three common tokens, one model", None, neurons((common, 3), model=of_one)),
        Case("neurons: three common tokens, all models", 50, neurons((common, 3))),
        Case("neurons: three middling tokens, all models", 10, neurons((middling, 3))),
        Case("neurons: one rare and two common tokens", None, neurons((rare, 1), (common, 2))),
    ]


def token_cases(tokens, words, dice):
    frequent_tokens, long_words = tokens[: len(tokens) // 10], [word for word in words[:3000] if len(word) > 6]

    def find(choose, *more):
        return lambda: address("/tokens", ("q", choose()), *more)

    return [
        Case("tokens: exact", 5, find(lambda: dice.choice(frequent_tokens), ("match", "exact"))),
        Case("tokens: autocomplete, one letter", 5, find(lambda: dice.choice("abcdefghijklmnoprstuw"))),
        Case("tokens: autocomplete, three letters", 5, find(lambda: dice.choice(words[:2000])[:3])),
        Case("tokens: autocomplete, one model", 5, find(lambda: dice.choice(words[:2000])[:3], ("model", "bench-1"))),
        Case("tokens: substring, one character", 20, find(lambda: dice.choice("aeintz,.!7"), ("match", "substring"))),
        Case("tokens: substring, four letters", 20, find(lambda: dice.choice(long_words)[1:5], ("match", "substring"))),
        Case("tokens: fuzzy", 20, find(lambda: misspelt(dice.choice(long_words)), ("match", "fuzzy"))),
    ]


def explanation_cases(words, dice):
    long_words = [word for word in words[:3000] if len(word) > 6]

    def find(choose, *more):
        return lambda: address("/explanations", ("q", choose()), *more)

    return [
        Case("explanations: one word", 30, find(lambda: dice.choice(words[60:2000]))),
        Case("explanations: two words", 30, find(lambda: " ".join(dice.sample(words[20:300], 2)))),
        Case("explanations: prefix", 30, find(lambda: dice.choice(long_words)[:5], ("match", "prefix"))),
        Case("explanations: fuzzy", 30, find(lambda: misspelt(dice.choice(long_words)), ("match", "fuzzy"))),
        Case("one box: three letters", None, lambda: address("", ("q", dice.choice(words[:2000])[:3]))),
    ]


def misspelt(word):
    return word[:2] + word[3] + word[2] + word[4:]


def answered(port, addresses):
    """Those that are answered: words of too many explanations are 422. Asking warms buffers and plans."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    found = []
    for address in addresses:
        connection.request("GET", address)
        answer = connection.getresponse()
        answer.read()
        if answer.status not in (200, 422):
            raise stack.Failed(f"{address} answers {answer.status}")
        found += [address] * (answer.status == 200)
    if len(found) < len(addresses):
        print(f"  {len(addresses) - len(found)} of {len(addresses)} such as {addresses[0]} are 422", flush=True)
    return found


def measure(running, server, case, seconds):
    """The outcomes of wrk with each number of clients."""
    paths = serving.write_list(running, "search", answered(server.ports[0], [case.make() for _ in range(NUM_ADDRESSES)]))
    return [serving.wrk(server.ports[0], paths, "-", clients, seconds) for clients in CLIENTS]


def table(outcomes, before, cases):
    """Lines with all cases of a size; `before` are the outcomes at a tenth of it."""
    yield f"  {'':<44}{'one client':>16}{'eight clients':>16}"
    yield f"  {'ms':<44}{'p50':>8}{'p99':>8}{'p50':>8}{'p99':>8}{'growth':>9}   target of p99, one client"
    for case in cases:
        one, eight = outcomes[case.name]
        times = "".join(f"{outcome[name] / 1e3:>8.1f}" for outcome in (one, eight) for name in ("p50_us", "p99_us"))
        growth = f"× {one['p50_us'] / before[case.name][0]['p50_us']:.1f}" if before else ""
        verdict = report.verdict(report.at_most(case.target), one["p99_us"] / 1e3) if case.target else ""
        yield f"  {case.name:<44}{times}{growth:>9}   {verdict}".rstrip()


def run_size(settings, scale, before):
    """Measures and prints one size; its outcomes by the cases' names."""
    dice, words = random.Random(1), search_data.words()
    folder = os.path.join(settings["var"], f"search-{scale:g}")
    with stack.kept(settings["bin"], folder, lambda running: search_data.fill(running.owner_url, scale)) as (running, fill_seconds):
        (counts,) = running.sql("SELECT (SELECT sum(num_total_neurons) FROM model), (SELECT count(*) FROM posting), (SELECT count(*) FROM explanation)")
        neurons, postings, explanations = map(int, counts)
        print(f"{neurons:,} neurons, {postings:,} postings, {explanations:,} explanations; loading them took {fill_seconds:,.0f} s", flush=True)
        tokens = frequent(running)
        cases = neuron_cases(tokens, dice) + token_cases(tokens, words, dice) + explanation_cases(words, dice)
        with running.nginx("uncached", running.uncached()) as server:
            outcomes = {case.name: measure(running, server, case, settings["seconds"]) for case in cases}
        figures = disk.measure(running, neurons)
    print("\n".join(table(outcomes, before, cases)))
    print(f"On disk: {figures['bytes_per_neuron'][0] * neurons / 1e6:,.0f} MB; a neuron:")
    print("\n".join(report.disk_lines(figures)) + "\n", flush=True)
    return outcomes


def main():
    text = os.environ.get("BENCH_SEARCH", "")
    try:
        scale = float(text)
    except ValueError:
        scale = 0
    if not 0 < scale <= 1:
        sys.exit(f"bench: BENCH_SEARCH is '{text}' but must be a number over 0, at most 1")
    binaries = os.path.abspath(os.environ.get("BIN", "build"))
    settings = {"bin": binaries, "var": os.path.abspath(os.environ.get("BENCH_VAR") or os.path.join(binaries, "bench-var")),
                "seconds": number_of("BENCH_SECONDS", 4, 1)}  # fmt: skip
    print(f"Searches, uncached, through nginx and {os.cpu_count()} workers; {settings['seconds']} s of each kind and number of clients\n")
    outcomes = None
    try:
        for part in (scale / 100, scale / 10, scale):
            outcomes = run_size(settings, part, outcomes)
    except stack.Failed as failure:
        sys.exit(f"bench: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
