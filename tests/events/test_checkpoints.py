"""Checkpoints as the API gives them, proofs of claims, and gathering beside those who write."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import func, insert, select

from tests.newsroom import QUOTE
from verifier.cli import main
from verifier.events import merkle
from verifier.events.chain import commitment
from verifier.events.checkpoints import Gatherer, newest_checkpoint
from verifier.events.keys import write_key
from verifier.events.models import Checkpoint, EventChain, TreeChain
from verifier.events.notes import Note, SigningKey, TreeHead, VerifierKey
from verifier.events.proofs import ProofInvalid, check_proof
from verifier.events.tree import gather, is_mine, size_of, waiting_chains
from verifier.settings import Settings
from verifier.worker import open_worker

KEY = SigningKey.generate("trail.example")
OTHER = SigningKey.generate("trail.example")
JSON = {"Accept": "application/json"}


def checkpoint(room, **options):
    return room.call("GET", "/v1/audit/checkpoint", **options)


def proof_of(room, claim, who=None, query="?limit=200"):
    return room.call("GET", f"{claim}/proof{query}", who, status=200).json


def test_the_newest_checkpoint_is_a_signed_note_or_json(newsroom, database):
    assert checkpoint(newsroom).json["type"].endswith("/problems/no-checkpoint-yet")
    Gatherer(database)()
    unsigned = checkpoint(newsroom, status=409).json
    assert unsigned["type"].endswith("/problems/checkpoint-not-signed")
    shown = checkpoint(newsroom, headers=JSON, status=200).json
    assert (shown["note"], shown["origin"], shown["keys"]) == (None, None, [])
    Gatherer(database, [KEY])()

    note = Note.read(checkpoint(newsroom, status=200).text)
    shown = checkpoint(newsroom, headers=JSON, status=200).json
    head = TreeHead.read(note.text)
    assert note.is_signed_by(KEY.verifier)
    assert head == TreeHead("trail.example", shown["size"], bytes.fromhex(shown["root"]))
    assert [VerifierKey.read(each["key"]) for each in shown["keys"]] == [KEY.verifier]
    for accept, kind in (("*/*", "text/plain"), ("application/json, */*", "application/json")):
        answer = checkpoint(newsroom, headers={"Accept": accept})
        assert (answer.mimetype, "Accept" in answer.headers["Vary"]) == (kind, True)


def test_a_later_checkpoint_holds_the_earlier_one(newsroom, database):
    sizes = [0]
    for n in range(3):
        newsroom.claim(text=f"Claim {n}.")
        Gatherer(database, [KEY])()
        sizes.append(checkpoint(newsroom, headers=JSON).json["size"])
    for older in sizes:
        for newer in (size for size in sizes if size >= older):
            path = f"/v1/audit/consistency?from={older}&to={newer}"
            told = newsroom.call("GET", path, status=200).json
            roots = [bytes.fromhex(told[name]) for name in ("from_root", "to_root")]
            path = [bytes.fromhex(each) for each in told["proof"]]
            assert merkle.is_consistent(older, newer, path, *roots)
    newest = newsroom.call("GET", "/v1/audit/consistency?from=1", status=200).json
    assert newest["to"] == sizes[-1]
    for query in ("", "from=2&to=1", f"from=1&to={sizes[-1] + 1}", "from=-1", "from=x", "from=1.0",
                  "from=99999999999999999999", "from=1&to=", "from=1&from=2"):  # fmt: skip
        newsroom.call("GET", f"/v1/audit/consistency?{query}", status=422)


def test_everybody_checks_a_published_claim_and_sees_what_is_public(newsroom, database):
    claim, verdict = newsroom.published()
    newsroom.act(verdict, "ed", "retract", reason="It rests on a parody.")
    Gatherer(database, [KEY])()
    desk, public = (proof_of(newsroom, claim, who) for who in ("con", None))
    for proof in (desk, public):
        proven = check_proof(proof, [KEY.verifier])
        assert (proven.included, proven.pending) == (len(desk["items"]), 0)
    assert all(item["data"] and item["header"] for item in desk["items"])
    opened = [json.loads(item["header"]) for item in public["items"] if item["header"]]
    assert [header["type"] for header in opened] == ["verdict.published", "verdict.retracted"]
    told = [json.loads(item["data"]) for item in public["items"] if item["data"]]
    digest = newsroom.call("GET", verdict).json["digest"]
    assert [each.get("digest") for each in told] == [digest, None]
    assert told[1]["changes"] == {"state": "retracted", "retracted_reason": "It rests on a parody."}
    closed = [item for item in public["items"] if item["header"] is None]
    assert all(item["data"] is None and item["salt"] is None for item in closed)
    for secret in ("claim.submitted", "review.given", newsroom.ids["rev2"], "Said so."):
        assert secret not in json.dumps(public)
        assert secret in json.dumps(desk)


def test_partners_see_no_confidential_evidence_and_the_blind_no_rating(newsroom, database):
    newsroom.set_policy(blind_second_rating=True)
    claim = newsroom.claim(accepted=True)
    source = newsroom.source()
    quote = {"exact": QUOTE}
    secret = newsroom.evidence(claim, source, note="A secret.", confidential=True, quote=quote)
    newsroom.evidence(claim, source, note="No secret.")
    verdict = newsroom.verdict(claim, rating="half-true")
    newsroom.act(verdict, "rev", "propose")
    Gatherer(database, [KEY])()
    desk, partner, blind = (proof_of(newsroom, claim, who) for who in ("rev", "cas", "rev2"))
    assert len(desk["items"]) == len(partner["items"]) == check_proof(partner, []).included
    assert secret["id"] in json.dumps(desk)
    assert secret["id"] not in json.dumps(partner)
    assert "half-true" in json.dumps(desk)
    assert "half-true" not in json.dumps([blind, partner])
    assert "No secret." in json.dumps(partner)


def test_what_is_in_no_tree_yet_is_there_and_pending(newsroom, database):
    claim = newsroom.claim()
    assert check_proof(proof_of(newsroom, claim, "con"), []).pending == 1
    Gatherer(database, [KEY])()
    newsroom.act(claim, "rev", "accept")
    proven = check_proof(proof_of(newsroom, claim, "con"), [KEY.verifier])
    assert (proven.included, proven.pending, proven.readable) == (1, 1, 2)
    first = proof_of(newsroom, claim, "con", "?limit=1")
    assert not check_proof(first, []).is_whole
    rest = proof_of(newsroom, claim, "con", f"?limit=1&cursor={first['next']}")
    assert rest["next"] is None
    newsroom.call("GET", f"{claim}/proof", "out", status=404)


def test_a_proof_costs_the_same_however_much_it_proves(newsroom, database, count_queries):
    claim, _ = newsroom.published()
    Gatherer(database, [KEY])()
    few, many = (count_of(newsroom, claim, count_queries, limit) for limit in (1, 200))
    assert few == many <= 9


def count_of(room, claim, count_queries, limit):
    with count_queries() as queries:
        proof_of(room, claim, "con", f"?limit={limit}")
    return len(queries)


SPOILT = {
    "a hash": (lambda item: {"hash": item["hash"][::-1]}, "header"),
    "a position": (lambda item: {"position": item["position"] + 1}, "path"),
    "a path": (lambda item: {"inclusion": item["inclusion"][1:]}, "path"),
    "a header": (lambda item: {"header": item["header"] + " "}, "header"),
    "data": (lambda item: {"data": item["data"] + " "}, "data"),
    "a salt": (lambda item: {"salt": item["salt"][::-1]}, "data"),
    "data without their header": (lambda _: {"header": None}, "no header"),
    "no hex": (lambda item: {"inclusion": [*item["inclusion"], "x"]}, "no proof"),
    "no item": (lambda item: dict.fromkeys(item, 1), "no proof"),
}


def test_a_spoilt_proof_does_not_hold(newsroom, database):
    claim, _ = newsroom.published()
    Gatherer(database, [KEY])()
    proof = proof_of(newsroom, claim, "con")
    for spoil, told in SPOILT.values():
        first, *others = proof["items"]
        with pytest.raises(ProofInvalid, match=told):
            check_proof({**proof, "items": [{**first, **spoil(first)}, *others]}, [])
    other = newsroom.claim(text="Another claim.")
    with pytest.raises(ProofInvalid, match="none of this claim's"):
        check_proof({**proof, "claim": other.rpartition("/")[2]}, [])
    with pytest.raises(ProofInvalid, match="none of the keys"):
        check_proof(proof, [SigningKey.generate("trail.example").verifier])
    with pytest.raises(ProofInvalid, match="twice"):
        check_proof({**proof, "items": [first, *proof["items"]]}, [])
    for lie in ({"size": 1}, {"root": "00"}):
        with pytest.raises(ProofInvalid, match="than its note"):
            check_proof({**proof, "checkpoint": {**proof["checkpoint"], **lie}}, [])
    for document in (
        [],
        {},
        None,
        1,
        "x",
        {**proof, "claim": "x\nIt is signed by"},
        {**proof, "checkpoint": {}},
        {**proof, "items": 1},
    ):
        with pytest.raises(ProofInvalid):
            check_proof(document, [])


def test_the_command_line_makes_keys_signs_keeps_and_checks(newsroom, settings, tmp_path):
    file, note, saved = (tmp_path / name for name in ("trail.key", "kept.txt", "proof.json"))
    environment = {"VERIFIER_DATABASE_URL": settings.database_url}

    def run(*arguments, status=0):
        answer = CliRunner().invoke(main, ["audit", *map(str, arguments)], env=environment)
        assert answer.exit_code == status, answer.output
        return answer

    assert "No key is set up" in run("verify").stderr
    assert "No key is set up" in run("checkpoint", status=1).stderr
    key = run("keygen", file, "--name", "trail.example").stdout.strip()
    assert VerifierKey.read(key).name == "trail.example"
    assert "--rotate" in run("keygen", file, status=1).stderr
    assert "without spaces" in run("keygen", tmp_path / "k", "--name", "a b", status=1).stderr
    environment["VERIFIER_AUDIT_KEY"] = str(file)
    claim, _ = newsroom.published()
    assert Note.read(run("checkpoint").stdout).is_signed_by(VerifierKey.read(key))
    assert run("keys").stdout.strip() == key
    run("verify", "--keep", note)
    newer = run("keygen", file, "--rotate").stdout.strip()
    saved.write_bytes(newsroom.call("GET", f"{claim}/proof").data)
    assert "among the" in run("proof", saved, "--key", key).stdout
    assert "name a --key" in run("proof", saved).stderr
    assert "none of the keys" in run("proof", saved, "--key", newer, status=1).stderr
    run("verify", "--against", note, "--key", key)
    run("verify", "--fast", "--against", note, "--keep", note)
    assert "none of the keys" in run("verify", "--against", note, "--key", newer, status=1).stderr
    assert "base64" in run("verify", "--against", note, "--key", "x", status=2).stderr
    assert "--against" in run("verify", "--key", key, status=2).stderr
    saved.write_text("{")
    assert "no JSON" in run("proof", saved, status=1).stderr
    note.write_bytes(b"\xff")
    assert "UTF-8" in run("verify", "--against", note, status=1).stderr


def test_the_worker_gathers_and_signs(newsroom, database, settings, tmp_path):
    file = tmp_path / "trail.key"
    write_key(file, KEY)
    with_key = Settings(database_url=settings.database_url, audit_key=str(file),
                        archive_dir=settings.archive_dir)  # fmt: skip
    newsroom.claim()
    with open_worker(with_key) as worker:
        ((gatherer, seconds),) = worker.chores
        gatherer()
        worker.database.dispose()
    assert seconds <= 60
    with database.snapshot() as session:
        assert Note.read(newest_checkpoint(session).note).is_signed_by(KEY.verifier)


def test_what_commits_late_is_the_next_and_nobody_waits(newsroom, database):
    """A writer holds a desk's chain all the while; others write, and all is gathered in the end."""
    newsroom.claim(text="Before.")
    Gatherer(database, [KEY])()
    if database.dialect == "postgresql":  # SQLite lets nobody else write meanwhile anyway
        late = newsroom.ids["border-desk"]
        with database.transaction() as writing:
            writing.get_one(EventChain, late, with_for_update=True)
            newsroom.claim("out", text="In another desk.", desk="far-desk")
            Gatherer(database, [KEY])()
            with database.transaction() as gathering:
                assert is_mine(gathering)
                with database.transaction() as other:
                    assert not is_mine(other)
                newsroom.claim("out", text="While somebody gathers.", desk="far-desk")
                gather(gathering)
                newsroom.claim("out", text="And still.", desk="far-desk")
    newsroom.claim(text="After.")
    Gatherer(database, [KEY])()
    with database.snapshot() as session:
        assert waiting_chains(session) == []
        lengths = session.scalars(select(EventChain.length).order_by(EventChain.id)).all()
        assert (
            session.scalars(select(TreeChain.gathered).order_by(TreeChain.chain_id)).all()
            == lengths
        )
        assert size_of(session) == sum(lengths)


def test_a_backlog_is_gathered_in_lots_with_rests_between(newsroom, database):
    rests = []
    for n in range(4):
        newsroom.claim(text=f"Claim {n}.")
    with database.transaction() as session:
        assert gather(session, 3) == 3
        assert gather(session, 3) == 3
    Gatherer(database, [KEY], rests.append)()
    assert rests
    with database.snapshot() as session:
        assert waiting_chains(session) == []


def test_gathering_ends_where_events_were_deleted(newsroom, database):
    """A chain counts an event that is gone: there is nothing to gather, and nothing to sign."""
    newsroom.claim()
    Gatherer(database, [KEY])()
    chain = newsroom.ids["border-desk"]
    with database.transaction() as session:
        session.get_one(EventChain, chain).length += 1
    Gatherer(database, [KEY])()
    with database.transaction() as session:
        session.get_one(EventChain, chain).length -= 1


def test_a_clock_that_went_back_costs_one_checkpoint_at_a_time(newsroom, database):
    """The newest by its id is then the older one, which the new key has not signed."""
    newsroom.claim()
    Gatherer(database, [KEY])()
    with database.transaction() as session:
        newest = newest_checkpoint(session)
        ahead = {**newest._mapping, "id": "ffffffff-ffff-7fff-bfff-ffffffffffff"}
        session.execute(insert(Checkpoint).values(ahead))
    Gatherer(database, [KEY, OTHER])()
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Checkpoint)) == 3


def test_the_commitment_is_what_the_page_says(newsroom):
    claim = newsroom.claim()
    (item,) = proof_of(newsroom, claim, "con")["items"]
    assert json.loads(item["header"])["data"] == commitment(item["salt"], item["data"])
