"""What each filter of claims lets through, alone and together, in the list and in an export."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.newsroom import QUOTE, open_newsroom
from tests.problems import check_problem
from verifier.app import create_app
from verifier.kit.clock import new_id
from verifier.settings import Settings


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def known(request):
    """Claims by one letter, in the order in which they were made; `X` is another desk's secret."""
    with request.getfixturevalue(f"{request.param}_copies").fresh() as url:
        app = create_app(Settings(database_url=url))
        room = open_newsroom(app)
        yield room, fill(room)
        app.extensions["verifier.database"].dispose()


def fill(room):
    source = room.source()
    place = {"source": source["id"], "quote": {"exact": QUOTE}}
    paths = {
        "A": room.claim(text="A", language="en", topics=["army", "law & order"], appearances=[place],
                        claimant={"name": "Government of Russia"}),
        "B": room.claim(text="B", language="az", topics=["army"], accepted=True),
        "C": room.claim(text="C", language="pt-BR", claimant={"name": "Ministry"}),
        "P": room.claim(text="P", language="en", topics=["law & order"], accepted=True),
        "Q": room.claim(text="Q", accepted=True, claimant={"name": "government of  RUSSIA"}),
        "U": room.claim(text="U", accepted=True),
        "X": room.claim("out", text="X", topics=["army"]),
        "Z": room.claim("cas", text="Z", topics=["army"], language="en"),
    }  # fmt: skip
    room.act(paths["B"], "ed", "assign", assignee=room.ids["rev"])
    room.act(paths["C"], "rev", "reject", reason="opinion")
    for letter, rating in (("P", "mostly-true"), ("Q", "false"), ("U", "unverifiable")):
        room.evidence(paths[letter], source)
        room.verdict_in("published", paths[letter], rating=rating)
    room.act(paths["Z"], "cas", "accept")
    draft = room.verdict(paths["Z"], "cas", rating="unverifiable")
    for who, action in (("cas", "propose"), ("cas_ann", "approve"), ("cas_ann", "publish")):
        room.act(draft, who, action)
    found = {letter: path.rsplit("/", 1)[1] for letter, path in paths.items()}
    moments = {
        letter: room.call("GET", path, "out" if letter == "X" else "rev").json["created_at"]
        for letter, path in paths.items()
    }
    return {"ids": found, "source": source["id"], "rev": room.ids["rev"], "at": moments}


ALL = "ABCPQUZ"
TABLE = [
    ("", ALL),
    ("desk=border-desk", "ABCPQU"),
    ("desk=caspian-check", "Z"),
    ("desk=far-desk", ""),
    ("desk=nobodys", ""),
    ("status=submitted", "A"),
    ("status=in_review", "B"),
    ("status=rejected", "C"),
    ("status=duplicate", ""),
    ("status=verified", "PQUZ"),
    ("rating=mostly-true", "P"),
    ("rating=unverifiable", "UZ"),
    ("rating=unheard-of", ""),
    ("normalised=true", "P"),
    ("normalised=false", "Q"),
    ("normalised=other", "UZ"),
    ("normalised=mixed", ""),
    ("topic=army", "ABZ"),
    ("topic=law+%26+order", "AP"),
    ("topic=Army", ""),
    ("topic=arm", ""),
    ("language=en", "APZ"),
    ("language=EN", "APZ"),
    ("language=pt-br", "C"),
    ("language=pt", ""),
    ("claimant=Government+of+Russia", "AQ"),
    ("claimant=GOVERNMENT++of+russia", "AQ"),
    ("claimant=Government", ""),
    ("source={source}", "A"),
    ("source={unknown}", ""),
    ("assignee={rev}", "B"),
    ("assignee={unknown}", ""),
    ("assignee=me", ""),
    ("created_after={at[P]}", "PQUZ"),
    ("created_before={at[P]}", "ABC"),
    ("created_after={at[B]}&created_before={at[Q]}", "BCP"),
    ("created_after=1000-01-01T00:00:00Z", ALL),
    ("created_after=9998-12-31T00:00:00Z", ""),
    ("updated_after={at[Z]}", "BCPQUZ"),
    ("desk=border-desk&status=verified&normalised=false", "Q"),
    ("topic=army&language=en&desk=border-desk", "A"),
    ("claimant=Government+of+Russia&normalised=false&language=en", ""),
]


@pytest.mark.parametrize(("query", "letters"), TABLE)
def test_each_filter(known, query, letters):
    room, values = known
    query = query.format(**values, unknown=new_id())
    wanted = [values["ids"][letter] for letter in letters]
    listed = room.call("GET", f"/v1/claims?sort=created_at&{query}", "con", status=200).json
    assert [item["id"] for item in listed["items"]] == wanted
    exported = room.call("GET", f"/v1/exports/ndjson?{query}", "con", status=200).data
    assert [json.loads(line)["id"] for line in exported.splitlines()] == wanted


@pytest.mark.parametrize(("who", "letters"), [(None, "PQUZ"), ("out", "PQUXZ"), ("cas_con", ALL)])
def test_who_asks_decides_what_there_is(known, who, letters):
    room, values = known
    wanted = [values["ids"][letter] for letter in letters]
    for query in ("", "topic=army", f"assignee={values['rev']}"):
        listed = room.call("GET", f"/v1/claims?sort=created_at&{query}", who, status=200).json
        found = [item["id"] for item in listed["items"]]
        assert found == wanted if not query else set(found) <= set(wanted)
    assert room.call("GET", f"/v1/claims?assignee={values['rev']}", who).json["items"] == [
        each for each in room.call("GET", "/v1/claims", who).json["items"]
        if (each.get("assignee") or {}).get("id") == values["rev"]
    ]  # fmt: skip


def test_what_is_assigned_to_me(known):
    room, values = known
    for who, letters in (("rev", "B"), ("con", ""), (None, "")):
        listed = room.call("GET", "/v1/claims?assignee=me", who, status=200).json
        assert [item["id"] for item in listed["items"]] == [values["ids"][each] for each in letters]


def test_sources_by_desk_and_by_any_spelling_of_their_address(known):
    room, values = known
    for query, found in (
        ("desk=border-desk", [values["source"]]),
        ("desk=caspian-check", []),
        ("url=https://news.example/withdrawal", [values["source"]]),
        ("url=https://news.example/Withdrawal", []),
        (f"url={quote('HTTPS://News.Example:443/a/../withdrawal/?utm_source=x#top')}", [values["source"]]),
    ):  # fmt: skip
        listed = room.call("GET", f"/v1/sources?{query}", "con", status=200).json
        assert [item["id"] for item in listed["items"]] == found, query


@pytest.mark.parametrize(
    ("query", "name"),
    [("status=open", "status"), ("normalised=yes", "normalised"), ("language=english!", "language"),
     ("source=7", "source"), ("assignee=rev", "assignee"), ("created_after=yesterday", "created_after"),
     ("created_after=2026-11-22", "created_after"), ("created_after=2026-11-22T00:00:00", "created_after"),
     ("created_before=2026-W47-1T00:00:00Z", "created_before"), ("sort=text", "sort"), ("sort=--priority", "sort"),
     ("desk=Border+Desk", "desk"), ("topic=", "topic"), ("claimant=%07", "claimant"), ("rating=a_b", "rating"),
     ("updated_after=0000-00-00T00:00:00Z", "updated_after"), ("updated_before=x", "updated_before")],
)  # fmt: skip
def test_a_filter_that_makes_no_sense(known, query, name):
    room, _ = known
    check_problem(room.call("GET", f"/v1/claims?{query}", "con"), 422, f"/{name}")
