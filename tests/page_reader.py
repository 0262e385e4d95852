"""Reads a neuroscope page with html.parser and json alone: what the API and the views must show of it."""

import html.parser
import json
import re

JSON_START = re.compile(r'^\s*(?=\{"tokens": )', re.MULTILINE)
NUMBER = r"(-?\d+\.\d+)"


class Headings(html.parser.HTMLParser):
    """Text of the page's h2, h3 and h4 elements, in order."""

    def __init__(self):
        super().__init__()
        self.found, self.text = [], None

    def handle_starttag(self, tag, _):
        if tag in ("h2", "h3", "h4"):
            self.text = []

    def handle_endtag(self, tag):
        if tag in ("h2", "h3", "h4") and self.text is not None:
            self.found.append("".join(self.text))
            self.text = None

    def handle_data(self, data):
        if self.text is not None:
            self.text.append(data)


def take_json(page):
    """The page without its lines of JSON, and those decoded. Tokens may hold tags: html.parser must not see them."""
    rest, blocks, place = [], [], 0
    while found := JSON_START.search(page, place):
        rest.append(page[place : found.end()])
        block, place = json.JSONDecoder().raw_decode(page, found.end())
        blocks.append(block)
    return "".join([*rest, page[place:]]), blocks


def spell(token):
    """A token as it can be stored: half a surrogate pair is no character."""
    return token.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_page(page):
    """{"neuron_index", "texts"} like the API's, each text with its "dataset"; numbers as printed."""
    rest, blocks = take_json(page.decode() if isinstance(page, bytes) else page)
    headings = Headings()
    headings.feed(rest)
    neuron, layer = re.search(r"Neuron (\d+) in Layer (\d+) ", "\n".join(headings.found)).groups()
    texts, full = [], iter(blocks[1::2])
    for heading in headings.found:
        if found := re.fullmatch(rf"Max Range: {NUMBER}\. Min Range: {NUMBER}", heading):
            texts.append({"max_range": float(found[1]), "min_range": float(found[2])})
        elif found := re.fullmatch(rf"Max Act: {NUMBER}\. Min Act: {NUMBER}", heading):
            texts[-1] |= {"max_activation": float(found[1]), "min_activation": float(found[2])}
        elif found := re.fullmatch(r"Data Index: (\d+) \((.*)\)", heading, re.DOTALL):
            texts[-1] |= {"data_index": int(found[1]), "dataset": found[2]}
        elif found := re.fullmatch(r"Max Activating Token Index: (\d+)", heading):
            block = next(full)
            texts[-1] |= {"max_activating_token_index": int(found[1]), "activations": list(map(float, block["values"])),
                          "tokens": list(map(spell, block["tokens"]))}  # fmt: skip
    return {"neuron_index": {"layer": int(layer), "neuron": int(neuron)}, "texts": texts}
