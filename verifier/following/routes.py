"""Endpoints for programs that follow what happens: a desk's events, and everybody's corrections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, current_app

from verifier.accounts.auth import actor, actor_still, requires
from verifier.accounts.permissions import Permission, demand
from verifier.events.service import head_of
from verifier.following import schemas, service
from verifier.kit import answers
from verifier.kit.clock import FIRST_ID
from verifier.kit.pagination import PageRequest
from verifier.kit.rest import Blueprint
from verifier.kit.schemas import poll_of
from verifier.kit.transactions import looking_up, reading
from verifier.kit.waiting import wait_for
from verifier.reviews import corrections

if TYPE_CHECKING:
    from verifier.following.service import News

blp = Blueprint("following", __name__, description="What happens, for programs that follow it.")


@blp.get("/v1/events")
@requires(Permission.EVENT_READ)
@blp.filters(schemas.EventQuery)
@blp.follows(poll_of(schemas.FollowedEvent), example=schemas.FOLLOWED_SHOWN)
def follow_events(query: dict[str, Any]) -> Response:
    """A desk's events in order, from any of them on, to its members; `wait` for the next."""
    seconds = query.pop("wait")
    with reading() as session:
        desk_id = service.own_desk(session, actor(), query.get("desk"))
        page = PageRequest.read(query, name=f"events/{desk_id}", always_keyed=True)
        if page.position is not None:
            position = page.position.key
        elif "since" in query:
            position = service.position_before(session, desk_id, query["since"])
        else:
            position = 0
    news = _news(desk_id, position, page.limit, query)

    def is_there() -> bool:
        nonlocal news
        with looking_up() as connection:
            if head_of(connection, desk_id) == news.reached:
                return False
        demand(actor_still(), Permission.EVENT_READ, desk_id)
        news = _news(desk_id, news.reached, page.limit, query)
        return bool(news.items) or news.more

    if not news.items and not news.more:
        wait_for(is_there, seconds=seconds)
    onward = page.cursor_after(news.reached, desk_id)
    return answers.news(news.items, following=onward, more=news.more)


def _news(desk_id: str, position: int, limit: int, query: dict[str, Any]) -> News:
    with reading() as session:
        return service.events_after(session, actor(), desk_id, position, limit=limit, filters=query)


@blp.get("/v1/corrections")
@requires(Permission.CORRECTION_READ)
@blp.filters(schemas.CorrectionQuery)
@blp.follows(poll_of(schemas.CorrectionDocument), example=schemas.CORRECTION_SHOWN)
def list_corrections(query: dict[str, Any]) -> Response:
    """What replaced published verdicts, or that nothing did, in the order in which it happened."""
    page = PageRequest.read(query, name="corrections", always_keyed=True)
    filters = {name: query.get(name) for name in ("desk", "since")}
    with reading() as session:
        rows, more = page.cut(corrections.corrections_page(session, page, **filters))
    public_url = current_app.config["PUBLIC_URL"]
    items = [corrections.shown(row, public_url=public_url) for row in rows]
    reached = (rows[-1].seq, rows[-1].id) if rows else _reached(page)
    return answers.news(items, following=page.cursor_after(*reached), more=more)


def _reached(page: PageRequest) -> tuple[int, str]:
    return (page.position.key, page.position.id) if page.position else (0, FIRST_ID)
