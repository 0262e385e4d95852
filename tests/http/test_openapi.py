"""The OpenAPI file against the program: every service is in it, and every answer is as it says."""

import json
import pathlib
import subprocess

import pytest
from hostile_site import MODEL

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FILE = ROOT / "nginx" / "www" / "doc" / "openapi.json"
SCHEMATHESIS = ROOT / "build" / "venv" / "bin" / "schemathesis"


@pytest.fixture(scope="module")
def openapi():
    return json.loads(FILE.read_text(encoding="utf-8"))


def test_the_file_is_served_as_it_is(client, openapi):
    answer = client.get("/doc/openapi.json")
    assert answer.status == 200 and json.loads(answer.body) == openapi


def test_every_service_is_described(client, openapi):
    for path in (f"/api/{MODEL}/all", f"/api/{MODEL}/all/0", f"/api/{MODEL}/all/0/0"):
        pattern = path.replace(MODEL, "{model}").replace("/0/0", "/{layer}/{neuron}").replace("/0", "/{layer}")
        assert pattern in openapi["paths"]
        parts = client.json(path).items()
        services = {name for name, part in parts if "data" in part or ("error" not in part and pattern.endswith("{neuron}"))} - {"statistics"}
        described = {name for name in services if pattern.replace("all", name, 1) in openapi["paths"]}
        assert services == described


def narrow(openapi):
    """The same for what the sample has only, so that random requests mostly find something."""
    parameters = openapi["components"]["parameters"]
    parameters["model"]["schema"] = {"type": "string", "enum": [MODEL, "Tiny GELU 2L"]}
    parameters["layer"]["schema"] |= {"maximum": 1}
    parameters["neuron"]["schema"] |= {"maximum": 511}
    parameters["service"]["schema"] = {"type": "string", "enum": ["statistics"]}
    return openapi


def without_cursors(openapi):
    """A cursor that no answer gave is refused: nothing to make up at random."""
    made_up = {"$ref": "#/components/parameters/after"}
    for operations in openapi["paths"].values():
        for operation in operations.values():
            operation["parameters"] = [parameter for parameter in operation.get("parameters", []) if parameter != made_up]
    return openapi


@pytest.mark.parametrize("change", [lambda openapi: openapi, narrow], ids=["any", "stored"])
def test_random_requests_get_what_the_file_says(base_url, openapi, tmp_path, change):
    if not SCHEMATHESIS.exists():
        pytest.skip("schemathesis is not installed: tests/pypi could not reach PyPI")
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(change(without_cursors(json.loads(json.dumps(openapi))))), encoding="utf-8")
    run = subprocess.run(
        [SCHEMATHESIS, "run", path, "--url", base_url, "--max-examples", "20", "--generation-deterministic", "--no-color"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stdout
    count = sum(len(operations) for operations in openapi["paths"].values())
    assert f"{count} selected / {count} total" in run.stdout
