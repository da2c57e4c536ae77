"""The second half of the job: evidence, verdicts, and colleagues who do not simply agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.demo.material import VERDICTS
from verifier.demo.stage import NOBODY

if TYPE_CHECKING:
    from verifier.demo.intake import Story
    from verifier.demo.stage import Stage


def check_the_assurance(stage: Stage, story: Story) -> None:
    """The straight way: two pieces of evidence, two colleagues who rate it alike, one editor."""
    stage.act("The assurance: a verdict, and two colleagues who have not seen its rating")
    claim = story.claims["assurance"]
    attach(stage, story, "assurance", "briefing", "supports", exact="He named no date.")
    attach(stage, story, "assurance", "wire", "supports", exact="would go before its time")
    verdict = draft(stage, story, "assurance", "Tural")
    stage.move("Tural", verdict, "propose", expect="200 proposed")
    stage.say("Nobody approves their own verdict.")
    stage.move("Tural", verdict, "approve", rating="true", expect="403 reviewer-is-author")
    seen = stage.call("Günay", f"GET {verdict}", expect="200 proposed").json
    stage.demand(seen["hidden"] and seen["rating"] is None, "The rating was not hidden.")
    stage.say("  The rating is hidden from Günay until she has given her own.")
    stage.move("Günay", verdict, "approve", rating="true", expect="200 proposed")
    stage.say("One desk has approved; the policy asks for two. Maka is of the partner desk.")
    stage.move("Maka", verdict, "approve", rating="true", expect="200 approved")
    stage.move("Leyla", verdict, "publish", expect="403 not-allowed")
    url = "https://borderdesk.example/checks/told-in-advance"
    stage.move("Samir", verdict, "publish", url=url, expect="200 published")
    stage.say("Now anybody may read the claim.")
    stage.call(NOBODY, f"GET {claim}", expect="200 verified")


def check_the_backing(stage: Stage, story: Story) -> None:
    """The long way: too little evidence, changes requested, a differing second rating."""
    stage.act("The tacit backing: a verdict that comes back twice")
    attach(stage, story, "backing", "essay", "supports", exact="that silence was heard as consent")
    verdict = draft(stage, story, "backing", "Günay")
    stage.say("The desk asks for evidence from two independent sites.")
    stage.move("Günay", verdict, "propose", expect="409 evidence-policy-unmet")
    attach(stage, story, "backing", "truce", "refutes", exact="The Russian side had asked for")
    stage.say("What the diplomat said counts in the desk and never leaves it.")
    attach(stage, story, "backing", "diplomat", "supports", confidential=True)
    cited = [story.evidence[f"backing/{name}"] for name in ("essay", "truce", "diplomat")]
    stage.edit("Günay", verdict, {"evidence": cited}, expect="200 draft")
    stage.move("Günay", verdict, "propose", expect="200 proposed")
    comment = "The truce that Moscow brokered is cited, but the explanation is silent on it."
    stage.move("Tural", verdict, "request_changes", comment=comment, expect="200 draft")
    text = "Moscow held its treaty not to apply to Karabakh, **and** brokered a truce that failed."
    stage.edit("Günay", verdict, {"explanation": text}, expect="200 draft")
    stage.move("Günay", verdict, "propose", expect="200 proposed")
    stage.say("Maka rates it without knowing Günay's rating, and differs: it goes back.")
    stage.move("Maka", verdict, "approve", rating="half-true", expect="200 draft")
    given = stage.read("Günay", verdict).json["reviews"][-1]
    stage.say(f"  {given['reviewer']['name']}: {given['decision']} ({given['rating']})")
    summary = "It let the campaign happen; it also tried, late, to stop it."
    revised = {"rating": "half-true", "summary": summary}
    stage.edit("Günay", verdict, revised, expect="200 draft")
    agree_and_publish(stage, verdict, "Günay", ("Maka", "Tural"), "half-true")


def publish_the_visit(stage: Stage, story: Story) -> None:
    """A third verdict goes out; its evidence will not hold."""
    stage.act("The visit: published, and taken back in the open")
    attach(stage, story, "visit", "agenda", "supports", exact="Signed in the prime minister's")
    attach(stage, story, "visit", "freight", "supports")
    verdict = draft(stage, story, "visit", "Tural")
    agree_and_publish(stage, verdict, "Tural", ("Günay", "Maka"), "true")
    stage.say("Freight News wrote of an earlier visit: piece and verdict are taken back.")
    reason = "The report is about the visit two years earlier."
    piece = f"/v1/evidence/{story.evidence['visit/freight']}"
    stage.move("Tural", piece, "withdraw", reason=reason, expect="200 withdrawn")
    reason = "One of the two pieces of evidence was about another visit. We are checking again."
    stage.move("Samir", verdict, "retract", reason=reason, expect="200 retracted")
    stage.call(NOBODY, f"GET {story.claims['visit']}", expect="200 in_review")


def correct_the_assurance(stage: Stage, story: Story) -> None:
    """A correction is a new verdict that says what was wrong; both stay readable."""
    stage.act("The assurance, corrected in the open")
    stage.say("A reader points out that no source names a date. What is published never changes:")
    old = story.verdicts["assurance"]
    stage.edit("Tural", old, {"rating": "mostly-true"}, expect="409 not-in-this-state")
    claim = story.claims["assurance"]
    new = draft(stage, story, "assurance", "Tural", text="correction")
    stage.move("Tural", new, "propose", expect="422 invalid")
    note = "An earlier version said that a date had been named. Neither source names one."
    correction = {"kind": "correction", "note": note}
    stage.move("Tural", new, "propose", correction=correction, expect="200 proposed")
    approve_and_publish(stage, new, ("Günay", "Maka"), "mostly-true")
    readable = stage.call(NOBODY, f"GET {claim}/verdicts", expect="200 2 items").json["items"]
    for verdict in readable:
        stage.say(f"  {verdict['state']}: {verdict['label']}. {verdict['summary']}")


def leave_one_waiting(stage: Stage, story: Story) -> None:
    """A fourth verdict is proposed and waits for a colleague; its claim is overdue."""
    stage.act("What waits")
    attach(stage, story, "trade", "customs", "refutes", exact="Turkey: up in 2022, down in 2023")
    attach(stage, story, "trade", "chamber", "refutes", exact="fell by a sixth in 2023")
    verdict = draft(stage, story, "trade", "Tural")
    stage.move("Tural", verdict, "propose", expect="200 proposed")
    for who in ("Günay", "Maka", "Samir"):
        for task in stage.call(who, "GET /v1/queue").json["items"]:
            overdue = " (overdue)" if task["overdue"] else ""
            stage.say(f"  to {task['task']}{overdue}: {task['claim']['text']}")


def attach(
    stage: Stage,
    story: Story,
    claim: str,
    source: str,
    stance: str,
    *,
    exact: str | None = None,
    confidential: bool = False,
) -> None:
    """Attach a passage of a source, or all of it, to a claim."""
    sent = {"source": story.sources[source], "stance": stance}
    quote = {"quote": {"exact": exact}} if exact else {}
    kept = {"confidential": True} if confidential else {}
    path = f"POST {story.claims[claim]}/evidence"
    answer = stage.call("Leyla", path, {**sent, **quote, **kept}, expect=f"201 {stance}")
    story.evidence[f"{claim}/{source}"] = answer.json["id"]


def draft(stage: Stage, story: Story, claim: str, who: str, *, text: str | None = None) -> str:
    """Draft a verdict on all of a claim's evidence; its path."""
    path = f"POST {story.claims[claim]}/verdicts"
    answer = stage.call(who, path, VERDICTS[text or claim], expect="201 draft")
    story.verdicts[text or claim] = answer.location
    return answer.location


def agree_and_publish(
    stage: Stage, verdict: str, author: str, reviewers: tuple[str, str], rating: str
) -> None:
    """From a draft to the public, without a hitch."""
    stage.move(author, verdict, "propose", expect="200 proposed")
    approve_and_publish(stage, verdict, reviewers, rating)


def approve_and_publish(
    stage: Stage, verdict: str, reviewers: tuple[str, str], rating: str
) -> None:
    """Two colleagues give the same rating as the author, and the editor publishes."""
    first, second = reviewers
    stage.move(first, verdict, "approve", rating=rating, expect="200 proposed")
    stage.move(second, verdict, "approve", rating=rating, expect="200 approved")
    url = f"https://borderdesk.example/checks/{verdict[-12:]}"
    stage.move("Samir", verdict, "publish", url=url, expect="200 published")
