"""The files of OpenAI's neuron explainer, read with nothing but json, and what the API should make of them."""

import functools
import json
import pathlib
import tarfile

SAMPLE = pathlib.Path(__file__).resolve().parent / "data" / "sample.tar.xz"
KINDS = ("explanations", "activations", "related-neurons", "related-tokens")
SCORES = {"score": "ev_correlation_score", "rsquared_score": "rsquared_score", "absolute_dev_explained_score": "absolute_dev_explained_score"}
MOMENTS = ("mean", "variance", "skewness", "kurtosis")
FOLDERS = {
    "explanations": "explanations/{layer}/{neuron}.jsonl",
    "activations": "collated-activations/{layer}/{neuron}.json",
    "related-neurons": "related-neurons/weight-based/{layer}/{neuron}.json",
    "related-tokens": "related-tokens/weight-based/{layer}/{neuron}.json",
    "token-activations": "related-tokens/activation-based/{layer}/{neuron}.json",
}


def path_of(kind, layer, neuron):
    return FOLDERS[kind].format(layer=layer, neuron=neuron)


@functools.cache
def sample_files():
    """The sample's explainer files by path: explanations/0/0.jsonl, …"""
    start = "neuron-explainer/data/"
    with tarfile.open(SAMPLE, "r:xz") as archive:
        files = (member for member in archive if member.isfile() and member.name.startswith(start))
        return {member.name.removeprefix(start): archive.extractfile(member).read() for member in files}


def write_files(folder, files):
    """Writes files by path below a folder; content is bytes, text, or anything that becomes JSON."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, (bytes, str)):
            content = json.dumps(content)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())


def index(layer, neuron):
    return {"layer": layer, "neuron": neuron}


def scores(scored):
    return {ours: scored[theirs] for ours, theirs in SCORES.items()}


def simulation(sequence):
    guess = sequence["simulation"]
    return scores(sequence) | {
        "activation_scale": guess["activation_scale"],
        "tokens": guess["tokens"],
        "simulated_activations": guess["expected_activations"],
        "true_activations": sequence["true_activations"],
    }


def explanations(file, layer, neuron):
    """The service explanations with ?simulations=1."""
    listed = [
        scores(item["scored_simulation"])
        | {"author": "gpt-4", "explanation": item["explanation"], "source": "explainer", "type": None, "explanation_model": None}
        | {"simulations": list(map(simulation, item["scored_simulation"]["scored_sequence_simulations"]))}
        for item in file["scored_explanations"]
    ]
    listed.sort(key=lambda item: (item["score"] is None, -(item["score"] or 0)))
    return {"explanations": listed, "neuron_index": index(layer, neuron)}


def statistics(file, layer, neuron):
    kept = (*MOMENTS, "quantile_boundaries")
    return {key: file[key] for key in kept} | {"neuron_index": index(layer, neuron)}


def record(file):
    highest = max(file["activations"])
    return {
        "activations": file["activations"],
        "tokens": file["tokens"],
        "max_activation": highest,
        "max_activating_token_index": file["activations"].index(highest),
    }


def records(file, layer, neuron):
    return {
        "neuron_index": index(layer, neuron),
        "top": list(map(record, file["most_positive_activation_records"])),
        "random": list(map(record, file["random_sample"])),
        "quantiles": [list(map(record, listed)) for listed in file["random_sample_by_quantile"]],
    }


def related(labels, weights):
    pairs = ((*map(int, label.split("_")), weight) for label, weight in zip(labels, weights))
    return [{"layer": layer, "neuron": neuron, "weight": weight} for layer, neuron, weight in pairs]


def side(file):
    if file is None:
        return None
    return {sign: related(file[f"top_{sign}_neurons"], file[f"top_{sign}_weights"]) for sign in ("positive", "negative")}


def connections(file, layer, neuron):
    return {"neuron_index": index(layer, neuron), "upstream": side(file["c_fc"]), "downstream": side(file["c_proj"])}


def weighted(tokens, weights):
    return [{"token": token, "weight": weight} for token, weight in zip(tokens, weights)]


def tokens(weights, averages, layer, neuron):
    sides = {
        kind: {sign: weighted(weights[f"{kind}_{sign}"]["tokens"], weights[f"{kind}_{sign}"]["strengths"]) for sign in ("positive", "negative")}
        for kind in ("input", "output")
    }
    activating = weighted(averages["tokens"], averages["average_activations"])
    return sides | {"activation": activating, "neuron_index": index(layer, neuron)}


def expected(load, layer, neuron):
    """What each service should give, by its address behind /api/MODEL/; `load` reads a file by its path."""
    files = {kind: json.loads(load(path_of(kind, layer, neuron))) for kind in FOLDERS}
    place = (layer, neuron)
    best = explanations(files["explanations"], *place)["explanations"][0]
    return {
        f"neuron_explainer/{layer}/{neuron}": {"explanation": best["explanation"], "score": best["score"]},
        f"explanations/{layer}/{neuron}?simulations=1": explanations(files["explanations"], *place),
        f"activation_statistics/{layer}/{neuron}": statistics(files["activations"], *place),
        f"records/{layer}/{neuron}": records(files["activations"], *place),
        f"connections/{layer}/{neuron}": connections(files["related-neurons"], *place),
        f"tokens/{layer}/{neuron}": tokens(files["related-tokens"], files["token-activations"], *place),
    }
