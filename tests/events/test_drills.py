"""Drills: somebody with all rights on the database changes it by hand, and is caught and named.

Each is done and looked at in a transaction that is then rolled back.
"""

from contextlib import contextmanager
from string import Template

import pytest
from sqlalchemy import delete, select, text, update

from verifier.events.audit import findings
from verifier.events.audit_checkpoints import Kept
from verifier.events.chain import GENESIS, event_hash
from verifier.events.checkpoints import Gatherer, make_checkpoint, newest_checkpoint
from verifier.events.models import (
    Checkpoint,
    Event,
    EventChain,
    TreeChain,
    TreeLeaf,
    TreeNode,
)
from verifier.events.notes import Note, SigningKey, VerifierKey, sign
from verifier.events.tree import gather
from verifier.reviews.models import Recusal

KEY = SigningKey.generate("trail.example")
OTHER = SigningKey.generate("trail.example")
TRIGGERS = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal",
}
PLACES = {
    "this": "WHERE type = 'review.given'",
    "last": "(SELECT id FROM events WHERE type = 'claim.verified')",
    "next": "(SELECT id FROM events WHERE type = 'verdict.published')",
    "unlink": "DELETE FROM tree_leaves",
    "pending": "WHERE id NOT IN (SELECT event_id FROM tree_leaves)",
}
"""What `$this` and the like stand for in the statements."""
DRILLS = {
    "an event edited": ("UPDATE events SET type = 'x' $this", "event", "it was edited"),
    "an event's data edited": ("UPDATE events SET data = '{}' $this", "event", "it was edited"),
    "an event without salt": ("UPDATE events SET salt = '' $this", "event", "it was edited"),
    "an event with a strange salt": ("UPDATE events SET salt = 'x' $this", "event", "was edited"),
    "an event deleted": ("$unlink; DELETE FROM events $this", "event", "was deleted"),
    "two events swapped": (
        ("UPDATE events SET seq = seq + 1000 $this; "
        "UPDATE events SET seq = seq - 1 WHERE type = 'verdict.approved'; "
        "UPDATE events SET seq = seq - 999 $this"),
        "event", "does not follow",
    ),
    "an event inserted": (
        ("UPDATE events SET seq = seq + 1000 WHERE id = $last; "
        "INSERT INTO events SELECT '019a9a3c-52d1-7c40-8a58-1f0e8c1b7d11', chain_id, seq + 1, at, "
        "type, actor_id, subject_type, subject_id, thread_id, data, salt, previous, hash "
        "FROM events WHERE id = $next"),
        "event 019a9a3c-52d1-7c40-8a58-1f0e8c1b7d11", "does not follow",
    ),
    "the tail cut": ("DELETE FROM events $pending", "chain", "tail was cut"),
    "a verdict changed": ("UPDATE verdicts SET rating = 'false'", "verdict", "its rating is not"),
    "a review changed": ("UPDATE reviews SET comment = 'x'", "review", "its comment is not"),
    "a piece of evidence changed": ("UPDATE evidence SET note = 'x'", "evidence", "its note is"),
    "evidence taken from under a verdict": (
        "DELETE FROM citations", "verdict", "its evidence is not what"
    ),
    "a partner made": (
        ("INSERT INTO desk_partners SELECT d.id, p.id FROM desks d, desks p "
        "WHERE d.slug = 'border-desk' AND p.slug = 'far-desk'"), "desk", "its partners is not"
    ),
    "a rating renamed": (
        "UPDATE rating_scales SET ratings = '[]'", "version 1 of the rating scale", "its ratings"
    ),
    "a rating scale inserted": (
        "INSERT INTO rating_scales SELECT desk_id, 2, ratings, created_at FROM rating_scales",
        "version 2 of the rating scale", "no event tells of it",
    ),
    "a rating scale deleted": (
        "DELETE FROM rating_scales", "version 1 of the rating scale", "was deleted"
    ),
    "a claim's verdict changed": (
        "UPDATE claims SET verdict = '[]' WHERE verdict IS NOT NULL", "claim", "its verdict is not"
    ),
    "a leaf deleted": ("DELETE FROM tree_leaves WHERE position = 3", "position 3", "was deleted"),
    "two leaves swapped": (
        ("UPDATE tree_leaves SET position = -1 WHERE position = 20; "
        "UPDATE tree_leaves SET position = 20 WHERE position = 22; "
        "UPDATE tree_leaves SET position = 22 WHERE position = -1"),
        "event", "should stand at its place",
    ),
    "a node changed": (
        ("UPDATE tree_nodes SET hash = (SELECT hash FROM tree_nodes WHERE place = 0) "
        "WHERE place = 2"), "hash 2", "does not follow",
    ),
    "a node too many": (
        "INSERT INTO tree_nodes SELECT 1 + max(place), max(hash) FROM tree_nodes",
        "hash", "no event belongs to it",
    ),
    "a chain that the tree counts wrongly": (
        "UPDATE tree_chains SET gathered = gathered - 1", "chain", "the tree counts"
    ),
    "a checkpoint's root changed": (
        "UPDATE checkpoints SET root = (SELECT hash FROM tree_nodes WHERE place = 0)",
        "checkpoint", "the trail was rewritten",
    ),
    "a checkpoint's size changed": (
        "UPDATE checkpoints SET size = 10000", "checkpoint", "the tail was cut"
    ),
    "a checkpoint's name changed": (
        "UPDATE checkpoints SET origin = 'x'", "checkpoint", "something else than its row"
    ),
    "a checkpoint's note changed": ("UPDATE checkpoints SET note = 'x'", "checkpoint", "no signed"),
    "a checkpoint's signature taken away": (
        "UPDATE checkpoints SET note = NULL", "checkpoint", "taken away"
    ),
    "all checkpoints deleted": ("DELETE FROM checkpoints", "key trail.example", "no checkpoint"),
    "a key forgotten": ("DELETE FROM audit_keys", "checkpoint", "none of the log's keys"),
    "a key changed": ("UPDATE audit_keys SET key = 'x'", "checkpoint", "none of the log's keys"),
}  # fmt: skip


@pytest.fixture
def kept(newsroom, database):
    """A checkpoint that somebody has kept, of a log that has grown since."""
    newsroom.published()
    newsroom.claim(text="One more.")
    Gatherer(database, [KEY])()
    with database.snapshot() as session:
        note = newest_checkpoint(session).note
    newsroom.claim(text="Said after that.")
    Gatherer(database, [KEY])()
    newsroom.claim(text="In no tree yet.")
    return Kept(note, "kept.txt", [KEY.verifier])


@contextmanager
def all_rights(database):
    with database.transaction() as session:
        for name, table in session.execute(text(TRIGGERS[database.dialect])).all():
            on_table = f" ON {table}" if database.dialect == "postgresql" else ""
            session.execute(text(f"DROP TRIGGER {name}{on_table}"))
        yield session
        session.rollback()


def test_whoever_touches_anything_is_caught_at_the_place(database, kept):
    for what, (statements, where, told) in DRILLS.items():
        with all_rights(database) as session:
            for statement in Template(statements).substitute(PLACES).split("; "):
                assert session.execute(text(statement)).rowcount, what
            found = list(findings(session))
        assert found, what
        assert found[0].where.startswith(where), (what, found[0])
        assert told in found[0].detail, (what, found[0])
    with database.snapshot() as session:
        assert list(findings(session, kept=kept)) == []
        assert list(findings(session, kept=kept, fast=True)) == []
        assert list(findings(session, fast=True)) == []


def test_a_tail_that_was_cut_whole_shows_against_a_kept_checkpoint(newsroom, database):
    """Events, heads, tree and checkpoints all fit together; only the note knows better."""
    claim = newsroom.claim()
    newsroom.call("POST", f"{claim}/recusals", "con", json={}, status=201)
    Gatherer(database, [KEY])()
    with database.snapshot() as session:
        kept = Kept(newest_checkpoint(session).note, "kept.txt", [KEY.verifier])
    with all_rights(database) as session:
        wipe_tree(session)
        told = Event.type == "recusal.declared"
        for cut in (delete(Recusal), delete(Event).where(told)):
            assert session.execute(cut).rowcount
        write_anew(session)
        assert list(findings(session)) == []
        for fast in (False, True):
            (found,) = findings(session, kept=kept, fast=fast)
            assert found.where == "kept.txt"
            assert "the tail was cut" in found.detail


def wipe_tree(session):
    for model in (TreeLeaf, TreeNode, TreeChain, Checkpoint):
        session.execute(delete(model))


def write_anew(session):
    """Every event hashed anew, the chains' heads with them, the tree, and a checkpoint of it."""
    for chain in session.scalars(select(EventChain)).all():
        previous, length = GENESIS, 0
        events = select(Event).where(Event.chain_id == chain.id).order_by(Event.seq)
        for event in session.scalars(events).all():
            length += 1
            value = event_hash(
                chain=event.chain_id, seq=event.seq, at=event.at, type=event.type,
                actor=event.actor_id, subject=(event.subject_type, event.subject_id),
                thread=event.thread_id, data=event.data, salt=event.salt, previous=previous,
            )  # fmt: skip
            new = update(Event).where(Event.id == event.id)
            session.execute(new.values(previous=previous, hash=value))
            previous = value
        head = update(EventChain).where(EventChain.id == chain.id)
        session.execute(head.values(length=length, head=previous))
    session.expire_all()
    while gather(session):
        pass
    make_checkpoint(session, [KEY])


def test_a_trail_that_was_written_anew_shows_against_a_kept_checkpoint(database, kept):
    """By somebody who has the key, too, and leaves not one hash that is wrong."""
    with all_rights(database) as session:
        wipe_tree(session)
        session.execute(text("UPDATE events SET actor_id = NULL WHERE type = 'verdict.published'"))
        write_anew(session)
        assert list(findings(session)) == []
        found = list(findings(session, kept=kept))
        assert found[0].where == "kept.txt"
        assert "the trail was rewritten" in found[0].detail
        assert next(findings(session, kept=kept, fast=True)).where == "kept.txt"


def test_a_kept_checkpoint_must_be_one_of_ours(database, kept):
    for spoilt, told in (
        ({"note": "not a note"}, "no signed note"),
        ({"note": kept.note.replace("\n\n", "\nx\n\n")}, "none of the keys"),
        ({"keys": [OTHER.verifier]}, "none of the keys"),
        ({"note": sign("no checkpoint\n", [KEY])}, "checkpoint"),
    ):
        with database.snapshot() as session:
            (found,) = findings(session, kept=kept._replace(**spoilt))
        assert told in found.detail


def test_a_fast_check_finds_what_came_after_and_takes_the_rest_as_hashed(database, kept):
    newest = {"newest": "WHERE data LIKE '%Said after that%'", **PLACES}
    for statement, full, fast in (
        ("UPDATE events SET type = 'x' $newest", True, True),
        ("UPDATE claims SET text = 'x' WHERE text = 'Said after that.'", True, True),
        ("UPDATE claims SET text = 'x' WHERE text = 'In no tree yet.'", True, True),
        ("UPDATE events SET type = 'x' $this", True, False),
        ("UPDATE claims SET text = 'x' WHERE text = 'One more.'", True, False),
    ):
        with all_rights(database) as session:
            session.execute(text(Template(statement).substitute(newest)))
            assert bool(list(findings(session, kept=kept))) is full, statement
            assert bool(list(findings(session, kept=kept, fast=True))) is fast, statement


def test_keys_change_without_breaking_what_was_signed(newsroom, database, kept):
    Gatherer(database, [KEY, OTHER])()
    with database.snapshot() as session:
        both = newest_checkpoint(session).note
    newsroom.claim(text="Said under the new key.")
    Gatherer(database, [OTHER])()
    answer = newsroom.call("GET", "/v1/audit/checkpoint", headers={"Accept": "application/json"})
    keys = [VerifierKey.read(each["key"]) for each in answer.json["keys"]]
    assert keys == [KEY.verifier, OTHER.verifier]
    assert Note.read(both).signers(keys) == keys
    assert Note.read(answer.json["note"]).signers(keys) == [OTHER.verifier]
    with database.snapshot() as session:
        for note in (kept.note, both, answer.json["note"]):
            assert list(findings(session, kept=Kept(note, "kept.txt", keys))) == []


@pytest.mark.usefixtures("kept")
def test_nothing_is_added_where_nothing_happened(database):
    Gatherer(database, [KEY])()
    with database.snapshot() as session:
        before = session.scalars(select(Checkpoint.id)).all()
    Gatherer(database, [KEY])()
    Gatherer(database)()
    with database.snapshot() as session:
        assert session.scalars(select(Checkpoint.id)).all() == before
