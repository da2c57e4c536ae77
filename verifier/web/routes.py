"""The pages that everybody may read. Whoever asks is nobody here: a token changes nothing."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, request
from marshmallow import ValidationError

from verifier.accounts.actor import ANONYMOUS
from verifier.accounts.scales import NORMALISED
from verifier.claims.listing import key_type
from verifier.claims.searching import find_claims
from verifier.exports.claimreview import review
from verifier.exports.queries import record
from verifier.kit import problems
from verifier.kit.errors import DomainError, NotFound
from verifier.kit.pagination import CursorUnreadable, PageRequest
from verifier.kit.transactions import database, looking_up
from verifier.web import queries
from verifier.web.factcheck import Factcheck, read_factcheck
from verifier.web.links import CARD_WIDTH, card_size
from verifier.web.rendering import (
    CARD_POLICY,
    answer,
    guarded,
    in_script,
    readers_words,
    render,
    site,
)
from verifier.web.schemas import SearchQuery
from verifier.web.words import LANGUAGES, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.kit.rows import Reader

blp = Blueprint("factchecks", __name__)
PAGE_LENGTH: Final = 20
LONGEST_DESCRIPTION: Final = 200
LONGEST_WORD: Final = 30
SEARCH: Final = SearchQuery()
SAID: Final = {HTTPStatus.NOT_FOUND: "not_found", HTTPStatus.SERVICE_UNAVAILABLE: "busy"}
"""What an error page says, by status."""
SERVER_ERROR: Final = HTTPStatus.INTERNAL_SERVER_ERROR


class Found(NamedTuple):
    """What a search has come to: a page of claims with their verdicts, or what is wrong with it."""

    asked: dict[str, str]
    items: list[dict[str, Any]]
    older: str | None = None
    """The address of the page that follows."""
    faults: Sequence[str] = ()
    status: HTTPStatus = HTTPStatus.OK


@blp.get("/factchecks")
def list_factchecks() -> Response:
    """What was published, newest first, or what a search finds."""
    given = {name: text for name in SEARCH.fields if (text := request.args.get(name, "").strip())}
    with looking_up() as connection:
        desks = queries.publishing_desks(connection)
        found = _search(connection, given)
    query = {name: text for name, text in found.asked.items() if name != "cursor"}
    html = render(
        "list.html",
        readers_words(),
        found=found,
        query=dict.fromkeys(SEARCH.fields, "") | query,
        searched=bool(query),
        cursor=given.get("cursor"),
        first=_address(query),
        desks=desks,
        languages=sorted({*LANGUAGES, query.get("language", LANGUAGES[0])}),
        normalised=NORMALISED,
        url=site().listing,
    )
    sent = answer(html, status=found.status)
    sent.vary.add("Accept-Language")
    return sent


@blp.get("/factchecks/<id:claim_id>")
def show_factcheck(claim_id: str) -> Response:
    """A fact-check, whole; what was retracted says so, with 410."""
    with database().snapshot() as session:
        check = _read(queries.factcheck_document(session, claim_id))
        exported = record(session, ANONYMOUS, claim_id)
    reviewed = exported and review(orjson.loads(exported.document), public_url=site().url).document
    width, height = card_size(CARD_WIDTH, None)
    html = render(
        "factcheck.html",
        Words(check.language),
        check=check,
        url=site().page(claim_id),
        oembed=site().oembed(claim_id),
        description=_description(check),
        iframe=site().iframe(claim_id, check.heading, width=width, height=height),
        claimreview=in_script(reviewed) if reviewed else None,
    )
    return answer(html, version=check.verdict["version"], status=_status(check))


@blp.get("/factchecks/<id:claim_id>/card")
def show_card(claim_id: str) -> Response:
    """A fact-check in short, to be shown in a frame of another site."""
    with looking_up() as connection:
        check = _read(queries.factcheck_document(connection, claim_id))
    html = render("card.html", Words(check.language), check=check, url=site().page(claim_id))
    version = check.verdict["version"]
    return answer(html, version=version, status=_status(check), policy=CARD_POLICY)


@blp.get("/factchecks/<path:_elsewhere>")
def show_nothing(_elsewhere: str) -> Response:
    """A mistyped address, answered as a reader would want it."""
    message = "There is no such page."
    raise NotFound(message)


def answer_error(error: Exception) -> Response:
    """A page for who reads pages, and a problem document for who asks for one."""
    if isinstance(error, DomainError):
        problem = problems.answer_domain_error(error)
    else:
        problem = problems.answer_unexpected(error)
    problem.vary.update(("Accept", "Accept-Language"))
    offered = ["text/html", problems.MEDIA_TYPE, "application/json"]
    if request.accept_mimetypes.best_match(offered, default="text/html") == "text/html":
        status = HTTPStatus(problem.status_code)
        said = SAID.get(status, "went_wrong" if status >= SERVER_ERROR else "bad_request")
        problem.set_data(render("error.html", readers_words(), status=status.value, said=said))
        problem.mimetype = "text/html"
    guarded(problem).headers["Cache-Control"] = "no-store"
    return problem


blp.register_error_handler(Exception, answer_error)


def _read(document: str | None) -> Factcheck:
    if document is None:
        message = "There is no such fact-check, or it was never published."
        raise NotFound(message)
    return read_factcheck(orjson.loads(document))


def _status(check: Factcheck) -> HTTPStatus:
    return HTTPStatus.GONE if check.is_retracted else HTTPStatus.OK


def _description(check: Factcheck) -> str:
    if check.is_retracted:
        return check.heading
    text = f"{check.rating.label}: {check.verdict['summary'] or check.claim['text']}"
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    begun, _, word = text[:LONGEST_DESCRIPTION].rpartition(" ")
    # Not every language puts spaces between its words.
    return f"{begun if len(word) <= LONGEST_WORD else text[:LONGEST_DESCRIPTION]} …"


def _search(connection: Reader, given: dict[str, str]) -> Found:
    try:
        return _find(connection, SEARCH.load(given))
    except ValidationError as error:
        return Found(given, [], None, _sentences(error), HTTPStatus.UNPROCESSABLE_ENTITY)
    except CursorUnreadable as error:
        return Found(given, [], None, [error.detail], HTTPStatus.BAD_REQUEST)


def _find(connection: Reader, query: dict[str, Any]) -> Found:
    sort = "relevance" if "q" in query else _order(query)
    wanted = {**query, "limit": PAGE_LENGTH, "sort": sort, "status": "verified"}
    page = PageRequest.read(wanted, name="factchecks", key_type=key_type(sort))
    found = find_claims(connection, ANONYMOUS, wanted, page)
    rows, more = page.cut(found.rows)
    items = [orjson.loads(row.document) for row in rows]
    signed = queries.signatures(connection, [item["verdict"]["id"] for item in items])
    items = [{**item, "signed": signed[item["verdict"]["id"]]} for item in items]
    if not more:
        return Found(query, items)
    cursor = page.cursor_after(found.key(rows[-1]), rows[-1].id)
    return Found(query, items, _address({**query, "cursor": cursor}))


def _order(query: dict[str, Any]) -> str:
    """By publication as far as an index has it: a filter's own index has the order of creation."""
    return "-published_at" if query.keys() <= {"desk", "cursor"} else "-created_at"


def _address(parameters: dict[str, str]) -> str:
    """The list's, with these parameters."""
    return f"{site().base}/factchecks" + (f"?{urlencode(parameters)}" if parameters else "")


def _sentences(error: ValidationError) -> list[str]:
    messages: dict[str, list[str]] = error.messages_dict
    return [f"{name}: {sentence}" for name, said in messages.items() for sentence in said]
