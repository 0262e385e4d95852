"""The site that ingest reads: a folder of neuron pages, each also as gzip, made once and kept.

Where the folder ../shared/upstream lies beside the checkout, the pages are those of its model tiny-gelu-2l; else they
are generated with the same shape.
"""
import collections
import gzip
import http.client
import json
import multiprocessing
import os
import shutil
import subprocess
import sys

import generator
import stack

UPSTREAM = os.path.join("..", "shared", "upstream", "upstream_server.py")
Site = collections.namedtuple("Site", "folder model origin num_layers layer_size num_bytes")
Site.num_neurons = property(lambda site: site.num_layers * site.layer_size)
Site.paths = property(lambda site: [f"{layer}/{neuron}" for layer in range(site.num_layers)
                                    for neuron in range(site.layer_size)])
SHAPE = {"num_layers": 2, "layer_size": 512}


def prepare(folder, say):
    """The site in `folder`, which is filled when it is not complete."""
    mark = os.path.join(folder, "complete.json")
    if not os.path.exists(mark):
        fill(folder, mark, say)
    with open(mark, encoding="utf-8") as file:
        return Site(folder=folder, **json.load(file))


def fill(folder, mark, say):
    """Writes all pages, and `mark` when they are there."""
    shutil.rmtree(folder, ignore_errors=True)
    if os.path.exists(UPSTREAM):
        model, origin = "tiny-gelu-2l", "tiny-gelu-2l of ../shared/upstream"
    else:
        model, origin = generator.MODEL, "generated"
    for layer in range(SHAPE["num_layers"]):
        os.makedirs(os.path.join(folder, model, str(layer)))
    site = Site(folder, model, origin, num_bytes=0, **SHAPE)
    say(f"Writing {site.num_neurons} pages ({origin}) to {folder}")
    if origin == "generated":
        for path, text in generator.pages(site.num_layers, site.layer_size):
            _write(folder, path, text.encode())
    else:
        copy_upstream(site)
    with multiprocessing.Pool() as pool:
        sizes = pool.map(_compress, [os.path.join(folder, model, f"{path}.html") for path in site.paths], 16)
    about = site._replace(num_bytes=sum(sizes))._asdict()
    del about["folder"]
    with open(mark + ".new", "w", encoding="utf-8") as file:
        json.dump(about, file)
    os.rename(mark + ".new", mark)


def copy_upstream(site):
    """Fetches index and pages from the stand-in site, which runs for as long as that takes."""
    port = stack.free_port()
    command = [sys.executable, "-B", UPSTREAM, "--port", str(port), "--cache-mb", "1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            stack.wait_for_port(port, server)
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            for path in ["index.html"] + [f"{site.model}/{path}.html" for path in site.paths]:
                connection.request("GET", f"/{path}")
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200:
                    raise stack.Failed(f"{UPSTREAM} answers {answer.status} for {path}")
                _write(site.folder, path, body)
        finally:
            server.terminate()


def _write(folder, path, body):
    with open(os.path.join(folder, path), "wb") as file:
        file.write(body)


def _compress(path):
    """Writes PATH.gz; returns the plain size."""
    with open(path, "rb") as file:
        body = file.read()
    with open(path + ".gz", "wb") as file:
        file.write(gzip.compress(body, 1, mtime=0))
    return len(body)
