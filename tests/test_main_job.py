"""The main job, from an article to an exported, verified claim."""

from tests.newsroom import QUOTE


def test_an_article_becomes_a_published_claim_review(newsroom):
    source = newsroom.source()
    place = {"source": source["id"], "quote": {"exact": QUOTE}, "first": True}
    claim = newsroom.claim(appearances=[place], accepted=True)
    newsroom.evidence(claim, source)
    verdict = newsroom.verdict(claim)
    newsroom.act(verdict, "rev", "propose")
    newsroom.act(verdict, "rev2", "approve")
    newsroom.act(verdict, "ed", "publish")

    review = newsroom.call("GET", f"{claim}/claimreview", status=200).json
    assert review["claimReviewed"] == "The troops may leave before the 2025 deadline."
    assert review["reviewRating"]["ratingValue"] == 5
    assert review["itemReviewed"]["firstAppearance"]["url"] == "https://news.example/withdrawal"
