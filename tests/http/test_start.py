"""`make run` (docker/local): settings that are wrong, folders and ports that are taken, and a start after a crash."""

import os
import signal
import subprocess

import pytest
from cluster import ROOT, until
from web import Client

WRONG = {
    ("PORT", "abc"): "PORT is 'abc' but must be a number from 1 to 65535",
    ("PORT", "0"): "PORT is '0'",
    ("PORT", "65536"): "PORT is '65536'",
    ("SAMPLE", "yes"): "SAMPLE is 'yes' but must be 1",
    ("WORKERS", "0"): "WORKERS is '0' but must be a number",
    ("CACHE", "2"): "CACHE is '2' but must be 1 or 0",
    ("LIMIT_RATE", "fast"): "LIMIT_RATE is 'fast' but must be a number of requests a second",
    ("LIMIT_CONNECTIONS", "0"): "LIMIT_CONNECTIONS is '0' but must be a number",
    ("BIN", "/nowhere"): "/nowhere/deepdecipher-fcgi is not there; build it with: make",
    ("VAR", '/tmp/a"b'): "use another folder",
    ("DATABASE_URL", "postgresql:///x?host=/nowhere"): "the server of DATABASE_URL does not answer",
}


def start_in_vain(bin_folder, folder, **settings):
    """Runs docker/local where it must refuse; what it says."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = {**kept, "BIN": str(bin_folder), "VAR": str(folder), "PORT": "18999", **settings}
    done = subprocess.run(["docker/local"], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=100)
    assert done.returncode == 1
    return done.stderr


@pytest.mark.parametrize("setting", WRONG, ids="=".join)
def test_a_wrong_setting_is_refused_and_the_right_one_named(bin_folder, tmp_path, setting):
    name, value = setting
    assert WRONG[setting] in start_in_vain(bin_folder, tmp_path / "var", **{name: value})


def test_a_port_that_is_taken_is_told_with_one_that_is_free(stack, bin_folder, tmp_path):
    said = start_in_vain(bin_folder, tmp_path / "var", PORT=str(stack.port))
    assert f"port {stack.port} is taken by another program; try: make run PORT=" in said


def test_a_folder_that_a_running_copy_uses_is_told(stack, bin_folder):
    assert f"{stack.var} is in use by another running copy" in start_in_vain(bin_folder, stack.var)


def test_the_addresses_of_the_database_are_for_its_user_only(stack):
    assert (stack.var / "env").stat().st_mode & 0o077 == 0
    assert stack.database_url.startswith("postgresql://deepdecipher_loader@")
    assert stack.reader_url.startswith("postgresql://deepdecipher_reader@")


def test_after_a_crash_of_everything_it_starts_again_with_what_was_stored(stack):
    copy, folder = type(stack), stack.var.parent / "crashed"
    first = copy(folder, stack.bin, SAMPLE=0)
    parts = [first.pid(name) for name in ("postgres", "fcgi", "ingest", "nginx")]
    for process in (first.process.pid, *parts):
        os.kill(process, signal.SIGKILL)
    first.process.communicate()
    second = copy(folder, stack.bin, SAMPLE=0)
    try:
        assert Client(second.base_url).get("/readyz").status == 200
        assert not any("Making a private PostgreSQL cluster" in line for line in second.output)
    finally:
        assert second.stop() == 0
    until(lambda: not any(os.path.exists(f"/proc/{process}") for process in parts), "the first copy's end")
