"""From templates to answers: pages that load nothing, run nothing and say so in their headers."""

from __future__ import annotations

import base64
import hashlib
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import orjson
from flask import Response, current_app, request
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from verifier.kit.answers import resource
from verifier.kit.languages import direction_of, tongue
from verifier.kit.markdown import rendered
from verifier.kit.weblinks import host_of, is_web_address
from verifier.web.links import Site
from verifier.web.words import Words, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

STYLE: Final = (files("verifier.web") / "style.css").read_text("utf-8")
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'self'; "
)
PAGE_POLICY: Final = f"{_POLICY}frame-ancestors 'none'"
CARD_POLICY: Final = f"{_POLICY}frame-ancestors *"
FRESH: Final = "public, max-age=60"
"""Long enough to take the load off a page that many read, short enough for a retraction."""
_IN_SCRIPT: Final = str.maketrans({letter: f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"})

ENVIRONMENT: Final = Environment(
    loader=PackageLoader("verifier.web"),
    autoescape=True,
    auto_reload=False,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters |= {"markdown": rendered, "host": host_of, "is_web_address": is_web_address}
ENVIRONMENT.globals |= {
    "style": Markup(STYLE),  # noqa: S704  (ours)
    "tongue": tongue,
    "direction_of": direction_of,
}


def site() -> Site:
    """The running application's."""
    return Site(current_app.config["PUBLIC_URL"])


def readers_words() -> Words:
    """The pages' words in the first of the reader's languages that there is."""
    return Words(spoken([tag for tag, _ in request.accept_languages]))


def render(template: str, words: Words, **values: Any) -> str:
    """The page as HTML."""
    return ENVIRONMENT.get_template(template).render(t=words, base=site().base, **values)


def answer(
    html: str,
    *,
    version: int = 0,
    status: HTTPStatus = HTTPStatus.OK,
    policy: str = PAGE_POLICY,
) -> Response:
    """A page with its headers, or 304 where the reader has it already."""
    if status == HTTPStatus.OK:
        return guarded(resource(html, version, media_type="text/html"), policy=policy)
    # RFC 9110, section 13.2.1: only a success is conditional.
    return guarded(Response(html, status, mimetype="text/html"), policy=policy)


def guarded(sent: Response, *, policy: str = PAGE_POLICY) -> Response:
    """The answer with what browsers and caches are to do with it."""
    sent.headers["Content-Security-Policy"] = policy
    sent.headers["Cache-Control"] = FRESH
    return sent


def in_script(document: Mapping[str, Any]) -> Markup:
    """JSON that nothing in it can end the script element around it."""
    return Markup(orjson.dumps(document).decode().translate(_IN_SCRIPT))  # noqa: S704
