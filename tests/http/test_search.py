"""The searches against a count over the sample's files: random queries of every kind, page by page."""

import json
import random
import re
import urllib.parse

import pytest
import search_reference as reference
from cluster import psql
from hostile_site import MODEL

CASES = 60  # random queries of each kind


def path(search, *parameters):
    query = urllib.parse.urlencode([(name, str(value)) for name, value in parameters], quote_via=urllib.parse.quote)
    return f"/api/search{search}?{query}"


def pages(client, search, key, *parameters, dice=None):
    """Items of all pages of random sizes, joined; each page is as full as it was asked to be."""
    found, after = [], None
    while True:
        limit = dice.choice((1, 3, 20, 100)) if dice and len(found) < 30 else 100
        answer = client.json(path(search, *parameters, ("limit", limit), *([("after", after)] if after else [])))
        assert set(answer) == {key, "next"} and list(answer) == sorted(answer)
        found += answer[key]
        after = answer["next"]
        if after is None:
            return found
        assert len(answer[key]) == limit


def random_token(dice):
    """Frequent tokens more often."""
    tokens = reference.frequent_tokens()
    return tokens[int(len(tokens) * dice.random() ** 4)]


def random_terms(dice, size):
    return [(dice.choice(("activating", "important", "any", "any", "peak")), random_token(dice)) for _ in range(size)]


def term_parameters(groups, without, dice):
    given = []
    for group in groups:
        given += [("token" if place == 0 else "or", ":".join(term)) for place, term in enumerate(group)]
    return given + [("not", ":".join(term)) for term in without]


def number(value):
    return None if value is None else reference.float32(value)


def plain(neurons):
    """Numbers as float32, matches in an order of their own."""
    found = []
    for neuron in neurons:
        matches = [{**match, "importance": number(match["importance"])} for match in neuron["matches"]]
        found.append({**neuron, "score": number(neuron["score"]), "matches": sorted(matches, key=lambda match: (match["kind"], match["token"]))})
    return found


@pytest.mark.parametrize("case", range(CASES))
def test_neurons_are_those_that_a_count_over_the_files_finds(client, case):
    dice = random.Random(f"neurons {case}")
    groups = [random_terms(dice, dice.choice((1, 1, 2, 6))) for _ in range(dice.choice((1, 1, 2, 3)))]
    if case % 3 == 0:  # tokens that one neuron has, so that there is something to find
        has = sorted(reference.matters()[dice.choice(sorted(reference.matters()))])
        groups = [[dice.choice(has)] for _ in range(dice.choice((1, 2, 3)))]
    without = random_terms(dice, dice.choice((0, 0, 1, 3)))
    layers = dice.choice(([], [], ["0"], ["1"], ["0", "1"], ["0-1"], ["1-7"], ["5"]))
    parameters = term_parameters(groups, without, dice) + [("layer", layer) for layer in layers]
    parameters += [("model", name) for name in dice.choice(([], [], [MODEL], ["Tiny GELU 2L", MODEL]))]
    wanted = {layer for text in layers for layer in range(int(text.split("-")[0]), int(text.split("-")[-1]) + 1)} or {0, 1}
    expected = reference.find_neurons(groups, without, wanted)
    assert plain(pages(client, "/neurons", "neurons", *parameters, dice=dice)) == expected


def test_peak_is_short_for_a_token_of_that_kind(client):
    for token in (" the", ",", " he"):
        expected = reference.find_neurons([[("peak", token)]])
        assert expected and plain(pages(client, "/neurons", "neurons", ("peak", token))) == expected


def test_sql_finds_the_same_neurons(client, reader_url):
    dice = random.Random("sql")
    for _ in range(10):
        groups = [random_terms(dice, 1) for _ in range(dice.choice((1, 2)))]
        without = random_terms(dice, dice.choice((0, 1)))
        expected = [(neuron["layer"], neuron["neuron"]) for neuron in reference.find_neurons(groups, without)][:50]
        arrays = ["ARRAY[" + ",".join("'" + ":".join(term).replace("'", "''") + "'" for term in terms) + "]::text[]"
                  for terms in ([group[0] for group in groups], without)]  # fmt: skip
        rows = psql(reader_url, f"SELECT layer, neuron FROM search_neurons({arrays[0]}, {arrays[1]}, num => 50)")
        assert [tuple(map(int, row.split("|"))) for row in rows.splitlines()] == expected


def part_of(token, dice):
    start = dice.randrange(len(token))
    return token[start : start + dice.randint(1, 4)]


@pytest.mark.parametrize("match, has_case", reference.TOKEN_MATCHES)
def test_tokens_are_those_that_a_count_over_the_files_finds(client, match, has_case):
    dice = random.Random(f"tokens {match} {has_case}")
    for case in range(CASES):
        token = random_token(dice)
        q = {"exact": token, "prefix": token[: dice.randint(1, len(token))], "substring": part_of(token, dice)}.get(match, token)
        q = dice.choice((q, q, q.upper(), q.lower(), q.strip(" ") or q))
        if match == "fuzzy":
            q = q[: dice.randrange(len(q) + 1)] + dice.choice("aeiou") + q[dice.randrange(len(q) + 1) :]
        parameters = [("q", q), ("match", match), ("case", int(has_case))]
        if case % 3 == 0:
            parameters.append(("model", MODEL))
        assert pages(client, "/tokens", "tokens", *parameters, dice=dice) == reference.find_tokens(q, match, has_case), parameters


def test_tokens_begin_with_q_in_any_case_when_nothing_else_is_said_and_exact_ones_keep_theirs(client):
    assert client.json(path("/tokens", ("q", "TH"), ("limit", 100)))["tokens"] == reference.find_tokens("TH", "prefix", False)[:100]
    assert client.json(path("/tokens", ("q", " The"), ("match", "exact")))["tokens"] == reference.find_tokens(" The", "exact", True)
    everything = pages(client, "/tokens", "tokens", ("q", ""))
    assert everything == reference.find_tokens("", "prefix", False)


@pytest.fixture(scope="module")
def parsed(reader_url):
    """{explanation: ({simple word: [places]}, {stem: [places]})}: what a word is, PostgreSQL says."""
    texts = sorted({explanation for *_, explanation, _ in reference.explanations()})
    values = ",".join("('" + text.replace("'", "''") + "')" for text in texts)
    words = "(SELECT coalesce(jsonb_object_agg(lexeme, positions), '{}') FROM unnest(to_tsvector('%s', t)))"
    sql = f"SELECT jsonb_agg(jsonb_build_array(t, {words % 'simple'}, {words % 'english'})) FROM (VALUES {values}) AS v(t)"
    return {text: (simple, english) for text, simple, english in json.loads(psql(reader_url, sql))}


def words_of(reader_url, q):
    """Its words in order, and its stems in order without stop words, with their places."""
    sql = "SELECT jsonb_agg(jsonb_build_array(lexeme, positions[1]) ORDER BY positions[1]) FROM unnest(to_tsvector('%s', $q$%s$q$))"
    return [json.loads(psql(reader_url, sql % (config, q)) or "[]") for config in ("simple", "english")]


def has_phrase(places, words):
    starts = [{place - at for place in places.get(word, ())} for word, at in words]
    return bool(set.intersection(*starts))


def find_explanations(parsed, reader_url, q, match, min_score=None, max_score=None):
    """All answers in order, without their marks. Not for fuzzy."""
    simple, english = words_of(reader_url, q)
    is_stem = match in ("word", "phrase") and bool(english)
    words = english if is_stem else simple
    found = []
    for layer, neuron, place, explanation, score in reference.explanations():
        has = parsed[explanation][is_stem]
        if match == "phrase":
            is_found = has_phrase(has, words)
        else:
            last = words[-1][0] if match == "prefix" else None
            is_found = all(any(other.startswith(last) for other in has) if word == last else word in has for word, _ in words)
        if not is_found or (min_score is not None and (score is None or score < min_score)):
            continue
        if max_score is not None and (score is None or score > max_score):
            continue
        rank = reference.float32(min(len({word for word, _ in words}) / len(has), 1))
        key = (-rank, -score if score is not None else float("inf"), layer, neuron, place)
        found.append((key, {"explanation": explanation, "layer": layer, "neuron": neuron, "model": MODEL, "score": score,
                            "rank": rank, "source": "explainer"}))  # fmt: skip
    return [answer for _, answer in sorted(found, key=lambda entry: entry[0])]


def without_marks(items):
    return [{key: value for key, value in item.items() if key != "marks"} | {"rank": number(item["rank"])} for item in items]


@pytest.mark.parametrize("match", ["word", "phrase", "prefix"])
def test_explanations_are_those_that_a_count_over_the_files_finds(client, reader_url, parsed, match):
    dice = random.Random(f"explanations {match}")
    num_found = 0
    for case in range(CASES // 2):
        *_, explanation, _ = dice.choice(reference.explanations())
        words = re.findall(r"[A-Za-z]+", explanation)
        start, size = dice.randrange(len(words)), dice.choice((1, 1, 2, 3))
        chosen = words[start : start + size] if match == "phrase" else dice.sample(words, min(size, len(words)))
        q = " ".join(chosen)
        if match == "prefix":
            q = q[: max(1, len(q) - dice.randint(0, 3))].rstrip()
        q = dice.choice((q, q.upper(), f"  {q}. "))
        bounds = dice.choice(({}, {}, {"min_score": 0.3}, {"max_score": 0.2}, {"min_score": -0.1, "max_score": 0.5}))
        expected = find_explanations(parsed, reader_url, q, match, **bounds)
        parameters = [("q", q), ("match", match), *bounds.items()] + ([("model", MODEL)] if case % 2 else [])
        assert without_marks(pages(client, "/explanations", "explanations", *parameters, dice=dice)) == expected, parameters
        num_found += len(expected)
    assert num_found > CASES


def test_marks_are_the_words_that_matched(client, reader_url):
    for q, match in (("tokens", "word"), ("punctuation", "word"), ("the tok", "prefix"), ("capitalised word", "fuzzy")):
        for item in client.json(path("/explanations", ("q", q), ("match", match), ("limit", 100)))["explanations"]:
            marked = {item["explanation"][start:end].lower() for start, end in item["marks"]}
            near = tuple(word[:4] for word in q.split()) if match != "prefix" else tuple(q.split())
            assert marked and all(word.startswith(near) for word in marked), (q, item)


def test_fuzzy_finds_words_that_are_spelt_alike(client):
    words = {word for *_, explanation, _ in reference.explanations() for word in re.findall("[a-z]{6,}", explanation)}
    dice = random.Random("fuzzy")
    for word in dice.sample(sorted(words), 20):
        place = dice.randrange(2, len(word))
        right = {(item["layer"], item["neuron"]) for item in pages(client, "/explanations", "explanations", ("q", word), ("match", "fuzzy"))}
        assert {(layer, neuron) for layer, neuron, _, text, _ in reference.explanations() if re.search(rf"\b{word}\b", text)} <= right
        wrong = f"{word[:place]}{word[place - 1]}{word[place:]}"
        assert pages(client, "/explanations", "explanations", ("q", wrong), ("match", "fuzzy"))


BOX = {
    f"{MODEL} 1/33": [(1, 33)], f"{MODEL}/1/33": [(1, 33)], "L1N33": [(1, 33)], f"l1n33 {MODEL}": [(1, 33)], "1/33": [(1, 33)],
    "tiny gelu 2L L01N033 ": [(1, 33)], f"{MODEL}, L1N33": [(1, 33)], "2/0": [], "0/512": [], "other-model 1/33": [], "L1": [],
    "99999999999999999999/1": [], "1/2/3": [], f"{MODEL}": [],
}  # fmt: skip


@pytest.mark.parametrize("q", BOX)
def test_the_box_reads_neurons_as_people_write_them(client, q):
    answer = client.json(path("", ("q", q)))
    assert list(answer) == ["explanations", "models", "neurons", "tokens"]
    assert answer["neurons"] == [{"layer": layer, "model": MODEL, "neuron": neuron} for layer, neuron in BOX[q]]


def test_the_box_shows_a_few_of_everything(client, reader_url, parsed):
    for q in ("tiny", "GELU", "2l", "Tiny GELU", "-", "", "the", "token", "!!", "e", "words that"):
        answer = client.json(path("", ("q", q)))
        key = "".join(c for c in q.lower() if c.isalnum())
        assert answer["models"] == ([{"name": MODEL}] if key and key in "tinygelu2l" else [])
        assert answer["tokens"] == reference.find_tokens(q, "prefix", False)[:8]
        expected = find_explanations(parsed, reader_url, q, "prefix") if key else []
        assert without_marks(answer["explanations"]) == expected[:5]


WRONG = [
    "", "?match=prefix", "/tokens", "/tokens?q=a&match=regex", "/tokens?q=a&match=", "/tokens?q=a&case=2", "/tokens?q=a&case=yes",
    "/tokens?q=a&limit=0", "/tokens?q=a&limit=101", "/tokens?q=a&limit=1e3", "/tokens?q=a&limit=", "/tokens?q=a&after=",
    "/tokens?q=a&after=1", "/tokens?q=a&after=1.2.3", "/tokens?q=a&after=1.2.3.4.5", "/tokens?q=a&after=1.2.3.abc", "/tokens?q=a&after=x.y.z.",
    "/tokens?q=a&after=1.2.11111111111111111.", 
    "/tokens?q=%00", "/tokens?q=%ff", "/tokens?q=a&q=b", "/tokens?q=a&order=1", "/tokens?q=a&layer=1",
    "/neurons", "/neurons?token=", "/neurons?token=a", "/neurons?token=all:a", "/neurons?token=Any:a", "/neurons?token=:a",
    "/neurons?or=any:a", "/neurons?or=any:a&token=any:b", "/neurons?token=any:b&not=any:c&or=any:a", "/neurons?peak=a&or=any:a",
    "/neurons?not=any:a", "/neurons?token=any:a&not=a", "/neurons?token=any:a&layer=", "/neurons?token=any:a&layer=-1",
    "/neurons?token=any:a&layer=1-0", "/neurons?token=any:a&layer=0-", "/neurons?token=any:a&layer=0,1", "/neurons?token=any:a&layer=65536",
    "/neurons?token=any:a&after=0", "/neurons?token=any:a&after=1.2.3.", "/neurons?token=any:a&after=1.2.3.4.5", "/neurons?token=any:%00",
    "/neurons?token=any:a&limit=-1", "/neurons?token=any:a&q=a", 
    "/explanations", "/explanations?q=a&match=substring", "/explanations?q=a&min_score=x",
    "/explanations?q=a&min_score=", "/explanations?q=a&max_score=nan", "/explanations?q=a&max_score=inf", "/explanations?q=a&max_score=0x1",
    "/explanations?q=a&min_score=1e999", "/explanations?q=a&after=1.2.3.4", "/explanations?q=a&limit=101", 
    "/explanations?q=a&min_score=0&min_score=1",
]  # fmt: skip


@pytest.mark.parametrize("query", WRONG)
def test_what_is_wrong_is_refused_with_the_reason(client, query):
    answer = client.get(f"/api/search{query}")
    assert answer.status == 400 and len(answer.problem["detail"]) > 20


UNKNOWN = ["/tokens?q=a&model=", "/tokens?q=a&model=none", f"/tokens?q=a&model={MODEL}&model=x", "/neurons?token=any:a&model=x",
           "/explanations?q=a&model=x", "/explanations?q=!!&model=x"]  # fmt: skip


@pytest.mark.parametrize("query", UNKNOWN)
def test_a_model_that_is_not_there_is_said_to_be_missing(client, query):
    answer = client.get(f"/api/search{query}")
    assert answer.status == 404 and "not found" in answer.problem["detail"]


ODD = ["'", "''", '"', "\\", "\\'", "%", "_", "%%", "&", "|", "!", "(", ")", ":*", "<->", "a & b", "''::tsquery", "$1", "\u2400",
       "\ue000a\ue001", "😀", "é", "日本", "\n", "\t", "\x1b", "a" * 900, "' OR 1=1 --", "#1", "'#1'", "NULL", "{}", "{a,b}", "a:b:c"]  # fmt: skip


@pytest.mark.parametrize("q", ODD)
def test_odd_texts_are_searched_for_like_any_other(client, q):
    for match in ("exact", "prefix", "substring", "fuzzy"):
        expected = reference.find_tokens(q, match, match == "exact")
        assert client.json(path("/tokens", ("q", q), ("match", match), ("limit", 100)))["tokens"] == expected[:100]
    for kind in ("any", "peak"):
        expected = reference.find_neurons([[(kind, q)]])
        assert plain(client.json(path("/neurons", ("token", f"{kind}:{q}"), ("limit", 100)))["neurons"]) == expected[:100]
    for match in ("word", "phrase", "prefix", "fuzzy"):
        assert client.get(path("/explanations", ("q", q), ("match", match))).status == 200
    assert client.get(path("", ("q", q))).status == 200


def test_a_cursor_of_nowhere_is_no_harm(client):
    ends = ["0.0.0.0", "8000000000000000.8000000000000000.8000000000000000.8000000000000000", "7ff8000000000000.ffffffffffffffff.ffffffffffffffff.ffffffffffffffff", "fff0000000000000.0.0.0"]
    for end in ends:
        assert client.get(path("/neurons", ("token", "any: he"), ("after", end))).status == 200
        assert client.get(path("/tokens", ("q", "a"), ("after", end[: end.rindex(".")] + ".ff"))).status == 200
        assert client.get(path("/explanations", ("q", "token"), ("after", f"{end}.0"))).status == 200
