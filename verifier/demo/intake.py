"""The first half of the job: an article comes in, its claims are anchored and sorted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from verifier.demo.material import ARTICLE, CLAIMS, SOURCES
from verifier.demo.stage import NOBODY

if TYPE_CHECKING:
    from verifier.demo.stage import Stage


@dataclass(slots=True)
class Story:
    """What has been made so far: ids of sources and evidence, paths of claims and verdicts."""

    sources: dict[str, str] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)


def take_in_the_article(stage: Stage, story: Story) -> None:
    """A page becomes a source; a retry and another spelling of its address do not make a second."""
    stage.act("An article comes in")
    stage.say("Leyla sends the page as she found it. Title, author, date and text are extracted.")
    key = {"Idempotency-Key": "ledger-2024-05-03"}
    answer = stage.call("Leyla", "POST /v1/sources", ARTICLE, headers=key, expect="201")
    source = answer.json
    story.sources["article"] = source["id"]
    stage.say(
        f"  “{source['title']}”, {source['author']}, {source['publisher']}, "
        f"{source['published_at'][:10]}, {source['language']}, {len(source['text'])} characters"
    )
    stage.say("Her connection breaks, so she sends it again: the same key gets the same answer.")
    again = stage.call("Leyla", "POST /v1/sources", ARTICLE, headers=key, expect="201")
    stage.demand(again.body == answer.body, "The replayed answer differs from the first one.")
    stage.say("Tural finds the article too, under an address with a tracker in it.")
    known = {**ARTICLE, "url": f"{ARTICLE['url']}?utm_source=newsletter"}
    stage.call("Tural", "POST /v1/sources", known, expect="409 source-exists")


def anchor_the_claims(stage: Stage, story: Story) -> None:
    """Each claim is tied to the exact words; words that are not unique or not there are refused."""
    stage.act("Seven claims, each at its exact words")
    stage.say("Leyla puts each into a sentence of its own, and quotes the words it stands on.")
    for name in ("assurance", "visit", "trade", "bases", "armenia", "promise"):
        story.claims[name] = stage.call(
            "Leyla", "POST /v1/claims", _claim(story, name), expect="201 submitted"
        ).location
    stage.say("A straight apostrophe is not the article's: nothing is anchored to a lookalike.")
    exact = CLAIMS["backing"]["quote"]
    wrong = _claim(story, "backing", exact=exact.replace("’", "'"))
    refused = stage.call("Leyla", "POST /v1/claims", wrong, expect="422 quote-not-found").json
    stage.say(f"  Nearest: “{refused['nearest']['exact']}”. But these words stand there twice:")
    wrong = _claim(story, "backing", exact=refused["nearest"]["exact"])
    refused = stage.call("Leyla", "POST /v1/claims", wrong, expect="422 quote-ambiguous").json
    for place in refused["candidates"]:
        around = f"…{place['prefix'][-16:]}[{place['exact']}]{place['suffix'][:16]}…"
        stage.say(f"  {place['start']} to {place['end']}: {around.replace(chr(10), ' ')}")
    stage.say("She sends one of the two candidates back as it came.")
    right = _claim(story, "backing", **refused["candidates"][0])
    answer = stage.call("Leyla", "POST /v1/claims", right, expect="201 submitted")
    story.claims["backing"] = answer.location
    stage.say("The same words once more, in capitals, are the same claim.")
    loud = {"text": CLAIMS["assurance"]["text"].upper()}
    stage.call("Leyla", "POST /v1/claims", loud, expect="409 claim-exists")


def sort_the_claims(stage: Stage, story: Story) -> None:
    """Triage: what can be checked is accepted, the rest leaves by the side door with a reason."""
    stage.act("Triage")
    claims = story.claims
    stage.call("Tural", "GET /v1/queue?task=triage", expect="200 7 items")
    stage.say("Leyla contributes; deciding is for reviewers.")
    stage.move("Leyla", claims["assurance"], "accept", expect="403 not-allowed")
    stage.say("Günay opens a claim, and Tural is faster: her view of it is outdated now.")
    seen = stage.call("Günay", f"GET {claims['backing']}").etag
    stage.move("Tural", claims["backing"], "accept", expect="200 in_review")
    stage.call(
        "Günay", f"POST {claims['backing']}/actions", {"action": "reject", "reason": "opinion"},
        headers={"If-Match": seen}, expect="412 stale",
    )  # fmt: skip
    stage.say("Three more can be checked.")
    for name in ("assurance", "visit", "trade"):
        stage.move("Tural", claims[name], "accept", expect="200 in_review")
    stage.say("One is an opinion, one a prediction, and one has been submitted in other words.")
    stage.move("Tural", claims["bases"], "reject", reason="opinion", expect="200 rejected")
    stage.move(
        "Tural", claims["armenia"], "reject", reason="prediction", comment="Ask again in 2030.",
        expect="200 rejected",
    )  # fmt: skip
    of = claims["assurance"].rpartition("/")[2]
    stage.move("Tural", claims["promise"], "mark_duplicate", of=of, expect="200 duplicate")
    stage.say("None of this is public yet.")
    stage.call(NOBODY, f"GET {claims['assurance']}", expect="404 not-found")


def collect_sources(stage: Stage, story: Story) -> None:
    """What other publications say goes in as plain text."""
    stage.act("What others say")
    for name, source in SOURCES.items():
        sent = {"desk": "border-desk", "language": "en", **source}
        story.sources[name] = stage.call("Leyla", "POST /v1/sources", sent, expect="201").json["id"]


def _claim(story: Story, name: str, **quote: Any) -> dict[str, Any]:
    members = dict(CLAIMS[name])
    words = {"exact": members.pop("quote"), **quote}
    place = {"source": story.sources["article"], "quote": words, "first": True}
    said = {"text": members.pop("text"), "appearances": [place], **members}
    return {**said, "topics": ["south-caucasus"], "language": "en"}
