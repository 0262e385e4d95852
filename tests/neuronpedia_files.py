"""Folders laid out like one source of a Neuronpedia export, and what the API should make of them."""

import gzip
import json
import random

LAYER = 10
SOURCE = f"{LAYER}-res-jb"
LAYER_SIZE = 128
TOKENS = [" the", "Ġthe", "Ċ", "▁a", "<0x0A>", "\u0000", "a\u0000b", "", "é", "😀", '"', "\\", "\t", "中文", "…"]
EXPLAINERS = ("gpt-4o-mini", "claude-3-5-sonnet", None)


def head(index):
    """What every line begins with; dumps have the index as text, converters' files as a number."""
    return {"modelId": "gpt2-small", "layer": SOURCE, "index": index if index % 2 else str(index)}


def numbers(dice, count, spread=10.0):
    return [round(dice.uniform(-spread, spread), dice.choice((2, 6, 15))) for _ in range(count)]


def feature(index, dice):
    near = dice.sample(range(LAYER_SIZE), 5)
    return head(index) | {
        "maxActApprox": round(dice.uniform(0, 60), 3), "frac_nonzero": dice.random(), "vector": numbers(dice, 8),
        "freq_hist_data_bar_heights": [dice.randrange(1000) for _ in range(12)], "freq_hist_data_bar_values": numbers(dice, 12),
        "logits_hist_data_bar_heights": [dice.randrange(9999) for _ in range(20)], "logits_hist_data_bar_values": numbers(dice, 20),
        "pos_str": dice.choices(TOKENS, k=10), "pos_values": numbers(dice, 10),
        "neg_str": dice.choices(TOKENS, k=9), "neg_values": numbers(dice, 9),
        "neuron_alignment_indices": [5, 700, 2], "neuron_alignment_values": [0.5, 0.25, -1e-7], "neuron_alignment_l1": [0.1, 0.2, 0.3],
        "correlated_neurons_indices": [3071, 0], "correlated_neurons_pearson": [0.9, -0.125], "correlated_neurons_l1": [1, 2],
        "topkCosSimIndices": near, "topkCosSimValues": sorted((dice.random() for _ in near), reverse=True),
        "decoder_weights_dist": [], "hookName": "blocks.10.hook_resid_pre", "sourceSetName": "res-jb", "umap_x": 1e300,
        "someday": {"deep": [[[{"a": None}]], True, "x"]}, "createdAt": "2024-04-02T00:00:00Z", "thresholds": None,
    }  # fmt: skip


def example(index, dice, bin_range):
    count = dice.randrange(1, 40)
    low, high, contains = bin_range
    values = [0.0 if dice.random() < 0.8 else round(dice.uniform(low, high), 3) for _ in range(count)]
    place = dice.randrange(count)
    values[place] = round(dice.uniform(low, high), 3)
    place = values.index(max(values))
    return {"id": f"x{dice.randrange(10**9)}"} | head(index) | {
        "dataSource": "Skylion007/openwebtext", "tokens": dice.choices(TOKENS, k=count), "values": values, "maxValue": values[place],
        "minValue": min(values), "maxValueTokenIndex": place, "binMin": low, "binMax": high, "binContains": contains,
        "dfaValues": [], "lossValues": None, "logitContributions": None,
    }  # fmt: skip


def explanation(index, dice, explainer):
    return {"id": f"y{dice.randrange(10**9)}"} | head(index) | {
        "description": f"words about feature {index}, é 😀 {dice.randrange(99)}", "typeName": "oai_token-act-pair" if explainer else None,
        "explanationModelName": explainer, "embedding": "[0.1,-0.2,3e-05]" if index % 3 else [0.1, -0.2], "umap_x": 0.5, "notes": None,
    }  # fmt: skip


def text_order(indexes):
    return sorted(indexes, key=str)


def make_export(indexes=range(LAYER_SIZE), seed=1):
    """Files of an export by path, each a list of lines as objects."""
    dice = random.Random(seed)
    bins = [(20.0, 40.0, 1e-05), (10.0, 20.0, 0.004), (0.0, 10.0, 0.9), (-1.5, 0.0, None), (None, None, None)]
    files = {}
    indexes = list(indexes)
    ordered = text_order(indexes)
    for number in range(4):
        files[f"features/batch-{number}"] = [feature(index, dice) for index in ordered[number::4]]
        ranges = [bins[dice.randrange(4)] for _ in range(3)]
        files[f"activations/batch-{10 * number}"] = [example(index, dice, dice.choice(ranges)) for index in indexes for _ in range(dice.randrange(4))]
    plain = [example(index, dice, (0.0, 1.0, 0.5)) | {"binMin": None, "binMax": None, "binContains": None} for index in indexes[::5]]
    files["activations/batch-100"] = plain
    files["explanations/batch-0"] = [explanation(index, dice, dice.choice(EXPLAINERS)) for index in ordered for _ in range(dice.randrange(3))]
    files["explanations-someone/batch-0"] = [explanation(index, dice, "gpt-4o-mini") for index in ordered[::7]]
    files["explanations-empty/batch-0"] = [""]
    return files


def line_bytes(line):
    if isinstance(line, bytes):
        return line
    return line.encode() if isinstance(line, str) else json.dumps(line, ensure_ascii=False).encode()


def write_export(folder, files, plain=("features/batch-1", "explanations/batch-0")):
    """Writes the files, gzip but for those of `plain`, with blank lines between."""
    for name in ("model", "release", "source", "sourceset"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.jsonl").write_text(json.dumps({"id": SOURCE, "modelId": "gpt2-small"}) + "\n")
    for path, lines in files.items():
        body = b"".join(line_bytes(line) + (b"\n\n" if number % 5 == 3 else b"\n") for number, line in enumerate(lines))
        place = folder / (f"{path}.jsonl" if path in plain else f"{path}.jsonl.gz")
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(body if path in plain else gzip.compress(body, 1))
    return folder


def index_of(neuron):
    return {"layer": LAYER, "neuron": neuron}


def lines_of(files, folder, neuron):
    """Lines about a neuron below folders of that name, with the name of the folder, in the order of the files."""
    def order(path):
        name, number = path.split("/batch-")
        return name, int(number)

    paths = sorted((path for path in files if path.split("/")[0].split("-")[0] == folder), key=order)
    return [(path.split("/")[0], line) for path in paths for line in files[path] if isinstance(line, dict) and int(line["index"]) == neuron]


def table(line, names):
    """[{"l1": 0.1, …}, …] of parallel lists: name of a member by the key of its list."""
    return [dict(zip(names.values(), row, strict=True)) for row in zip(*(line[key] for key in names), strict=True)]


def expected_feature(files, neuron):
    ((_, line),) = lines_of(files, "features", neuron)
    similar = zip(line["topkCosSimIndices"], line["topkCosSimValues"], strict=True)
    return {
        "neuron_index": index_of(neuron), "max_activation": line["maxActApprox"], "frac_nonzero": line["frac_nonzero"],
        "density_heights": line["freq_hist_data_bar_heights"], "density_values": line["freq_hist_data_bar_values"],
        "logits_heights": line["logits_hist_data_bar_heights"], "logits_values": line["logits_hist_data_bar_values"],
        "positive_logits": table(line, {"pos_str": "token", "pos_values": "logit"}),
        "negative_logits": table(line, {"neg_str": "token", "neg_values": "logit"}),
        "alignment_neurons": table(line, {"neuron_alignment_indices": "neuron", "neuron_alignment_l1": "l1", "neuron_alignment_values": "value"}),
        "correlated_neurons": table(line, {"correlated_neurons_indices": "neuron", "correlated_neurons_l1": "l1", "correlated_neurons_pearson": "pearson"}),
        "similar_features": [{"layer": LAYER, "neuron": other, "similarity": value} for other, value in similar],
    }  # fmt: skip


def falling(*values):
    """A key that sorts the highest first and None last."""
    return [(value is None, -(value or 0)) for value in values]


def expected_examples(files, neuron):
    bins = {}
    for _, line in lines_of(files, "activations", neuron):
        bins.setdefault((line["binMax"], line["binMin"], line["binContains"]), []).append(line)
    shown = []
    for bounds in sorted(bins, key=lambda bounds: falling(*bounds)):
        lines = sorted(bins[bounds], key=lambda line: -line["maxValue"])
        examples = [
            {"tokens": line["tokens"], "activations": line["values"], "max_activation": line["maxValue"],
             "max_activating_token_index": line["maxValueTokenIndex"]} for line in lines
        ]  # fmt: skip
        shown.append({"bin_max": bounds[0], "bin_min": bounds[1], "bin_contains": bounds[2], "examples": examples})
    return {"neuron_index": index_of(neuron), "bins": shown}


def expected_explanations(files, neuron):
    shown = []
    for folder, line in lines_of(files, "explanations", neuron):
        author = folder.partition("-")[2] or line["explanationModelName"] or "unknown"
        shown.append(
            {"author": author, "explanation": line["description"], "explanation_model": line["explanationModelName"],
             "type": line["typeName"], "source": "neuronpedia", "score": None, "rsquared_score": None, "absolute_dev_explained_score": None}
        )  # fmt: skip
    return {"neuron_index": index_of(neuron), "explanations": shown}
