"""Questions put to the served API over one connection, and how long each answer takes."""

from __future__ import annotations

import http.client
import json
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from benchmarks.served import HOST, VERIFIER, served

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def calling(url: str, token: str, target: str = VERIFIER, **settings: str) -> Iterator[Caller]:
    """One who calls the service that is served on the database, without a limit of rate."""
    settings |= {"database_url": url, "rate_limit": "0", "log_level": "error"}
    with served(target, workers=1, **settings) as server:
        yield Caller(server.port, token)


class Caller:
    """A client that keeps its connection."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self._connection = http.client.HTTPConnection(HOST, port)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def matches(self, text: str, limit: int) -> tuple[list[str], float]:
        """Ids of the claims that match, best first, and the seconds that the answer took.

        Of a text that is refused nothing is found.
        """
        body = json.dumps({"text": text, "limit": limit}).encode()
        status, answer, seconds = self._ask("POST", "/v1/matches", body)
        if status == http.client.UNPROCESSABLE_ENTITY:
            print(json.loads(answer)["detail"], file=sys.stderr)
            return [], seconds
        assert status == http.client.OK, answer
        return [each["claim"]["id"] for each in json.loads(answer)["items"]], seconds

    def claims(self, **query: Any) -> tuple[int, int, float]:
        """A list's status, how many claims it shows, and the seconds that it took."""
        status, answer, seconds = self._ask("GET", f"/v1/claims?{urlencode(query)}")
        return status, len(json.loads(answer).get("items", ())), seconds

    def fact_checks(self, **query: Any) -> tuple[list[str], str | None, float]:
        """Texts of the claims that Google's interface shows, the next token, and the seconds."""
        status, answer, seconds = self._ask("GET", f"/v1alpha1/claims:search?{urlencode(query)}")
        assert status == http.client.OK, answer
        document = json.loads(answer)
        texts = [claim["text"] for claim in document.get("claims", ())]
        return texts, document.get("nextPageToken"), seconds

    def _ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes, float]:
        begun = time.perf_counter()
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        return answer.status, content, time.perf_counter() - begun
