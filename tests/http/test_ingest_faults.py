"""Pages that a site does not give, or gives wrongly: stored or listed with kind and reason, and asked for again by retry."""

import re

import pytest
from hostile_site import MODEL, page_path

# Fault of the site: kind and reason in `rejected`.
FAULTS = {
    "missing": ("missing", r"no such page \(HTTP 404\)"),
    "gone": ("missing", r"no such page \(HTTP 410\)"),
    "error_500": ("unreachable", r"HTTP 500"),
    "error_503": ("unreachable", r"HTTP 503"),
    "reset": ("unreachable", r"reset|Empty reply|Recv failure"),
    "closed": ("unreachable", r"Empty reply|closed"),
    "truncated": ("unreachable", r"\d+ bytes remaining"),
    "cut": ("unreadable", r"ends|is not|JSON"),
    "empty": ("unreadable", r"not a neuron's page"),
    "unrelated": ("unreadable", r"not a neuron's page"),
    "utf8": ("unreadable", r"not UTF-8 at byte \d+"),
    "other_neuron": ("unreadable", r"about neuron l0n{other}, not l0n{own}"),
    "unequal": ("unreadable", r"text 5: 160 tokens but 159 values"),
    "hang": ("unreachable", r"timed out"),
    "drip": ("unreachable", r"timed out"),
    "endless": ("unreachable", r"over 4 MiB"),
    "endless_announced": ("unreachable", r"over 4 MiB"),
    "bomb": ("unreachable", r"over 4 MiB when unpacked"),
    "broken_gzip": ("unreachable", r"not whole gzip"),
    "strange_encoding": ("unreachable", r"encoding br"),
    "to_file": ("unreachable", r"Protocol|protocol"),
    "to_itself": ("unreachable", r"redirects"),
}
GOOD = len(FAULTS)  # the first neuron without a fault
NEURONS = f"0-{GOOD + 3}"


def number_of(fault):
    return list(FAULTS).index(fault)


@pytest.fixture(scope="module")
def spoiled(module_ingest, module_site):
    """One neuron for each fault, and four without; the result of one run without retries."""
    for fault in FAULTS:
        module_site.faults[page_path(number_of(fault))] = fault
    module_site.faults[page_path(GOOD)] = "good_gzip"
    module_site.once[page_path(GOOD + 1)] = "too_many"
    result = module_ingest.run("neuroscope", MODEL, "--url", module_site.url, "--neurons", NEURONS, "--layers", "0",
                               "--retries", "0", "--timeout", "2")  # fmt: skip
    return result


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_site_is_listed_with_its_kind_and_reason(spoiled, module_ingest, fault):
    kind, reason = FAULTS[fault]
    own = number_of(fault)
    if fault == "other_neuron":
        reason = reason.format(own=own, other=own ^ 1)
    row = module_ingest.rejected()[0, own]
    assert row["kind"] == kind
    assert re.search(reason, row["reason"]), row["reason"]
    assert row["num_tries"] == 1


def test_faults_do_not_keep_other_neurons_from_being_stored(spoiled, module_ingest):
    assert module_ingest.stored() == {(0, neuron) for neuron in range(GOOD, GOOD + 4)}
    assert len(module_ingest.rejected()) == len(FAULTS)


def test_nothing_of_a_refused_page_is_stored(spoiled, module_ingest):
    counts = module_ingest.rows("SELECT (SELECT count(*) FROM example) AS examples, (SELECT count(*) FROM neuron) AS neurons")
    assert counts == [{"examples": 24, "neurons": 4}]


def test_the_run_ends_with_1_and_says_what_to_do(spoiled):
    assert spoiled.returncode == 1
    assert f"{len(FAULTS)} neurons were refused" in spoiled.stderr
    assert f"deepdecipher-ingest status {MODEL}" in spoiled.stderr
    assert f"deepdecipher-ingest retry {MODEL} neuroscope" in spoiled.stderr


def test_an_endless_answer_is_not_read_for_long(spoiled, module_site):
    for fault in ("endless", "endless_announced"):
        assert module_site.sent[page_path(number_of(fault))] < 100_000_000


def test_a_site_that_asks_for_fewer_requests_is_asked_again_later(spoiled, module_site):
    assert module_site.counts[page_path(GOOD + 1)] == 2


def test_status_lists_every_reason_and_its_numbers_add_up(spoiled, module_ingest):
    lines = module_ingest.run("status", MODEL).stdout.splitlines()
    name, source, total, stored, refused, waiting, missing = lines[1].split()
    assert (name, source) == (MODEL, "neuroscope")
    assert int(stored) == 4 and int(refused) == len(FAULTS) and int(waiting) == 0
    assert int(total) == int(stored) + int(refused) + int(waiting) + int(missing) == 1024
    listed = [line.split() for line in lines[3:] if re.match(r" *\d+ ", line)]
    assert sum(int(words[0]) for words in listed) == len(FAULTS)
    assert lines[-1] == f"To ask again: deepdecipher-ingest retry {MODEL}"


def test_the_same_command_again_asks_the_site_for_no_page(spoiled, module_ingest, module_site):
    before, contents = module_site.page_counts(), module_ingest.contents()
    again = module_ingest.run("neuroscope", MODEL, "--url", module_site.url, "--neurons", NEURONS, "--layers", "0")
    assert again.returncode == 1 and "nothing to do" in again.stderr
    assert module_site.page_counts() == before and module_ingest.contents() == contents


def test_retry_stores_the_rest_once_the_site_is_mended(spoiled, module_ingest, module_site):
    module_site.mend()
    retried = module_ingest.run("retry", MODEL)
    assert (retried.returncode, retried.stdout) == (0, "")
    assert module_ingest.stored() == {(0, neuron) for neuron in range(GOOD + 4)}
    assert module_ingest.rejected() == {}
    done = module_ingest.run("retry", MODEL)
    assert done.returncode == 0 and "nothing was refused" in done.stderr


def test_after_retry_the_same_command_does_nothing_and_ends_with_0(spoiled, module_ingest, module_site):
    before = module_site.page_counts()
    again = module_ingest.run("neuroscope", MODEL, "--url", module_site.url, "--neurons", NEURONS, "--layers", "0")
    assert again.returncode == 0 and "nothing to do" in again.stderr
    assert module_site.page_counts() == before


def test_a_page_cut_right_behind_a_text_is_refused(site, ingest):
    site.faults[page_path(40)] = "cut_behind_a_text"
    command = ("neuroscope", MODEL, "--url", site.url, "--layers", "0", "--retries", "0", "--jobs", "1")
    assert ingest.run(*command, "--neurons", "0-40").returncode == 1
    rejected = ingest.rejected()
    assert set(rejected) == {(0, 40)} and rejected[0, 40]["kind"] == "unreadable"
    assert rejected[0, 40]["reason"] == "the page has 3 texts, but other pages of this model have 6"


def test_a_page_cut_right_behind_a_text_is_refused_when_only_the_database_knows_better(site, ingest):
    command = ("neuroscope", MODEL, "--url", site.url, "--layers", "0", "--retries", "0", "--jobs", "1")
    assert ingest.run(*command, "--neurons", "0-9").returncode == 0
    site.faults[page_path(10)] = "cut_behind_a_text"
    assert ingest.run(*command, "--neurons", "10").returncode == 1
    assert set(ingest.rejected()) == {(0, 10)} and len(ingest.stored()) == 10


PASSING = ("error_500", "error_503", "reset", "closed", "truncated", "cut", "unrelated", "utf8", "other_neuron", "unequal",
           "broken_gzip", "to_file", "to_itself")  # fmt: skip


def test_with_a_fifth_of_all_answers_faulty_all_that_can_be_had_is_stored_and_the_rest_listed(site, ingest):
    site.rate, site.seed, site.kinds = 0.2, 4, PASSING
    lost = {(neuron % 2, neuron) for neuron in range(7, 128, 20)}
    for layer, neuron in lost:
        site.faults[page_path(neuron, layer)] = "missing"
    run = ingest.run("neuroscope", MODEL, "--url", site.url, "--neurons", "0-127", "--retries", "9")
    assert run.returncode == 1
    assert ingest.stored() == {(layer, neuron) for layer in (0, 1) for neuron in range(128)} - lost
    assert set(ingest.rejected()) == lost
    site.mend()
    assert ingest.run("retry", MODEL).returncode == 0
    assert len(ingest.stored()) == 256 and ingest.rejected() == {}


@pytest.mark.parametrize("fault", ["missing", "error_500", "unrelated", "endless", "to_file"])
def test_an_index_that_cannot_be_read_stores_nothing_and_says_why(site, ingest, fault):
    site.faults["/index.html"] = fault
    run = ingest.run("neuroscope", MODEL, "--url", site.url, "--retries", "0", "--timeout", "2")
    assert run.returncode == 1
    assert f"no table of models at {site.url}/index.html: " in run.stderr
    assert ingest.sql("SELECT count(*) FROM model") == "0"


def test_a_model_whose_shape_has_changed_is_refused(site, ingest):
    assert ingest.run("neuroscope", MODEL, "--url", site.url, "--neurons", "0", "--layers", "0").returncode == 0
    site.pages["/index.html"] = site.pages["/index.html"].replace(b"<td>512</td>", b"<td>600</td>").replace(b"1,024", b"1,200")
    contents = ingest.contents()
    run = ingest.run("neuroscope", MODEL, "--url", site.url)
    assert run.returncode == 1 and "stored with 2 layers of 512 neurons" in run.stderr
    assert ingest.contents() == contents
