"""A desk that has webhooks."""

import pytest

from tests.webhooks.receiving import Hooked


@pytest.fixture
def hooked(desk_at_work):
    return Hooked(desk_at_work, {})
