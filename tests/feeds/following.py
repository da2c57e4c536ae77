"""A reader of feeds: it looks at each feed with feedparser and holds it to the rules."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .atom_rules import problems

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what feedparser imports
    import feedparser

PUBLIC_URL = "http://127.0.0.1:8000"


def read(room: Any, path: str, **options: Any) -> Any:
    """The feed at the path, which must be valid, as feedparser reads it."""
    answer = room.call("GET", path, status=200, **options)
    assert problems(answer.data, fetched_from=f"{PUBLIC_URL}{path}") == []
    headers = {"content-type": answer.content_type}
    feed = feedparser.parse(answer.data, response_headers=headers)
    assert not feed.bozo, feed.bozo_exception
    return feed


def titles(room: Any, path: str) -> list[str]:
    """The titles of the feed's entries on all pages, found by following the links."""
    found = []
    while path:
        feed = read(room, path)
        found += [entry.title for entry in feed.entries]
        path = linked(feed.feed, "next").removeprefix(PUBLIC_URL)
    return found


def linked(element: Any, rel: str) -> str:
    """Where the one link of that relation leads, or nothing."""
    found = [link.href for link in element.links if link.rel == rel]
    assert len(found) <= 1
    return found[0] if found else ""


def categories(entry: Any) -> dict[str, str]:
    """The terms, by the last word of their schemes."""
    return {
        (tag.scheme or "topic").rpartition("#")[2].rpartition("/")[2]: tag.term
        for tag in entry.tags
    }


@dataclass
class Desk:
    """Publishes in a newsroom what a test needs."""

    room: Any

    def publishes(self, title: str, *, who: str = "con", topics: Any = (), **members: Any) -> str:
        """A claim's path, of which a verdict is in force."""
        claim = self.room.claim(
            who, text=f"{title} is claimed.", topics=list(topics), accepted=True
        )
        self.room.evidence(claim, self.room.source(url=None))
        self.room.verdict_in("published", claim, title=title, **members)
        return claim

    def corrects(self, claim: str, title: str, kind: str = "correction", **members: Any) -> str:
        """The correcting verdict's path."""
        correction = {"kind": kind, "note": f"{title} it is."}
        return self.room.verdict_in(
            "published", claim, title=title, correction=correction, **members
        )


def path_of(name: str, **parameters: str) -> str:
    """A feed's address in the one spelling that it gives itself."""
    return f"/feeds/{name}.atom" + (f"?{urlencode(parameters)}" if parameters else "")


def urn(path: str) -> str:
    """The id of a claim's entry."""
    return f"urn:uuid:{path.rpartition('/')[2]}"
