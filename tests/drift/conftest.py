"""The page, its source, and a claim that quotes it."""

import pytest

from tests.drift.scene import ASSURED, LEAVING, OTHER, QUOTE, SILENCE


@pytest.fixture
def desk(desk_at_work):
    desk_at_work.serve(LEAVING, ASSURED, SILENCE)
    return desk_at_work


@pytest.fixture
def source(desk):
    return desk.source()


@pytest.fixture
def claim(desk, source):
    """A claim with one appearance, and one piece of evidence from the same source."""
    place = {"source": source["id"], "quote": {"exact": QUOTE}}
    claim = desk.room.claim(accepted=True, appearances=[place])
    desk.room.evidence(claim, source, quote={"exact": OTHER})
    return claim
