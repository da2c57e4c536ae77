"""The pages' addresses, and what another site writes to show a fact-check as a card."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from markupsafe import escape

CARD_WIDTH: Final = 600
CARD_HEIGHTS: Final = ((480, 300), (0, 420))
"""From which width on a card takes which height."""
SANDBOX: Final = "allow-popups allow-popups-to-escape-sandbox"
_PAGE: Final = re.compile(
    r"/factchecks/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?:/card)?/?"
)


class Site(NamedTuple):
    """Where readers reach the service: `VERIFIER_PUBLIC_URL`."""

    url: str

    @property
    def base(self) -> str:
        """What the paths of links within the site begin with: nothing, or the path of the URL."""
        return urlsplit(self.url).path.rstrip("/")

    @property
    def listing(self) -> str:
        """The list of all fact-checks."""
        return f"{self.url}/factchecks"

    def page(self, claim_id: str) -> str:
        """A fact-check's page."""
        return f"{self.url}/factchecks/{claim_id}"

    def card(self, claim_id: str) -> str:
        """Its card."""
        return f"{self.page(claim_id)}/card"

    def oembed(self, claim_id: str) -> str:
        """Where another site asks how to embed it; a format may follow."""
        return f"{self.url}/oembed?{urlencode({'url': self.page(claim_id)})}"

    def iframe(self, claim_id: str, title: str, *, width: int, height: int) -> str:
        """The HTML with which another site shows the card."""
        return (
            f'<iframe src="{escape(self.card(claim_id))}" title="{escape(title)}" width="{width}" '
            f'height="{height}" loading="lazy" sandbox="{SANDBOX}" '
            'style="border:0;max-width:100%"></iframe>'
        )

    def claim_at(self, url: str) -> str | None:
        """The id of the claim whose page is at the URL; none where that is no page of this site."""
        try:
            there, here = urlsplit(url), urlsplit(self.url)
        except ValueError:
            return None
        if there.scheme not in ("http", "https") or there.netloc.lower() != here.netloc.lower():
            return None
        found = _PAGE.fullmatch(there.path.removeprefix(self.base))
        return found[1].lower() if found else None


def card_size(max_width: int | None, max_height: int | None) -> tuple[int, int]:
    """(width, height) of a card that fits."""
    width = min(CARD_WIDTH, max_width or CARD_WIDTH)
    height = next(height for least, height in CARD_HEIGHTS if width >= least)
    return width, min(height, max_height or height)
