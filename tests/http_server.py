"""A real HTTP server on a free port that does as the test says, and keeps what it was sent."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Posted:
    path: str
    headers: Message
    body: bytes


@dataclass
class Answer:
    status: int = 200
    body: bytes = b"thank you"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Script:
    """Answers, used up one by one; then "200 thank you" follows."""

    answers: list[Answer] = field(default_factory=list)
    hang_up: int = 0
    """So many requests are kept and then get no answer at all."""
    hold: bool = False
    """Keep the request, then wait for ``release`` before the answer."""


class WebhookReceiver:
    def __init__(self) -> None:
        self.script = Script()
        self.received: list[Posted] = []
        self.holding = threading.Event()
        self.release = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.block_on_close = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hooks"

    @property
    def ids(self) -> list[str]:
        return [posted.headers["webhook-id"] for posted in self.received]

    @contextlib.contextmanager
    def running(self) -> Iterator["WebhookReceiver"]:
        thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self.release.set()
            self.server.shutdown()
            self.server.server_close()
            thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append(Posted(self.path, self.headers, body))
                if receiver.script.hold:
                    receiver.holding.set()
                    receiver.release.wait()
                if receiver.script.hang_up:
                    receiver.script.hang_up -= 1
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                answers = receiver.script.answers
                receiver.answer(self, answers.pop(0) if answers else Answer())

            def log_message(self, *args: object) -> None:
                pass

        return Handler

    @staticmethod
    def answer(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        with contextlib.suppress(OSError):  # Whoever asked has gone.
            handler.send_response(answer.status)
            for name, value in answer.headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(answer.body)))
            handler.end_headers()
            handler.wfile.write(answer.body)


class Website(WebhookReceiver):
    """A group's website: ``pages`` by path, and 404 for all others."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: dict[str, Answer] = {}
        self.asked: list[tuple[str, Message]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"

    @property
    def paths(self) -> list[str]:
        return [path for path, _headers in self.asked]

    def show(self, path: str, content: str | bytes, **headers: str) -> None:
        body = content.encode() if isinstance(content, str) else content
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = Answer(body=body, headers={"Content-Type": "text/html", **names})

    def redirect(self, path: str, to: str) -> None:
        self.pages[path] = Answer(301, b"", {"Location": to})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        website = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                website.asked.append((self.path, self.headers))
                website.answer(self, website.pages.get(self.path, Answer(404, b"gone")))

            def log_message(self, *args: object) -> None:
                pass

        return Handler
