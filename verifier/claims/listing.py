"""Pages of claims: put together from walks along indexes, so that a page costs what it shows.

A walk goes through one of the actor's desks, or through all that is published, in the order of the
page, and ends after a page's length. How much is stored beside its way does not matter to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, literal_column, null, select, union

from verifier.accounts.models import Desk
from verifier.claims.filters import CONDITIONS, values_for
from verifier.claims.models import Claim, ClaimTopic
from verifier.claims.queries import DOCUMENTS, PUBLISHED, desks_of
from verifier.kit.columns import Id
from verifier.kit.pagination import Order, Position

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute

    from verifier.accounts.actor import Actor
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow, AnySelect, Reader

KEYS: Final[dict[str, tuple[InstrumentedAttribute[Any] | None, type]]] = {
    "created_at": (None, int),
    "updated_at": (Claim.updated_at, datetime),
    "priority": (Claim.priority, int),
    "due_at": (Claim.due_at, datetime),
}
"""By which column each sort goes, and its type; ids are in the order of creation."""
INSIDE: Final = frozenset(("assignee", "priority", "due_at"))
"""Filters and sorts by what only a desk and its partners see: what is theirs alone is listed."""


@dataclass(frozen=True, slots=True)
class Kind:
    """All that the text of a page's statement depends on.

    `key` is what the sort goes by. `after` says what the page before ended with: a key ("key"), no
    key ("id"), or that there was none ("").
    """

    filters: frozenset[str]
    key: str
    descending: bool
    after: str
    limit: int
    desks: int


def key_type(sort: str) -> type:
    """The type of the key that the sort goes by."""
    return KEYS[sort.removeprefix("-")][1]


def claims_page(
    reader: Reader, actor: Actor, query: dict[str, Any], page: PageRequest
) -> Sequence[AnyRow]:
    """Claims that the actor may see, and one more than the page holds; `key` is the sort key."""
    desks = sorted(actor.readable_desks)
    last = page.position
    kind = Kind(
        filters=frozenset(CONDITIONS.keys() & query.keys()),
        key=query["sort"].removeprefix("-"),
        descending=query["sort"].startswith("-"),
        after="" if last is None else "id" if last.key is None else "key",
        limit=page.limit + 1,
        desks=len(desks),
    )
    if not desks and INSIDE & {*kind.filters, kind.key}:
        return []
    values = {f"desk_{n}": desk for n, desk in enumerate(desks)}
    values |= values_for(actor, query) | desks_of(actor)
    if last is not None:
        values |= {"last_key": last.key, "last_id": last.id}
    return reader.execute(_statement(kind), values).all()


@lru_cache(maxsize=1000)
def _statement(kind: Kind) -> AnySelect:
    key, _ = KEYS[kind.key]
    row_id = ClaimTopic.claim_id if "topic" in kind.filters else Claim.id
    order = Order(key, row_id, kind.descending, nullable=kind.key == "due_at")
    limit: ColumnElement[int] = literal_column(str(kind.limit))
    found = union(
        *(
            select(walk.where(*conditions).order_by(*stretch.by()).limit(limit).subquery())
            for walk in _walks(kind, order)
            for stretch, conditions in _stretches(order, _position(kind))
        )
    ).subquery()
    whole = replace(order, key=key and found.c.key, id=found.c.id)
    shown = select(found).order_by(*whole.by()).limit(limit).subquery()
    whole = replace(order, key=key and shown.c.key, id=shown.c.id)
    return (
        DOCUMENTS.add_columns(shown.c.key if key else null().label("key"))
        .join(shown, shown.c.id == Claim.id)
        .order_by(*whole.by())
    )


def _walks(kind: Kind, order: Order) -> Iterator[AnySelect]:
    """A statement for each way, without its order: `id` and `key` of the claims along it."""
    columns = [order.id.label("id"), *([order.key.label("key")] if order.key else [])]
    by_topic = "topic" in kind.filters
    walk = select(*columns).select_from(Claim)
    walk = walk.where(*(CONDITIONS[name] for name in kind.filters - {"desk", "topic"}))
    if by_topic:
        walk = walk.join(ClaimTopic, ClaimTopic.claim_id == Claim.id)
        walk = walk.where(ClaimTopic.topic == bindparam("topic"))
    for n in range(kind.desks):
        desk: ColumnElement[str] = bindparam(f"desk_{n}", type_=Id)
        if "desk" in kind.filters:
            wanted = select(Desk.id).where(Desk.id == desk, Desk.slug == bindparam("desk"))
            desk = wanted.scalar_subquery()
        yield walk.where(Claim.desk_id == desk, *([ClaimTopic.desk_id == desk] if by_topic else []))
    if not INSIDE & {*kind.filters, kind.key}:
        walk = walk.where(PUBLISHED, *([CONDITIONS["desk"]] if "desk" in kind.filters else []))
        yield walk.where(ClaimTopic.is_public) if by_topic else walk


def _position(kind: Kind) -> Position | None:
    if not kind.after:
        return None
    key, _ = KEYS[kind.key]
    last_key = bindparam("last_key", type_=key.type) if key and kind.after == "key" else None
    last_id: Any = bindparam("last_id", type_=Id)
    return Position(last_key, last_id)


def _stretches(
    order: Order, position: Position | None
) -> Iterator[tuple[Order, list[ColumnElement[bool]]]]:
    """A walk's order in pieces that an index has: what has no key comes after all that has one."""
    if order.key is None or not order.nullable:
        yield order, [order.after(position)] if position else []
        return
    with_key, without = replace(order, nullable=False), replace(order, key=None, nullable=False)
    if position is None:
        yield with_key, [order.key.is_not(None)]
        yield without, [order.key.is_(None)]
    elif position.key is not None:
        yield with_key, [order.key.is_not(None), with_key.after(position)]
        yield without, [order.key.is_(None)]
    else:
        yield without, [order.key.is_(None), without.after(position)]
