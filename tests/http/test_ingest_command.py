"""deepdecipher-ingest's command line: what it takes, what it refuses, what it prints."""

import os
import pty
import re
import signal
import subprocess
import time

import pytest
from cluster import Session, until
from hostile_site import MODEL, HostileSite, page_path
from ingest_run import finish


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The sample as files below a folder with a space in its name."""
    root = tmp_path_factory.mktemp("site") / "neuro scope"
    with HostileSite() as site:
        for path, body in site.pages.items():
            file = root / path[1:]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
    return root


def test_list_prints_the_models_of_the_site_without_a_database(site, ingest):
    listed = ingest.run("neuroscope", "--list", "--url", site.url + "/", "--db", "")
    assert listed.returncode == 0
    head, row = listed.stdout.splitlines()
    assert head.split() == ["model", "act", "layers", "per", "layer", "neurons", "parameters", "dataset"]
    words = [MODEL, "gelu", "2", "512", "1024", "393216"]
    assert row.split() == words + "King James Bible and Python standard library".split()


def test_layers_and_neurons_choose_what_is_read(site, ingest):
    run = ingest.run("neuroscope", MODEL, "--url", site.url, "--layers", "1", "--neurons", "5,9,100-110,7-9")
    wanted = {5, 7, 8, 9, *range(100, 111)}
    assert run.returncode == 0
    assert ingest.stored() == {(1, neuron) for neuron in wanted}
    assert site.page_counts() == {page_path(neuron, 1): 1 for neuron in wanted}


def test_a_later_command_reads_only_what_is_not_yet_stored(site, ingest):
    assert ingest.run("neuroscope", MODEL, "--url", site.url, "--layers", "0", "--neurons", "0-9").returncode == 0
    assert ingest.run("neuroscope", MODEL, "--url", site.url, "--layers", "0,1", "--neurons", "5-14").returncode == 0
    assert ingest.stored() == {(0, neuron) for neuron in range(15)} | {(1, neuron) for neuron in range(5, 15)}
    assert set(site.page_counts().values()) == {1}


def test_a_folder_laid_out_like_the_site_is_read_by_file_url(folder, ingest):
    url = f"file://{folder}".replace(" ", "%20")
    run = ingest.run("neuroscope", MODEL, "--url", url, "--layers", "0", "--neurons", "0-63")
    assert run.returncode == 0 and ingest.stored() == {(0, neuron) for neuron in range(64)}


def test_a_file_that_is_not_there_is_listed_as_missing(folder, ingest):
    (folder / MODEL / "1" / "3.html").rename(folder / MODEL / "1" / "3.away")
    url = f"file://{folder}".replace(" ", "%20")
    run = ingest.run("neuroscope", MODEL, "--url", url, "--layers", "1", "--neurons", "0-7")
    (folder / MODEL / "1" / "3.away").rename(folder / MODEL / "1" / "3.html")
    assert run.returncode == 1 and ingest.stored() == {(1, neuron) for neuron in range(8)} - {(1, 3)}
    assert {key: row["kind"] for key, row in ingest.rejected().items()} == {(1, 3): "missing"}


@pytest.mark.parametrize("name", ["Tiny GELU 2L", "TINY-GELU-2L", "tinygelu2l"])
def test_other_spellings_of_a_model_name_mean_the_same_model(site, ingest, name):
    assert ingest.run("neuroscope", name, "--url", site.url, "--layers", "0", "--neurons", "3").returncode == 0
    assert ingest.rows("SELECT model, layer, neuron FROM neurons") == [{"model": MODEL, "layer": 0, "neuron": 3}]
    status = ingest.run("status", name)
    assert status.returncode == 0 and status.stdout.splitlines()[1].startswith(MODEL)


def test_a_model_that_the_site_has_not_is_told_with_those_it_has(site, ingest):
    run = ingest.run("neuroscope", "gpt2-xl", "--url", site.url)
    assert run.returncode == 1
    assert f"the site has no model 'gpt2-xl'. It has: {MODEL}" in run.stderr


WRONG = {
    (): "what is to be done?",
    ("frobnicate",): "there is no command 'frobnicate'; there are neuroscope",
    ("neuroscope",): "needs the name of a model, e.g. deepdecipher-ingest neuroscope",
    ("neuroscope", "a", "b"): "'b' is one word too many",
    ("status", "a", "b"): "'b' is one word too many",
    ("retry",): "retry needs the name of a model",
    ("retry", "a", "nothing"): "there is no source 'nothing'",
    ("work", "a"): "'a' is one word too many",
    ("status", "--list"): "--list goes with a source: deepdecipher-ingest neuroscope --list",
    ("neuroscope", "a", "--frob"): "--frob",
    ("neuroscope", "a", "--layers"): "requires an argument",
    ("neuroscope", "a", "--layers", ""): "must be numbers and ranges with commas between them, such as 5,9,100-200",
    ("neuroscope", "a", "--layers", "x"): "--layers is 'x', but must be numbers and ranges",
    ("neuroscope", "a", "--layers", "3-"): "--layers is '3-'",
    ("neuroscope", "a", "--layers", "-3"): "--layers is '-3'",
    ("neuroscope", "a", "--layers", "3-1"): "the range 3-1, which ends before it begins",
    ("neuroscope", "a", "--neurons", "1;2"): "--neurons is '1;2'",
    ("neuroscope", "a", "--neurons", "1,,2"): "--neurons is '1,,2'",
    ("neuroscope", "a", "--neurons", "4294967296"): "--neurons is '4294967296'",
    ("neuroscope", "a", "--neurons", "99999999999999999999"): "--neurons is '99999999999999999999'",
    ("neuroscope", "a", "--url", "ftp://x"): "must begin with https://, http:// or file:///",
    ("neuroscope", "a", "--url", "file://relative"): "must begin with https://, http:// or file:///",
    ("neuroscope", "a", "--url", "http://a b"): "must be written as %20",
    ("neuroscope", "a", "--jobs", "0"): "--jobs is '0', but must be a whole number from 1 to 64",
    ("neuroscope", "a", "--jobs", "65"): "from 1 to 64",
    ("neuroscope", "a", "--jobs", "2x"): "--jobs is '2x'",
    ("neuroscope", "a", "--rate", "fast"): "--rate is 'fast', but must be a number of requests a second",
    ("neuroscope", "a", "--rate", "-1"): "--rate is '-1'",
    ("neuroscope", "a", "--rate", "nan"): "--rate is 'nan'",
    ("neuroscope", "a", "--retries", "-1"): "from 0 to 100",
    ("neuroscope", "a", "--timeout", "0"): "from 1 to 3600",
}


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_a_wrong_command_line_ends_with_2_and_says_what_would_be_right(bin_folder, arguments):
    command = [bin_folder / "deepdecipher-ingest", *arguments]
    run = subprocess.run(command, env={"DATABASE_URL": "postgresql:///nothing"}, capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout) == (2, "")
    assert WRONG[arguments] in run.stderr and "Try: deepdecipher-ingest --help" in run.stderr


@pytest.mark.parametrize("name, value", [("JOBS", "none"), ("RATE", "x"), ("RETRIES", "1.5"), ("TIMEOUT", "0")])
def test_a_wrong_setting_of_the_environment_ends_with_2_too(ingest, name, value):
    run = ingest.run("status", **{name: value})
    assert run.returncode == 2 and f"{name} is '{value}'" in run.stderr


@pytest.mark.parametrize("url", [None, ""])
def test_without_a_database_it_says_how_to_name_one(bin_folder, url):
    environment = {} if url is None else {"DATABASE_URL": url}
    command = [bin_folder / "deepdecipher-ingest", "status"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert run.returncode == 2 and "set DATABASE_URL or give --db URL" in run.stderr


@pytest.mark.parametrize("option, wrong", [("--layers", "0-2"), ("--neurons", "500-512")])
def test_layers_and_neurons_that_the_model_has_not_end_with_2(site, ingest, option, wrong):
    run = ingest.run("neuroscope", MODEL, "--url", site.url, option, wrong)
    last, count = wrong.split("-")[1], {"--layers": 2, "--neurons": 512}[option]
    assert run.returncode == 2
    assert f"{option} goes up to {last}, but {MODEL} has {count}, numbered from 0" in run.stderr
    assert site.page_counts() == {}


def test_help_names_every_option_and_version_is_one_line(ingest):
    help_text = ingest.run("--help")
    assert help_text.returncode == 0
    for word in "--layers --neurons --url --jobs --rate --retries --timeout --db --list status retry work DATABASE_URL".split():
        assert word in help_text.stdout
    version = ingest.run("--version")
    assert version.returncode == 0 and re.fullmatch(r"deepdecipher-ingest \S+\n", version.stdout)


def test_status_of_an_empty_database_and_of_an_unknown_model(ingest):
    empty = ingest.run("status")
    assert empty.returncode == 0 and "Nothing is stored yet" in empty.stdout
    unknown = ingest.run("status", "gpt9")
    assert unknown.returncode == 1 and "no model 'gpt9' is stored" in unknown.stderr
    assert ingest.run("retry", "gpt9").returncode == 1


def test_status_adds_up_while_work_waits_in_the_queue(site, ingest):
    site.faults[page_path(2)] = "missing"
    assert ingest.run("neuroscope", MODEL, "--url", site.url, "--layers", "0", "--neurons", "0-9").returncode == 1
    ingest.sql("SELECT plan_jobs(model_id('tiny-gelu-2l'), 1::smallint, 'http://x', '{[1,1]}', '{[0,99]}', 'new', 32)")
    row = ingest.run("status", MODEL).stdout.splitlines()[1].split()
    assert [int(word) for word in row[2:]] == [1024, 9, 1, 100, 914]


def test_rate_limits_all_processes_together(site, ingest):
    """At 200 a second, 100 pages cannot take less than (100 - 1) / 200 s; the clock is the site's own."""
    times = []
    site.at_request = lambda _: times.append(time.monotonic())
    arguments = ("--layers", "0", "--neurons", "0-99", "--jobs", "2", "--rate", "200")
    assert ingest.run("neuroscope", MODEL, "--url", site.url, *arguments).returncode == 0
    pages = sorted(times[1:])
    assert len(pages) == 100 and pages[-1] - pages[0] > 0.95 * 99 / 200


def test_work_takes_jobs_that_others_plan_and_stops_when_told(site, ingest):
    assert ingest.run("neuroscope", MODEL, "--url", site.url, "--layers", "0", "--neurons", "0").returncode == 0
    worker = ingest.start("work", "--jobs", "2")
    ingest.sql(f"SELECT plan_jobs(model_id('tiny-gelu-2l'), 1::smallint, '{site.url}', '{{[1,1]}}', '{{[0,99]}}', 'new', 32)")
    with Session(ingest.admin_url) as session:
        until(lambda: session.run("SELECT count(*) FROM neuron") == ["101"], "the jobs' end")
    worker.send_signal(signal.SIGTERM)
    assert finish(worker).returncode == 0


def test_again_reads_anew_what_is_stored(site, ingest):
    command = ("neuroscope", MODEL, "--url", site.url, "--layers", "0", "--neurons", "0-39")
    assert ingest.run(*command).returncode == 0
    site.pages[page_path(7)] = re.sub(rb"(</b> )\([^)]+\)</h4>", rb"\1(Another Book)</h4>", site.pages[page_path(7)])
    assert ingest.run(*command, "--again").returncode == 0
    assert set(site.page_counts().values()) == {2} and len(ingest.stored()) == 40
    assert ingest.rows("SELECT DISTINCT neuron FROM examples WHERE dataset = 'Another Book'") == [{"neuron": 7}]


def test_a_page_that_has_gone_bad_takes_away_nothing_that_is_stored(site, ingest):
    command = ("neuroscope", MODEL, "--url", site.url, "--layers", "0", "--neurons", "0-39")
    assert ingest.run(*command).returncode == 0
    site.faults[page_path(7)] = "cut"
    run = ingest.run(*command, "--again", "--retries", "0")
    assert run.returncode == 1 and set(ingest.rejected()) == {(0, 7)}
    served = {row["neuron"] for row in ingest.rows("SELECT neuron FROM neurons")}
    counted = {row["n"] for row in ingest.rows("SELECT neuron_index(neuron_id) AS n FROM neuron_source")}
    assert served == counted == set(range(40))


def test_on_a_terminal_a_bar_shows_how_far_it_is(site, ingest):
    ours, theirs = pty.openpty()
    command = [ingest.program, "neuroscope", MODEL, "--url", site.url, "--layers", "0", "--neurons", "0-99"]
    with subprocess.Popen(command, env={**os.environ, "DATABASE_URL": ingest.url}, stderr=theirs, start_new_session=True) as process:
        os.close(theirs)
        shown = b""
        try:
            while more := os.read(ours, 65536):
                shown += more
        except OSError:
            pass  # a terminal whose other side is closed
        assert process.wait(60) == 0
    os.close(ours)
    last = shown.decode().split("\r")[-2]
    assert re.match(rf"neuroscope {MODEL} \[█{{24}}\] 100 of 100 neurons, \d+/s, \d+\.\d MB/s", last), last
