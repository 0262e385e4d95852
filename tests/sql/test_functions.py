"""Functions, the table of bfloat16 numbers, and the plans of the statements that serve requests."""

import json
import pathlib
import re

import numpy
import pytest
from cluster import ROOT, psql

SAMPLE_MODEL = "tiny-gelu-2l"
QUERIES = ROOT / "sql/query"


@pytest.fixture(scope="module")
def url(cluster, template):
    return cluster.url(template)


@pytest.mark.parametrize("model, layer, neuron", [(1, 0, 0), (1, 2, 3), (32767, 65535, 2147483647), (7, 0, 2147483647), (9, 65535, 0)])
def test_neuron_id_holds_model_layer_and_index(url, model, layer, neuron):
    key = model << 48 | layer << 32 | neuron
    parts = f"neuron_model_id({key}), neuron_layer({key}), neuron_index({key})"
    assert psql(url, f"SELECT neuron_id({model}::smallint, {layer}, {neuron}), {parts}") == f"{key}|{model}|{layer}|{neuron}"


def test_neuron_ids_sort_by_model_layer_and_index(url):
    rows = psql(url, """SELECT m, l, n FROM generate_series(1, 3) m, generate_series(0, 3) l, generate_series(0, 3) n
                        ORDER BY neuron_id(m::smallint, l, n)""").splitlines()  # fmt: skip
    assert rows == sorted(rows)


@pytest.mark.parametrize("name, key", [("GPT-2 XL", "gpt2xl"), ("gpt2-xl", "gpt2xl"), ("GPT_2.xl ", "gpt2xl"), ("Größe 1", "gre1"), ("", ""),
                                       ("日本", ""), ("İ", "")])  # fmt: skip
def test_model_key_keeps_ascii_letters_and_digits(url, name, key):
    assert psql(url, f"SELECT model_key('{name}')") == key


def test_models_are_found_by_name_and_alias_and_a_name_goes_before_an_alias(cluster, template):
    name = cluster.create(template)
    url = cluster.url(name)
    first, second = psql(url, """SELECT model_register('gpt2-xl', 'gelu', 'd', 48, 6400, 1);
                                 SELECT model_register('gpt2xl', 'gelu', 'd', 1, 1, 1)""").splitlines()  # fmt: skip
    names = "ARRAY['gpt2-xl', 'gpt2xl', 'GPT-2 XL', 'gpt-3', '']"
    found = psql(url, f"SELECT coalesce(model_id(n)::text, 'none') FROM unnest({names}) n").splitlines()
    assert found == [first, second, first, "none", "none"]
    assert psql(url, f"SELECT neuron_id('GPT-2 XL', 5, 2332) = neuron_id({first}::smallint, 5, 2332)") == "t"
    assert psql(url, "SELECT neuron_id('gpt-3', 5, 2332) IS NULL") == "t"
    cluster.drop(name)


def test_the_table_of_bfloat16_numbers_is_numpys_rounding(url):
    codes = numpy.arange(65536, dtype=numpy.uint32)
    numbers = (codes << 16).view(numpy.float32)
    rows = dict(line.split("|") for line in psql(url, "SELECT code, value FROM bfloat16").splitlines())
    assert len(rows) == 65536
    for code, number in enumerate(numbers.tolist()):
        shown = rows[str(code)]
        if not numpy.isfinite(number):
            assert shown == ""
        else:
            assert numpy.float32(shown) == numpy.float32(round(number, 6)), (code, shown)


def packed_floats(numbers, dtype, encoding):
    body = numpy.array(numbers, dtype=dtype).tobytes()
    return bytes([encoding, len(numbers)]) + body


ODD = [12.345678, 123456.789, -0.1, 1e-07, 0.0, -1.5, 3.4028235e38, 1e-40, -7.006492e-45]


def test_unpack_activations_reads_float32_as_its_shortest_digits(url):
    packed = packed_floats(ODD, "<f4", 32)
    rows = json.loads(psql(url, f"SELECT to_json(unpack_activations('\\x00{packed.hex()}', 1))"))
    assert [numpy.float32(value) for value in rows] == [numpy.float32(value) for value in ODD]
    assert rows == [float(str(numpy.float32(value))) for value in ODD]


def test_unpack_activations_reads_float64_exactly(url):
    odd = [*ODD, 123456.789012, 0.12345678901234567, 1e308, 5e-324, -2.5e-310]
    packed = packed_floats(odd, "<f8", 64)
    assert json.loads(psql(url, f"SELECT to_json(unpack_activations('\\x{packed.hex()}', 0))")) == odd


def test_unpack_activations_refuses_what_it_does_not_know(url):
    refused = psql(url, "SELECT unpack_activations('\\x0902', 0)", check=False)
    assert refused.returncode != 0 and "does not know" in refused.stderr


def leb128(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def test_unpack_tokens_reads_numbers_of_every_length(url):
    ids = [0, 1, 127, 128, 16383, 16384, 2097151, 2097152, 268435455, 268435456, 2147483647]
    packed = b"".join(map(leb128, ids)).hex()
    assert json.loads(psql(url, f"SELECT to_json(unpack_tokens('\\x{packed}'))")) == ids
    assert psql(url, "SELECT unpack_tokens('\\x')") == "{}"


def test_token_ids_are_dense_and_the_same_bytes_have_one_id(cluster, template):
    name = cluster.create(template)
    url = cluster.url(name)
    vocabulary = psql(url, "INSERT INTO vocabulary (name) VALUES ('v') RETURNING vocabulary_id")
    ask = f"SELECT json_object_agg(encode(bytes, 'escape'), token_id) FROM token_ids({vocabulary}, ARRAY{{}}::bytea[])"
    first = json.loads(psql(url, ask.format(["a", " a", "A", "a"])))
    second = json.loads(psql(url, ask.format(["b", " a", "b", "c"])))
    assert sorted(first.values()) == [0, 1, 2] and set(first) == {"a", " a", "A"}
    assert second[" a"] == first[" a"] and sorted(second.values()) == sorted([first[" a"], 3, 4])
    odd = psql(url, f"SELECT token_id FROM token_ids({vocabulary}, ARRAY['\\x610062'::bytea])")
    assert psql(url, f"SELECT token FROM token WHERE token_id = {odd}") == "a\u2400b"
    cluster.drop(name)


def plan_of(url, statement, types, arguments):
    """Names of the indexes that a statement's generic plan uses, and of tables that it reads whole."""
    text = (QUERIES / f"{statement}.sql").read_text()
    script = f"SET plan_cache_mode = force_generic_plan; PREPARE q ({types}) AS {text}; EXPLAIN (FORMAT JSON) EXECUTE q ({arguments})"
    nodes, indexes, whole = [json.loads(psql(url, script))[0]["Plan"]], set(), set()
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        indexes |= {node["Index Name"]} if "Index Name" in node else set()
        whole |= {node["Relation Name"]} if node["Node Type"] == "Seq Scan" else set()
    return indexes, whole


SMALL = {"model", "model_alias", "dataset", "revision", "source", "model_source", "vocabulary"}
HOT = {
    "neuroscope_neuron": ("text, int, int, smallint", f"'{SAMPLE_MODEL}', 0, 5, 20::smallint", {"example_pkey", "text_pkey", "neuron_pkey"}),
    "logit_effects": ("text, int, int", f"'{SAMPLE_MODEL}', 0, 5", {"logit_effect_pkey"}),
    "important_neurons": ("text, int", f"'{SAMPLE_MODEL}', 0", {"neuron_pkey"}),
    "vocabulary_tokens": ("int, int", "1, 5000", {"token_pkey"}),
    "model": ("text", f"'{SAMPLE_MODEL}'", {"logit_effect_pkey"}),
}
WRITING = {
    "clear_neuroscope": ("bigint[]", "'{1,2}'", {"example_pkey", "neuron_pkey", "logit_effect_pkey"}),
    "clear_neurons": ("bigint[], smallint, bigint[]", "'{1,2}', 1::smallint, '{1}'", {"neuron_source_pkey", "rejected_pkey"}),
}


@pytest.mark.parametrize("statement", HOT)
def test_what_a_request_asks_is_served_by_primary_keys(database_url, statement):
    types, arguments, wanted = HOT[statement]
    indexes, whole = plan_of(database_url, statement, types, arguments)
    assert wanted <= indexes and whole <= SMALL


@pytest.mark.parametrize("statement", HOT | WRITING)
def test_primary_keys_serve_also_before_the_tables_are_analysed(url, statement):
    types, arguments, wanted = (HOT | WRITING)[statement]
    indexes, whole = plan_of(url, statement, types, arguments)
    assert wanted <= indexes and whole <= SMALL


def test_every_statement_file_holds_one_statement_and_says_what_it_is():
    for file in QUERIES.glob("*.sql"):
        text = file.read_text()
        assert text.startswith("-- "), file
        code = re.sub(r"'[^']*'|--[^\n]*", "", text)
        assert ";" not in code, file


def test_migrations_are_numbered_without_a_gap_in_their_order():
    names = sorted(path.name for path in pathlib.Path(ROOT / "sql/migration").glob("*.sql"))
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.sql", name) for name in names)
    numbers = [int(name[:4]) for name in names]
    assert numbers == sorted(set(numbers)) and numbers[0] == 1
