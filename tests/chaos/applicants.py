"""People whose front end sends an application until it is acknowledged, under one key."""

import http.client
import json
import random
import threading
import time
import uuid
from concurrent.futures import Future, ThreadPoolExecutor

from tests.chaos.history import NO_SUCH_PERSON, REFUSED
from tests.chaos.journal import Journal

AT_ONCE = 4
ANSWER_WITHIN_SECONDS = 10
TRY_AGAIN_SECONDS = 0.3
SENT_TWICE = 0.1
"""The share of applications that are sent once more although they were acknowledged."""


class NotTaken(Exception):
    """The site refused a correct application."""


class Applicants:
    """Each waits for ``let_in``; ``acknowledged`` counts those who have an answer."""

    def __init__(
        self,
        number: int,
        *,
        port: int,
        path: str,
        statements: list[str],
        journal: Journal,
        random_: random.Random,
    ) -> None:
        self.port, self.path, self.statements = port, path, statements
        self.journal, self.random = journal, random_
        self.acknowledged = self.tries = 0
        self._waiting = iter(range(1, number + 1))
        self._lock = threading.Lock()
        self._people = ThreadPoolExecutor(AT_ONCE)
        self._sending: list[Future[None]] = []

    def let_in(self, number: int) -> None:
        self._sending += [
            self._people.submit(self._apply, next(self._waiting)) for _ in range(number)
        ]

    @property
    def unanswered(self) -> int:
        """How many were let in and wait for their answer. Raises NotTaken."""
        for done in [one for one in self._sending if one.done()]:
            done.result()
        return len(self._sending) - self.acknowledged

    def _apply(self, number: int) -> None:
        key, body = str(uuid.uuid4()), self._body(number)
        for _ in range(2 if self.random.random() < SENT_TWICE else 1):
            answer = self._send(key, body)
            self.journal.note(reference=answer["reference"], address=body["contact"]["email"])
        with self._lock:
            self.acknowledged += 1

    def _send(self, key: str, body: dict) -> dict:
        while True:
            self.tries += 1
            try:
                status, answer = self._ask(key, json.dumps(body))
            except (OSError, http.client.HTTPException):
                status, answer = 0, b""
            if status == 201:
                return json.loads(answer)
            if 400 <= status < 500:
                raise NotTaken(f"{status}: {answer.decode()}")
            time.sleep(TRY_AGAIN_SECONDS)

    def _ask(self, key: str, body: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=ANSWER_WITHIN_SECONDS
        )
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        try:
            connection.request("POST", self.path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def _body(self, number: int) -> dict:
        name = {0: NO_SUCH_PERSON, 1: REFUSED}.get(number % 25, "group-")
        return {
            "group": {
                "name": f"Safe Schools {number}",
                "region": "US-MI",
                "scope": "state",
                "summary": "Parents who work for safe schools.",
            },
            "contact": {"name": "Ada Berg", "email": f"{name}{number}@example.org"},
            "accepted": self.statements,
        }
