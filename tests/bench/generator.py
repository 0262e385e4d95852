"""Made-up neuron pages in neuroscope's layout: 20 texts of 1,024 tokens each, as large as real ones.

Tokens follow Zipf's law over 8,192 words, neurons share about 2,900 texts, and activations are bfloat16 numbers as
GELU gives them: mostly small and negative.
"""
import json

import numpy as np

MODEL = "generated-2l"
DATASET = "Generated Words"
VOCABULARY, TEXTS, LENGTH, SHOWN = 8192, 2900, 1024, 20
SCRIPT = "https://unpkg.com/circuitsvis@1.43.3/dist/cdn/esm.js"


def bfloat16(values):
    """Codes (uint16) of the bfloat16 numbers nearest to `values`."""
    bits = values.astype(np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def six_decimals():
    """Of every bfloat16 code: the number rounded to six decimals, and its text."""
    exact = (np.arange(65536, dtype=np.uint32) << 16).view(np.float32)
    numbers = [round(float(number), 6) if np.isfinite(number) else 0.0 for number in exact]
    return np.array(numbers), [repr(number) for number in numbers]


def vocabulary(random):
    """Distinct words as JSON strings; two thirds begin with a space, as words of running text do."""
    syllables = [a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "er", "on", "st")]
    words = ["<|BOS|>", "\n", " ", ",", ".", "\u00e9", " \u65e5\u672c", "</b>", "\ufffd", "\""]
    seen = set(words)
    while len(words) < VOCABULARY:
        parts = random.integers(0, len(syllables), random.integers(1, 4))
        word = (" " if random.random() < 0.66 else "") + "".join(syllables[part] for part in parts)
        if word not in seen:
            seen.add(word)
            words.append(word)
    return [json.dumps(word) for word in words]


def gelu(values):
    """The tanh form of GELU."""
    return 0.5 * values * (1 + np.tanh(0.7978845608 * (values + 0.044715 * values**3)))


class Writer:
    """Writes one page after the other."""

    def __init__(self, num_layers, layer_size):
        self.random = np.random.default_rng(4)
        self.title = f"GELU Model: {num_layers} Layers, {layer_size} Neurons per Layer"
        self.words = vocabulary(self.random)
        self.numbers, self.number_texts = six_decimals()
        share = 1 / (np.arange(VOCABULARY) + 2.7)
        self.texts = self.random.choice(VOCABULARY, (TEXTS, LENGTH), p=share / share.sum())
        self.texts[:, 0] = 0
        popular = 1 / np.sqrt(np.arange(TEXTS) + 1)
        self.popular = popular / popular.sum()

    def page(self, layer, neuron):
        """The page of a neuron."""
        rows = self.random.choice(TEXTS, SHOWN, replace=False, p=self.popular)
        inputs = self.random.normal(self.random.normal(-0.6, 0.3), 0.8, (SHOWN, LENGTH))
        codes = bfloat16(gelu(inputs))
        best = self.numbers[codes].max(axis=1)
        codes = codes[np.argsort(-best, kind="stable")]
        high = float(best.max())
        parts = [self.header(layer, neuron), ""]
        parts += [self.text(rank, rows[rank], codes[rank], high) for rank in range(SHOWN)]
        return "\n<hr>\n".join(parts)

    def header(self, layer, neuron):
        """What stands above the texts."""
        before = f"< <a href='./{neuron - 1}.html'>Prev</a> | \n" if neuron else ""
        return (f"<div style='font-size:medium;'>\n{before}<a href='../../index.html'>Home</a> | \n"
                f"<a href='../model.html'>Model</a> | \n<a href='./{neuron + 1}.html'>Next</a> >\n</div>\n"
                f"<h1>Model: {self.title}</h1>\n<h1>Dataset: {DATASET}</h1>\n"
                f"<h2>Neuron {neuron} in Layer {layer} </h2>\n<h3>See Documentation here</h3>")

    def text(self, rank, row, codes, high):
        """One text, shortened and in full."""
        values = self.numbers[codes]
        peak = int(values.argmax())
        words = [self.words[token] for token in self.texts[row].tolist()]
        numbers = [self.number_texts[code] for code in codes.tolist()]
        near = slice(max(0, peak - 50), peak + 11)
        return (f"<h2>Text #{rank}</h2><h4>Max Range: <b>{high:.4f}</b>. Min Range: <b>{-high:.4f}</b></h4>\n"
                f"<h4>Max Act: <b>{values.max():.4f}</b>. Min Act: <b>{values.min():.4f}</b></h4>\n"
                f"<h4>Data Index: <b>{row}</b> ({DATASET})</h4>\n"
                f"<h4>Max Activating Token Index: <b>{peak}</b></h4>\n"
                "<details><summary><b style='color: red'>Click toggle to see full text</b>\n<h3>Truncated</h3>\n"
                + self.block(f"{rank}-part", words[near], numbers[near], high)
                + f"\n</summary>\n<h3>Full Text #{rank}</h3>\n" + self.block(f"{rank}-full", words, numbers, high)
                + "\n</details>")

    @staticmethod
    def block(key, words, numbers, high):
        """The script that draws the tokens."""
        return (f'<div id="circuits-vis-{key}" style="margin: 15px 0;"/>\n    <script crossorigin type="module">\n'
                f'    import {{ render, ColoredTokens }} from "{SCRIPT}";\n    render(\n      "circuits-vis-{key}",\n'
                f'      ColoredTokens,\n      {{"tokens": [{", ".join(words)}], "values": [{", ".join(numbers)}], '
                f'"minValue": {-high!r}, "maxValue": {high!r}}}\n    )\n    </script>')


def index(num_layers, layer_size):
    """The site's table of models, with this one."""
    heads = ("Model", "Random", "Act Fn", "Dataset", "Layers", "Neurons per Layer", "Total Neurons", "Params")
    cells = (f"<a href='./{MODEL}/index.html'>{MODEL}</a>", f"<a href='./{MODEL}/random.html'>Random</a>", "gelu",
             DATASET, num_layers, f"{layer_size:,}", f"{num_layers * layer_size:,}", "393,216")
    return ('<table border="1" class="dataframe">\n  <thead>\n    <tr style="text-align: right;">\n'
            + "".join(f"      <th>{head}</th>\n" for head in heads) + "    </tr>\n  </thead>\n  <tbody>\n    <tr>\n"
            + "".join(f"      <td>{cell}</td>\n" for cell in cells) + "    </tr>\n  </tbody>\n</table>\n")


def pages(num_layers, layer_size):
    """Yields (path, text) of the index and of every page."""
    writer = Writer(num_layers, layer_size)
    yield "index.html", index(num_layers, layer_size)
    for layer in range(num_layers):
        for neuron in range(layer_size):
            yield f"{MODEL}/{layer}/{neuron}.html", writer.page(layer, neuron)
