"""Up from nothing."""

import json

from deployment import docker, inspect


def test_the_whole_sample_is_served(deployment):
    """The same answers as those of `make run`: all sources but the one of which the sample has nothing."""
    services = json.loads(deployment.get("/api/tiny-gelu-2l/all/0/5"))
    assert {kind for service in services.values() for kind in service.get("missing_data_types", [])} == {"neuronpedia"}
    assert {"neuroscope", "neuron_explainer", "neuron2graph", "similar", "statistics"} <= set(services)


def test_the_doctor_finds_no_fault(deployment):
    run = deployment.ingest("doctor")
    assert run.returncode == 0, run.stdout


def ask_metrics(deployment, path):
    """The answer on the port that is not mapped, asked for inside the container of nginx."""
    script = 'exec 3<>/dev/tcp/127.0.0.1/9113; printf "GET %s HTTP/1.0\\r\\n\\r\\n" "$1" >&3; cat <&3'
    return docker("exec", deployment.running("web")[0], "bash", "-c", script, "-", path)


def test_metrics_are_for_other_containers_and_of_workers_only(deployment):
    address = next(iter(inspect(deployment.running("api")[0])["NetworkSettings"]["Networks"].values()))["IPAddress"]
    assert deployment.status_of("/metrics") == 403 and deployment.status_of(f"/metrics/{address}") == 404
    for path in ("/metrics", f"/metrics/{address}"):
        assert 'deepdecipher_ingest_neurons_stored_total{source="neuroscope"} 1024' in ask_metrics(deployment, path)
    for elsewhere in ("127.0.0.1", "192.0.2.1", "999.0.0.1", "0x7f.0.0.1", "169.254.169.254", "db", f"{address}:5432", f"{address}%0a:22", "1"):
        assert " 404 " in ask_metrics(deployment, f"/metrics/{elsewhere}").splitlines()[0], elsewhere
