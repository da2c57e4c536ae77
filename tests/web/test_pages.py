"""The page of a fact-check: what everybody may read of it, and that it says what the records say."""

from __future__ import annotations

from tests.exports.claimreview_rules import problems
from tests.newsroom import QUOTE
from tests.problems import check_problem
from tests.web.scene import page_of
from verifier.kit.clock import new_id

CORRECTION = {"kind": "correction", "note": "We had named a date. There was none."}


def told(newsroom, **members):
    """A claim's address, with the place where it was made and evidence for it."""
    source = newsroom.source(
        title="The convoys leave early", publisher="News Example", author="L. M.", language="en",
        archive_urls=["https://archive.example/1"],
    )  # fmt: skip
    claim = newsroom.claim(
        accepted=True, claimant={"name": "The ministry", "kind": "organization"}, language="en",
        claimed_on="2024-04-17", topics=["army"],
        appearances=[{"source": source["id"], "quote": {"exact": QUOTE}, "first": True}], **members,
    )  # fmt: skip
    newsroom.evidence(claim, source, note="It says so.", quote={"exact": "leaving"})
    return claim


def test_a_page_tells_the_whole_fact_check(newsroom, look):
    claim = told(newsroom)
    newsroom.verdict_in(
        "published", claim, title="Told early?", summary="Yes.", explanation="**So.**"
    )
    page = look(page_of(claim))
    for part in (
        "Told early?", "The troops may leave before the 2025 deadline.", "The ministry",
        "17 April 2024", "Mostly true", "5 on a scale from 1 (worst) to 6 (best)", "Yes.", "So.",
        "Supports the claim", "It says so.", "leaving", "The convoys leave early", "L. M.",
        "News Example", "archive.example", QUOTE, "army",
    ):  # fmt: skip
        assert part in page.text(), part
    assert page.text('//div[dt="Checked by"]/dd') == "rev · border-desk"
    assert page.text('//div[dt="Approved by"]/dd') == "rev2 · border-desk"
    assert page.one("/html").get("lang") == "en"
    assert page.text('//*[@class="ends"]') == "FalseTrue"
    assert page.text('//blockquote[@class="quote"]//mark[contains(., "leaving")]') == "leaving"
    assert page.one('//*[@class="prose"]/p/strong').text == "So."
    assert "Corrections" not in page.text()


def test_the_copy_that_evidence_rests_on_is_named(desk_at_work, look):
    """When it was taken, and the hash by which it can be told from any other."""
    room = desk_at_work.room
    desk_at_work.serve("The convoys are leaving early, it was said.")
    source = desk_at_work.source()
    (copy,) = source["snapshots"]
    claim = room.claim(accepted=True)
    room.evidence(claim, source, quote={"exact": "leaving early"})
    room.verdict_in("published", claim)
    snapshot = room.call("GET", f"/v1/snapshots/{copy['id']}", "con", status=200).json
    page = look(page_of(claim))
    assert page.text('//*[@class="copy"]//code') == snapshot["sha256"]
    stamp = page.one('//*[@class="copy"]//time').get("datetime")
    assert stamp == snapshot["fetched_at"].partition(".")[0] + "Z"
    assert page.text('//*[@class="copy"]').startswith("Archived on ")


def test_it_can_be_shared_and_found(newsroom, look):
    claim, _ = newsroom.published()
    page, address = look(page_of(claim)), f"http://127.0.0.1:8000{page_of(claim)}"
    assert page.link("canonical") == page.meta("og:url") == address
    assert page.meta("og:title") == "Early pull-out"
    assert page.meta("og:description") == page.meta("description") == "Mostly true: Said so."
    assert page.meta("og:type") == "article"
    for kind in ("application/json+oembed", "text/xml+oembed"):
        newsroom.call("GET", page.link("alternate", kind), status=200)
    assert page.link("alternate", "application/atom+xml") == "/feeds/verdicts.atom"
    there = newsroom.call("GET", page.link("alternate", "application/ld+json"), status=200)
    assert page.json_ld() == there.json
    assert problems(page.json_ld()) == []
    assert page.json_ld()["url"] == address


def test_a_long_summary_is_described_by_its_beginning(newsroom, look):
    """At the end of a word; where there are no spaces between words, that is not nothing."""
    claim = told(newsroom)
    for summary, shown in (("They leave. " * 90, 185), ("部队将撤离。" * 90, 187)):
        correction = CORRECTION if shown > 185 else None
        newsroom.verdict_in("published", claim, summary=summary, correction=correction)
        described = look(page_of(claim)).meta("description")
        assert described == f"Mostly true: {summary[:shown].rstrip()} …"


def test_the_claimreview_says_what_the_page_says(newsroom, look):
    claim = told(newsroom)
    newsroom.verdict_in("published", claim)
    page = look(page_of(claim))
    review = page.json_ld()
    for said in (
        review["claimReviewed"], review["author"]["name"], review["reviewRating"]["alternateName"],
        review["reviewRating"]["ratingExplanation"], review["itemReviewed"]["author"]["name"],
        review["itemReviewed"]["firstAppearance"]["headline"],
        f"{review['reviewRating']['ratingValue']} on a scale",
    ):  # fmt: skip
        assert said in page.text(), said


def test_nothing_typed_leaves_its_place(newsroom, look):
    hostile = "</script><script>alert(1)</script><!-- \u2028 \" onload=x '"
    line = hostile.replace("\u2028", "")
    source = newsroom.source(title=line, text=f"Before. {hostile} After.", url=None)
    claim = newsroom.claim(text=hostile, accepted=True, claimant={"name": line}, topics=["</a>&"])
    newsroom.evidence(claim, source, note=hostile, quote={"exact": hostile})
    newsroom.verdict_in(
        "published", claim, title="</title><script>", summary=hostile, explanation=hostile
    )
    for path in (page_of(claim), f"{page_of(claim)}/card", "/factchecks"):
        look(path, framed=path.endswith("card"))
    assert look(page_of(claim)).json_ld()["claimReviewed"] == hostile


def test_a_rating_without_a_value_has_no_place_on_the_scale(newsroom, look):
    claim = told(newsroom)
    newsroom.verdict_in("published", claim, rating="satire")
    page = look(page_of(claim))
    assert page.all("//svg") == []
    assert "scale" not in page.text()
    assert "Satire" in page.text()
    assert "ratingValue" not in page.json_ld()["reviewRating"]


def test_a_correction_says_what_was_wrong_and_keeps_it_readable(newsroom, look):
    claim = told(newsroom)
    newsroom.verdict_in(
        "published", claim, title="Told?", summary="On 1 May.", rating="true", explanation="A."
    )
    newsroom.evidence(claim, newsroom.source(url=None), stance="refutes")
    newsroom.verdict_in(
        "published",
        claim,
        title="Told?",
        summary="No date.",
        explanation="B.",
        correction=CORRECTION,
    )
    page = look(page_of(claim))
    assert CORRECTION["note"] in page.text('//div[@class="notice"]')
    changes = [
        " ".join(each.text_content().split()) for each in page.all('//dl[@class="changes"]/div')
    ]
    assert changes == [
        "Rating Before: True Now: Mostly true", "Summary Before: On 1 May. Now: No date.",
        "Explanation changed", "Evidence changed",
    ]  # fmt: skip
    earlier = page.text("//details")
    for part in ("True", "On 1 May.", "A."):
        assert part in earlier
    assert page.json_ld()["correction"]["text"] == CORRECTION["note"]
    first, last = page.meta("article:published_time"), page.meta("article:modified_time")
    assert first < last
    assert page.json_ld()["datePublished"] == first


def test_every_kind_of_correction_is_named(newsroom, look):
    claim = told(newsroom)
    newsroom.verdict_in("published", claim)
    kinds = {"typo": "Typing error", "clarification": "Clarification", "update": "Update"}
    for kind, named in kinds.items():
        newsroom.verdict_in("published", claim, correction={"kind": kind, "note": "So."})
        assert newest_change(look(page_of(claim))).startswith(named)
        assert named in look("/factchecks").text("//article")


def newest_change(page):
    return page.text('(//ol[@class="history"]/li/p[@class="label"])[1]')


def test_a_retracted_one_leaves_a_tombstone(newsroom, look):
    claim = told(newsroom)
    newsroom.verdict_in("retracted", claim, title="Told early?", summary="Yes.")
    page = look(page_of(claim), status=410)
    assert "ETag" not in page.answer.headers
    assert "This fact-check was retracted on" in page.text()
    assert "It rests on a parody." in page.text()
    assert page.text("//h1") == "Told early?"
    assert page.all("//script") == page.all('//section[@aria-labelledby="verdict"]') == []
    assert page.meta("robots") == "noindex"
    assert "retracted" in look(f"{page_of(claim)}/card", status=410, framed=True).text()
    listed = look("/factchecks")
    assert "Told early?" not in listed.text()
    assert claim.rsplit("/", 1)[1] not in sitemap(newsroom)
    newsroom.verdict_in("published", claim, title="Told after all", summary="Yes, again.")
    page = look(page_of(claim))
    assert "Told after all" in page.text("//h1")
    assert newest_change(page).startswith("Retraction")


def sitemap(newsroom):
    return newsroom.call(
        "GET", "/sitemaps/00000000-0000-0000-0000-000000000000.xml", status=200
    ).text


def test_what_was_never_published_is_not_there(newsroom, look):
    """Drafts, what is proposed and approved, and nothing at all: the answers are the same."""
    claims = [newsroom.claim(text=f"Claim {n}.", accepted=True) for n in range(4)]
    for claim, state in zip(claims, ("draft", "proposed", "approved", "withdrawn"), strict=True):
        newsroom.evidence(claim, newsroom.source(url=None))
        newsroom.verdict_in(state, claim)
    pages = [page_of(claim) for claim in claims]
    pages += [f"{page}/card" for page in pages] + [f"/factchecks/{new_id()}"]
    assert len({look(page, status=404).html for page in pages}) == 1


LANGUAGES = [
    ("ar", "rtl", "الأدلة"), ("he", "rtl", "ראיות"), ("hy", "ltr", "Ապացույցներ"), ("ur", "rtl", "Evidence"),
]  # fmt: skip


def test_a_page_is_in_its_verdicts_language(newsroom, look):
    claim = told(newsroom)
    for n, (language, direction, label) in enumerate(LANGUAGES):
        newsroom.verdict_in(
            "published", claim, language=language, correction=CORRECTION if n else None
        )
        check_language(look(page_of(claim)), language, direction, label)


def check_language(page, language, direction, label):
    assert (page.one("/html").get("lang"), page.one("/html").get("dir")) == (language, direction)
    assert page.text('//*[@id="evidence"]') == label
    quote = page.all('//blockquote[@class="quote"]')[0]
    assert (quote.get("lang"), quote.get("dir")) == ("en", "ltr")
    foreign = page.all('//*[@id="evidence"]/span[@lang="en"]')
    assert len(foreign) == (language == "ur")


def test_marks_in_a_sources_text_turn_nothing_else_around(newsroom, look):
    text = "He said \u202eTHIS\u2066 and more. Then he left."
    source = newsroom.source(text=text, url=None, language=None)
    claim = newsroom.claim(accepted=True)
    newsroom.evidence(claim, source, quote={"exact": "and more"})
    newsroom.verdict_in("published", claim)
    page = look(page_of(claim))
    for piece in page.all('//blockquote[@class="quote"]/p/node()[normalize-space()]'):
        isolated = piece if piece.tag == "bdi" else piece[0]
        assert (isolated.tag, isolated.get("dir")) == ("bdi", "ltr")


def test_a_caller_who_has_it_gets_no_more(newsroom, look):
    claim, _ = newsroom.published()
    for path in (page_of(claim), f"{page_of(claim)}/card", "/factchecks"):
        page = look(path, framed=path.endswith("card"))
        headers = page.answer.headers
        assert headers["Cache-Control"] == "public, max-age=60"
        again = newsroom.call("GET", path, headers={"If-None-Match": headers["ETag"]}, status=304)
        assert again.data == b""
        assert again.headers["Content-Security-Policy"] == headers["Content-Security-Policy"]
        assert newsroom.call("HEAD", path, status=200).headers["ETag"] == headers["ETag"]
        assert "Accept-Language" in headers.get("Vary", "") or path != "/factchecks"


def test_a_token_changes_nothing(newsroom):
    claim, _ = newsroom.published()
    for path in (page_of(claim), f"{page_of(claim)}/card", "/factchecks"):
        assert newsroom.call("GET", path, "rev").data == newsroom.call("GET", path).data


def test_a_page_takes_a_fixed_number_of_queries(newsroom, count_queries):
    claim = told(newsroom)
    newsroom.verdict_in("published", claim)
    for _ in range(2):
        for path, number in (
            (page_of(claim), 2),
            (f"{page_of(claim)}/card", 1),
            ("/factchecks", 3),
        ):
            with count_queries() as queries:
                newsroom.call("GET", path, status=200)
            assert len(queries) == number, queries
        newsroom.evidence(claim, newsroom.source(url=None))
        newsroom.verdict_in("published", claim, correction=CORRECTION)
        newsroom.verdict_in("published")


def test_who_reads_pages_is_told_so_in_a_page(newsroom, look):
    for path in ("/factchecks/x", f"/factchecks/{new_id()}", "/factchecks/a/b/c"):
        asked = {"Accept": "text/html,*/*;q=0.8", "Accept-Language": "ka"}
        page = look(path, status=404, headers=asked)
        assert page.text("//h1") == "ასეთი გვერდი არ არსებობს."
        assert page.one("/html").get("lang") == "ka"
        problem = newsroom.call("GET", path, headers={"Accept": "application/json"}, status=404)
        check_problem(problem, 404)
        assert {"Accept", "Accept-Language"} <= set(problem.vary)
