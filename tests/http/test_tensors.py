"""/bin: a neuron's numbers as safetensors. Read here by hand, and by the package `safetensors` where it is installed."""

import json
import math
import struct
import urllib.error
import urllib.request

import numpy
import pytest

MODEL = "tiny-gelu-2l"
TYPES = {"F32": "<f4", "F64": "<f8", "I32": "<i4", "I64": "<i8"}


def get(url):
    with urllib.request.urlopen(url, timeout=30) as reply:
        assert reply.status == 200
        return reply.headers, reply.read()


def load(body):
    """Metadata and tensors, with every rule of the format checked."""
    (length,) = struct.unpack("<Q", body[:8])
    header = json.loads(body[8 : 8 + length])
    data = body[8 + length :]
    metadata = header.pop("__metadata__")
    assert all(isinstance(value, str) for value in metadata.values())
    tensors, end = {}, 0
    for name, about in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        first, last = about["data_offsets"]
        kind = numpy.dtype(TYPES[about["dtype"]])
        assert first == end and last - first == math.prod(about["shape"]) * kind.itemsize and (8 + length + first) % kind.itemsize == 0
        tensors[name] = numpy.frombuffer(data[first:last], kind).reshape(about["shape"])
        end = last
    assert end == len(data)
    return metadata, tensors


@pytest.mark.parametrize("place", ["0/0", "0/511", "1/37"])
def test_tensors_hold_what_the_api_says(base_url, place):
    headers, body = get(f"{base_url}/bin/{MODEL}/neuroscope/{place}")
    assert headers["Content-Type"] == "application/octet-stream" and headers["ETag"]
    metadata, tensors = load(body)
    assert metadata["model"] == MODEL and metadata["service"] == "neuroscope"
    assert f"{metadata['layer']}/{metadata['neuron']}" == place
    vocabulary = json.loads(metadata["vocabulary"])
    texts = json.loads(get(f"{base_url}/api/{MODEL}/neuroscope/{place}")[1])["data"]["texts"]
    assert {name: (str(tensor.dtype), tensor.shape[0]) for name, tensor in tensors.items()} == {
        "activations": ("float32", len(texts)), "tokens": ("int32", len(texts)), "lengths": ("int32", len(texts)),
        "positions": ("int32", len(texts)), "ranges": ("float64", len(texts)), "data_index": ("int64", len(texts)),
    }  # fmt: skip
    used = set()
    for row, text in enumerate(texts):
        length = tensors["lengths"][row]
        assert length == len(text["tokens"]) and tensors["positions"][row] == text["max_activating_token_index"]
        ids = tensors["tokens"][row]
        assert [vocabulary[str(token)] for token in ids[:length]] == text["tokens"] and (ids[length:] == -1).all()
        used |= {str(token) for token in ids[:length]}
        values = tensors["activations"][row]
        assert (values[:length] == numpy.array(text["activations"], "f4")).all() and numpy.isnan(values[length:]).all()
        assert tensors["data_index"][row] == text["data_index"]
        assert numpy.float32(tensors["ranges"][row]).tolist() == numpy.float32([text["min_range"], text["max_range"]]).tolist()
    assert set(vocabulary) == used


def test_the_package_safetensors_reads_it(base_url):
    package = pytest.importorskip("safetensors.numpy")
    body = get(f"{base_url}/bin/{MODEL}/neuroscope/0/3")[1]
    own, theirs = load(body)[1], package.load(body)
    assert set(own) == set(theirs)
    assert all(numpy.array_equal(own[name], theirs[name], equal_nan=True) for name in own if name != "activations")


def test_texts_limits_the_rows(base_url):
    assert load(get(f"{base_url}/bin/{MODEL}/neuroscope/0/3?texts=2")[1])[1]["lengths"].shape == (2,)
    metadata, tensors = load(get(f"{base_url}/bin/{MODEL}/neuroscope/0/3?texts=0")[1])
    assert tensors["activations"].shape == (0, 0) and metadata["vocabulary"] == "{}"


def data_of(base_url, service, place):
    """A service's data as the API has it, and its tensors; those of the vocabulary as a dict of id to token."""
    metadata, tensors = load(get(f"{base_url}/bin/{MODEL}/{service}/{place}")[1])
    vocabulary = {int(key): token for key, token in json.loads(metadata.get("vocabulary", "{}")).items()}
    return json.loads(get(f"{base_url}/api/{MODEL}/{service}/{place}")[1])["data"], tensors, vocabulary


@pytest.mark.parametrize("place", ["0/0", "1/511"])
def test_records_as_tensors(base_url, place):
    data, tensors, vocabulary = data_of(base_url, "records", place)
    kinds = [(0, data["top"]), (1, data["random"])] + [(2 + i, records) for i, records in enumerate(data["quantiles"])]
    rows = [(kind, record) for kind, records in kinds for record in records]
    assert tensors["kinds"].tolist() == [kind for kind, _ in rows]
    assert set(tensors) == {"activations", "kinds", "lengths", "tokens"} and len(rows) == len(tensors["lengths"])
    for i, (_, record) in enumerate(rows):
        length = tensors["lengths"][i]
        assert tensors["activations"][i, :length].tolist() == record["activations"] and numpy.isnan(tensors["activations"][i, length:]).all()
        assert [vocabulary[token] for token in tensors["tokens"][i, :length].tolist()] == record["tokens"]
        assert (tensors["tokens"][i, length:] == -1).all()


@pytest.mark.parametrize("place", ["0/0", "1/511"])
def test_token_weights_as_tensors(base_url, place):
    data, tensors, vocabulary = data_of(base_url, "tokens", place)
    kinds = [kind for kind in ("activation", "input", "output") if data[kind] is not None]
    assert set(tensors) == {f"{kind}_{part}" for kind in kinds for part in ("tokens", "weights")} and kinds
    for kind in kinds:
        rows = data[kind] if kind == "activation" else data[kind]["positive"] + data[kind]["negative"]
        assert tensors[f"{kind}_weights"].tolist() == [row["weight"] for row in rows]
        assert [vocabulary[token] for token in tensors[f"{kind}_tokens"].tolist()] == [row["token"] for row in rows]


@pytest.mark.parametrize("place", ["0/0", "1/511"])
def test_connections_as_tensors(base_url, place):
    data, tensors, _ = data_of(base_url, "connections", place)
    found = {direction: data[direction] for direction in ("upstream", "downstream") if data[direction] is not None}
    assert found and set(tensors) == {f"{direction}_{part}" for direction in found for part in ("neurons", "weights")}
    for direction, both in found.items():
        rows = both["positive"] + both["negative"]
        assert tensors[f"{direction}_weights"].tolist() == [row["weight"] for row in rows]
        assert tensors[f"{direction}_neurons"].tolist() == [[row["layer"], row["neuron"]] for row in rows]


REFUSED = {
    f"{MODEL}/metadata/0/0": (404, "Service 'metadata' has no tensors; its data is at /api."),
    f"{MODEL}/nothing/0/0": (404, "Service 'nothing' not found."),
    "nothing/neuroscope/0/0": (404, "Model 'nothing' not found."),
    f"{MODEL}/neuroscope/2/0": (404, f"Layer index is 2 but model '{MODEL}' only has 2 layers."),
    f"{MODEL}/neuroscope/0/512": (404, f"Neuron index is 512 but model '{MODEL}' only has 512 neurons per layer."),
    f"{MODEL}/neuroscope/0/x": (404, 'can not parse "x" to a u32'),
    f"{MODEL}/records/0/0?texts=1": (400, 'The query parameter "texts" is not known: this address takes none.'),
    f"{MODEL}/neuroscope/0/0?window=1,1": (400, 'The query parameter "window" is not known. This address takes: texts.'),
}


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_not_there_is_a_problem(base_url, path):
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(f"{base_url}/bin/{path}")
    problem = json.load(caught.value)
    assert (caught.value.code, problem["detail"]) == REFUSED[path]
