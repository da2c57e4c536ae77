"""Quotes of a batch, looked for in the texts of the sources that are there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from verifier.claims.anchoring import QuoteAmbiguous, QuoteNotFound, anchor
from verifier.readers.records import Remark
from verifier.sources.models import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from verifier.imports.drafts import PlaceDraft, RowDraft
    from verifier.imports.known import Known, KnownSource

AT_ONCE: Final = 10
"""Texts may be long, so few of them are held."""
LOOSE: Final = "quote: it does not stand in the source's text once, as given; it has no place there"

Wanted = tuple[str, str | None, str | None]


@dataclass(slots=True)
class Anchored:
    """The selectors of quotes by source; None where the text has no one place for a quote."""

    found: dict[str, dict[Wanted, dict[str, Any] | None]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def quote(self, place: PlaceDraft, source: KnownSource, draft: RowDraft) -> dict[str, Any]:
        """The selector members of an appearance.

        Anchored where the source has a text; as given, where it has none.
        """
        wanted = _wanted(place)
        if wanted is None:
            return place.quote
        if source.is_new and source.text is not None:
            selector = _selector(source.text, wanted)
        elif wanted in self.found.get(source.id, {}):
            selector = self.found[source.id][wanted]
        else:
            return place.quote
        if selector is None:
            draft.repairs.append(Remark("", LOOSE))
            return {**place.quote, "start": None, "end": None}
        return selector


def anchored_quotes(session: Session, drafts: Sequence[RowDraft], known: Known) -> Anchored:
    """Every quote of the drafts whose source has a text here."""
    wanted: defaultdict[str, set[Wanted]] = defaultdict(set)
    for draft in drafts:
        for place in draft.claim.places if draft.claim else ():
            key = place.source.address["url_key"]
            source = known.addresses.get(key) if key else known.by_id.get(place.source.id or "")
            quote = _wanted(place)
            if source is not None and quote is not None:
                wanted[source.id].add(quote)
    anchored = Anchored()
    query = select(Source.id, Source.text).where(Source.id.in_(wanted), Source.text.is_not(None))
    for source_id, text in session.execute(query, execution_options={"yield_per": AT_ONCE}):
        for quote in wanted[source_id]:
            anchored.found[source_id][quote] = _selector(text or "", quote)
    return anchored


def _wanted(place: PlaceDraft) -> Wanted | None:
    quote = place.quote
    exact: str | None = quote["exact"]
    return (exact, quote["prefix"], quote["suffix"]) if exact else None


def _selector(text: str, wanted: Wanted) -> dict[str, Any] | None:
    exact, prefix, suffix = wanted
    try:
        return asdict(anchor(text, exact, prefix=prefix, suffix=suffix))
    except (QuoteNotFound, QuoteAmbiguous):
        return None
