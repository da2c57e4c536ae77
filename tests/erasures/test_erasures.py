"""What is erased is gone from every table, and everything still proves what it proved."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from tests.databases import contents
from tests.events.test_drills import all_rights
from tests.imports.files import bring, lines, report_of, worker_of
from tests.newsroom import QUOTE
from verifier.cli import main
from verifier.events.audit import findings
from verifier.events.checkpoints import Gatherer, newest_checkpoint
from verifier.events.models import Event
from verifier.events.notes import SigningKey
from verifier.events.proofs import check_proof
from verifier.events.tree import root_at
from verifier.reviews.standing import VerdictInForce, put_anew

NAME = "Zülfiyyə Əliyeva"
REASON = "A private person asked for it."
KEY = SigningKey.generate("trail.example")


@pytest.fixture
def published(newsroom):
    """A published claim that names somebody wherever one can be named; all paths by subject."""
    room = newsroom
    source = room.source(title=f"{NAME} speaks", author=NAME, publisher=f"{NAME}'s blog")
    place = {"source": source["id"], "quote": {"exact": QUOTE}}
    claim = room.claim(
        text=f"{NAME} said that the troops may leave.", appearances=[place],
        claimant={"name": NAME, "kind": "person", "same_as": "https://who.example/zulfiyye"},
    )  # fmt: skip
    room.act(claim, "rev", "reject", reason="opinion", comment=f"{NAME} only thinks so.")
    room.act(claim, "ed", "reopen", comment=f"{NAME} knows.")
    room.act(claim, "rev", "accept")
    evidence = room.evidence(claim, source, note=f"{NAME} was there.", quote={"exact": QUOTE})
    verdict = room.verdict(claim, title=f"{NAME} was right", summary=f"{NAME} told the truth.",
                           explanation=f"We asked {NAME}.")  # fmt: skip
    room.act(verdict, "rev", "propose")
    room.act(verdict, "rev2", "request_changes", comment=f"Ask {NAME} again.")
    room.act(verdict, "rev", "propose")
    room.act(verdict, "rev2", "approve", comment=f"{NAME} it is.")
    room.act(verdict, "ed", "publish")
    appearance = room.call("GET", f"{claim}/appearances", "con").json["items"][0]
    shown = room.call("GET", verdict, "rev").json
    return {
        "claim": [claim.rpartition("/")[2]],
        "appearance": [appearance["id"]],
        "evidence": [evidence["id"]],
        "verdict": [shown["id"]],
        "review": [review["id"] for review in shown["reviews"]],
        "source": [source["id"]],
    }


def erase(room, published, kind, *members, who="ann", status=200):
    answers = []
    for each in published[kind]:
        path = f"/v1/{'sources' if kind == 'source' else 'claims'}/"
        path += each if kind == "source" else published["claim"][0]
        sent = {"members": members, "reason": REASON}
        if kind not in ("claim", "source"):
            sent["subject"] = {"type": kind, "id": each}
        etag = room.call("GET", path, "ann").headers["ETag"]
        answers.append(
            room.call("POST", f"{path}/erasures", who, etag=etag, json=sent, status=status)
        )
    return answers[-1]


ALL = {
    "claim": ("text", "claimant", "comment"),
    "evidence": ("note", "quote"),
    "appearance": ("quote",),
    "verdict": ("title", "summary", "explanation"),
    "review": ("comment",),
    "source": ("title", "author", "publisher"),
}


def everything(database):
    """All tables as text, but for the answers that are kept encrypted for a day."""
    return json.dumps(contents(database), default=str, ensure_ascii=False)


def test_what_is_erased_is_nowhere_and_all_still_holds(newsroom, database, published):
    Gatherer(database, [KEY])()
    with database.snapshot() as session:
        before = newest_checkpoint(session)
    claim = f"/v1/claims/{published['claim'][0]}"
    proof_before = newsroom.call("GET", f"{claim}/proof?limit=200", "ann").json
    assert everything(database).count(NAME) > 20

    for kind, members in ALL.items():
        erase(newsroom, published, kind, *members)

    assert NAME not in everything(database)
    assert "zulfiyye" not in everything(database)
    with database.snapshot() as session:
        assert list(findings(session)) == []
        assert root_at(session, before.size) == before.root
    Gatherer(database, [KEY])()
    proof = newsroom.call("GET", f"{claim}/proof?limit=200", "ann").json
    proven = check_proof(proof, [KEY.verifier])
    assert proven.included == len(proof["items"])
    then = [item["hash"] for item in proof_before["items"]]
    assert [item["hash"] for item in proof["items"]][: len(then)] == then
    assert check_proof(proof_before, [KEY.verifier]).included == len(
        then
    )  # whoever saved it has it


def test_what_is_left_is_shown_as_such(newsroom, published):
    for kind, members in ALL.items():
        erase(newsroom, published, kind, *members)
    claim = f"/v1/claims/{published['claim'][0]}"

    shown = newsroom.call("GET", claim).json
    assert shown["text"] == "[erased]"
    assert shown["claimant"] == {"name": "[erased]", "kind": "person", "same_as": None}
    assert shown["verdict"]["title"] == "[erased]"
    assert shown["verdict"]["rating"] == "mostly-true"
    assert shown["appearances"][0]["quote"] is None
    verdict = newsroom.call("GET", f"/v1/verdicts/{published['verdict'][0]}").json
    assert verdict["explanation"] == "[erased]"
    piece = newsroom.call("GET", f"/v1/evidence/{published['evidence'][0]}", "con").json
    assert (piece["note"], piece["quote"]) == ("[erased]", None)
    history = newsroom.call("GET", f"{claim}/history?limit=200", "ann").json["items"]
    told = [event["data"] for event in history if event["type"] == "claim.erased"]
    assert told[-1]["reason"] == REASON
    assert [each["reason"] for each in told[-1]["earlier"]] == [REASON]
    assert {"erased": True} in [event["data"] for event in history]
    public = newsroom.call("GET", f"{claim}/history").json["items"]
    assert [event["type"] for event in public] == ["verdict.published"]


def test_it_is_not_found_by_its_words_any_more(newsroom, published):
    def found(words):
        return newsroom.call("GET", f"/v1/claims?q={words}", "ann", status=200).json["items"]

    assert len(found("Zülfiyyə")) == 1
    erase(newsroom, published, "claim", "text", "claimant")
    erase(newsroom, published, "verdict", "title", "summary")
    assert found("Zülfiyyə") == []
    assert found("troops") == []
    newsroom.claim(text=f"{NAME} said that the troops may leave.")  # no duplicate of what is gone


def test_the_quote_of_a_place_that_was_taken_back_goes_too(newsroom, database, published):
    (place,) = published["appearance"]
    for path, status in ((f"/v1/appearances/{place}", 204), (f"/v1/appearances/{place}", 404)):
        newsroom.call("DELETE", path, "rev", etag="*", status=status)
    erase(newsroom, {**published, "appearance": [published["review"][0]]}, "appearance", "quote",
          status=404)  # fmt: skip
    erase(newsroom, published, "appearance", "quote")
    again = erase(newsroom, published, "appearance", "quote", status=409)
    assert again.json["type"].endswith("/problems/nothing-to-erase")
    with database.snapshot() as session:
        told = session.scalars(select(Event.data).where(Event.subject_type == "appearance")).all()
        assert QUOTE not in "".join(told)
        assert list(findings(session)) == []


def test_no_hash_of_what_is_erased_stays_with_the_verdict_in_force(newsroom, database, published):
    in_force = select(VerdictInForce.statement_key)
    erase(newsroom, published, "claim", "text", "claimant")
    with database.transaction() as session:
        left = session.scalars(in_force).all()
        assert list(put_anew(session))
        assert session.scalars(in_force).all() == left


def keys_of(database):
    """By which statements are told apart."""
    with database.snapshot() as session:
        return set(session.scalars(select(VerdictInForce.statement_key)))


def test_what_was_said_cannot_be_guessed_at_nor_taken_for_the_same(newsroom, database):
    """No hash of it is left, and two claims that say nothing any more do not say the same."""
    for said in ("The bridge fell.", "Bread is dearer."):
        claim = newsroom.claim(text=said, accepted=True)
        newsroom.evidence(claim, newsroom.source(url=None))
        newsroom.verdict_in("published", claim)
        before = keys_of(database)
        erase(newsroom, {"claim": [claim.rpartition("/")[2]]}, "claim", "text")
        after = keys_of(database)
        assert len(before - after) == len(after - before) == 1
    with database.transaction() as session:
        for _ in put_anew(session):
            pass
    assert keys_of(database) == after
    assert len(after) == len(("bridge", "bread"))


def test_erasing_again_finds_nothing_and_erasing_more_goes_on(newsroom, database, published):
    erase(newsroom, published, "claim", "claimant")
    again = erase(newsroom, published, "claim", "claimant", status=409)
    assert again.json["type"].endswith("/problems/nothing-to-erase")
    erase(newsroom, published, "claim", "text")  # also from what the first erasure stated
    with database.snapshot() as session:
        assert list(findings(session)) == []
        erased = session.scalars(select(Event.type).where(Event.salt == "")).all()
    assert "claim.erased" in erased


def test_the_row_that_brought_it_goes_too(newsroom, database, app, settings):
    row = {"text": f"{NAME} sold the bridge.", "claimant": NAME, "rating": "False",
           "publisher": "Zagros Facts", "review_url": "https://zagros.example/1"}  # fmt: skip
    worker = worker_of(app, settings)
    (told,) = report_of(newsroom, bring(newsroom, worker, lines(row)))
    bring(newsroom, worker, lines(row))  # known again, and kept as it stood there
    search = "/v1alpha1/claims:search?query=who+sold+the+bridge"
    assert len(newsroom.call("GET", search, status=200).json["claims"]) == 1

    erase(newsroom, {"claim": [told["claim"]]}, "claim", "text", "claimant")

    assert NAME not in everything(database)
    original = newsroom.call("GET", f"/v1/claims/{told['claim']}/original", "ed", status=200).json
    assert original["raw"] == "[erased]"
    assert newsroom.call("GET", search, status=200).json == {}


def test_what_cannot_be_erased_is_told(newsroom):
    claim = newsroom.claim()
    for sent, pointer in (
        ({"members": ["note"]}, "/members/0"),
        ({"members": []}, "/members"),
        ({"members": ["text"], "reason": ""}, "/reason"),
        ({"members": ["text"], "subject": {"type": "desk", "id": "x"}}, "/subject/type"),
    ):
        body = {"reason": REASON, **sent}
        answer = newsroom.call("POST", f"{claim}/erasures", "ann", etag="*", json=body, status=422)
        assert pointer in [fault["pointer"] for fault in answer.json["errors"]]


def test_only_what_hangs_on_the_claim_is_erased_with_it(newsroom, published):
    other = newsroom.claim(text="Another claim.")
    sent = {"members": ["note"], "reason": REASON,
            "subject": {"type": "evidence", "id": published["evidence"][0]}}  # fmt: skip
    newsroom.call("POST", f"{other}/erasures", "ann", etag="*", json=sent, status=404)


def test_approvals_of_what_was_erased_lapse(newsroom):
    verdict = newsroom.verdict_in("approved", title=NAME)
    shown = newsroom.call("GET", verdict, "rev").json
    sent = {"members": ["title"], "reason": REASON,
            "subject": {"type": "verdict", "id": shown["id"]}}  # fmt: skip
    claim = f"/v1/claims/{shown['claim']}"
    newsroom.call("POST", f"{claim}/erasures", "ann", etag="*", json=sent, status=200)
    assert newsroom.call("GET", verdict, "rev").json["state"] == "proposed"


FORBIDDEN = [
    "UPDATE events SET salt = ''",
    "UPDATE events SET data = '{{\"erased\":\"{zeros}\"}}', salt = '' WHERE type = 'review.given'",
    "UPDATE events SET data = '{{\"erased\":\"{zeros}\"}}', salt = '', actor_id = NULL",
    "UPDATE events SET data = '{{\"erased\":true}}', salt = ''",
    "UPDATE reviews SET comment = 'x'",
    "UPDATE reviews SET comment = '[erased]', decision = 'changes_requested'",
    "UPDATE verdicts SET title = 'x'",
    "UPDATE verdicts SET title = '[erased]', rating = 'false'",
    "UPDATE evidence SET note = 'x'",
    "UPDATE evidence SET exact = NULL, prefix = 'x'",
    "UPDATE tree_nodes SET hash = NULL",
    "DELETE FROM tree_leaves",
    "UPDATE checkpoints SET size = 1",
    "DELETE FROM audit_keys",
]


def test_the_database_lets_nothing_else_be_done(newsroom, database):
    newsroom.verdict_in("draft")
    newsroom.published(newsroom.claim(text="Published.", accepted=True))
    Gatherer(database, [KEY])()
    for statement in FORBIDDEN:
        refused = pytest.raises(DBAPIError, match=r"append-only|never changes|refused")
        with refused, database.transaction() as session:
            session.execute(text(statement.format(zeros="0" * 64).replace(":", r"\:")))


def test_data_that_nobody_says_were_erased_are_missed(newsroom, database, published):
    erase(newsroom, published, "claim", "comment")
    with database.transaction() as session:
        named = session.scalars(select(Event).where(Event.type == "claim.erased")).one()
        erased = json.loads(named.data)["erased"]
        drop = "DROP TRIGGER events_not_updated"
        session.execute(text(drop if database.dialect == "sqlite" else f"{drop} ON events"))
        session.execute(
            text("UPDATE events SET data = (SELECT data FROM events WHERE id = :one), salt = '' "
                 "WHERE type = 'claim.erased'"),
            {"one": erased[0]},
        )  # fmt: skip
        damaged = named.id
    with database.snapshot() as session:
        found = list(findings(session))
    assert damaged in found[0].where
    with database.transaction() as session:  # the fixture checks that all is well in the end
        session.execute(
            text("UPDATE events SET data = :data, salt = :salt WHERE id = :id"),
            {"data": named.data, "salt": named.salt, "id": named.id},
        )


def test_what_was_erased_stays_as_it_was_left(newsroom, database, published):
    with database.snapshot() as session:
        kept = {event.id: event for event in session.scalars(select(Event))}
    erase(newsroom, published, "claim", "comment")
    erase(newsroom, published, "verdict", "title")
    told = select(Event.id).where(Event.salt == "", Event.type == "claim.rejected")
    with database.snapshot() as session:
        then = kept[session.scalars(told).one()]
    for change, detail in (
        ({"data": then.data, "salt": then.salt}, "there again"),
        ({"data": func.replace(Event.data, "}", ',"comment":"x"}')}, "it was edited"),
        ({"data": func.replace(Event.data, ":", ": ")}, "it was edited"),
    ):
        with all_rights(database) as session:
            session.execute(update(Event).where(Event.id == then.id).values(change))
            assert detail in next(findings(session)).detail
    with all_rights(database) as session:  # what a verdict rests on is no text that must go
        session.execute(text("DELETE FROM citations"))
        (found,) = findings(session)
        assert found.where.startswith("verdict")


def test_the_event_says_what_was_erased(newsroom, published):
    erase(newsroom, published, "claim", "comment")
    erase(newsroom, published, "claim", "claimant", "text")
    history = f"/v1/claims/{published['claim'][0]}/history?limit=200"
    told = newsroom.call("GET", history, "ann").json["items"][-1]["data"]
    assert told["members"] == ["claimant", "text"]
    assert [each["members"] for each in told["earlier"]] == [["comment"]]


def test_an_accounts_holder_is_erased_by_the_operator(newsroom, database, settings):
    newsroom.verdict_in("draft")
    environment = {"VERIFIER_DATABASE_URL": settings.database_url}
    command = ["account", "erase", "rev@border-desk.example", "--reason", "Left us.", "--yes"]
    answer = CliRunner().invoke(main, command, env=environment)
    assert answer.exit_code == 0, answer.output
    assert "rev@border-desk.example" not in everything(database)
    assert '"rev"' not in everything(database)
    newsroom.call("GET", "/v1/me", "rev", status=401)
    with database.snapshot() as session:
        assert list(findings(session)) == []
