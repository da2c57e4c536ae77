"""Where the demonstration plays: each request is made in somebody's name, shown, and checked."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any, Final

from rich.text import Text
from urllib3 import encode_multipart_formdata

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

HOST: Final = "127.0.0.1"
PATIENCE: Final = 30
LONGEST_TEXT: Final = 80
LONGEST_BODY: Final = 230
NOBODY: Final = "anybody"
"""In whose name a request without a token is made."""
JSON_TYPES: Final = ("application/json", "application/problem+json")
WORDS: Final = ("status", "state", "stance", "role", "slug", "title")
"""The members that say most about an answer, the most telling first."""
_ID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{8}([0-9a-f]{4})")


class Unexpected(Exception):
    """A step did not go as the story has it; the message says which, and what came instead."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service sent back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def etag(self) -> str:
        """The `ETag`, to be sent back as `If-Match`."""
        return self.headers["etag"]

    @property
    def location(self) -> str:
        """Where the new resource lives."""
        return self.headers["location"]

    @property
    def outcome(self) -> str:
        """The status, and the word that says most: `200 in_review`, `412 stale`."""
        return f"{self.status} {self._word()}".strip()

    def _word(self) -> str:
        if self.headers.get("content-type") not in JSON_TYPES:
            return ""
        document = self.json
        if self.status >= 400:  # noqa: PLR2004  (a problem document)
            return str(document["type"]).rpartition("/")[2]
        if "items" in document:
            number = len(document["items"])
            return f"{number} item{'' if number == 1 else 's'}"
        if document.get("withdrawn"):
            return "withdrawn"
        return next((str(document[name]) for name in WORDS if document.get(name)), "")


class Stage:
    """Makes requests to the service on a port of this machine, and tells the console of them."""

    def __init__(self, console: Console, port: int, tokens: Mapping[str, str]) -> None:
        self.console = console
        self._port = port
        self._tokens = tokens

    def act(self, title: str) -> None:
        """Begin a part of the story."""
        self.console.print()
        self.console.rule(Text(title, "bold"), align="left", style="dim", characters="─")

    def say(self, text: str) -> None:
        """Tell what is about to happen."""
        self.console.print(Text(text, "italic"), soft_wrap=True)

    def demand(self, holds: bool, complaint: str) -> None:  # noqa: FBT001
        """Raise `Unexpected` with the complaint unless it holds."""
        if not holds:
            raise Unexpected(complaint)

    def call(
        self,
        who: str,
        what: str,
        body: Any = None,
        *,
        expect: str = "200",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make and show a request such as `POST /v1/claims`. Raises `Unexpected`.

        `expect` is the answer's outcome, or how it begins.
        """
        method, path = what.split(" ", 1)
        answer = self.request(who, method, path, body, headers=headers)
        self._show(who, what, body, answer, headers or {})
        self._check(what, answer, expect)
        return answer

    def upload(
        self, who: str, path: str, fields: Mapping[str, Any], *, expect: str = "201"
    ) -> Answer:
        """Send a form, in which a file is (name, content, media type)."""
        body, content_type = encode_multipart_formdata(fields)
        headers = {"Content-Type": content_type}
        answer = self.request(who, "POST", path, body, headers=headers)
        told = {name: each[0] if isinstance(each, tuple) else each for name, each in fields.items()}
        self._show(who, f"POST {path}", told, answer, {})
        self._check(f"POST {path}", answer, expect)
        return answer

    def move(
        self, who: str, path: str, action: str, *, expect: str = "200", **arguments: Any
    ) -> Answer:
        """An action on a resource as it is now; its `ETag` is read first."""
        body = {"action": action, **arguments}
        return self._change(who, f"POST {path}/actions", body, self.read(who, path).etag, expect)

    def edit(self, who: str, path: str, body: Any, *, expect: str = "200") -> Answer:
        """Change a resource as it is now; its `ETag` is read first."""
        return self._change(who, f"PATCH {path}", body, self.read(who, path).etag, expect)

    def read(self, who: str, path: str) -> Answer:
        """Read a resource without a word about it."""
        answer = self.request(who, "GET", path)
        self._check(f"GET {path}", answer, "200")
        return answer

    def request(
        self,
        who: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One HTTP request, whatever the answer. Raises `Unexpected` where there is none."""
        sent = {"Accept": "application/json", **(headers or {})}
        if who != NOBODY:
            sent["Authorization"] = f"Bearer {self._tokens[who]}"
        content = body
        if body is not None and not isinstance(body, bytes):
            sent["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        connection = HTTPConnection(HOST, self._port, timeout=PATIENCE)
        try:
            connection.request(method, path, content, sent)
            got = connection.getresponse()
            return Answer(got.status, {n.lower(): v for n, v in got.headers.items()}, got.read())
        except (OSError, HTTPException) as error:
            message = f"{method} {path} got no answer: {str(error) or type(error).__name__}."
            raise Unexpected(message) from error
        finally:
            connection.close()

    def _change(self, who: str, what: str, body: Any, etag: str, expect: str) -> Answer:
        method, path = what.split(" ", 1)
        answer = self.request(who, method, path, body, headers={"If-Match": etag})
        self._show(who, what, body, answer, {})
        self._check(what, answer, expect)
        return answer

    def _show(
        self, who: str, what: str, body: Any, answer: Answer, headers: Mapping[str, str]
    ) -> None:
        method, path = shortened(what).split(" ", 1)
        colour = "green" if answer.status < 400 else "yellow"  # noqa: PLR2004
        noted = "".join(f" {name}: {shortened(value)}" for name, value in headers.items())
        replayed = " (replayed)" if "idempotency-replayed" in answer.headers else ""
        line = Text.assemble(
            "  ", (f"{who:<8}", "cyan"), (method, "bold"), f" {path}", (noted, "dim"),
            (f" {brief(body)}" if body is not None else "", "dim"),
            " → ", (shortened(answer.outcome), colour), replayed,
        )  # fmt: skip
        self.console.print(line, soft_wrap=True)

    def _check(self, what: str, answer: Answer, expect: str) -> None:
        if f"{answer.outcome} ".startswith(f"{expect} "):
            return
        body = answer.body.decode(errors="replace")[:1000]
        message = f"{what} was answered {answer.outcome}, not {expect}.\n{body}"
        raise Unexpected(message)


def brief(body: Any) -> str:
    """A request's body as JSON, cut down to what a reader takes in at a glance."""
    return _cut(json.dumps(_brief(body), ensure_ascii=False), LONGEST_BODY)


def shortened(text: str) -> str:
    """The text with each id cut down to its last four digits, by which a reader can follow it."""
    return _ID.sub(r"…\1", text)


def _brief(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _brief(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_brief(item) for item in value]
    return _cut(shortened(value), LONGEST_TEXT) if isinstance(value, str) else value


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip(' …')}…"
