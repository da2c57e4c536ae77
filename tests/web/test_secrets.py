"""No public address shows what is not public: a mark stands in all of that, and is looked for."""

from __future__ import annotations

import re

from tests.web.page import Page
from tests.web.scene import MARK, page_of

LOWER = MARK.lower()


def a_desks_secrets(newsroom):
    """A published claim, with all that hangs on it and is nobody else's business; its page."""
    source = newsroom.source(url=None)
    hidden = newsroom.source(
        title=MARK,
        publisher=MARK,
        url=f"https://{LOWER}.example/",
        archive_urls=[f"https://{LOWER}.example/a"],
    )
    claim = newsroom.claim(accepted=True, priority="high")
    newsroom.act(claim, "ed", "assign", assignee=newsroom.ids["ann"])
    newsroom.evidence(claim, source)
    newsroom.evidence(claim, hidden, note=MARK, confidential=True)
    returned = newsroom.verdict(claim, title=MARK, summary=MARK, explanation=MARK)
    newsroom.act(returned, "rev", "propose")
    newsroom.act(returned, "rev2", "request_changes", comment=MARK)
    newsroom.act(returned, "rev", "withdraw")
    verdict = newsroom.verdict(claim, title="Shown")
    newsroom.act(verdict, "rev", "propose")
    newsroom.act(verdict, "cas", "approve", comment=MARK)
    newsroom.act(verdict, "ed", "publish")
    newsroom.evidence(claim, hidden, note=MARK)
    draft = newsroom.verdict(claim, title=MARK, summary=MARK)
    newsroom.act(draft, "rev", "propose", correction={"kind": "update", "note": MARK})
    newsroom.call("POST", f"{claim}/recusals", "con", json={"reason": MARK}, status=201)
    unpublished = newsroom.claim(text=f"{MARK} is not published.", topics=[MARK], accepted=True)
    newsroom.evidence(unpublished, hidden)
    newsroom.verdict_in("approved", unpublished, title=MARK)
    rejected = newsroom.claim(text=f"{MARK} is rejected.")
    newsroom.act(rejected, "rev", "reject", reason="spam", comment=MARK)
    return claim, unpublished


def test_only_what_is_published_shows(newsroom):
    claim, unpublished = a_desks_secrets(newsroom)
    page = page_of(claim)
    home = "http://127.0.0.1:8000"
    paths = [
        page, f"{page}/card", "/factchecks", f"/factchecks?q={MARK}x", "/factchecks?q=troops",
        f"/oembed?url={home}{page}", f"/oembed?url={home}{page}&format=xml", "/sitemap.xml",
        "/sitemaps/00000000-0000-0000-0000-000000000000.xml", "/robots.txt",
    ]  # fmt: skip
    emails = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
    for who in (None, "ed", "ann"):
        for path in paths:
            answer = newsroom.call("GET", path, who, status=200)
            shown = answer.text.replace(f"{MARK}x", "")
            assert LOWER not in shown.lower(), path
            assert emails.findall(shown) == [], path
            assert unpublished.rsplit("/", 1)[1] not in shown, path
            assert newsroom.ids["ann"] not in shown, path
    shown = Page(newsroom.call("GET", page))
    assert shown.text('//div[dt="Approved by"]/dd') == "cas · caspian-check"
    assert len(shown.all('//section[@aria-labelledby="evidence"]//li')) == 1
    newsroom.call("GET", page_of(unpublished), "ed", status=404)


def test_a_retraction_shows_no_more(newsroom):
    claim, _ = a_desks_secrets(newsroom)
    verdicts = newsroom.call("GET", f"{claim}/verdicts").json["items"]
    newsroom.act(
        f"/v1/verdicts/{verdicts[0]['id']}", "ed", "retract", reason="It rests on a parody."
    )
    for path in (page_of(claim), f"{page_of(claim)}/card"):
        answer = newsroom.call("GET", path, "ed", status=410)
        assert LOWER not in answer.text.lower()


def test_who_was_recused_has_not_approved(newsroom):
    """Who declares an interest only afterwards did approve; that is what the page says."""
    newsroom.set_policy(approvals_required=1)
    claim = newsroom.claim(accepted=True)
    newsroom.evidence(claim, newsroom.source(url=None))
    verdict = newsroom.verdict(claim)
    newsroom.act(verdict, "rev", "propose")
    newsroom.act(verdict, "rev2", "approve")
    newsroom.call("POST", f"{claim}/recusals", "rev2", json={}, status=201)
    newsroom.act(verdict, "ed", "approve")
    newsroom.act(verdict, "ed", "publish")
    approved = '//div[dt="Approved by"]/dd'
    assert Page(newsroom.call("GET", page_of(claim))).text(approved) == "ed · border-desk"
    newsroom.call("POST", f"{claim}/recusals", "ed", json={}, status=201)
    assert Page(newsroom.call("GET", page_of(claim))).text(approved) == "ed · border-desk"
