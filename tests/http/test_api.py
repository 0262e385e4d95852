"""The API's addresses: shapes, aliases, parameters, methods, conditions, compression, errors."""

import json
import re

import pytest
from hostile_site import MODEL

META = {
    "activation_function": "gelu",
    "available_services": ["activation_statistics", "connections", "explanations", "metadata", "neuron2graph",
                           "neuron2graph-search", "neuron_explainer", "neuroscope", "records", "similar", "statistics",
                           "tokens"],  # fmt: skip
    "dataset": "King James Bible and Python standard library",
    "layer_size": 512,
    "name": MODEL,
    "num_layers": 2,
    "num_total_neurons": 1024,
    "num_total_parameters": 393216,
}
NEURON = f"/api/{MODEL}/neuroscope/0/5"
IN_DOCUMENT = (
    ("activation_statistics", "activation_statistics", "Activation Statistics"),
    ("connections", "connections", "Connections"),
    ("explanations", "explanations", "Explanations"),
    ("neuron2graph", "neuron2graph", "Neuron Graph"),
    ("GPT-4", "neuron_explainer", "GPT-4 Explanation"),
    ("neuroscope", "neuroscope", "Max Activating Dataset Example"),
    ("records", "records", "Activation Records"),
    ("tokens", "tokens", "Token Weights"),
)
TEXT_KEYS = ["activations", "data_index", "max_activating_token_index", "max_activation", "max_range", "min_activation",
             "min_range", "tokens"]  # fmt: skip
ADDRESSES = ["/api", f"/api/{MODEL}/metadata", f"/api/{MODEL}/metadata/1", f"/api/{MODEL}/metadata/1/2", f"/api/{MODEL}/neuroscope",
             f"/api/{MODEL}/neuroscope/1", NEURON, f"/api/{MODEL}/all", f"/api/{MODEL}/all/1", f"/api/{MODEL}/all/1/2",
             f"/api/{MODEL}/1/2"]  # fmt: skip


def test_api_lists_the_models(client):
    assert client.json("/api") == {"models": [META]}


@pytest.mark.parametrize("place", ["", "/1", "/1/5"])
def test_metadata_is_the_same_for_a_model_its_layers_and_its_neurons(client, place):
    assert client.json(f"/api/{MODEL}/metadata{place}") == {"data": META, "metadata": META}


def test_a_neuron_has_the_originals_keys(client):
    answer = client.json(NEURON)
    assert answer["metadata"] == META and list(answer) == ["data", "metadata"]
    assert list(answer["data"]) == ["neuron_index", "texts"] and answer["data"]["neuron_index"] == {"layer": 0, "neuron": 5}
    assert [list(text) for text in answer["data"]["texts"]] == [TEXT_KEYS] * 6
    for text in answer["data"]["texts"]:
        assert len(text["tokens"]) == len(text["activations"]) == 160
        assert text["activations"][text["max_activating_token_index"]] == max(text["activations"])


def test_important_neurons_rise_for_the_model_and_for_a_layer(client):
    model = client.json(f"/api/{MODEL}/neuroscope")["data"]
    assert list(model) == ["important_neurons"] and len(model["important_neurons"]) == 1024
    assert [value for _, value in model["important_neurons"]] == sorted(value for _, value in model["important_neurons"])
    layer = client.json(f"/api/{MODEL}/neuroscope/1")["data"]
    assert list(layer) == ["important_neurons", "num_neurons"] and layer["num_neurons"] == 512
    assert {entry["layer"] for entry, _ in layer["important_neurons"]} == {1}


@pytest.mark.parametrize("place", ["", "/1", "/1/5"])
def test_all_has_one_key_for_each_service(client, place):
    whole = client.json(f"/api/{MODEL}/all{place}")
    assert list(whole) == sorted(whole)
    missing = {service: whole.pop(service) for service in ("feature_examples", "features")}
    assert all(part == {"missing_data_types": ["neuronpedia"]} for part in missing.values())
    assert list(whole) == META["available_services"]
    for service, part in whole.items():
        answer = client.get(f"/api/{MODEL}/{service}{place}")
        assert part == ({"data": answer.json["data"]} if answer.status == 200 else {"error": answer.problem["detail"]})


def test_one_document_holds_all_of_a_neuron(client):
    document = client.json(f"/api/{MODEL}/0/5")
    assert list(document) == sorted(document)
    assert document["available"] == [name for _, _, name in IN_DOCUMENT]
    assert (document["layer"], document["neuron"], document["model"], document["metadata"]) == (0, 5, MODEL, META)
    for key, service, _ in IN_DOCUMENT:
        data = client.json(f"/api/{MODEL}/{service}/0/5")["data"]
        if key == "GPT-4":
            data["explanation-score"] = data.pop("score")
        if key == "neuron2graph":  # here with how well the graph fits
            data |= {"fit": document[key]["fit"], "explanation-score": document[key]["fit"]["firing"]["f1_score"]}
        assert document[key] == data


@pytest.mark.parametrize("name", ["Tiny%20GELU%202L", "TINY-GELU-2L", "tiny_gelu_2l", "tinygelu2l"])
def test_other_spellings_of_the_name_find_the_model(client, name):
    assert client.json(f"/api/{name}/neuroscope/0/5") == client.json(NEURON)


@pytest.mark.parametrize("address", ADDRESSES)
def test_json_is_compact_sorted_utf8_with_open_cors_and_a_tag(client, address):
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["ETag"].startswith('"') and "max-age" in answer.headers["Cache-Control"]
    assert int(answer.headers["Content-Length"]) == len(answer.raw)
    assert list(answer.json) == sorted(answer.json)
    outside_strings = re.sub(r'"(\\.|[^"\\])*"', '""', answer.body.decode())
    assert "statistics" in answer.json or not re.search(r"\s", outside_strings)  # users' documents stay as they are


@pytest.mark.parametrize("count", [0, 1, 3, 6, 7, 32767])
def test_texts_gives_the_first_texts_only(client, count):
    whole, part = client.json(NEURON)["data"], client.json(f"{NEURON}?texts={count}")["data"]
    assert part == whole | {"texts": whole["texts"][:count]}


@pytest.mark.parametrize("window", [(0, 0), (5, 5), (50, 10), (0, 1000), (1000, 0), (2147483647, 2147483647)])
def test_window_gives_the_tokens_round_the_maximum(client, window):
    before, after = window
    whole = client.json(NEURON)["data"]["texts"]
    for text, part in zip(whole, client.json(f"{NEURON}?window={before},{after}")["data"]["texts"], strict=True):
        peak = text["max_activating_token_index"]
        first = max(0, peak - before)
        assert part == text | {"first_token_index": first, "num_tokens": 160, "tokens": text["tokens"][first : peak + after + 1],
                               "activations": text["activations"][first : peak + after + 1]}  # fmt: skip
        assert list(part) == sorted(part)


@pytest.mark.parametrize("address", [f"/api/{MODEL}/all/0/5", f"/api/{MODEL}/0/5"])
def test_texts_and_window_work_on_all_and_on_the_document_too(client, address):
    small = client.json(f"{NEURON}?texts=2&window=1,1")["data"]
    answer = client.json(f"{address}?window=1,1&texts=2")["neuroscope"]
    assert answer in (small, {"data": small})


@pytest.mark.parametrize("query", ["texts=-1", "texts=", "texts=x", "texts=1.5", "texts=32768", "texts=99999999999999999999", "texts",
                                   "window=1", "window=1,", "window=,1", "window=1,2,3", "window=-1,1", "window=a,b", "window=1;1",
                                   "window=2147483648,0", "window=", "text=1", "Texts=1", "texts=1&texts=1", "texts=1&foo=2",
                                   "window=1,1&window=2,2", "%00=1", "texts=%00", "texts=%ff", "%C3%28=1", "=1"])  # fmt: skip
def test_a_wrong_query_is_400_and_says_what_is_right(client, query):
    answer = client.get(f"{NEURON}?{query}")
    assert answer.status == 400
    assert answer.problem["instance"] == f"{NEURON}?{query}"


@pytest.mark.parametrize("address", ["/api", f"/api/{MODEL}/metadata", f"/api/{MODEL}/neuroscope", f"/api/{MODEL}/all/1"])
def test_a_parameter_that_an_address_does_not_take_is_400(client, address):
    answer = client.get(f"{address}?texts=1")
    assert answer.status == 400 and '"texts"' in answer.problem["detail"]
    assert client.get(f"{address}?_=123").status == 400


ABSENT = {
    "/api/none/metadata": "Model 'none' not found.",
    "/api/none/neuroscope/0/0": "Model 'none' not found.",
    "/api/none/0/0": "Model 'none' not found.",
    f"/api/{MODEL}/nothing": "Service 'nothing' not found.",
    f"/api/{MODEL}/nothing/0/0": "Service 'nothing' not found.",
    f"/api/{MODEL}/neuroscope/2": f"Layer index is 2 but model '{MODEL}' only has 2 layers.",
    f"/api/{MODEL}/neuroscope/2/0": f"Layer index is 2 but model '{MODEL}' only has 2 layers.",
    f"/api/{MODEL}/neuroscope/0/512": f"Neuron index is 512 but model '{MODEL}' only has 512 neurons per layer.",
    f"/api/{MODEL}/metadata/0/512": f"Neuron index is 512 but model '{MODEL}' only has 512 neurons per layer.",
    f"/api/{MODEL}/all/0/512": f"Neuron index is 512 but model '{MODEL}' only has 512 neurons per layer.",
    f"/api/{MODEL}/0/512": f"Neuron index is 512 but model '{MODEL}' only has 512 neurons per layer.",
    f"/api/{MODEL}/neuroscope/0/4294967295": "Neuron index is 4294967295",
    f"/api/{MODEL}/neuroscope/65536/0": "Layer index is 65536",
    f"/api/{MODEL}/neuroscope/0/abc": 'can not parse "abc" to a u32',
    f"/api/{MODEL}/neuroscope/0/-1": 'can not parse "-1" to a u32',
    f"/api/{MODEL}/neuroscope/0/1.0": 'can not parse "1.0" to a u32',
    f"/api/{MODEL}/neuroscope/0/4294967296": 'can not parse "4294967296" to a u32',
    f"/api/{MODEL}/neuroscope/4294967296/0": 'can not parse "4294967296" to a u32',
    f"/api/{MODEL}/neuroscope/0/18446744073709551616": 'can not parse "18446744073709551616" to a u32',
    f"/api/{MODEL}": "There is nothing at this address.",
    f"/api/{MODEL}/neuroscope/0/0/0": "There is nothing at this address.",
}


@pytest.mark.parametrize("address", ABSENT)
def test_what_is_not_there_is_404_and_named(client, address):
    answer = client.get(address)
    assert answer.status == 404 and answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.problem["detail"].startswith(ABSENT[address]) and answer.problem["instance"] == address


def test_a_neuron_that_is_not_stored_is_404_and_says_how_to_store_it(second_client):
    answer = second_client.get(f"/api/{MODEL}/neuroscope/1/9")
    assert answer.status == 404
    assert answer.problem["detail"].startswith(f"Database has no neuroscope data for neuron l1n9 in model '{MODEL}'.")
    assert f"deepdecipher-ingest neuroscope {MODEL} --layers 1 --neurons 9" in answer.problem["detail"]
    assert set(second_client.json(f"/api/{MODEL}/all/1/9")["neuroscope"]) == {"error"}
    document = second_client.json(f"/api/{MODEL}/1/9")
    assert document["available"] == [] and "neuroscope" not in document


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_answers_like_get_without_a_body(client, address):
    get, head = client.get(address), client.ask(address, "HEAD")
    assert (head.status, head.raw) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Cache-Control", "Access-Control-Allow-Origin"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize("address", [*ADDRESSES, "/healthz", "/readyz"])
def test_options_answers_a_browsers_question_before_a_request_from_elsewhere(client, address):
    answer = client.ask(address, "OPTIONS", Origin="https://example.org", Access_Control_Request_Method="GET",
                        Access_Control_Request_Headers="if-none-match")  # fmt: skip
    assert answer.status in (200, 204) and answer.raw == b""
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer.headers["Access-Control-Allow-Methods"] and "GET" in answer.headers["Allow"]
    assert "if-none-match" in answer.headers["Access-Control-Allow-Headers"].lower()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "FROB"])
@pytest.mark.parametrize("address", ["/api", NEURON, "/healthz"])
def test_another_method_is_405_with_allow(client, address, method):
    answer = client.ask(address, method)
    assert answer.status == 405 and answer.problem
    assert {"GET", "HEAD", "OPTIONS"} <= {word.strip() for word in answer.headers["Allow"].split(",")}


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_client_that_has_the_present_form_gets_304_without_a_body(client, address, encoding):
    first = client.get(address, Accept_Encoding=encoding)
    again = client.get(address, Accept_Encoding=encoding, If_None_Match=first.headers["ETag"])
    assert (again.status, again.raw) == (304, b"") and again.headers["ETag"] == first.headers["ETag"]
    for tags in ("*", f'"x", {first.headers["ETag"]}', "W/" + first.headers["ETag"]):
        assert client.get(address, Accept_Encoding=encoding, If_None_Match=tags).status == 304
    assert client.get(address, Accept_Encoding=encoding, If_None_Match='"x"').status == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_gzip_holds_the_same_bytes_and_has_another_tag(client, address):
    plain, packed = client.get(address), client.get(address, Accept_Encoding="br, gzip;q=0.5")
    assert plain.headers["Content-Encoding"] is None and packed.body == plain.body
    assert "Accept-Encoding" in plain.headers["Vary"] and "Accept-Encoding" in packed.headers["Vary"]
    if len(plain.body) > 1024:
        assert packed.headers["Content-Encoding"] == "gzip" and len(packed.raw) < len(plain.raw)
        assert packed.headers["ETag"] != plain.headers["ETag"]
    assert client.get(address, Accept_Encoding="gzip;q=0").headers["Content-Encoding"] is None


def test_http_1_0_and_clients_without_host_are_answered(client):
    assert client.raw(b"GET /api HTTP/1.0\r\n\r\n") == 200
    assert client.raw(b"GET /api HTTP/1.1\r\n\r\n") == 400


def test_health_and_readiness_are_told_and_never_kept(client):
    health, ready = client.get("/healthz"), client.get("/readyz")
    assert (health.status, health.body.strip()) == (200, b"ok")
    assert ready.status == 200 and json.loads(ready.body)["database"] == "up"
    assert health.headers["Cache-Control"] == ready.headers["Cache-Control"] == "no-store"


def test_every_answer_carries_the_headers_that_protect_a_reader(client):
    for address in ("/", "/api", "/api/none/metadata", "/viz/x", "/no-such-page"):
        headers = client.get(address).headers
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Request-Id"]
        assert "default-src 'self'" in headers["Content-Security-Policy"] and "unsafe-inline" not in headers["Content-Security-Policy"]
