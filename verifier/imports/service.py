"""Asking for an import, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from verifier.accounts.permissions import Permission
from verifier.desks.service import desk_for
from verifier.events.service import record
from verifier.imports.models import Import
from verifier.kit.clock import new_id, now
from verifier.kit.errors import Invalid
from verifier.kit.jobs import enqueue
from verifier.readers.members import KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.accounts.models import Desk

RUN: Final = "import.run"
"""The kind of job that reads an import's file."""
SUFFIX: Final = ".import"
"""Of the files that were brought, in the archive."""
LARGEST_FILE: Final = 64 * 1024 * 1024
STATES: Final = ("queued", "running", "done", "failed")


def mapping_of(pairs: Iterable[str]) -> dict[str, str]:
    """`theirs=ours` pairs as what their columns are called here. Raises `Invalid`."""
    mapping: dict[str, str] = {}
    for pair in pairs:
        theirs, sign, ours = pair.rpartition("=")
        theirs, ours = theirs.strip(), ours.strip()
        if not sign or not theirs or ours not in KNOWN:
            message = f"{pair!r} is no theirs=ours, where ours is one of {', '.join(KNOWN)}."
            raise Invalid.member("/map", message)
        if theirs in mapping:
            raise Invalid.member("/map", f"{theirs!r} is mapped more than once.")
        mapping[theirs] = ours
    return mapping


def request_import(session: Session, actor: Actor, *, desk: str | None, **members: Any) -> Import:
    """Have a file that is in the archive taken into the desk by the worker. An editor's right."""
    home = desk_for(session, actor, Permission.IMPORT_RUN, desk)
    asked = open_import(session, actor, home, restores=False, **members)
    enqueue(session, RUN, asked.id)  # its import tells how it stands
    return asked


def open_import(session: Session, actor: Actor, desk: Desk, **members: Any) -> Import:
    """An import that has not begun: its name, format, mapping, dry_run, sha256, bytes, restores."""
    moment = now()
    counts = ("position", "bytes_read", "taken", "already_there", "repaired", "refused")
    asked = Import(
        id=new_id(), desk_id=desk.id, state="queued", error=None, finished_at=None,
        created_by=actor.account_id, created_at=moment, updated_at=moment,
        **dict.fromkeys(counts, 0), **members,
    )  # fmt: skip
    session.add(asked)
    record(session, actor, "import.requested", asked, desk_id=desk.id)
    return asked


def finish(session: Session, actor: Actor, import_id: str, error: str | None) -> Import:
    """The file was read to its end, or up to where it cannot be read."""
    query = select(Import).where(Import.id == import_id).with_for_update()
    ended = session.scalars(query).one()
    if ended.state in ("done", "failed"):
        return ended
    ended.state, ended.error = ("failed", error) if error else ("done", None)
    ended.finished_at = ended.updated_at = now()
    counts = {name: getattr(ended, name) for name in ("taken", "already_there", "refused")}
    event_type = f"import.{'failed' if error else 'finished'}"
    record(session, actor, event_type, ended, desk_id=ended.desk_id, **counts)
    return ended
