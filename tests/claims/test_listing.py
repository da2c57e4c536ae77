"""Lists of claims: what they hold, against a filter in plain Python, whatever is asked for."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from benchmarks.newsroom import BIG, CALLER, EVERYWHERE, FIRST_DAY, SMALL, TOPICS
from benchmarks.seeding import fill
from verifier.app import create_app
from verifier.claims.models import Appearance, Claim, ClaimTopic
from verifier.claims.service import claimant_key
from verifier.exports.queries import STREAMED
from verifier.kit.clock import rfc3339
from verifier.settings import Settings

CLAIMS = 300
INSIDE = ("assignee", "priority", "due_at")
SORTS = [f"{sign}{key}" for key in ("created_at", "updated_at", "priority", "due_at")
         for sign in ("", "-")]  # fmt: skip
WHO = (None, CALLER, EVERYWHERE)


class Library:
    """Claims of six desks in every status, and the same as dictionaries."""

    def __init__(self, app, room):
        self.app, self.room, self.client = app, room, app.test_client()
        self.desks = {desk_id: slug for slug, desk_id in room.desks.items()}
        with app.extensions["verifier.database"].transaction() as session:
            _disturb(session)
        with app.extensions["verifier.database"].reading() as session:
            claims = session.scalars(select(Claim)).all()
            sources = session.execute(select(Appearance.claim_id, Appearance.source_id)).all()
        self.claims = [
            {
                "id": claim.id,
                "desk": self.desks[claim.desk_id],
                "source": {source for claim_id, source in sources if claim_id == claim.id},
                "claimant": claim.claimant_key,
                "assignee": claim.assignee_id,
                "topic": set(claim.topics),
                "public": claim.published_at is not None,
                **{
                    name: getattr(claim, name)
                    for name in ("status", "rating", "normalised", "language", "priority")
                },
                **{
                    name: moment and rfc3339(moment)
                    for name in ("created_at", "updated_at", "due_at")
                    for moment in [getattr(claim, name)]
                },
            }
            for claim in claims
        ]
        self.names = sorted({claim.claimant_name for claim in claims})[:5]
        self.sources = sorted({source for _, source in sources})[:5]
        self.people = sorted({claim["assignee"] for claim in self.claims if claim["assignee"]})[:5]

    def listed(self, who, query, limit):
        """The ids on all pages."""
        headers = {"Authorization": f"Bearer {self.room.tokens[who]}"} if who else {}
        found, asked = [], {**query, "limit": limit}
        while True:
            answer = self.client.get("/v1/claims", query_string=asked, headers=headers)
            assert answer.status_code == 200, answer.text
            found += [item["id"] for item in answer.json["items"]]
            assert len(found) <= CLAIMS, "the pages come to no end"
            if answer.json["next"] is None:
                return found
            assert len(answer.json["items"]) == limit
            asked["cursor"] = answer.json["next"]

    def exported(self, who, query):
        """The ids in an export."""
        headers = {"Authorization": f"Bearer {self.room.tokens[who]}"} if who else {}
        answer = self.client.get("/v1/exports/ndjson", query_string=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return [json.loads(line)["id"] for line in answer.data.splitlines()]

    def expected(self, who, query):
        """The ids of what the caller may see and the filters pass, in order."""
        mine = {None: (), CALLER: (CALLER,), EVERYWHERE: tuple(self.room.desks)}[who]
        conditions = {name: value for name, value in query.items() if name != "sort"}
        key = query["sort"].removeprefix("-")
        inside = {key, *conditions} & {*INSIDE}
        kept = [
            claim
            for claim in self.claims
            if (claim["desk"] in mine or (claim["public"] and not inside))
            and all(_passes(claim, name, value) for name, value in conditions.items())
        ]
        kept.sort(key=lambda claim: claim["id"], reverse=query["sort"].startswith("-"))
        if key == "created_at":
            return [claim["id"] for claim in kept]
        known = [claim for claim in kept if claim[key] is not None]
        known.sort(key=lambda claim: claim[key], reverse=query["sort"].startswith("-"))
        return [claim["id"] for claim in (*known, *(c for c in kept if c[key] is None))]


def _passes(claim, name, value):
    match name:
        case "topic" | "source":
            return value in claim[name]
        case "claimant":
            return claim[name] == claimant_key(value)
        case "created_after" | "updated_after":
            return claim[name.replace("after", "at")] >= value
        case "created_before":
            return claim["created_at"] < value
    return claim[name] == value


def _disturb(session):
    """What time brings: moves, retractions, duplicates, changes out of order."""
    dice = random.Random(7)  # noqa: S311  (made-up claims need no secrecy)
    for claim_id, status in session.execute(select(Claim.id, Claim.status)).all():
        changed = {"updated_at": FIRST_DAY + timedelta(days=600 + dice.randint(0, 20))}
        if status == "verified" and dice.random() < 0.3:
            changed |= {"status": "in_review", "rating": None, "normalised": None, "verdict": None}
        elif status != "verified" and dice.random() < 0.5:
            changed["status"] = dice.choice(("rejected", "duplicate"))
        session.execute(update(Claim).where(Claim.id == claim_id).values(**changed))
    its = select(Claim.status).where(Claim.id == ClaimTopic.claim_id).scalar_subquery()
    session.execute(update(ClaimTopic).values(status=its))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def library(request):
    with request.getfixturevalue(f"{request.param}_copies").fresh() as url:
        room = fill(url, CLAIMS)
        app = create_app(Settings(database_url=url, rate_limit=0))
        yield Library(app, room)
        app.extensions["verifier.database"].dispose()


@st.composite
def queries(draw, library):
    """Any filters with any sort; the values are such as there are, and some that there are not."""
    day = st.integers(-1, 625).map(lambda days: rfc3339(FIRST_DAY + timedelta(days=days)))
    values = {
        "desk": st.sampled_from((BIG, *SMALL, "nobodys")),
        "status": st.sampled_from(("submitted", "in_review", "rejected", "duplicate", "verified")),
        "rating": st.sampled_from(("true", "false", "half-true", "no-such")),
        "normalised": st.sampled_from(("true", "mixed", "false", "other")),
        "topic": st.sampled_from((*TOPICS[:4], TOPICS[-1], "no such")),
        "language": st.sampled_from(("en", "az", "ru", "fr")),
        "claimant": st.sampled_from(library.names),
        "source": st.sampled_from(library.sources),
        "assignee": st.sampled_from(library.people),
        "created_after": day,
        "created_before": day,
        "updated_after": day,
    }
    names = draw(st.sets(st.sampled_from(sorted(values)), max_size=4))
    return {"sort": draw(st.sampled_from(SORTS)), **{name: draw(values[name]) for name in names}}


@settings(max_examples=120)
@given(data=st.data())
def test_a_list_holds_what_its_filters_say(library, data):
    query, who = data.draw(queries(library)), data.draw(st.sampled_from(WHO))
    limit = data.draw(st.sampled_from((7, 50, 200)))
    assert library.listed(who, query, limit) == library.expected(who, query)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ["", "desk", "status", "topic", "language"])
def test_each_sort_with_the_usual_filters(library, who, sort, name):
    usual = {"desk": CALLER, "status": "in_review", "topic": TOPICS[0], "language": "en"}
    query = {"sort": sort, **({name: usual[name]} if name else {})}
    for limit in (11, 200):
        assert library.listed(who, query, limit) == library.expected(who, query)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("who", WHO)
def test_an_export_goes_in_the_order_of_a_list(library, monkeypatch, who, sort):
    monkeypatch.setitem(STREAMED, "yield_per", 7)
    for query in ({"sort": sort}, {"sort": sort, "status": "in_review", "topic": TOPICS[0]}):
        assert library.exported(who, query) == library.expected(who, query)


def test_the_library_has_something_of_everything(library):
    """Else the comparisons would be of nothing with nothing."""
    for name in ("status", "priority", "language", "rating", "due_at", "assignee", "public"):
        assert len({claim[name] for claim in library.claims}) > 1, name
    assert any(claim["public"] and claim["status"] != "verified" for claim in library.claims)


def test_topics_follow_their_claim(newsroom, database):
    """Whatever moves a claim, it is found by topic as it is."""

    def check():
        with database.reading() as session:
            rows = select(ClaimTopic.status, ClaimTopic.is_public, Claim.status, Claim.published_at)
            for status, is_public, real, published_at in session.execute(rows.join(Claim)).all():
                assert (status, is_public) == (real, published_at is not None)
                seen.add((status, is_public))

    seen = set()
    claim = newsroom.claim(topics=["army", "law"])
    check()
    for action, arguments in (
        ("reject", {"reason": "opinion"}), ("reopen", {"comment": "It is one."}), ("accept", {}),
        ("assign", {"assignee": newsroom.ids["rev"]}),
    ):  # fmt: skip
        newsroom.act(claim, "ed", action, **arguments)
        check()
    newsroom.evidence(claim, newsroom.source())
    verdict = newsroom.verdict_in("published", claim)
    check()
    etag = newsroom.call("GET", claim, "rev").headers["ETag"]
    newsroom.call("PATCH", claim, "rev", etag=etag, json={"topics": ["law", "sea"]}, status=200)
    check()
    newsroom.act(verdict, "ed", "retract", reason="It rests on a parody.")
    check()
    original = newsroom.claim(text="Another.", topics=["army"])
    newsroom.act(claim, "ed", "mark_duplicate", of=original.rsplit("/", 1)[1])
    check()
    assert seen == {
        ("submitted", False), ("rejected", False), ("in_review", False), ("verified", True),
        ("in_review", True), ("duplicate", True),
    }  # fmt: skip
