"""A model that every source has given something of."""

import pathlib
import tarfile

from explainer_files import KINDS, sample_files, write_files
from hostile_site import MODEL, SAMPLE, page_path
from n2g_files import unpack_sample

NEURONS = "0-39"
REFUSED = 3  # of layer 0, by neuroscope


def unpack_documents(place):
    """Writes the sample's folder of statistics as JSON documents below `place`; returns it."""
    start = f"json/{MODEL}/statistics/"
    with tarfile.open(SAMPLE) as archive:
        for member in archive.getmembers():
            if member.isfile() and member.name.startswith(start) and pathlib.Path(member.name).stem.isalnum():
                write_files(place, {member.name.removeprefix(start): archive.extractfile(member).read()})
    return place


class Sources:
    """The sample's files below `place` and its site, and the commands that read them."""

    def __init__(self, place, site):
        self.site, self.explainer, self.documents = site, place / "explainer", place / "documents"
        write_files(self.explainer, sample_files())
        unpack_documents(self.documents)
        self.n2g = unpack_sample(place)
        site.faults[page_path(REFUSED)] = "missing"

    def commands(self):
        """What is to be run, in order, each with the exit status it should have."""
        some = ("--neurons", NEURONS)
        yield ("neuroscope", MODEL, "--url", self.site.url, "--retries", "0", *some), 1
        for kind in KINDS:
            yield ("explainer", MODEL, "--kind", kind, "--url", f"file://{self.explainer}", *some), 0
        yield ("n2g", MODEL, self.n2g, *some), 0
        yield ("neuron-store", MODEL, self.n2g / "neuron_store.json"), 0
        yield ("json", MODEL, self.documents, "--service", "moments", *some), 0

    def load(self, ingest):
        for command, status in self.commands():
            run = ingest.run(*command)
            assert run.returncode == status, (command, run.stderr)
        ingest.sql("INSERT INTO logit_effect SELECT neuron_id, 1, -0.5, E'\\u2400 x' FROM neuron")
