"""For search engines: where every published fact-check is (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response

from verifier.kit.clock import FIRST_ID
from verifier.kit.transactions import database, looking_up
from verifier.web import queries
from verifier.web.rendering import site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from verifier.kit.db import Database
    from verifier.web.links import Site

blp = Blueprint("sitemaps", __name__)
HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
KEPT: Final = "public, max-age=3600"
CHUNK: Final = 500


@blp.get("/robots.txt")
def show_robots() -> Response:
    """What search engines may read: the pages, not the API."""
    base = site().base
    text = (
        "User-agent: *\n"
        f"Disallow: {base}/v1/\n"
        f"Disallow: {base}/v1alpha1/\n"
        f"\nSitemap: {site().url}/sitemap.xml\n"
    )
    return _kept(Response(text, mimetype="text/plain"))


@blp.get("/sitemap.xml")
def show_index() -> Response:
    """The sitemaps that have every page between them; there is always a first one."""
    with looking_up() as connection:
        starts = queries.sitemap_starts(connection)
    maps = (
        f"<sitemap><loc>{site().url}/sitemaps/{start}.xml</loc></sitemap>\n" for start in starts
    )
    text = f'{HEAD}<sitemapindex xmlns="{SPACE}">\n{"".join(maps)}</sitemapindex>\n'
    return _kept(Response(text, mimetype="application/xml"))


@blp.get("/sitemaps/<id:start>.xml")
def show_sitemap(start: str) -> Response:
    """The pages from one claim on, in the order of the claims' creation."""
    return _kept(Response(_pages(database(), site(), start), mimetype="application/xml"))


def _pages(source: Database, where: Site, start: str) -> Iterator[str]:
    yield f'{HEAD}<urlset xmlns="{SPACE}">\n'
    if start == FIRST_ID:
        yield f"<url><loc>{where.listing}</loc></url>\n"
    with source.snapshot() as session:
        entries = (
            f"<url><loc>{where.page(row.id)}</loc><lastmod>{row.modified}</lastmod></url>\n"
            for row in queries.sitemap_rows(session, start)
        )
        yield from _in_chunks(entries)
    yield "</urlset>\n"


def _in_chunks(lines: Iterable[str]) -> Iterator[str]:
    gathered: list[str] = []
    for line in lines:
        gathered.append(line)
        if len(gathered) == CHUNK:
            yield "".join(gathered)
            gathered.clear()
    yield "".join(gathered)


def _kept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = KEPT
    return answer
