"""The memory of ingest stays bounded, whatever a site sends."""

import os

import pytest
from hostile_site import MODEL, page_path
from ingest_run import finish

BOUND_KB = 200_000


@pytest.fixture
def measured(bin_folder, ingest, site):
    """A function that runs ingest and returns the peaks in kB of all its processes, and the result."""
    if b"__asan_init" in (bin_folder / "deepdecipher-ingest").read_bytes():
        pytest.skip("AddressSanitizer needs memory of its own")
    peaks = {}

    def look(group):
        """Peaks are read while requests come in: what a process has touched by then never gets less."""
        for entry in os.scandir("/proc"):
            if not entry.name.isdigit():
                continue
            try:
                if os.getpgid(int(entry.name)) == group:
                    lines = open(f"/proc/{entry.name}/status").read().splitlines()
                    peaks[entry.name] = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
            except (OSError, StopIteration):
                pass  # it has just ended

    def run(*arguments):
        group = []
        site.at_request = lambda _: group and look(group[0])
        process = ingest.start("neuroscope", MODEL, "--url", site.url, *arguments)
        group.append(process.pid)
        return peaks, finish(process)

    return run


@pytest.mark.parametrize("fault", ["endless", "endless_announced", "bomb"])
def test_bodies_without_end_take_less_than_200_mb_in_all_processes_together(measured, site, fault):
    for neuron in range(256):
        site.faults[page_path(neuron)] = fault
    peaks, run = measured("--layers", "0", "--neurons", "0-255", "--jobs", "8", "--retries", "1", "--timeout", "20")
    print(peaks)
    assert run.returncode == 1 and "256 neurons were refused" in run.stderr
    assert sum(peaks.values()) < BOUND_KB, peaks


def test_a_whole_model_takes_less_than_200_mb(measured):
    peaks, run = measured("--jobs", "2")
    print(peaks)
    assert run.returncode == 0 and sum(peaks.values()) < BOUND_KB, peaks
