"""NDJSON out and in again: the same records, field by field, history aside."""

import json

import pytest
from click.testing import CliRunner

from tests.document import DocumentedClient
from tests.imports.files import bring, lines, report_of, worker_of
from tests.newsroom import QUOTE, open_newsroom
from verifier.app import create_app
from verifier.cli import main
from verifier.events.audit import findings
from verifier.settings import Settings


@pytest.fixture
def worker(app, settings):
    return worker_of(app, settings)


@pytest.fixture
def elsewhere(backend, request, tmp_path):
    """A newsroom on another database, and `run` for commands on it."""
    with request.getfixturevalue(f"{backend}_copies").fresh() as url:
        environment = {
            "VERIFIER_DATABASE_URL": url,
            "VERIFIER_ARCHIVE_DIR": str(tmp_path / "elsewhere"),
            "VERIFIER_RATE_LIMIT": "0",
        }
        settings = Settings.from_env(environment)
        app = create_app(settings)
        app.test_client_class = DocumentedClient
        room = open_newsroom(app)

        def run(*arguments, status=0, content=None):
            answer = CliRunner().invoke(
                main, arguments, env=environment, input=content, catch_exceptions=False
            )
            assert answer.exit_code == status, answer.output
            return answer

        room.run = run
        room.worker = worker_of(app, settings)
        yield room
        with app.extensions["verifier.database"].snapshot() as session:
            assert list(findings(session)) == []
        app.extensions["verifier.database"].dispose()


def exported(room, who="ann"):
    return room.call("GET", "/v1/exports/ndjson?desk=border-desk", who, status=200).data


def records(content):
    return {record["id"]: record for record in map(json.loads, content.splitlines())}


def busy_desk(room):
    """Claims in every state, with all that may hang on them."""
    claim, first = room.published(
        room.claim(
            text="«Российские миротворцы» уйдут раньше срока — заявил представитель.",
            claimant={"name": "Ali Əliyev", "kind": "person", "same_as": "https://w.example/q1"},
            claimed_on="2024-04-17", language="ru", topics=["army", "a; b\\c"], accepted=True,
            appearances=[
                {"source": room.source(url=None)["id"], "quote": {"exact": QUOTE}, "first": True},
            ],
        )
    )  # fmt: skip
    verdict = room.verdict(claim, rating="half-true", explanation="It is *less* sure.\n\n- one")
    correction = {"kind": "correction", "note": "The date was wrong."}
    room.act(verdict, "rev", "propose", correction=correction)
    room.act(verdict, "rev2", "approve")
    room.act(verdict, "ed", "publish", url="https://border-desk.example/checks/1")
    source = room.source(url="https://news.example/second", title="Second", text="Other words.")
    withdrawn = room.evidence(claim, source, stance="refutes", note="No.")
    path = f"/v1/evidence/{withdrawn['id']}"
    room.act(path, "con", "withdraw", reason="It was a parody.")
    original = room.claim(text="Nine billion were paid.", priority="urgent")
    again = room.claim(text="Nine billion were paid!", allow_duplicate=True)
    repeated = room.claim(text="They paid nine billion.")
    room.act(original, "rev", "mark_duplicate", of=repeated.rpartition("/")[2])
    room.act(room.claim(text="Rain will come."), "rev", "reject", reason="prediction")
    room.claim(text="It is in review.", accepted=True)
    room.verdict_in("retracted", room.claim(text="Retracted.", accepted=True), evidence=[],
                    rating="unverifiable")  # fmt: skip
    assert again
    assert first


def test_out_and_in_again_on_an_empty_database(newsroom, elsewhere, tmp_path):
    busy_desk(newsroom)
    file = tmp_path / "all.ndjson"
    file.write_bytes(exported(newsroom))

    said = elsewhere.run("import", str(file), "--desk", "border-desk")

    assert "0 already there, 0 refused" in said.output
    there, here = records(exported(elsewhere)), records(file.read_bytes())
    for record_id, record in here.items():
        assert there[record_id] == record
    assert there.keys() == here.keys()
    again = elsewhere.run("import", str(file), "--desk", "border-desk")
    assert "0 taken (0 of them repaired), 7 already there, 0 refused" in again.output
    assert exported(elsewhere) == file.read_bytes()


def test_what_is_brought_back_is_marked_by_its_event(newsroom, elsewhere):
    claim, verdict = newsroom.published()

    elsewhere.run("import", "-", "--desk", "border-desk", content=exported(newsroom))

    shown = elsewhere.call("GET", verdict, status=200).json
    assert (shown["origin"], shown["publisher"], shown["state"]) == ("desk", None, "published")
    assert shown["label"] == "Mostly true"
    inside = elsewhere.call("GET", verdict, "ed", status=200).json
    assert (inside["author"], inside["reviews"]) == ({"id": None, "name": None}, [])
    told = elsewhere.call("GET", f"{claim}/history", status=200).json["items"]
    assert [event["type"] for event in told] == ["verdict.restored"]
    found = elsewhere.call("GET", "/v1/claims?q=troops&rating=mostly-true", status=200).json
    assert [each["id"] for each in found["items"]] == [claim.rpartition("/")[2]]


def test_over_http_nobody_makes_a_verdict_the_desks_own(newsroom, elsewhere):
    claim, verdict = newsroom.published()

    done = bring(elsewhere, elsewhere.worker, exported(newsroom))

    assert done["counts"] == {"taken": 1, "already_there": 0, "repaired": 0, "refused": 0}
    shown = elsewhere.call("GET", verdict, status=200).json
    assert (shown["origin"], shown["publisher"]) == ("imported", "border-desk")
    listed = elsewhere.call("GET", claim, status=200).json["verdict"]
    assert (listed["origin"], listed["publisher"]) == ("imported", "border-desk")
    told = elsewhere.call("GET", f"{claim}/history", status=200).json["items"]
    assert [event["type"] for event in told] == ["verdict.imported"]


def test_records_of_the_desk_are_there_already(newsroom, worker):
    newsroom.published()
    newsroom.claim(text="Another one.")

    done = bring(newsroom, worker, exported(newsroom))

    assert done["counts"] == {"taken": 0, "already_there": 2, "repaired": 0, "refused": 0}


def test_ids_that_another_desk_has_give_way_and_are_known_again(newsroom, worker):
    newsroom.published(
        newsroom.claim(accepted=True, appearances=[{"source": newsroom.source(url=None)["id"]}])
    )
    content = exported(newsroom)

    done = bring(newsroom, worker, content, "cas_ann", desk="caspian-check")
    again = bring(newsroom, worker, content + b"\n", "cas_ann", desk="caspian-check")

    assert done["counts"] == {"taken": 1, "already_there": 0, "repaired": 1, "refused": 0}
    (row,) = report_of(newsroom, done, "cas_ann")
    assert [each["detail"].split(":")[0] for each in row["repairs"]] == [
        "claim", "evidence", "verdict", "appearance",
    ]  # fmt: skip
    assert again["counts"]["already_there"] == 1
    theirs = newsroom.call("GET", f"/v1/claims/{row['claim']}", status=200).json
    assert (theirs["desk"], theirs["verdict"]["publisher"]) == ("caspian-check", "border-desk")
    assert theirs["id"] not in content.decode()


def test_no_claim_is_the_duplicate_of_itself(newsroom, worker):
    claim = newsroom.claim(text="The record of a duplicate.")
    record = json.loads(exported(newsroom))
    claim_id = record["id"][:-1] + ("0" if record["id"][-1] != "0" else "1")
    changed = {"id": claim_id, "text": "x", "status": "duplicate", "duplicate_of": claim_id}

    done = bring(newsroom, worker, lines(record | changed))

    (row,) = report_of(newsroom, done)
    assert [each["pointer"] for each in row["repairs"]] == ["/duplicate_of"]
    told = newsroom.call("GET", f"/v1/claims/{row['claim']}", "ed", status=200).json
    assert (told["status"], told["duplicate_of"]) == ("duplicate", None)
    assert row["claim"] not in claim


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"id": "1"}, "/id"),
        ({"id": "ffffffff-ffff-7fff-bfff-ffffffffffff"}, "/id"),
        ({"created_at": "2026-02-03T04:05:06Z"}, "/id"),
        (
            {"id": "03bb2cc3-d800-7000-8000-000000000000", "created_at": "2100-01-01T00:00:00Z"},
            "/id",
        ),
        ({"text": ""}, "/text"),
        ({"text": "x" * 5001}, "/text"),
        ({"created_at": "yesterday"}, "/created_at"),
        ({"desk": {"slug": "A B", "name": "x", "url": None, "language": "en"}}, "/desk/slug"),
        ({"appearances": [{"id": None}]}, "/appearances/0/id"),
        ({"verdict": {"rating": "false"}}, "/verdict/id"),
        ({"topics": 7}, "/topics"),
        ({"evidence": [[]]}, "/evidence/0"),
        ({"claimant": {"name": 1}}, "/claimant/name"),
    ],
)
def test_what_is_no_record_is_refused_with_its_pointer(newsroom, worker, change, pointer):
    newsroom.claim()
    record = {**json.loads(exported(newsroom)), **change}

    done = bring(newsroom, worker, lines(record))

    (row,) = report_of(newsroom, done)
    assert row["outcome"] == "refused"
    assert pointer in [reason["pointer"] for reason in row["reasons"]]
    assert json.loads(row["raw"]) == record
