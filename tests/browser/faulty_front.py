"""A server in front of the system under test that can refuse, break off, or change what passes through."""

import http.server
import json
import threading
import urllib.error
import urllib.request


class FaultyFront:
    """Passes GET on to `target`. A rule answers one path, with any query, `times` times."""

    def __init__(self, target):
        self.target = target
        self.rules = []
        self.served = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def refuse(self, path, status, times=10**9, retry_after=None, detail="Refused by the test."):
        """Answers with a status and a problem document, as nginx and the workers do."""
        body = json.dumps({"type": "about:blank", "title": "Refused", "status": status, "detail": detail})
        headers = {"Content-Type": "application/problem+json"}
        if retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        self._add(path, times, lambda _: (status, headers, body.encode()))

    def answer(self, path, body, times=10**9, content_type="application/json"):
        """Answers 200 with this text."""
        self._add(path, times, lambda _: (200, {"Content-Type": content_type}, body.encode()))

    def drop(self, path, times=10**9):
        """Closes the connection without an answer."""
        self._add(path, times, lambda _: None)

    def change(self, path, edit):
        """Passes on, with edit(document) done to the JSON on its way back."""

        def make(asked):
            status, headers, body = self._pass_on(asked)
            document = json.loads(body)
            edit(document)
            return status, headers, json.dumps(document).encode()

        self._add(path, 10**9, make)

    def _add(self, path, times, make):
        self.rules.insert(0, {"path": path, "left": times, "make": make})

    def _reply(self, path):
        for rule in self.rules:
            if path.partition("?")[0] == rule["path"] and rule["left"] > 0:
                rule["left"] -= 1
                return rule["make"](path)
        return self._pass_on(path)

    def _pass_on(self, path):
        try:
            answer = urllib.request.urlopen(self.target + path, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            kept = ("content-type", "content-security-policy", "retry-after")
            headers = {name: value for name, value in answer.headers.items() if name.lower() in kept}
            return answer.status, headers, answer.read()

    def _handler(self):
        front = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """One request."""

            protocol_version = "HTTP/1.1"

            def do_GET(self):
                front.served.append(self.path)
                reply = front._reply(self.path)
                if reply is None:
                    self.close_connection = True
                    return
                status, headers, body = reply
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Keeps the tests' output quiet."""

        return Handler
