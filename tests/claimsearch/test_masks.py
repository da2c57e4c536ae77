"""Field masks: which part of an answer is given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.claimsearch.masks import BadMask, masked, read_mask
from verifier.claimsearch.schemas import FOUND, SHAPE

ANSWER = {**FOUND, "nextPageToken": "abc"}
(CLAIM,) = FOUND["claims"]
(REVIEW,) = CLAIM["claimReview"]


@pytest.mark.parametrize(
    ("mask", "wanted"),
    [
        ("*", ANSWER),
        ("claims,nextPageToken", ANSWER),
        ("nextPageToken", {"nextPageToken": "abc"}),
        ("claims/text", {"claims": [{"text": CLAIM["text"]}]}),
        ("claims.text", {"claims": [{"text": CLAIM["text"]}]}),
        (" claims ( text , claimant ) ", {"claims": [{"text": CLAIM["text"], "claimant": CLAIM["claimant"]}]}),
        ("claims(text,claimReview/url),nextPageToken",
         {"claims": [{"text": CLAIM["text"], "claimReview": [{"url": REVIEW["url"]}]}], "nextPageToken": "abc"}),
        ("claims/claimReview/publisher/site", {"claims": [{"claimReview": [{"publisher": {"site": "checks.example.org"}}]}]}),
        ("claims/claimReview(publisher(name),title)",
         {"claims": [{"claimReview": [{"publisher": {"name": "Border Desk"}, "title": REVIEW["title"]}]}]}),
        ("claims/*", FOUND),
        ("claims/text,claims/claimant", {"claims": [{"text": CLAIM["text"], "claimant": CLAIM["claimant"]}]}),
        ("claims/text,claims", FOUND),
        ("claims,claims/text", FOUND),
        ("claims/claimReview/publisher,claims/claimReview/publisher/site",
         {"claims": [{"claimReview": [{"publisher": REVIEW["publisher"]}]}]}),
    ],
)  # fmt: skip
def test_what_a_mask_lets_through(mask, wanted):
    assert masked(ANSWER, read_mask(mask, SHAPE)) == wanted


@pytest.mark.parametrize(
    "mask",
    ["claim", "claims/nothing", "claims/text/more", "claims(", "claims()", "claims(text", "claims)", ",",
     "claims,,nextPageToken", "claims/", "/claims", "claims text", "*/url", "a" * 3000, "(" * 900, "claims/(text)",
     "*(" * 900, "*/" * 900 + "*", "клеймс", "claims[0]", "claims=text"],
)  # fmt: skip
def test_what_is_no_mask(mask):
    with pytest.raises(BadMask):
        read_mask(mask, SHAPE)


@given(st.text("claimstex*/(),. ", max_size=60))
def test_a_mask_is_read_or_refused_and_adds_nothing(text):
    try:
        mask = read_mask(text, SHAPE)
    except BadMask:
        return
    part = masked(ANSWER, mask)
    assert masked(part, mask) == part
    assert part.keys() <= ANSWER.keys()
