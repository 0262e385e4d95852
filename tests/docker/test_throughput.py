"""How many answers one, two and four workers give: printed, not judged."""

import json
import random
import subprocess

import pytest
from deployment import ROOT
from load import new_path

SECONDS = 5


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    """A file of addresses that nobody asks for twice."""
    dice = random.Random(1)
    file = tmp_path_factory.mktemp("load") / "paths"
    file.write_text("\n".join({new_path(dice) for _ in range(200000)}) + "\n")
    return file


@pytest.mark.parametrize("number", [1, 2, 4])
def test_throughput_of_containers_with_one_worker_each(deployment, table, paths, number):
    deployment.settings["WORKERS"] = 1
    deployment.up("api", num_api=number)
    deployment.wait_until_whole()
    url = f"http://127.0.0.1:{deployment.port}"
    command = ["wrk", "-t2", "-c16", f"-d{SECONDS}s", "-s", ROOT / "tests/bench/random.lua", url, "--", paths, "gzip"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = json.loads(output.strip().splitlines()[-1])
    rate = result["requests"] / result["seconds"]
    table("Throughput", number, f"{rate:.0f}", f"{result['p50_us'] / 1000:.1f} ms", f"{result['p99_us'] / 1000:.1f} ms")
    assert result["bad"] == 0
