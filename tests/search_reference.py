"""What the searches must find in the sample: counted over its files, slowly and without any of the project's code."""

import fractions
import functools
import json
import re
import tarfile

from explainer_files import sample_files
from hostile_site import MODEL, sample_pages
from n2g_files import SAMPLE, float32, importance_of, importances
from page_reader import read_page

SHAPE = (2, 512)


def fold(text):
    """Lower case character by character, as a C library does it."""
    return "".join(low if len(low := c.lower()) == 1 else c for c in text)


@functools.cache
def n2g():
    """{kind: {token: [(layer, neuron)]}} and {(layer, neuron): importances of its graph}."""
    start = f"n2g/{MODEL}/"
    with tarfile.open(SAMPLE, "r:xz") as archive:
        files = {m.name.removeprefix(start): archive.extractfile(m).read() for m in archive if m.isfile() and m.name.startswith(start)}
    store = {kind: {token: [tuple(map(int, name.split("_"))) for name in names] for token, names in tokens.items()}
             for kind, tokens in json.loads(files["neuron_store.json"]).items()}  # fmt: skip
    graphs = {tuple(map(int, path.split("/")[0].split("_"))): importances(body.decode()) for path, body in files.items() if path.endswith("/graph")}
    return store, graphs


@functools.cache
def matters():
    """{(layer, neuron): {(kind, token): importance or None}}, peaks too: their share of the neuron's texts."""
    store, graphs = n2g()
    found = {}
    for kind, tokens in store.items():
        for token, neurons in tokens.items():
            for neuron in neurons:
                found.setdefault(neuron, {})[kind, token] = importance_of(graphs.get(neuron, {}), kind, token)
    for page in (body for path, body in sample_pages().items() if re.fullmatch(rf"/{MODEL}/\d+/\d+\.html", path)):
        page = read_page(page)
        texts, neuron = page["texts"], (page["neuron_index"]["layer"], page["neuron_index"]["neuron"])
        peaks = [text["tokens"][text["max_activating_token_index"]] for text in texts]
        for token in set(peaks):
            found.setdefault(neuron, {})["peak", token] = float32(peaks.count(token) / len(texts))
    return found


def fits(term, kind, token):
    return term[1] == token and (term[0] == kind or (term[0] == "any" and kind != "peak"))


def find_neurons(groups, without=(), layers=range(SHAPE[0])):
    """All answers in order: groups and `without` are lists of lists and a list of (kind, token)."""
    ranked = []
    for (layer, neuron), has in matters().items():
        if layer not in layers or any(fits(term, *entry) for term in without for entry in has):
            continue
        bests = [[importance or 0.0 for entry, importance in has.items() if any(fits(term, *entry) for term in group)] for group in groups]
        if not all(bests):
            continue
        score = sum(map(max, bests)) / len(bests)
        own = [entry for entry in has if entry[0] != "peak"]
        reasons = {entry: has[entry] for entry in has if any(fits(term, *entry) for group in groups for term in group)}
        share = fractions.Fraction(sum(entry[0] != "peak" for entry in reasons), max(len(own), 1))
        ranked.append(((-score, -share, layer, neuron), {
            "layer": layer, "neuron": neuron, "model": MODEL, "num_tokens": len(own), "score": float32(score),
            "matches": [{"kind": kind, "token": token, "importance": reasons[kind, token]} for kind, token in sorted(reasons)]}))  # fmt: skip
    return [answer for _, answer in sorted(ranked, key=lambda entry: entry[0])]


@functools.cache
def token_counts():
    """{token: (num_activating, num_important)}, also of tokens that are only peaks."""
    store, _ = n2g()
    names = {token for has in matters().values() for _, token in has}
    return {token: tuple(len(store[kind].get(token, ())) for kind in ("activating", "important")) for token in names}


@functools.cache
def frequent_tokens():
    """The tokens of token_counts(), the most frequent first."""
    return sorted(token_counts(), key=lambda token: (-sum(token_counts()[token]), token))


@functools.cache
def trigrams(text):
    """As pg_trgm has them: of words of letters and digits, two blanks before and one behind."""
    words = "".join(c if c.isalnum() else " " for c in fold(text)).split()
    return {padded[i : i + 3] for word in words for padded in (f"  {word} ",) for i in range(len(padded) - 2)}


def likeness(a, b):
    one, other = trigrams(a), trigrams(b)
    return float32(len(one & other) / len(one | other)) if one and other else 0.0


def bare(text):
    return text.removeprefix(" ")


TOKEN_MATCHES = {
    ("exact", True): lambda q, t: t == q,
    ("exact", False): lambda q, t: fold(t) == fold(q),
    ("prefix", True): lambda q, t: (t if q.startswith(" ") else bare(t)).startswith(q),
    ("prefix", False): lambda q, t: (fold(t) if q.startswith(" ") else bare(fold(t))).startswith(fold(q)),
    ("substring", True): lambda q, t: q in t,
    ("substring", False): lambda q, t: fold(q) in fold(t),
    ("fuzzy", False): lambda q, t: likeness(q, t) >= float32(0.3) or fold(t) == fold(q),
}  # fmt: skip


def find_tokens(q, match, has_case):
    """All answers in order. q and tokens show NUL as U+2400."""
    found = []
    for token, (activating, important) in token_counts().items():
        shown = token.replace("\0", "\u2400")
        if TOKEN_MATCHES[match, has_case](q, shown):
            alike = likeness(q, shown) if match == "fuzzy" else 0
            key = (shown != q, -alike, -(activating + important), token.encode())
            found.append((key, {"token": token, "num_activating": activating, "num_important": important, "num_models": 1}))
    return [answer for _, answer in sorted(found, key=lambda entry: entry[0])]


@functools.cache
def explanations():
    """[(layer, neuron, place, explanation, score)]"""
    found = []
    for path, body in sample_files().items():
        if path.startswith("explanations/"):
            _, layer, neuron = path.removesuffix(".jsonl").split("/")
            scored = [entry for line in body.decode().splitlines() for entry in json.loads(line)["scored_explanations"]]
            for place, entry in enumerate(scored):
                score = entry["scored_simulation"]["ev_correlation_score"]
                found.append((int(layer), int(neuron), place, entry["explanation"], score))
    return sorted(found)


def goes_on(before, behind):
    """Whether a word goes on from one token to the next."""
    ends = before[-1:] + behind[:1]
    return len(ends) == 2 and all(c > "\x7f" or c.isalnum() for c in ends)


def snippet(tokens, place):
    """What stands round a token: ten tokens before it, two behind it, and up to four more where a word would be cut."""
    low, high = max(place - 10, 0), min(place + 3, len(tokens))
    low_most, high_most = low - 4, high + 4
    while low > max(low_most, 0) and goes_on(tokens[low - 1], tokens[low]):
        low -= 1
    while high < min(high_most, len(tokens)) and goes_on(tokens[high - 1], tokens[high]):
        high += 1
    return "".join(tokens[low:high]).replace("\0", "\u2400").replace("\x1e", "\u241e")


@functools.cache
def snippets():
    """{(layer, neuron): the snippet of each of its texts}"""
    found = {}
    for path, body in sample_pages().items():
        if re.fullmatch(rf"/{MODEL}/\d+/\d+\.html", path):
            page = read_page(body)
            neuron = (page["neuron_index"]["layer"], page["neuron_index"]["neuron"])
            found[neuron] = [snippet(text["tokens"], text["max_activating_token_index"]) for text in page["texts"]]
    return found


@functools.cache
def words(text):
    """[(word, from, to)] of a text, in lower case."""
    return [(match[0], *match.span()) for match in re.finditer(r"[^\W_]+", fold(text))]


def has_words(text, wanted, match):
    """Whether a snippet has words, in the way `match`."""
    has = [word for word, *_ in words(text)]
    if match == "phrase":
        return any(has[i : i + len(wanted)] == wanted for i in range(len(has)))
    goes_on_word = wanted[-1] if match == "prefix" else None
    return all(any(other.startswith(word) for other in has) if word == goes_on_word else word in has for word in wanted)


def find_texts(q, match, all_snippets=None):
    """All answers of the search over texts, in order, without the model."""
    wanted = [word for word, *_ in words(q)]
    found = []
    for (layer, neuron), texts in (all_snippets or snippets()).items():
        ranks = [rank for rank, text in enumerate(texts) if wanted and has_words(text, wanted, match)]
        if ranks:
            text = texts[ranks[0]]
            marks = [[start, end] for word, start, end in words(text)
                     if word in wanted or (match == "prefix" and word.startswith(wanted[-1]))]  # fmt: skip
            found.append(((-len(ranks), ranks[0], layer, neuron), {"layer": layer, "neuron": neuron, "num_texts": len(ranks),
                                                                   "text": ranks[0], "snippet": text, "marks": marks}))  # fmt: skip
    return [answer for _, answer in sorted(found, key=lambda entry: entry[0])]


def own_tokens():
    """{(layer, neuron): {(kind, token)}}: what the store says."""
    return {neuron: own for neuron, has in matters().items() if (own := {entry for entry in has if entry[0] != "peak"})}


def find_similar(asked, others, min_similarity):
    """[(others' key, similarity, number shared, tokens shared)], the most similar first; `asked` and the values of `others` are
    sets of (kind, token). Keys sort as neurons do."""
    found = []
    for key, tokens in others.items():
        shared = asked & tokens
        if shared and fractions.Fraction(len(shared), min(len(asked), len(tokens))) >= fractions.Fraction(str(min_similarity)):
            found.append((key, float32(len(shared) / min(len(asked), len(tokens))), len(shared), shared))
    return sorted(found, key=lambda entry: (-entry[1], -entry[2], entry[0]))
