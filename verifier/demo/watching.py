"""A page that is archived, quoted, and rewritten afterwards."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Final

from verifier.demo.checking import attach
from verifier.demo.material import PROGRAMME

if TYPE_CHECKING:
    from verifier.demo.intake import Story
    from verifier.demo.stage import Answer, Stage

READ_SECONDS: Final = 60


def watch_a_page(stage: Stage, story: Story) -> None:
    """The copy that evidence rests on stays, whatever becomes of the page."""
    stage.act("A page that changes")
    stage.say("A ministry's page is given by its address, and the worker goes to fetch it.")
    stage.say("There is no such site, so Leyla brings the copy that she saved in April.")
    source = {"desk": "border-desk", "url": PROGRAMME["url"], "publisher": "A ministry"}
    answer = stage.call("Leyla", "POST /v1/sources", source, expect="201")
    story.sources["programme"] = answer.json["id"]
    copy = _bring(stage, answer.location, PROGRAMME["april"], "2024-04-23T08:00:00Z")
    attach(stage, story, "visit", "programme", "supports", exact=PROGRAMME["quote"])
    evidence = stage.read("Leyla", f"/v1/evidence/{story.evidence['visit/programme']}").json
    stage.demand(evidence["snapshot_sha256"] == copy.json["sha256"], "Nothing was pinned.")
    file = stage.call("Leyla", f"GET {copy.json['warc']}").body
    stage.demand(
        hashlib.sha256(file).hexdigest() == evidence["snapshot_sha256"], "Another file came back."
    )
    stage.say(f"  The evidence rests on a WARC file with the SHA-256 {copy.json['sha256'][:16]}….")
    stage.say("In May the page says something else.")
    _bring(stage, answer.location, PROGRAMME["may"], "2024-05-02T08:00:00Z")
    stage.call("Tural", "GET /v1/queue?task=recheck", expect="200 1 item")
    waiting = f"GET {story.claims['visit']}/quote-checks?open=true"
    (check,) = stage.call("Tural", waiting, expect="200 1 item").json["items"]
    stage.say(f"  {check['outcome']}, {check['score']:.0%} alike: “{check['found']}”")
    stage.say("Nothing is re-anchored to a lookalike by itself. The old copy stands, and is kept.")
    comment = "What was announced stays so; that it was not done is another claim."
    stage.move("Tural", f"/v1/quote-checks/{check['id']}", "keep", comment=comment)


def _bring(stage: Stage, source: str, paragraphs: str, fetched_at: str) -> Answer:
    """Upload a saved page, and wait until the worker has read it."""
    page = f"<!doctype html><html lang=en><title>Programme</title><article>{paragraphs}</article>"
    file = ("programme.html", page, "text/html")
    fields = {"file": file, "fetched_at": fetched_at}
    answer = stage.upload("Leyla", f"{source}/snapshots", fields, expect="201")
    end = time.monotonic() + READ_SECONDS
    while stage.read("Leyla", answer.location).json["read_at"] is None:
        stage.demand(time.monotonic() < end, "The worker did not read the page.")
        time.sleep(0.1)
    return answer
