"""Pages of claims: put together from walks along indexes, so that a page costs what it shows.

A walk goes through one of the actor's desks, or through all that is published, in the order of the
page, and ends after a page's length. How much is stored beside its way does not matter to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, exists, literal_column, not_, null, select, union

from verifier.accounts.models import Desk
from verifier.claims.filters import CONDITIONS, values_for
from verifier.claims.models import Claim, ClaimTopic
from verifier.claims.queries import DOCUMENTS, PUBLISHED, desks_of
from verifier.claims.ways import SORTS, way_of
from verifier.claims.workflow import CLAIM_WORKFLOW
from verifier.kit.columns import Id, is_among
from verifier.kit.pagination import Order, Position

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute

    from verifier.accounts.actor import Actor
    from verifier.claims.ways import Along, Way
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow, AnySelect, Reader

KEYS: Final[dict[str, tuple[InstrumentedAttribute[Any] | None, type]]] = {
    "created_at": (None, int),
    "updated_at": (Claim.updated_at, datetime),
    "priority": (Claim.priority, int),
    "due_at": (Claim.due_at, datetime),
    "published_at": (Claim.published_at, datetime),
}
"""By which column each sort goes, and its type; ids are in the order of creation."""
INSIDE: Final = frozenset(("assignee", "drifted", "priority", "due_at"))
"""Filters and sorts by what only a desk and its partners see: what is theirs alone is listed."""
STATUSES: Final = CLAIM_WORKFLOW.states()
MOST_REMEMBERED: Final = 100  # a statement takes a quarter of a megabyte
_TOPIC: Final = ClaimTopic.topic == bindparam("topic")
_HAS_TOPIC: Final = exists().where(ClaimTopic.claim_id == Claim.id, _TOPIC)
_IDS: Final = {
    "created_after": ClaimTopic.claim_id >= bindparam("lowest_id"),
    "created_before": ClaimTopic.claim_id < bindparam("highest_id"),
}
_OTHER_DESK: Final = (
    select(Desk.id)
    .where(Desk.slug == bindparam("desk"), not_(is_among(Desk.id, "readable")))
    .scalar_subquery()
)
"""The wanted desk, unless it is one whose claims the actor sees all of."""


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
    """The type of the key that the sort goes by; a relevance is a whole number."""
    name = sort.removeprefix("-")
    return KEYS[name][1] if name in KEYS else int


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


@lru_cache(MOST_REMEMBERED)
def _statement(kind: Kind) -> AnySelect:
    key, _ = KEYS[kind.key]
    by, way = way_of(kind.filters, kind.key)
    row_id = ClaimTopic.claim_id if by == "topic" else Claim.id
    order = Order(key, row_id, kind.descending, nullable=kind.key == "due_at")
    limit: ColumnElement[int] = literal_column(str(kind.limit))
    pages = []
    for walks in _scopes(kind, by, way, order):
        stretches = [
            walk.where(*conditions).order_by(*stretch.by()).limit(limit)
            for walk in walks
            for stretch, conditions in _stretches(order, _position(kind))
        ]
        pages.append(_first(stretches, order, limit))
    shown = _first(pages, order, limit).subquery()
    whole = replace(order, key=key and shown.c.key, id=shown.c.id)
    return (
        DOCUMENTS.add_columns(shown.c.key if key else null().label("key"))
        .join(shown, shown.c.id == Claim.id)
        .order_by(*whole.by())
    )


def _first(pages: list[AnySelect], order: Order, limit: ColumnElement[int]) -> AnySelect:
    """The first rows of them all."""
    if len(pages) == 1:
        return pages[0]
    found = union(*(select(page.subquery()) for page in pages)).subquery()
    whole = replace(order, key=found.c.key if order.key else None, id=found.c.id)
    return select(found).order_by(*whole.by()).limit(limit)


def _scopes(kind: Kind, by: str, way: Way, order: Order) -> Iterator[list[AnySelect]]:
    """For each desk, and for what is published, the walks through it, without their order."""
    columns = [order.id.label("id"), *([order.key.label("key")] if order.key else [])]
    start, where = _start(kind, by, select(*columns))
    for n in range(kind.desks):
        desk: ColumnElement[str] = bindparam(f"desk_{n}", type_=Id)
        if "desk" in kind.filters:
            wanted = select(Desk.id).where(Desk.id == desk, Desk.slug == bindparam("desk"))
            desk = wanted.scalar_subquery()
        yield _walks(kind, start.where(where.desk_id == desk), where, way.desk)
    if INSIDE & {*kind.filters, kind.key}:
        return
    start = start.where(ClaimTopic.is_public if by == "topic" else PUBLISHED)
    if "desk" in kind.filters:
        # Known before the first claim is read: nobody looks for the claims of no desk.
        start = start.where(_OTHER_DESK.is_not(None), where.desk_id == _OTHER_DESK)
    yield _walks(kind, start, where, way.public_desk if "desk" in kind.filters else way.public)


def _start(kind: Kind, by: str, walk: AnySelect) -> tuple[AnySelect, type[Claim | ClaimTopic]]:
    """The way's table, with the conditions that hold wherever it leads."""
    beside = {name: CONDITIONS[name] for name in kind.filters - {"desk"}}
    if by != "topic":
        walk = walk.select_from(Claim)
        if "topic" in beside:
            beside["topic"] = _HAS_TOPIC
        return walk.where(*beside.values()), Claim
    walk = walk.select_from(ClaimTopic).where(_TOPIC)
    del beside["topic"]
    if beside.pop("status", None) is not None:
        walk = walk.where(ClaimTopic.status == bindparam("status"))
    walk = walk.where(*(_IDS[name] for name in beside.keys() & _IDS.keys()))
    if beside or kind.key in SORTS:
        walk = walk.join(Claim, Claim.id == ClaimTopic.claim_id).where(*beside.values())
    return walk, ClaimTopic


def _walks(
    kind: Kind, walk: AnySelect, where: type[Claim | ClaimTopic], along: Along
) -> list[AnySelect]:
    """One walk, or one for each status where the index has them apart."""
    if along.name is not None:
        walk = walk.with_hint(where, f"INDEXED BY {along.name}", "sqlite")
    if not along.by_status or "status" in kind.filters:
        return [walk]
    return [walk.where(where.status == literal_column(f"'{status}'")) for status in STATUSES]


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
    order, beyond = replace(order, nullable=False), replace(order, key=None, nullable=False)
    with_key, without = order.key.is_not(None), order.key.is_(None)
    if position is None:
        yield order, [with_key]
        yield order, [without]
    elif position.key is not None:
        yield order, [with_key, order.after(position)]
        yield order, [without]
    else:
        # By the key as well, though it is none: PostgreSQL takes the index for that order only.
        yield order, [without, beyond.after(position)]
