"""The memory of ingest stays bounded, whatever a site sends."""

import os

import pytest
from hostile_site import MODEL, page_path
from ingest_run import finish

BOUND_KB = 200_000


@pytest.fixture
def measured(bin_folder, ingest, site):
    """A function that runs ingest and returns the sum of its processes' peaks in kB, and the result."""
    if b"__asan_init" in (bin_folder / "deepdecipher-ingest").read_bytes():
        pytest.skip("AddressSanitizer needs memory of its own")
    peaks, of_files = {}, {}

    def look(group):
        """Peaks are read while requests come in: they never get less. Pages of files are the same for all processes."""
        for entry in os.scandir("/proc"):
            if not entry.name.isdigit():
                continue
            try:
                if os.getpgid(int(entry.name)) == group:
                    status = dict(line.split(":", 1) for line in open(f"/proc/{entry.name}/status"))
                    of_files[entry.name] = int(status["RssFile"].split()[0])
                    peaks[entry.name] = int(status["VmHWM"].split()[0]) - of_files[entry.name]
            except (OSError, KeyError):
                pass  # it has just ended

    def run(*arguments):
        group = []
        site.at_request = lambda _: group and look(group[0])
        process = ingest.start("neuroscope", MODEL, "--url", site.url, *arguments)
        group.append(process.pid)
        result = finish(process)
        return sum(peaks.values()) + max(of_files.values()), result

    return run


@pytest.mark.parametrize("fault", ["endless", "endless_announced", "bomb"])
def test_bodies_without_end_take_less_than_200_mb_in_all_processes_together(measured, site, fault):
    for neuron in range(256):
        site.faults[page_path(neuron)] = fault
    peak, run = measured("--layers", "0", "--neurons", "0-255", "--jobs", "8", "--retries", "1", "--timeout", "60")
    assert run.returncode == 1 and "256 neurons were refused" in run.stderr
    assert peak < BOUND_KB


def test_a_whole_model_takes_less_than_200_mb(measured):
    peak, run = measured("--jobs", "8")
    assert run.returncode == 0 and peak < BOUND_KB
