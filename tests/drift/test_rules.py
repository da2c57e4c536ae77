"""How a quote fares in a newer text, as a table and by properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.claims.anchoring import CONTEXT
from verifier.drift.rules import Anchored, Outcome, standing_of

TEXT = (
    "The peacekeepers are leaving. Officials in Moscow let it be known that the pull-out may be "
    "finished before the end of 2025. Baku's campaign of 2020 had, they said, Moscow's silence. "
    "Nobody denied it. Later that day a spokesman repeated that nothing had been decided yet."
)
LONG = "the pull-out may be finished before the end of 2025"
SHORT = "Nobody denied it"


def quoted(exact, text=TEXT, place=0):
    start = -1
    for _ in range(place + 1):
        start = text.index(exact, start + 1)
    end = start + len(exact)
    return Anchored(exact, text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT], start)


@pytest.mark.parametrize(
    ("quote", "newer", "outcome"),
    [
        # Nothing has changed.
        (quoted(LONG), TEXT, Outcome.EXACT),
        # Something was added before it, or the layout has changed around it.
        (quoted(LONG), "An update. " + TEXT, Outcome.MOVED),
        (quoted(SHORT), TEXT.replace(". ", ".\n\n"), Outcome.MOVED),
        # One side of it was rewritten; the other still tells the place.
        (quoted(SHORT), TEXT.replace("Later that day a spokesman", "In the evening a clerk"), Outcome.EXACT),
        # A long passage that stands once is no coincidence; a few words are.
        (quoted(LONG), f"Quite another article. “{LONG}”, it says.", Outcome.MOVED),
        (quoted(SHORT), "On Mars there is water. Nobody denied it, said the astronomers.", Outcome.FUZZY),
        # It stands twice in the same surroundings.
        (quoted(LONG), f"{TEXT}\n{TEXT}", Outcome.AMBIGUOUS),
        # Twice, but only one of them is the place.
        (quoted(SHORT), f"{TEXT} Snow fell on the hills. Nobody denied it, not even the mayor.", Outcome.EXACT),
        # Twice in places that are much alike, of which one is the very place.
        (quoted(SHORT), f"{TEXT} {TEXT[95:].replace('day', 'week').replace('silence', 'science')}", Outcome.EXACT),
        # A word, a number or a negation was changed: a lookalike, which is left to people.
        (quoted(LONG), TEXT.replace("may be finished", "will be finished"), Outcome.FUZZY),
        (quoted(LONG), TEXT.replace("2025", "2035"), Outcome.FUZZY),
        (quoted(LONG), TEXT.replace("may be", "may not be"), Outcome.FUZZY),
        (quoted(LONG), TEXT.replace("pull-out", "pull–out"), Outcome.FUZZY),
        (quoted(LONG), TEXT.upper(), Outcome.ORPHANED),
        # It is gone.
        (quoted(LONG), "The page you are looking for has moved.", Outcome.ORPHANED),
        (quoted(LONG), "", Outcome.ORPHANED),
        # It was never found so far: by what the person gave.
        (Anchored(LONG, None, None, None), TEXT, Outcome.EXACT),
        (Anchored("Moscow", None, None, None), TEXT, Outcome.AMBIGUOUS),
        (Anchored("Moscow", "they said, ", None, None), TEXT, Outcome.EXACT),
        (Anchored("Moscow", None, "'s silence", None), TEXT, Outcome.EXACT),
    ],
)  # fmt: skip
def test_how_a_quote_fares(quote, newer, outcome):
    standing = standing_of(quote, newer)
    assert standing.outcome is outcome
    assert (standing.start is None) == (outcome in (Outcome.AMBIGUOUS, Outcome.ORPHANED))
    if outcome in (Outcome.EXACT, Outcome.MOVED):
        assert (standing.score, newer[standing.start : standing.end]) == (1.0, quote.exact)
    elif outcome is Outcome.FUZZY:
        assert 0 <= standing.score < 1


def test_a_lookalike_is_shown_with_its_place():
    newer = TEXT.replace("2025", "2035")
    standing = standing_of(quoted(LONG), newer)
    assert newer[standing.start : standing.end] == LONG.replace("2025", "2035")
    assert standing.score == pytest.approx(50 / 51, abs=0.01)


@given(st.text(max_size=300), st.data())
def test_in_the_same_text_every_quote_stands_where_it_stood(text, data):
    start = data.draw(st.integers(0, max(0, len(text) - 1)))
    end = data.draw(st.integers(min(start + 1, len(text)), len(text)))
    if start == end:
        return
    quote = Anchored(
        text[start:end], text[max(0, start - CONTEXT) : start], text[end:][:CONTEXT], start
    )
    standing = standing_of(quote, text)
    assert standing.outcome in (Outcome.EXACT, Outcome.AMBIGUOUS, Outcome.MOVED)
    if text.count(quote.exact) == 1:
        assert (standing.outcome, standing.start) == (Outcome.EXACT, start)


@given(
    st.text(max_size=100), st.text(max_size=100), st.text(max_size=100), st.integers(0, 200),
    st.text(max_size=400),
)  # fmt: skip
def test_what_is_certain_is_the_very_words(exact, prefix, suffix, start, newer):
    standing = standing_of(Anchored(exact or "x", prefix, suffix, start), newer)
    if standing.outcome in (Outcome.EXACT, Outcome.MOVED):
        assert newer[standing.start : standing.end] == (exact or "x")
