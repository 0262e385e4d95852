"""`make install` into a folder, and everything run from there as systemd would run it."""

import os
import re
import shutil
import signal
import socket
import subprocess

import pytest
from cluster import ROOT, until
from hostile_site import MODEL
from ingest_run import Ingest
from web import Client
from workers import TIMEOUT_SECONDS, Call, Workers, free_port

UNITS = ["api@", "ingest", "migrate", "web"]


@pytest.fixture(scope="module")
def installed(bin_folder, tmp_path_factory):
    """The folder that stands for /."""
    folder = tmp_path_factory.mktemp("install")
    environment = {**os.environ, "PACKAGES": "0"}
    output = os.path.relpath(bin_folder, ROOT)
    command = ["make", f"OUT={output}", "install", f"DESTDIR={folder}", "PREFIX=/usr"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


def unit(installed, name):
    """Settings of a unit: the last one where a name stands twice."""
    text = (installed / f"usr/lib/systemd/system/deepdecipher-{name}.service").read_text()
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))


def command_of(installed, name):
    """What a unit runs, in the folder."""
    program, *arguments = unit(installed, name)["ExecStart"].split()
    return [str(installed / program.removeprefix("/")), *arguments]


def test_units_name_programs_that_are_there(installed):
    for name in UNITS:
        assert os.access(command_of(installed, name)[0], os.X_OK), name
        own = unit(installed, name)["EnvironmentFile"].removeprefix("-/")
        assert (installed / own).stat().st_mode & 0o007 == 0, "it may hold a password"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_systemd_takes_the_units(installed):
    units = [installed / f"usr/lib/systemd/system/deepdecipher-{name}.service" for name in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)
    found = [line for line in done.stderr.splitlines() if "deepdecipher" in line and not re.search("is not executable: No such file", line)]
    assert found == []


def test_a_second_install_keeps_settings_and_drops_files_that_are_gone(installed, bin_folder):
    settings, stray = installed / "etc/deepdecipher/api", installed / "usr/share/deepdecipher/sql/migration/0000_stray.sql"
    settings.write_text("WORKERS=3\n")
    stray.touch()
    output = os.path.relpath(bin_folder, ROOT)
    command = ["make", f"OUT={output}", "install", f"DESTDIR={installed}", "PREFIX=/usr"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "PACKAGES": "0"}, check=True, capture_output=True)
    assert settings.read_text() == "WORKERS=3\n" and not stray.exists()


@pytest.fixture
def filled(installed, cluster, site):
    """A database that the installed migrate made and the installed ingest filled."""
    database = cluster.create()
    environment = {**os.environ, "DATABASE_URL": cluster.url(database)}
    subprocess.run(command_of(installed, "migrate"), env=environment, check=True, capture_output=True)
    ingest = Ingest(installed / "usr/bin/deepdecipher-ingest", cluster.url(database, "deepdecipher_loader"), cluster.url(database))
    assert ingest.run("neuroscope", MODEL, "--url", site.url, "--layers", "0", "--neurons", "0-3").returncode == 0
    yield database
    cluster.drop(database)


@pytest.fixture
def start_workers(installed, cluster, filled):
    """A function that starts an instance of the workers as its unit does: start(1)."""
    started = []

    def start(number):
        program, url = command_of(installed, "api@")[0], cluster.url(filled, "deepdecipher_reader")
        started.append(Workers(program, cluster.folder / f"install-{number}.sock", url, "--workers", "1"))
        return started[-1]

    yield start
    for workers in started:
        workers.__exit__()


@pytest.fixture
def metrics_port():
    return free_port()


@pytest.fixture
def client(installed, cluster, start_workers, tmp_path, metrics_port):
    """A client of the installed nginx, with two instances of the workers behind it; `instances` has them."""
    instances = [start_workers(number) for number in (1, 2)]
    sockets = [cluster.folder / f"install-{number}.sock" for number in (1, 2)]
    cluster.folder.chmod(0o755)  # nginx's processes are another user's than PostgreSQL's
    for path in sockets:
        path.chmod(0o777)
    (tmp_path / "cache").mkdir()
    port = free_port()
    settings = {"LISTEN": f"127.0.0.1:{port}", "UPSTREAM": "\n".join(f"unix:{path}" for path in sockets), "CACHE": "0"}
    settings |= {"ACCESS_LOG": str(tmp_path / "access.log"), "METRICS_FROM": "", "METRICS_LISTEN": f"127.0.0.1:{metrics_port}"}
    web = subprocess.Popen([command_of(installed, "web")[0], tmp_path / "state", tmp_path / "cache"], env={**os.environ, **settings})
    until(lambda: is_there(port), "nginx answers")
    own = Client(f"http://127.0.0.1:{port}")
    own.instances = instances
    yield own
    web.terminate()
    web.wait()


def test_what_is_installed_migrates_loads_and_serves(client):
    assert len(client.json(f"/api/{MODEL}/neuroscope/0/3")["data"]["texts"]) > 0
    assert b"<title>" in client.get("/doc/").body


def test_one_instance_serves_while_the_other_is_restarted(client, start_workers, cluster):
    path = f"/api/{MODEL}/neuroscope/0/3"
    assert client.instances[0].stop() == 0
    assert {client.get(path).status for _ in range(50)} == {200}
    start_workers(1)
    (cluster.folder / "install-1.sock").chmod(0o777)
    assert client.instances[1].stop() == 0
    assert {client.get(path).status for _ in range(50)} == {200}


def test_each_instance_tells_its_own_metrics(client, metrics_port):
    metrics = Client(f"http://127.0.0.1:{metrics_port}")
    for number, instance in enumerate(client.instances, 1):
        assert metrics.get(f"/metrics/{number}").status == 200
        assert instance.stop() == 0
        assert metrics.get(f"/metrics/{number}").status == 502
    assert client.get("/metrics").status == 403


def test_the_workers_tell_systemd_when_they_can_be_asked(installed, cluster, filled):
    assert unit(installed, "api@")["Type"] == "notify"
    listen, told = cluster.folder / "notify-fcgi.sock", str(cluster.folder / "notify.sock")
    command = [command_of(installed, "api@")[0], "--listen", listen, "--db", cluster.url(filled, "deepdecipher_reader"), "--workers", "1"]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(told)
        manager.settimeout(TIMEOUT_SECONDS)
        process = subprocess.Popen(command, env={**os.environ, "NOTIFY_SOCKET": told}, stderr=subprocess.DEVNULL)
        assert manager.recv(100) == b"READY=1"
    process.send_signal(signal.SIGHUP)  # heeded from then on, where it would end a program that does not
    assert Call(str(listen), f"/api/{MODEL}/neuroscope/0/3").answer().status == 200
    process.terminate()
    assert process.wait(timeout=TIMEOUT_SECONDS) == 0


def is_there(port):
    try:
        return Client(f"http://127.0.0.1:{port}").get("/healthz").status == 200
    except OSError:
        return False
