"""What the pages' tests may ask for."""

from __future__ import annotations

import pytest

from tests.web.page import Page, check_page


@pytest.fixture
def look(newsroom):
    """The page at an address, checked for what holds for every page."""

    def look(path, *, status=200, framed=False, **options):
        page = Page(newsroom.call("GET", path, status=status, **options))
        check_page(page, framed=framed)
        return page

    return look
