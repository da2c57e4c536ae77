"""Claims by what they say: a list's `q`, with every other filter, in its order or by relevance."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from sqlalchemy import or_, select

from verifier.claims.filters import CONDITIONS, conditions_for, values_for
from verifier.claims.listing import claims_page
from verifier.claims.models import Claim
from verifier.claims.queries import PUBLISHED, READABLE, claims_by_id, desks_of, showing
from verifier.fulltext.asking import Wanted
from verifier.fulltext.highlighting import snippet_of
from verifier.fulltext.reach import reach_of
from verifier.fulltext.saying import find_saying

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from verifier.accounts.actor import Actor
    from verifier.fulltext.saying import Hit
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow, Reader


class Page(NamedTuple):
    """Rows of claims, one more than the page holds, what each is sorted by, and how it is shown."""

    rows: Sequence[AnyRow]
    key: Callable[[AnyRow], Any]
    show: Callable[[AnyRow], str]


def find_claims(reader: Reader, actor: Actor, query: dict[str, Any], page: PageRequest) -> Page:
    """A page of the claims that the actor may see, by the list's filters and words."""
    show = showing(actor)
    if "q" not in query:
        return Page(claims_page(reader, actor, query, page), attrgetter("key"), show)
    reach = reach_of(
        reader, actor, query["q"], language=query.get("language"), desk=query.get("desk")
    )
    wanted = Wanted.read(query["q"], reach.languages)
    if query.get("highlight"):
        show = _highlighting(show, wanted, reach.languages)
    hits = find_saying(reader, reach, wanted)
    by_relevance = query["sort"] == "relevance"
    if by_relevance and (hits.found or hits.are_all):
        return _by_relevance(reader, actor, query, page, hits.found)._replace(show=show)
    beside = {name: value for name, value in query.items() if name != "q"}
    if by_relevance:
        # What has no word that ranks is listed from the newest on.
        beside["sort"] = "-created_at"
    if hits.are_all:
        beside["found"] = [hit.claim_id for hit in hits.found]
    else:
        beside["said"] = wanted
    return Page(claims_page(reader, actor, beside, page), attrgetter("key"), show)


def searched(reader: Reader, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """The query with its words read, as `conditions_for` and `values_for` take them."""
    if "q" not in query:
        return query
    reach = reach_of(reader, actor, query["q"], language=query.get("language"))
    wanted = Wanted.read(query["q"], reach.languages)
    said: dict[str, Any] = {"found": []} if wanted.is_empty else {"said": wanted}
    return {name: value for name, value in query.items() if name != "q"} | said


def _by_relevance(
    reader: Reader, actor: Actor, query: dict[str, Any], page: PageRequest, hits: Sequence[Hit]
) -> Page:
    scores = {hit.claim_id: hit.score for hit in hits}
    values = values_for(actor, query) | desks_of(actor) | {"found": list(scores)}
    those = select(Claim.id).where(
        CONDITIONS["found"], or_(READABLE, PUBLISHED), *conditions_for(query)
    )
    order = sorted(
        ((scores[claim], claim) for claim in reader.scalars(those, values)), reverse=True
    )
    if (last := page.position) is not None:
        order = [each for each in order if each < (last.key, last.id)]
    shown = [claim for _, claim in order[: page.limit + 1]]
    rows = claims_by_id(reader, actor, shown)
    return Page([rows[claim] for claim in shown], lambda row: scores[row.id], showing(actor))


def _highlighting(
    show: Callable[[AnyRow], str], wanted: Wanted, languages: Sequence[str]
) -> Callable[[AnyRow], str]:
    """As `show`, with the places where the claim says what is wanted."""

    def shown(row: AnyRow) -> str:
        claim = orjson.loads(row.document)
        read = [*languages, claim["language"] or ""]
        members = {
            "text": claim["text"],
            "claimant": (claim["claimant"] or {}).get("name"),
            "title": (claim["verdict"] or {}).get("title"),
            "summary": (claim["verdict"] or {}).get("summary"),
        }
        highlights = [
            {
                "member": member,
                "snippet": snippet.text,
                "marks": [{"start": start, "end": end} for start, end in snippet.marks],
            }
            for member, text in members.items()
            if text and (snippet := snippet_of(text, wanted, read))
        ]
        return f'{show(row)[:-1]},"highlights":{orjson.dumps(highlights).decode()}}}'

    return shown
