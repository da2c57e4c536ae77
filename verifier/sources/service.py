"""Taking in publications, and correcting what is known about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from sqlalchemy.orm import undefer

from verifier.accounts.permissions import ABSENT, Permission, demand
from verifier.desks.service import desk_for
from verifier.events.chain import sha256
from verifier.events.service import lock_chain, record
from verifier.kit.clock import new_id, now
from verifier.kit.errors import Conflict, Duplicate, Invalid, NotFound
from verifier.kit.jobs import enqueue
from verifier.sources.models import Source
from verifier.sources.urls import UrlNotAccepted, canonical_url, registrable_domain

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.answers import IfMatch


FETCH: Final = "source.fetch"
"""The kind of job that fetches a source and takes a snapshot of it."""


class SourceExists(Duplicate):
    """The desk has a source with the same canonical URL; `existing` names it."""


class TextIsFixed(Conflict):
    """A source's text is what its quotes are anchored in; once there, it is not replaced."""


def submit_source(session: Session, actor: Actor, *, desk: str | None, **members: Any) -> Source:
    """A new source in the desk. The members are those of `sources.reading.read_publication`.

    One that is known by its address only is fetched by the worker.
    """
    home = desk_for(session, actor, Permission.SOURCE_SUBMIT, desk)
    lock_chain(session, home.id)
    moment = now()
    source = Source(
        id=new_id(), desk_id=home.id, created_by=actor.account_id, created_at=moment,
        updated_at=moment, snapshots=[], **addressed(members.pop("url")), **members,
    )  # fmt: skip
    source.text_sha256 = sha256(source.text)
    _refuse_known(session, source)
    session.add(source)
    record(session, actor, "source.submitted", source, desk_id=home.id)
    if source.text is None:
        enqueue(session, FETCH, source.id, desk_id=home.id, requested_by=actor.account_id)
    return source


def update_source(
    session: Session, actor: Actor, source_id: str, *, if_match: IfMatch, **members: Any
) -> Source:
    """Correct what is known of a source, or supply the text of one that has none yet."""
    source = load_source(session, actor, source_id, Permission.SOURCE_SUBMIT, for_update=True)
    if_match.check(source.version)
    if "text" in members and source.text_sha256 is not None:
        message = "This source has its text already, and quotes may be anchored in it."
        raise TextIsFixed(message)
    for name, value in members.items():
        setattr(source, name, value)
    if "text" in members:
        source.text_sha256 = sha256(members["text"])
    source.updated_at = now()
    record(session, actor, "source.updated", source, desk_id=source.desk_id)
    return source


def load_source(
    session: Session,
    actor: Actor,
    source_id: str,
    permission: Permission,
    *,
    for_update: bool = False,
    with_text: bool = False,
) -> Source:
    """The source, if the actor has the permission in its desk."""
    query = select(Source).where(Source.id == source_id)
    query = query.with_for_update() if for_update else query
    source = session.scalar(query.options(undefer(Source.text)) if with_text else query)
    if source is None:
        raise NotFound(ABSENT)
    demand(actor, permission, source.desk_id)
    return source


def addressed(url: str | None) -> dict[str, str | None]:
    """The address in its forms, for a row. Raises `Invalid`."""
    if url is None:
        return {"url": None, "canonical_url": None, "url_key": None, "domain": None}
    try:
        canonical = canonical_url(url)
    except UrlNotAccepted as error:
        raise Invalid.member("/url", str(error)) from None
    key = sha256(canonical)
    domain = registrable_domain(canonical)
    return {"url": url, "canonical_url": canonical, "url_key": key, "domain": domain}


def _refuse_known(session: Session, source: Source) -> None:
    if source.url_key is None:
        return
    same = select(Source.id).where(
        Source.desk_id == source.desk_id, Source.url_key == source.url_key
    )
    if (known := session.scalar(same)) is not None:
        message = f"This desk has {source.canonical_url} as a source already."
        raise SourceExists(message, existing=f"/v1/sources/{known}")
