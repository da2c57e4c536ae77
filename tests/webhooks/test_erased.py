"""What was erased: neither shown nor sent again, wherever it had been told."""

import json

from sqlalchemy import update

from tests.databases import contents
from tests.newsroom import QUOTE
from tests.site import page
from verifier.webhooks.models import WebhookMessage
from verifier.webhooks.types import MATCHED


def test_what_is_erased_is_not_told_any_more(hooked):
    hook = hooked.add()
    room = hooked.room
    claim, _ = room.published(room.claim(text="Zülfiyyə said so.", accepted=True))
    hooked.work()
    assert "Zülfiyyə" in hooked.delivery(hook)["body"]
    sent = {"members": ["text"], "reason": "She asked for it."}
    room.call("POST", f"{claim}/erasures", "ann", etag="*", json=sent, status=200)
    told = json.loads(hooked.delivery(hook)["body"])
    assert (told["data"]["claim"], told["data"]["claimreview"]) == (None, None)
    assert told["data"]["subject"]["id"]


def test_nor_is_where_it_was_made(hooked, database):
    """The ClaimReview names the source, and a receiver may repeat what it is sent."""
    hook = hooked.add(answer=page("Heard: Zülfiyyə's diary".encode()))
    room = hooked.room
    source = room.source(title="Zülfiyyə's diary", url="https://news.example/who")
    place = {"source": source["id"], "quote": {"exact": QUOTE}}
    room.published(room.claim(appearances=[place], accepted=True))
    hooked.work()
    before = hooked.delivery(hook)
    assert "diary" in before["body"]
    assert "diary" in before["log"][0]["answer"]
    sent = {"members": ["title"], "reason": "She asked for it."}
    path = f"/v1/sources/{source['id']}/erasures"
    room.call("POST", path, "ann", etag="*", json=sent, status=200)
    assert "diary" not in str(contents(database))
    body = json.loads(hooked.delivery(hook)["body"])
    assert body["data"]["verdict"]["title"] == "Early pull-out"


def test_nor_in_answers_to_questions_or_in_what_a_receiver_sent_back(hooked):
    text = "The troops may leave before the 2025 deadline."
    room = hooked.room
    sent = {"text": f"{text} They say.", "notify": True}
    room.call("POST", "/v1/matches", "ann", json=sent, status=201)
    hook = hooked.add(types=[MATCHED], answer=page(f"Thanks for {text!r}".encode()))
    claim, _ = room.published()
    hooked.work()
    before = hooked.delivery(hook)
    assert text in before["body"]
    assert text in before["log"][0]["answer"]
    sent = {"members": ["text"], "reason": "She asked for it."}
    room.call("POST", f"{claim}/erasures", "ann", etag="*", json=sent, status=200)
    assert text not in str(hooked.delivery(hook))


def test_nor_by_a_worker_that_had_read_it_before_it_was_erased(hooked, database):
    hook = hooked.add()
    claim, _ = hooked.room.published()
    hooked.work()
    body = hooked.delivery(hook)["body"]
    sent = {"members": ["text"], "reason": "She asked for it."}
    hooked.room.call("POST", f"{claim}/erasures", "ann", etag="*", json=sent, status=200)
    with database.transaction() as session:
        session.execute(update(WebhookMessage).values(body=body))
    hooked.work()
    assert json.loads(hooked.delivery(hook)["body"])["data"]["claim"] is None
