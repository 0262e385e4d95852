"""Files that are not Neuron2Graph's, and runs that are killed: one clear reason each, and never half a file."""

import json
import os
import signal

import pytest
from cluster import Session, until
from ingest_run import Ingest
from n2g_files import HEAD, dot, node, unpack_sample

MODEL = "odd"
SHAPE = ("--shape", "2x64")
RED, BLUE = "#ff1313", "#1313ff"

GOOD = {
    "no nodes": dot().replace("cluster_1", "cluster_9"),
    "one node": dot(node(1, '" the"')),
    "bare": dot(node(1, "if") + node(2, "05") + node(3, "-.5") + node(4, "_") + node(5, "5.")),
    "html": dot(node(1, "<|BOS|>") + node(2, " <a b>") + node(3, '<a href="x">') + node(7, "<>")),
    "empty": dot(node(1, '""')),
    "escapes": dot(node(1, r'"\\n\\u00e1\\ud83d\\ude00"') + node(2, r'"say \"hi\" \\ twice"') + node(3, '"\'   \'"')),
    "skips": dot(node(3, "a"), node(9, "b", BLUE), edges="\t3 -> 9 [dir=back penwidth=3]\n").replace("cluster_3", "cluster_7"),
    "upper": dot(node(1, "a", "#FF1A1a")),
    "far": dot(node(1, "a"), "", node(2, "b", BLUE), edges="\t1 -> 2 [penwidth=3 dir=back]\n"),
}
TOKENS = {
    "bare": ["if", "05", "-.5", "_", "5."],
    "html": ["<|BOS|>", " <a b>", '<a href="x">', "<>"],
    "empty": [""],
    "escapes": ["\ná😀", 'say "hi" \\ twice', "   "],
}
BAD = {
    "nothing": ("", "the file ends where digraph should come"),
    "page": ("<!doctype html><p>404</p>", 'digraph should come where "<!doctype" stands'),
    "undirected": (dot().replace("digraph", "graph"), "digraph should come"),
    "named": ("digraph G {\n}", '{ should come where "G" stands'),
    "other": ("digraph {\n a -> b\n}", 'graph should come where "a" stands'),
    "cut": (dot(node(1, "a"))[:-40], "line 9"),
    "cut in a label": (dot(node(1, '"abc"')).partition("abc")[0], "a quote is not closed"),
    "no cluster": (HEAD + "}\n", 'subgraph should come where "}" stands'),
    "root with a node": (dot().replace("width=3\n", "width=3\n" + node(1, "a")), "the first cluster is the root"),
    "rising": (dot("", "").replace("cluster_1", "cluster_5"), "their numbers must fall"),
    "no number": (dot().replace("cluster_1", "cluster_x"), "must be called like cluster_3"),
    "huge number": (dot().replace("cluster_1", "cluster_99999999999"), "must be called like cluster_3"),
    "letters": (dot(node(1, "a").replace("\t1 ", "\ta ")), 'the value of an attribute|= should come'),
    "huge id": (dot(node(99999999999, "a")), "is no number of a node"),
    "twice": (dot(node(1, "a") + node(1, "b")), "there are two nodes 1"),
    "no label": (dot(node(1, "a").replace("label=a ", "")), "label= should come"),
    "odd label": (dot(node(1, "a-b")), '"-b" stands'),
    "label without end": (dot(node(1, "<a")), "a label in <> does not end"),
    "no colour": (dot(node(1, "a").replace(f'fillcolor="{RED}" ', "")), "node 1 has no fillcolor"),
    "two colours": (dot(node(1, "a", RED, f' fillcolor="{RED}"')), "node 1 has two fillcolors"),
    "colour by name": (dot(node(1, "a").replace(f'"{RED}"', "red")), "must look like #ff8000"),
    "short colour": (dot(node(1, "a", "#fff")), "must look like #ff8000"),
    "blue first": (dot(node(1, "a", BLUE)), "is no shade of red"),
    "red behind": (dot(node(1, "a"), node(2, "b")), "is no shade of blue"),
    "lost edge": (dot(node(1, "a"), edges="\t1 -> 2 [dir=back]\n"), "an edge has node 2, which no cluster has"),
    "forward edge": (dot(node(1, "a"), node(2, "b", BLUE), edges="\t1 -> 2 [penwidth=3]\n"), "lacks dir=back"),
    "backward edge": (dot(node(1, "a"), node(2, "b", BLUE), edges="\t2 -> 1 [dir=back]\n"), "does not lead away"),
    "loop": (dot(node(1, "a"), edges="\t1 -> 1 [dir=back]\n"), "does not lead away"),
    "chain": (dot(node(1, "a"), edges="\t1 -> 2 -> 3 [dir=back]\n"), '[ should come where "->" stands'),
    "nested": (dot("\t\tsubgraph cluster_0 {\n\t\t}\n"), "a subgraph stands within another"),
    "deep": (HEAD + "\tsubgraph cluster_9 {\n" * 100_000, "a subgraph stands within another"),
    "more": (dot() + dot(), "there is something behind the graph"),
    "comment": ("// Neuron2Graph\n" + dot(), "digraph should come"),
    "latin": (dot(node(1, '"é"')).encode("latin-1"), "this is not UTF-8"),
    "nul": (dot(node(1, '"a\0b"')), "there is a NUL byte"),
    "huge": (dot(node(1, '"' + "x" * (5 << 20) + '"')), "the answer is over 4 MiB"),
}
BAD_STORES = {
    "nothing": ("", "the file ends where an object should come"),
    "array": ("[]", "an object should come"),
    "one kind": ('{"activating": {"a": ["0_1"]}}', '"important" is missing'),
    "other kind": ('{"activating": {}, "important": {}, "loud": {}}', '"loud" is neither'),
    "kind twice": ('{"activating": {}, "activating": {}}', '"activating" comes twice'),
    "token twice": ('{"activating": {"a": ["0_1"], "\\u0061": ["0_2"]}, "important": {}}', 'the token "a" comes twice'),
    "empty": ('{"activating": {}, "important": {}}', "there is no token in it"),
    "layer outside": ('{"activating": {"a": ["0_1", "2_0"]}, "important": {}}', '"2_0" is no neuron of a model of 2 layers'),
    "neuron outside": ('{"activating": {"a": ["0_64"]}, "important": {}}', '"0_64" is no neuron'),
    "sign": ('{"activating": {"a": ["0_-1"]}, "important": {}}', '"0_-1" is no neuron'),
    "zeros": ('{"activating": {"a": ["0_01"]}, "important": {}}', '"0_01" is no neuron'),
    "2^32": ('{"activating": {"a": ["0_4294967297"]}, "important": {}}', "is no neuron"),
    "number": ('{"activating": {"a": [17]}, "important": {}}', 'a string should come where "17]},"'),
    "not a list": ('{"activating": {"a": "0_1"}, "important": {}}', "an array should come"),
    "NaN": ('{"activating": NaN, "important": {}}', "an object should come"),
    "trailing comma": ('{"activating": {"a": ["0_1",]}, "important": {}}', "a string should come"),
    "cut": ('{"activating": {"a": ["0_1"', "the file ends where , or ]"),
    "cut in a string": ('{"activating": {"a": ["0_', "a string is not closed"),
    "cut in an escape": ('{"activating": {"a\\', "a string is not closed"),
    "more": ('{"activating": {"a": ["0_1"]}, "important": {}} {}', "nothing more should come"),
    "control": ('{"activating": {"a\nb": ["0_1"]}, "important": {}}', "line 1 column 19: a string has a bare control character"),
    "half a pair": ('{"activating": {"\\ud800": ["0_1"]}, "important": {}}', "a \\u that is no character"),
    "odd escape": ('{"activating": {"\\x41": ["0_1"]}, "important": {}}', "the escape \\x"),
    "latin": ('{"activating": {"é": ["0_1"]}, "important": {}}'.encode("latin-1"), "this is not UTF-8"),
    "long token": ('{"activating": {"' + "x" * 1025 + '": ["0_1"]}, "important": {}}', "a token has 1025 bytes"),
    "deep": ("[" * 200_000, "an object should come"),
    "deep within": ('{"activating": {"a": ' + "[" * 200_000, "a string should come"),
}
SCORE = '{"precision": NaN, "recall": 0.0, "f1_score": 1, "count": 7}'
FIT = '{"accuracy": 0.5, "firing": ' + SCORE + ', "non_firing": ' + SCORE + "}"
BAD_STATS = {
    "layer": ('{"2": {"0": ' + FIT + "}}", "there is layer 2, but the model has 2"),
    "neuron": ('{"0": {"64": ' + FIT + "}}", "there is neuron 64, but the model has 64"),
    "word": ('{"mean": {}}', '"mean" is no layer'),
    "twice": ('{"0": {"1": ' + FIT + ', "1": ' + FIT + "}}", "l0n1 comes twice"),
    "key twice": ('{"0": {"1": ' + FIT.replace("0.5,", '0.5, "accuracy": 1,') + "}}", "a key comes twice"),
    "half": ('{"0": {"1": {"accuracy": 0.5}}}', "accuracy, firing or non_firing of l0n1 is missing"),
    "half a score": ('{"0": {"1": ' + FIT.replace('"recall": 0.0, ', "") + "}}", "precision, recall, f1_score or count is missing"),
    "over one": ('{"0": {"1": ' + FIT.replace("0.5", "1.5") + "}}", "1.5 is not between 0 and 1"),
    "infinite": ('{"0": {"1": ' + FIT.replace("0.5", "Infinity") + "}}", "a finite number or NaN should come"),
    "too big": ('{"0": {"1": ' + FIT.replace("0.5", "1e999") + "}}", "a finite number or NaN should come"),
    "half a token": ('{"0": {"1": ' + FIT.replace("7", "7.5") + "}}", "7.5 is no count"),
    "text": ('{"0": {"1": ' + FIT.replace("0.5", '"0.5"') + "}}", "a finite number or NaN should come"),
    "empty": ("{}", "there is no neuron in it"),
}  # fmt: skip


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.fixture(scope="module")
def read(module_ingest, tmp_path_factory):
    """A folder with all good files in layer 0 and all bad ones in layer 1, after it was read: (run, rejections by name)."""
    folder = tmp_path_factory.mktemp("graphs")
    for layer, files in enumerate((GOOD, {name: content for name, (content, _) in BAD.items()})):
        for neuron, content in enumerate(files.values()):
            write(folder / f"{layer}_{neuron}" / "graph", content)
    (folder / "1_50").mkdir()
    write(folder / "README", "not a neuron")
    write(folder / "01_2" / "graph", dot())
    run = module_ingest.run("n2g", MODEL, folder, *SHAPE)
    return run, module_ingest.rejected()


@pytest.mark.parametrize("name", BAD)
def test_a_graph_that_is_not_neuron2graphs_is_refused_with_one_reason(read, name):
    row = read[1][1, list(BAD).index(name)]
    assert row["source"] == "n2g" and "\n" not in row["reason"] and row["num_tries"] == 1
    assert any(wanted in row["reason"] for wanted in BAD[name][1].split("|")), row["reason"]


def test_a_missing_file_is_listed_and_everything_else_is_stored(read, module_ingest):
    run, rejected = read
    assert run.returncode == 1 and rejected[1, 50]["kind"] == "missing"
    assert set(rejected) == {(1, neuron) for neuron in (*range(len(BAD)), 50)}
    stored = module_ingest.rows("SELECT layer, neuron FROM neuron_graphs")
    assert {(row["layer"], row["neuron"]) for row in stored} == {(0, neuron) for neuron in range(len(GOOD))}
    assert f"{len(BAD) + 1} neurons were refused" in run.stderr


@pytest.mark.parametrize("name", TOKENS)
def test_labels_of_every_form_give_their_tokens(read, module_ingest, name):
    neuron = list(GOOD).index(name)
    rows = module_ingest.rows(f"SELECT token, is_activating FROM graph_nodes WHERE layer = 0 AND neuron = {neuron} ORDER BY node")
    assert [row["token"] for row in rows] == TOKENS[name] and all(row["is_activating"] for row in rows)


def test_the_file_is_kept_as_it_was(read, module_ingest):
    rows = module_ingest.rows("SELECT dot FROM neuron_graph WHERE neuron_layer(neuron_id) = 0 ORDER BY neuron_id")
    assert [row["dot"] for row in rows] == list(GOOD.values())


def test_folders_that_are_no_neurons_of_the_model_are_told(ingest, tmp_path):
    for name in ("0_0", "0_64", "2_0"):
        write(tmp_path / name / "graph", dot())
    run = ingest.run("n2g", MODEL, tmp_path, *SHAPE)
    assert run.returncode == 1 and "is left out, as are others: the model has 2 layers of 64 neurons" in run.stderr
    assert ingest.sql("SELECT count(*) FROM neuron_graph") == "1" and ingest.rejected() == {}


@pytest.mark.parametrize("name", BAD_STORES)
def test_a_store_that_is_wrong_stores_nothing_and_says_why(module_ingest, tmp_path, name):
    content, reason = BAD_STORES[name]
    run = module_ingest.run("neuron-store", MODEL, write(tmp_path / "neuron_store.json", content), *SHAPE, "--again")
    assert run.returncode == 1
    rows = module_ingest.rows("SELECT * FROM rejections WHERE source = 'neuron-store'")
    assert len(rows) == 1 and reason in rows[0]["reason"], rows
    assert module_ingest.sql("SELECT count(*) FROM posting") == "0"


@pytest.mark.parametrize("name", BAD_STATS)
def test_statistics_that_are_wrong_store_nothing_and_say_why(module_ingest, tmp_path, name):
    content, reason = BAD_STATS[name]
    run = module_ingest.run("n2g-stats", MODEL, write(tmp_path / "stats.json", content), *SHAPE, "--again")
    assert run.returncode == 1
    rows = module_ingest.rows("SELECT * FROM rejections WHERE source = 'n2g-stats'")
    assert len(rows) == 1 and reason in rows[0]["reason"], rows
    assert module_ingest.sql("SELECT count(*) FROM graph_fit") == "0"


def test_odd_but_right_files_are_read(ingest, tmp_path):
    store = {"activating": {"": ["0_1"], "\0": ["0_1", "0_2", "0_1"], "[": ["0_1"], "é😀": ["1_63"], "none": []}, "important": {"\0": ["0_1"]}}
    assert ingest.run("neuron-store", MODEL, write(tmp_path / "s.json", json.dumps(store)), *SHAPE).returncode == 0
    rows = ingest.rows("SELECT layer, neuron, kind, token FROM postings ORDER BY 1, 2, 3, 4")
    tokens = [(row["layer"], row["neuron"], row["kind"][0], row["token"]) for row in rows]
    nul = "\u2400"
    assert sorted(tokens) == sorted([(0, 1, "a", ""), (0, 1, "a", "["), (0, 1, "a", nul), (0, 1, "i", nul), (0, 2, "a", nul), (1, 63, "a", "é😀")])
    more = FIT.replace("}", ', "note": "x", "seen": true, "left": null}', 1)
    assert ingest.run("n2g-stats", MODEL, write(tmp_path / "f.json", '{"1": {"0": ' + more + '}, "0": {}}')).returncode == 0
    row = ingest.rows("SELECT * FROM graph_fit")[0]
    assert row["firing_precision"] is None and row["firing_f1_score"] == 1 and row["non_firing_count"] == 7


def test_statistics_are_found_in_the_folder_or_else_beside_it(ingest, tmp_path):
    one = '{"0": {"1": ' + FIT.replace("0.5", "0.25") + "}}"
    write(tmp_path / "graphs" / "0_1" / "graph", dot())
    assert ingest.run("n2g", MODEL, tmp_path / "graphs", *SHAPE).returncode == 0
    assert ingest.sql("SELECT count(*) FROM graph_fit") == "0"
    write(tmp_path / "stats.json", one)
    assert ingest.run("n2g", MODEL, tmp_path / "graphs").returncode == 0
    assert ingest.sql("SELECT accuracy FROM graph_fit") == "0.25"
    write(tmp_path / "graphs" / "stats.json", one.replace("0.25", "0.75"))
    assert ingest.run("n2g", MODEL, tmp_path / "graphs", "--again").returncode == 0
    assert ingest.sql("SELECT accuracy FROM graph_fit") == "0.75"


def test_a_hundred_megabytes_of_dot_or_of_nonsense_are_refused(ingest, tmp_path):
    write(tmp_path / "g" / "0_0" / "graph", dot(node(1, '"' + "x" * 100_000_000 + '"')))
    write(tmp_path / "g" / "0_1" / "graph", dot())
    assert ingest.run("n2g", MODEL, tmp_path / "g", *SHAPE).returncode == 1
    assert "over 4 MiB" in ingest.rejected()[0, 0]["reason"] and ingest.sql("SELECT count(*) FROM neuron_graph") == "1"
    content = '{"activating": {"a": [' + '"0_1", ' * 14_000_000 + '"0_x"]}, "important": {}}'
    assert ingest.run("neuron-store", MODEL, write(tmp_path / "s.json", content)).returncode == 1
    reasons = [row["reason"] for row in ingest.rows("SELECT reason FROM rejections WHERE source = 'neuron-store'")]
    assert len(reasons) == 1 and '"0_x" is no neuron' in reasons[0]


def test_a_store_and_graphs_that_are_read_again_replace_what_was_there(ingest, tmp_path):
    def read_store(store):
        path = write(tmp_path / "s.json", json.dumps(store))
        assert ingest.run("neuron-store", MODEL, path, *SHAPE, "--again").returncode == 0
        return ingest.rows("SELECT layer, neuron, similar_layer, similar_neuron, similarity FROM similar_neurons ORDER BY 1, 2, 3, 4")

    def importance():
        return ingest.sql("SELECT importance FROM postings WHERE token = 'a' AND neuron = 1")

    assert len(read_store({"activating": {"a": ["0_1", "0_2"], "b": ["0_1"]}, "important": {}})) == 2
    assert importance() == ""
    write(tmp_path / "g" / "0_1" / "graph", dot(node(1, "a", "#ff0000")))
    assert ingest.run("n2g", MODEL, tmp_path / "g").returncode == 0
    assert importance() == "1"
    write(tmp_path / "g" / "0_1" / "graph", dot(node(1, "a", "#ff6666")))
    assert ingest.run("n2g", MODEL, tmp_path / "g", "--again").returncode == 0
    assert importance() == "0.6"
    write(tmp_path / "g" / "0_1" / "graph", dot(node(1, "c")))
    assert ingest.run("n2g", MODEL, tmp_path / "g", "--again").returncode == 0
    assert importance() == ""
    assert read_store({"activating": {"a": ["0_1"]}, "important": {"a": ["0_2"]}}) == []
    assert ingest.sql("SELECT count(*) FROM posting") == "2"


COMMANDS = ("n2g", "neuron-store")
WRITTEN = {
    "n2g": ["neuron_graph", "neuron_source", "graph_fit", "job", "revision"],
    "neuron-store": ["token", "posting", "similar_neuron", "neuron_source", "revision"],
}


@pytest.fixture(scope="module")
def sample_folder(tmp_path_factory):
    return unpack_sample(tmp_path_factory.mktemp("n2g"))


def arguments_of(command, folder):
    return (command, "tiny-gelu-2l", folder / "neuron_store.json" if command == "neuron-store" else folder, "--shape", "2x512")


@pytest.fixture(scope="module")
def undisturbed(cluster, template, bin_folder, sample_folder):
    """What undisturbed runs over the sample store."""
    name = cluster.create(template)
    ingest = Ingest(bin_folder / "deepdecipher-ingest", cluster.url(name, "deepdecipher_loader"), cluster.url(name))
    for command in COMMANDS:
        assert ingest.run(*arguments_of(command, sample_folder)).returncode == 0
    contents = ingest.contents()
    cluster.drop(name)
    assert {"neuron_graph", "graph_fit", "posting", "similar_neuron"} <= set(contents)
    return contents


def test_killed_in_the_middle_of_every_table_it_writes_it_ends_with_the_same_rows(ingest, undisturbed, sample_folder):
    with Session(ingest.admin_url) as session, Session(ingest.admin_url) as watcher:
        waiting = "SELECT count(*) > 0 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE NOT granted AND relname = '{}'"
        for command in COMMANDS:
            for table in WRITTEN[command]:
                session.run(f"BEGIN; LOCK TABLE {table} IN SHARE MODE")
                process = ingest.start(*arguments_of(command, sample_folder))
                until(lambda table=table: watcher.run(waiting.format(table)) == ["t"], f"a write to {table}")
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                session.run("COMMIT")
            assert ingest.run(*arguments_of(command, sample_folder)).returncode == 0
    assert ingest.contents() == undisturbed
