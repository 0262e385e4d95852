"""A model whose pages are made by hand, with odd tokens and numbers: tests/data/neuroscope."""

import pathlib

from hostile_site import HostileSite

DATA = pathlib.Path(__file__).resolve().parent / "data" / "neuroscope"
HAND_MADE = "hand-made-4l"
# In this order: a page with fewer texts than one before it would be taken for one that was cut.
HAND_MADE_PAGES = {(3, 7): "odd.html", (0, 5): "one.html", (1, 0): "logits.html"}
CELLS = (HAND_MADE, "", "solu", "Hand Made", 4, 8, 32, 9)
ROW = "    <tr>\n" + "".join(f"      <td>{cell}</td>\n" for cell in CELLS) + "    </tr>\n"


class HandMadeSite(HostileSite):
    """The sample's site with this model added."""

    def __init__(self):
        super().__init__()
        self.pages["/index.html"] = self.pages["/index.html"].replace(b"  </tbody>", ROW.encode() + b"  </tbody>")
        for (layer, neuron), name in HAND_MADE_PAGES.items():
            self.pages[f"/{HAND_MADE}/{layer}/{neuron}.html"] = (DATA / name).read_bytes()
