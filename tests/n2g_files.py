"""Neuron2Graph's files, read and written without any of the project's code: what should be served, and odd files."""

import json
import pathlib
import re
import struct
import tarfile

SAMPLE = pathlib.Path(__file__).resolve().parent / "data" / "sample.tar.xz"
NODE = re.compile(
    r'^\t\t(\d+) \[label=(.*?) fillcolor="#(..)(..)(..)" fontcolor=\w+ fontsize=\d+ penwidth=[37] shape=box '
    r'style="filled,solid"\]$',
    re.M | re.S,
)
EDGE = re.compile(r"^\t(\d+) -> (\d+) \[dir=back penwidth=3\]$", re.M)
CLUSTER = re.compile(r"^\tsubgraph cluster_\d+ \{\n(.*?)^\t\}$", re.M | re.S)
HEAD = "digraph {\n\tgraph [nodesep=0.2 rankdir=RL ranksep=1.5 splines=spline]\n\tnode [fixedsize=true height=0.75 width=2]\n"
RENDERED_HEAD = (
    "digraph  {\n    graph[nodesep=0.2,rankdir=LR,ranksep=1.5,splines=spline,pencolor=white,penwidth=3]\n"
    '    node[fixedsize=true,height=0.75,width=2,style="filled,solid",shape=box,fontcolor=black,fontsize=25,penwidth=7]\n'
    "    edge[penwidth=3]\n"
)


def float32(number):
    return struct.unpack("f", struct.pack("f", number))[0]


def unpack_sample(place):
    """Writes the sample's folder of Neuron2Graph below `place`; returns it."""
    with tarfile.open(SAMPLE) as archive:
        members = [member for member in archive.getmembers() if member.name.startswith("n2g/")]
        archive.extractall(place, members)
    return place / "n2g" / "tiny-gelu-2l"


def quoted(label):
    return label if label.startswith('"') else '"' + label.replace('"', '\\"') + '"'


def read_graph(text):
    """A DOT file as the API should show it: {"graph", "subgraph_indices"}; token by label is left to the caller."""
    clusters = [NODE.findall(inside) for inside in CLUSTER.findall(text)]
    nodes = [node for cluster in clusters for node in cluster]
    places = {node[0]: place for place, node in enumerate(nodes)}
    required = [[] for _ in nodes]
    for near, far in EDGE.findall(text):
        required[places[near]].append(places[far])
    indices = [sum(map(len, clusters[:count])) for count in range(len(clusters) + 1)]
    graph = [
        {"token": quoted(label), "required": its, "importance": float32(1 - float32(int(green, 16) / 255))}
        for (_, label, _, green, _), its in zip(nodes, required)
    ]
    return {"graph": graph, "subgraph_indices": indices}


def shade(importance):
    """One byte of a colour, cut off as float32 arithmetic leaves it."""
    return int(float32(float32(1 - importance) * 255))


def render(graph):
    """The DOT text that the API should show of a graph."""
    lines = [f"    {far} -> {near} " for near, node in enumerate(graph["graph"]) for far in node["required"]]
    indices = graph["subgraph_indices"]
    for cluster, (first, end) in enumerate(zip(indices, indices[1:])):
        nodes = []
        for place in range(first, end):
            node = graph["graph"][place]
            value = f"{shade(node['importance']):02x}" * 2
            colour = f"#ff{value}" if cluster <= 1 else f"#{value}ff"
            nodes.append(f'        {place}[label={node["token"]},fillcolor="{colour}"]')
        lines += [f"    subgraph cluster_{cluster} {{\n" + "\n".join(nodes) + "\n    }"]
    return RENDERED_HEAD + "".join(f"{line}\n" for line in lines) + "}"


def label_of(token):
    """The label that Neuron2Graph draws for a token, before DOT's quotes."""
    shown = token if '"' in token else json.dumps(token).strip('[]"')
    return f"'{shown}'" if set(shown) == {" "} else shown


def written(label):
    """A label as the DOT of a file has it, without its escapes."""
    text = label[1:-1] if label.startswith('"') else label
    return re.sub(r'\\([\\"])', r"\1", text)


def importances(text):
    """{(kind, label): highest importance} of a DOT file; what a posting with a token of that label should have."""
    found = {}
    for cluster, inside in enumerate(CLUSTER.findall(text)):
        for _, label, _, green, _ in NODE.findall(inside):
            key = ("activating" if cluster == 1 else "important", written(label))
            found[key] = max(found.get(key, 0.0), float32(1 - float32(int(green, 16) / 255)))
    return found


def importance_of(graph, kind, token):
    """What a posting's importance should be: the graph's node of that kind, else for an activating token the other."""
    label = label_of(token)
    if kind == "activating" and (kind, label) in graph:
        return graph[kind, label]
    return graph.get(("important", label))


def tokens_by_neuron(store):
    """{"l_n": {(kind, token), …}}"""
    found = {}
    for kind, tokens in store.items():
        for token, neurons in tokens.items():
            for neuron in neurons:
                found.setdefault(neuron, set()).add((kind, token))
    return found


def key_of(neuron):
    return tuple(map(int, neuron.split("_")))


def similar_pairs(tokens, threshold=(2, 5)):
    """{neuron: {other: (similarity, shared)}} by looking at every pair; `tokens` as tokens_by_neuron gives it."""
    found = {}
    names = sorted(tokens, key=key_of)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            shared = tokens[one] & tokens[other]
            smaller = min(len(tokens[one]), len(tokens[other]))
            if len(shared) * threshold[1] >= smaller * threshold[0]:
                entry = (float32(len(shared) / smaller), shared)
                found.setdefault(one, {})[other] = found.setdefault(other, {})[one] = entry
    return found


def node(number, label, colour="#ff1313", more=""):
    return (
        f'\t\t{number} [label={label} fillcolor="{colour}" fontcolor=black fontsize=25 penwidth=7 shape=box '
        f'style="filled,solid"{more}]\n'
    )


def dot(*clusters, edges=""):
    """A DOT file of clusters, each a text of nodes; the root is put before them."""
    names = range(len(clusters) + 1, 0, -1)
    parts = (f"\tsubgraph cluster_{name} {{\n\t\tpencolor=white penwidth=3\n{inside}\t}}\n" for name, inside in zip(names, ("", *clusters)))
    return HEAD + edges + "".join(parts) + "}\n"
