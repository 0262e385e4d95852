"""What pages are called for those who do not run their scripts: previews of links, search engines."""

import html.parser
import pathlib
import re

import pytest

WWW = pathlib.Path(__file__).resolve().parents[2] / "nginx" / "www"


class Head(html.parser.HTMLParser):
    """title, and the content of each meta by name and property; `tags` counts all elements."""

    def __init__(self, text):
        super().__init__()
        self.meta, self.title, self.tags, self.last = {}, "", [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.last = tag
        self.tags.append((tag, sorted(name for name, _ in attrs)))
        for key in ("name", "property"):
            if tag == "meta" and dict(attrs).get(key):
                self.meta[dict(attrs)[key]] = dict(attrs)["content"]

    def handle_data(self, data):
        if self.last == "title":
            self.title, self.last = data, None


NAMES = {
    "/viz/gpt2-xl": ("model", "gpt2-xl"),
    "/viz/gpt2-xl/": ("model", "gpt2-xl"),
    "/viz/gpt2-xl?by=kurtosis": ("model", "gpt2-xl"),
    "/viz/gpt2-xl/all/5": ("layer", "Layer 5 · gpt2-xl"),
    "/viz/gpt2-xl/all/5/2332": ("neuron", "Neuron 2332, layer 5 · gpt2-xl"),
    "/viz/gpt2-xl/neuroscope/5/2332?embed=1": ("neuron", "Neuron 2332, layer 5 · gpt2-xl"),
    "/search?q=dates": ("search", "“dates” · Search"),
    "/search?kind=texts&q=legal%20terms": ("search", "“legal terms” · Search"),
    "/search?token=any%3A%20the&model=gpt2-xl": ("search", "“ the” · Search"),
    "/search?token=peak:he": ("search", "“he” · Search"),
    "/compare?n=gpt2-xl/5/2332&n=gelu-1l/0/7": ("compare", "gpt2-xl/5/2332 · gelu-1l/0/7"),
    "/compare?n=a/0/1&n=b/0/2&n=c/0/3": ("compare", "a/0/1 · b/0/2 · …"),
}


@pytest.mark.parametrize("path", NAMES)
def test_a_page_is_called_by_what_its_address_names(client, path):
    _, name = NAMES[path]
    head = Head(client.get(path).body.decode())
    assert head.title == f"{name} · DeepDecipher"
    assert head.meta["og:title"] == name and head.meta["og:description"].startswith(f"{name}: ")
    assert head.meta["description"] == head.meta["og:description"]
    assert (head.meta["og:type"], head.meta["og:site_name"]) == ("website", "DeepDecipher")


HOSTILE = [
    '"><script>alert(1)</script>', "'onload='x", "a&lt;b", "a<b", '<!--#include virtual="/api"-->', '<!--#echo var="request_id"-->', "$request_id", "${uri}",
    "</title>", "a\x00b", "a\nb", "a\r\nSet-Cookie: a=b", "a\x1b[1m", "\x7f", "é\u202eabc", "x" * 101, "x" * 3000, "a;b", "\\", "%", "%3Cb%3E",
]  # fmt: skip


@pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("form", ["/viz/{}", "/viz/{}/all/5", "/viz/{}/all/5/7", "/viz/gpt2-xl/{}/5/7", "/search?q={}", "/search?token=any:{}", "/compare?n={}/0/1&n=b/0/2"])
def test_a_hostile_address_gets_the_page_as_it_stands_in_its_file(client, form, word):
    answer = client.get(form.format("".join(f"%{byte:02X}" for byte in word.encode())))
    if form.startswith("/viz") and re.search("[/\0]", word):
        # A slash makes it another address, whose page says nothing of it either.
        assert answer.status in (400, 404) or answer.body in {file.read_bytes() for file in WWW.glob("*.html")}
        return
    name = {"/viz/{}": "model", "/viz/{}/all/5": "layer"}.get(form) or ("neuron" if form.startswith("/viz") else re.match(r"/(\w+)", form)[1])
    assert answer.status == 200 and answer.body == (WWW / f"{name}.html").read_bytes()


@pytest.mark.parametrize("word", ["a%22%3E%3Cscript%3E", "%3C!--%23include%20virtual=%22api%22--%3E", "7%0A", "-1", "x", "1e3", "9" * 11])
@pytest.mark.parametrize("form", ["/viz/gpt2-xl/all/{}", "/viz/gpt2-xl/all/5/{}", "/viz/gpt2-xl/all/{}/7", "/viz/gpt2-xl/{}/5/7"])
def test_whatever_stands_for_a_number_adds_no_element(client, form, word):
    page = client.get(form.format(word)).body.decode()
    name = "neuron" if form.count("/") == 5 else "layer"
    assert Head(page).tags == Head((WWW / f"{name}.html").read_text()).tags


def test_raw_bytes_in_an_address_add_no_element(client):
    for path in (b'/viz/a"><b>/all/1/2', b"/viz/<!--#echo var=x-->", b"/viz/a\xff\xfe", b"/search?q=\"><b>", b"/compare?n=<b>/0/1&n=b/0/2"):
        answer = client.raw_answer(b"GET " + path.replace(b" ", b"+") + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"<b>" not in answer.partition(b"\r\n\r\n")[2] and b"<!--" not in answer


@pytest.mark.parametrize("path", ["/viz/gpt2-xl/all/5/2332", "/search?q=dates"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_page_with_a_name_can_be_kept_and_asked_for_again(client, path, encoding):
    first = client.get(path, Accept_Encoding=encoding)
    assert first.headers["Cache-Control"] == "no-cache" and first.headers["Last-Modified"]
    assert first.headers["ETag"].startswith("W/"), "the bytes are not the file's"
    assert first.headers["Vary"] == "Accept-Encoding" and "Accept-Ranges" not in first.headers
    assert (first.headers["Content-Encoding"] == "gzip") == (encoding == "gzip")
    for asked in ({"If_None_Match": first.headers["ETag"]}, {"If_Modified_Since": first.headers["Last-Modified"]}):
        again = client.get(path, Accept_Encoding=encoding, **asked)
        assert (again.status, again.raw) == (304, b"")
    assert client.ask(path, "HEAD").headers["ETag"] == first.headers["ETag"]
    assert first.body == client.get(path).body


def test_a_page_in_its_file_has_a_name_of_its_own():
    for name in {name for name, _ in NAMES.values()}:
        head = Head((WWW / f"{name}.html").read_text())
        assert head.title == f"{name.title()} · DeepDecipher" and head.meta["og:title"] == name.title()
        assert head.meta["og:description"].startswith(f"{name.title()}: ")
