"""Made-up desks and claims, plausible in size and shape, and the same every time.

Half of the claims are one big desk's, the rest are shared out among five small ones. Each has a
source with a text, one to three appearances quoted from it and up to three topics; a third is
verified, with three pieces of evidence, a published verdict that cites them and a review.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from verifier.accounts.actor import OPERATOR
from verifier.accounts.scales import DEFAULT_SCALE, bounds
from verifier.claims.models import Appearance, Claim, ClaimTopic
from verifier.claims.service import claimant_key
from verifier.desks import service, tokens
from verifier.events.chain import sha256
from verifier.evidence.models import Evidence
from verifier.kit.clock import rfc3339
from verifier.kit.text import matching_key
from verifier.reviews.models import Citation, Review, Verdict
from verifier.sources.models import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from sqlalchemy.orm import Session

    from verifier.kit.db import Base

    Row: TypeAlias = tuple[type[Base], dict[str, Any]]

BIG: Final = "wire"
SMALL: Final = ("north", "south", "east", "west", "isle")
CALLER: Final = "north"
"""The desk in whose name the requests are made: nine claims of ten are not its own."""
EVERYWHERE: Final = "everywhere"
"""An account that is a member of every desk."""
PEOPLE: Final = ("contributor", "reviewer", "reviewer", "editor", "admin")
FIRST_DAY: Final = datetime(2024, 1, 1, tzinfo=UTC)
SPAN: Final = timedelta(days=600)
TOPICS: Final = tuple(f"topic-{number}" for number in range(40))
TOPIC_WEIGHTS: Final = tuple(1 / (number + 1) for number in range(40))
LANGUAGES: Final = ("en", "en", "en", "az", "ru", "de")
STANCES: Final = ("supports", "refutes", "context")
CONTEXT: Final = 32
WORST, BEST = bounds(DEFAULT_SCALE)


@dataclass
class Newsroom:
    """Who is there: ids of desks and of their accounts, and the tokens of two callers."""

    desks: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, list[str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)


def open_newsroom(session: Session) -> Newsroom:
    """Desks, accounts and tokens, by the service's own functions."""
    room = Newsroom()
    everywhere = service.create_account(session, OPERATOR, email="all@all.example", name="All")
    for slug in (BIG, *SMALL):
        url = f"https://{slug}.example"
        desk = service.create_desk(session, OPERATOR, slug=slug, name=slug.title(), url=url)
        room.desks[slug] = desk.id
        service.add_member(session, OPERATOR, slug, email=everywhere.email, role="admin")
        for number, role in enumerate(PEOPLE):
            email = f"{role}{number}@{slug}.example"
            account = service.create_account(session, OPERATOR, email=email, name=f"{role} {slug}")
            service.add_member(session, OPERATOR, slug, email=email, role=role)
            room.accounts.setdefault(slug, []).append(account.id)
            if (slug, role) == (CALLER, "editor"):
                room.tokens[CALLER] = _token(session, account)
    room.tokens[EVERYWHERE] = _token(session, everywhere)
    return room


def _token(session: Session, account: Any) -> str:
    return tokens.issue_token(session, OPERATOR, account=account, name="benchmark")[1]


def claims(room: Newsroom, number: int) -> Iterator[list[Row]]:
    """So many claims, oldest first, each with all that hangs on it, in an order that keys allow."""
    desk = Desk(room, random.Random(number))
    for n in range(number):
        yield desk.claim(n, FIRST_DAY + SPAN * (n / number))


class Desk:
    """Makes claims up."""

    def __init__(self, room: Newsroom, dice: random.Random) -> None:
        self._room = room
        self._dice = dice
        words = ["".join(dice.choices("aeioulnrst", k=dice.randint(2, 9))) for _ in range(2000)]
        self._sentences = [" ".join(dice.choices(words, k=14)).capitalize() for _ in range(500)]
        self._names = [" ".join(dice.choices(words, k=2)).title() for _ in range(2000)]
        self._keys = {name: claimant_key(name) for name in self._names}
        self._sources: dict[str, list[dict[str, Any]]] = {slug: [] for slug in room.desks}

    def claim(self, n: int, moment: datetime) -> list[Row]:
        dice = self._dice
        slug = BIG if n % 2 else SMALL[n // 2 % len(SMALL)]
        self._moment, self._slug = moment, slug
        self._stamp = {"version": 1, "created_at": moment, "updated_at": moment}
        by = dice.choice(self._room.accounts[slug])
        statement = f"{dice.choice(self._sentences)} in {n} cases"
        source = self._source(n, statement, by)
        name = dice.choice(self._names)
        status = "verified" if n % 3 == 0 else dice.choice(("submitted", "in_review"))
        evidence_is_there = status == "verified" or (status == "in_review" and n % 4 == 0)
        counts = dict.fromkeys(STANCES, 1 if evidence_is_there else 0)
        topics = sorted({*dice.choices(TOPICS, TOPIC_WEIGHTS, k=dice.randint(0, 3))})
        claim: dict[str, Any] = {
            "id": self._id(), **self._stamp, "desk_id": self._room.desks[slug],
            "text": statement, "text_key": matching_key(statement), "is_original": True,
            "claimant_name": name, "claimant_kind": "person", "claimant_key": self._keys[name],
            "claimed_on": moment.date(), "language": dice.choice(LANGUAGES), "topics": topics,
            "priority": dice.choice((0, 1, 1, 1, 2, 3)), "status": status,
            "assignee_id": by if status == "in_review" else None,
            "due_at": moment + timedelta(days=7) if n % 5 == 0 else None,
            "evidence": {"all": counts, "shared": counts}, "created_by": by,
        }  # fmt: skip
        rows: list[Row] = [(Source, source), (Claim, claim)]
        rows += [
            (
                ClaimTopic,
                {
                    "claim_id": claim["id"],
                    "topic": topic,
                    "desk_id": claim["desk_id"],
                    "status": status,
                    "is_public": status == "verified",
                },
            )
            for topic in topics
        ]
        for place in range(1 if n % 5 else 1 + n // 5 % 3):
            rows.append((Appearance, self._appearance(claim, source, first=place == 0)))
            source = dice.choice(self._sources[slug])
        if evidence_is_there:
            evidence = [self._evidence(claim, stance, by) for stance in STANCES]
            rows += [(Evidence, piece) for piece in evidence]
            if status == "verified":
                rows += self._published(claim, evidence)
        return rows

    def _source(self, n: int, statement: str, by: str) -> dict[str, Any]:
        parts = self._dice.choices(self._sentences, k=16)
        text = ". ".join((*parts[:7], statement, *parts[7:])) + "."
        url = f"https://site-{n % 997}.example/{self._slug}/{n}"
        source = {
            "id": self._id(), **self._stamp, "desk_id": self._room.desks[self._slug], "url": url,
            "canonical_url": url, "url_key": sha256(url), "domain": f"site-{n % 997}.example",
            "title": parts[0], "publisher": f"Site {n % 997}",
            "author": self._dice.choice(self._names),
            "published_at": self._moment, "language": "en", "text": text,
            "text_sha256": sha256(text), "archive_urls": [], "snapshots": [],
            "created_by": by,
        }  # fmt: skip
        self._sources[self._slug].append(source)
        return source

    def _appearance(
        self, claim: dict[str, Any], source: dict[str, Any], *, first: bool
    ) -> dict[str, Any]:
        quote = self._quote(source, claim["text"])
        names = {"claim_id": claim["id"], "source_id": source["id"], "first": first}
        return {
            "id": self._id(), **self._stamp, **names, **quote, "created_by": claim["created_by"]
        }  # fmt: skip

    def _evidence(self, claim: dict[str, Any], stance: str, by: str) -> dict[str, Any]:
        source = self._dice.choice(self._sources[self._slug])
        return {
            "id": self._id(), **self._stamp, "claim_id": claim["id"], "source_id": source["id"],
            "stance": stance, "note": self._dice.choice(self._sentences), "confidential": False,
            "added_by": by, **self._quote(source, ""),
        }  # fmt: skip

    def _quote(self, source: dict[str, Any], wanted: str) -> dict[str, Any]:
        """The wanted words where they stand, else a sentence from the middle."""
        text = source["text"]
        exact = wanted if wanted and wanted in text else text.split(". ", 9)[8]
        start = text.index(exact)
        end = start + len(exact)
        prefix, suffix = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
        return {"exact": exact, "prefix": prefix, "suffix": suffix, "start": start, "end": end}

    def _published(self, claim: dict[str, Any], evidence: list[dict[str, Any]]) -> Iterator[Row]:
        """A verdict in force, told on the claim as the service tells it."""
        rating = self._dice.choice(DEFAULT_SCALE)
        author, reviewer = self._dice.sample(self._room.accounts[self._slug], 2)
        title, summary = self._dice.choices(self._sentences, k=2)
        where = {"claim_id": claim["id"], "desk_id": claim["desk_id"]}
        verdict = {
            "id": self._id(), **self._stamp, **where, "author_id": author,
            "rating": rating["slug"], "scale_version": 1, "title": title, "summary": summary,
            "explanation": ". ".join(self._dice.choices(self._sentences, k=8)), "language": "en",
            "state": "published", "round": 1, "digest": sha256(title), "origin": "desk",
            "published_at": self._moment,
        }  # fmt: skip
        shown = {name: verdict.get(name) for name in ("id", "title", "summary", "language", "url")}
        claim["verdict"] = {
            **shown, "rating": rating["slug"], "label": rating["label"]["en"],
            "normalised": rating["normalised"], "value": rating["value"], "worst": WORST,
            "best": BEST, "published_at": rfc3339(self._moment),
        }  # fmt: skip
        claim |= {"rating": rating["slug"], "normalised": rating["normalised"]}
        claim["published_at"] = self._moment
        yield Verdict, verdict
        for piece in evidence:
            yield Citation, {"verdict_id": verdict["id"], "evidence_id": piece["id"]}
        yield (
            Review,
            {
                "id": self._id(), "verdict_id": verdict["id"], "author_id": author,
                "reviewer_id": reviewer, "desk_id": claim["desk_id"], "decision": "approved",
                "digest": verdict["digest"], "round": 1, "created_at": self._moment,
            },
        )  # fmt: skip

    def _id(self) -> str:
        """A UUIDv7 of the moment that the present claim was made."""
        chance = self._dice.getrandbits(74)
        milliseconds = int(self._moment.timestamp() * 1000)
        high, low = chance >> 62, chance & (1 << 62) - 1
        return str(UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low))
