"""What leaves the house, and the trail that shows how it came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from verifier.demo.stage import NOBODY, shortened

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.demo.intake import Story
    from verifier.demo.stage import Stage

FILES: Final = {
    "claimreview": "claims.claimreview.jsonld",
    "datafeed": "claims.datafeed.jsonld",
    "ndjson": "claims.ndjson",
    "csv": "claims.csv",
}


def read_the_history(stage: Stage, story: Story) -> None:
    """To colleagues everything, to the public what was published."""
    stage.act("The history of the tacit backing")
    path = f"{story.claims['backing']}/history"
    events = stage.call("Samir", f"GET {path}?limit=200").json["items"]
    for event in events:
        who = event["actor"]["name"] if event["actor"] else ""
        told = event["data"].get("because", "")
        stage.say(f"  {event['seq']:>4}  {event['at'][11:19]}  {who:<6} {event['type']} {told}")
    public = stage.call(NOBODY, f"GET {path}").json["items"]
    stage.say(f"  The public sees {', '.join(event['type'] for event in public)}.")


def export_everything(stage: Stage, story: Story, folder: Path) -> None:
    """Every format, into files; then one ClaimReview whole."""
    stage.act("What leaves the house")
    for name, file in FILES.items():
        answer = stage.call("Samir", f"GET /v1/exports/{name}")
        (folder / file).write_bytes(answer.body)
        stage.say(f"  {len(answer.body)} bytes in {folder / file}")
        secret = story.evidence["backing/diplomat"].encode()
        stage.demand(secret not in answer.body, f"Confidential evidence left by {name}.")
    stage.say("What the diplomat said is in none of them. The corrected verdict as a ClaimReview:")
    answer = stage.call(NOBODY, f"GET {story.claims['assurance']}/claimreview")
    stage.console.print_json(answer.body.decode(), indent=2)


def closing_words(folder: Path, serve: str, token: str, story: Story) -> str:
    """How to go on: commands that work as they stand."""
    api, claim = "http://127.0.0.1:8000", story.claims["assurance"]
    verdict = story.verdicts["trade"]
    bearer = '-H "Authorization: Bearer $TOKEN"'
    typed = "-H 'Content-Type: application/json'"
    approval = '{"action": "approve", "rating": "false"}'
    return f"""\
Everything is kept in {folder}, until the demonstration runs again. To go on with it:

{serve}

and, in another terminal, as the editor Samir: what waits for him, a claim of his own, his approval
of the verdict that waits ({shortened(verdict)}), and what anybody may read:

export TOKEN={token}
curl -s {bearer} {api}/v1/queue
curl -s {bearer} {typed} -d '{{"text": "The convoys drive at night."}}' {api}/v1/claims
curl -s {bearer} {typed} -H 'If-Match: *' -d '{approval}' {api}{verdict}/actions
curl -s {api}{claim}/claimreview

People read it at {api}{claim.replace("/v1/claims/", "/factchecks/")}; all of it is listed
at {api}/factchecks. Every endpoint can be tried at {api}/docs."""
