"""From what happens to who wants to know: once, in order, signed, and nothing that is confidential."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.generated import ROOT
from tests.problems import check_problem
from tests.site import in_turn, page
from tests.webhooks.receiving import OK, verified
from verifier.accounts.actor import SERVICE
from verifier.claims.models import Claim
from verifier.claims.trail import record_on_claim
from verifier.events.checkpoints import Gatherer
from verifier.events.models import Event
from verifier.events.notes import SigningKey
from verifier.events.service import SERVER_CHAIN
from verifier.webhooks import outbox
from verifier.webhooks.models import WebhookDelivery, WebhookMessage
from verifier.webhooks.sweeping import sweep_deliveries
from verifier.webhooks.types import TYPES

FAILURE = page(b"no", 500)


def test_a_published_verdict_arrives_with_all_that_the_public_sees(hooked):
    hook = hooked.add()
    claim, verdict = hooked.room.published()
    hooked.work()
    (message,) = hooked.received()
    assert message["type"] == "verdict.published"
    data = message["data"]
    assert data["subject"]["api"].endswith(verdict)
    assert data["claim"]["page"].endswith(claim.replace("/v1/claims", "/factchecks"))
    assert (data["verdict"]["rating"], data["verdict"]["state"]) == ("mostly-true", "published")
    review = hooked.room.call("GET", f"{claim}/claimreview", status=200).json
    assert data["claimreview"] == review
    delivery = hooked.delivery(hook)
    (received,) = hooked.requests()
    assert delivery["id"] == received.headers["webhook-id"] == data["event"]["id"]
    assert delivery["body"].encode() == received.body
    assert (delivery["state"], delivery["status"], delivery["error"]) == ("delivered", 200, None)
    (attempt,) = delivery["log"]
    assert (attempt["status"], attempt["answer"], attempt["error"]) == (200, "thanks", None)
    assert attempt["latency_ms"] >= 0


def test_the_newest_checkpoint_is_told_with_it(hooked, database):
    hooked.add()
    hooked.room.claim(text="Something for the tree.")
    Gatherer(database, [SigningKey.generate("trail.example")])()
    hooked.room.published()
    hooked.work()
    (message,) = hooked.received()
    shown = hooked.room.call(
        "GET", "/v1/audit/checkpoint", headers={"Accept": "application/json"}, status=200
    ).json
    told = message["data"]["checkpoint"]
    assert told == {name: shown[name] for name in told}
    assert told["note"].startswith("trail.example\n")


def test_a_correction_and_a_retraction_say_what_they_put_an_end_to(hooked):
    hooked.add()
    claim, first = hooked.room.published()
    correction = {"kind": "correction", "note": "It was 2026."}
    second = hooked.room.verdict_in("published", claim, rating="false", correction=correction)
    hooked.work()
    hooked.room.act(second, "ed", "retract", reason="It rests on a parody.")
    hooked.work()
    messages = hooked.received()
    assert [message["type"] for message in messages] == [
        "verdict.published", "verdict.superseded", "verdict.published", "verdict.retracted",
    ]  # fmt: skip
    _, superseded, published, retracted = (message["data"] for message in messages)
    assert first.endswith(superseded["verdict"]["id"])
    assert second.endswith(superseded["replaced_by"])
    assert published["verdict"]["correction"]["note"] == "It was 2026."
    assert published["claimreview"]["correction"]
    assert retracted["verdict"]["retracted_reason"] == "It rests on a parody."
    assert (retracted["replaced_by"], retracted["claimreview"]) == (None, None)


def test_what_is_not_published_is_told_of_by_its_ids(hooked):
    hooked.add(types=["claim.*", "verdict.*", "evidence.*", "review.*", "recusal.*"])
    room = hooked.room
    claim = room.claim(accepted=True)
    secret = "Zangezur draft"
    room.evidence(claim, room.source(), note=secret)
    verdict = room.verdict(claim, title=secret, summary=secret, explanation=secret)
    room.act(verdict, "rev", "propose")
    room.act(verdict, "rev2", "request_changes", comment=secret)
    room.call("POST", f"{claim}/recusals", "con", json={"reason": secret}, status=201)
    hooked.work()
    assert hooked.types() == [
        "claim.submitted", "claim.accepted", "evidence.attached", "verdict.drafted",
        "verdict.proposed", "review.given", "verdict.returned", "recusal.declared",
    ]  # fmt: skip
    for request, message in zip(hooked.requests(), hooked.received(), strict=True):
        assert secret.encode() not in request.body
        assert b"mostly-true" not in request.body
        assert message["data"]["claim"]["text"].startswith("The troops")
        assert message["data"]["claim"]["page"] is None


def test_confidential_evidence_never_leaves(hooked):
    """Neither as an event of its own, nor in what is told of the verdict that cites it."""
    hook = hooked.add(types=["evidence.*", "verdict.*"])
    room = hooked.room
    claim = room.claim(accepted=True)
    room.evidence(claim, room.source())
    hidden = room.evidence(
        claim, room.source(url=None), note="A whistle-blower.", confidential=True
    )
    drafted = room.verdict(claim)
    for who, action in (("rev", "propose"), ("rev2", "approve"), ("ed", "publish")):
        room.act(drafted, who, action)
    room.act(f"/v1/evidence/{hidden['id']}", "con", "withdraw", reason="It was a parody.")
    hooked.work()
    assert "verdict.published" in hooked.types()
    assert hooked.types().count("evidence.attached") == 1
    told = [request.body.decode() for request in hooked.requests()]
    told += [str(hooked.deliveries(hook))]
    assert not [text for text in told if hidden["id"] in text or "whistle" in text.lower()]


def test_retries_have_the_same_id_and_bytes_and_a_fresh_time(hooked):
    hook = hooked.add(answer=in_turn(FAILURE, FAILURE, OK))
    claim, _ = hooked.room.published()
    hooked.work()
    first = hooked.delivery(hook)
    assert (first["state"], first["attempts"], first["status"]) == ("waiting", 1, 500)
    assert first["error"] == "It answered 500, not 2xx."
    assert hooked.shown(hook)["failing_since"]
    # What is told stays as it was told.
    hooked.room.call("PATCH", claim, "rev", etag="*", json={"topics": ["changed"]}, status=200)
    for pause in (6, 400):
        hooked.work()
        hooked.pass_time(seconds=pause)
        hooked.work()
    hooked.received()
    requests = hooked.requests()
    assert len(requests) == 3
    assert len({request.headers["webhook-id"] for request in requests}) == 1
    assert len({request.body for request in requests}) == 1
    delivery = hooked.delivery(hook)
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 3)
    assert [attempt["status"] for attempt in delivery["log"]] == [500, 500, 200]
    assert hooked.shown(hook)["failing_since"] is None


def test_events_of_a_claim_wait_for_the_one_before_and_others_do_not(hooked):
    refused = set()

    def answer(connection, received):
        data = json.loads(received.body)
        key = (data["data"]["claim"]["id"], data["type"])
        fails = key not in refused and key[1] == "claim.submitted" and "First" in str(data)
        refused.add(key)
        connection.sendall(FAILURE if fails else OK)

    hook = hooked.add(answer=answer, types=["claim.*"])
    first, second = (hooked.room.claim(text=f"{n} claim.") for n in ("First", "Second"))
    hooked.work()
    hooked.room.act(first, "rev", "accept")
    hooked.room.act(second, "rev", "accept")
    hooked.pass_time(seconds=1)
    hooked.work()
    hooked.pass_time(seconds=30)
    hooked.work()

    def told(claim):
        return [m["type"] for m in hooked.received() if claim.endswith(m["data"]["claim"]["id"])]

    assert told(first) == ["claim.submitted", "claim.submitted", "claim.accepted"]
    assert told(second) == ["claim.submitted", "claim.accepted"]
    assert {each["state"] for each in hooked.deliveries(hook)} == {"delivered"}


def test_many_events_of_a_claim_go_in_one_round_and_in_order(hooked):
    hooked.add(types=["claim.edited"])
    claim = hooked.room.claim()
    for n in range(12):
        sent = {"topics": [f"t{n}"]}
        hooked.room.call("PATCH", claim, "con", etag="*", json=sent, status=200)
    hooked.work()
    numbers = [message["data"]["event"]["seq"] for message in hooked.received()]
    assert len(numbers) == 12
    assert numbers == sorted(numbers)


def test_each_endpoint_is_told_of_what_it_asks_for_from_its_beginning_on(hooked):
    hooked.room.claim(text="Before anybody asked.")
    hooked.add("/claims", types=["claim.submitted"])
    hooked.room.claim(text="One asks.")
    hooked.add("/all", types=["claim.*", "webhook.*"])
    hooked.add("/far", types=["claim.*"], who="out")
    hooked.room.claim(text="Two ask.", accepted=True)
    hooked.work()
    assert hooked.types("/claims") == ["claim.submitted"] * 2
    # The other desk's webhook is its own business.
    assert sorted(hooked.types("/all")) == ["claim.accepted", "claim.submitted", "webhook.created"]
    assert hooked.types("/far") == []


def test_what_an_import_brings_is_told_to_who_names_it(hooked, database):
    hooked.add("/kind", types=["claim.*"])
    hooked.add("/named", types=["claim.imported"])
    claim = hooked.room.claim().rpartition("/")[2]
    with database.transaction() as session:
        row = session.get_one(Claim, claim)
        record_on_claim(session, SERVICE, row, "claim.imported", row)
    hooked.work()
    assert hooked.types("/kind") == ["claim.submitted"]
    assert hooked.types("/named") == ["claim.imported"]


def test_events_are_handed_on_in_batches_none_twice(hooked, database, monkeypatch):
    monkeypatch.setattr(outbox, "LOOKED_AT", 3)
    monkeypatch.setattr(outbox, "TOLD_OF", 2)
    hook = hooked.add(types=["claim.submitted"])
    for n in range(7):
        hooked.room.claim(text=f"Claim {n}.", accepted=n % 2 == 0)
    hooked.work()
    assert len(hooked.received()) == len(hooked.deliveries(hook)) == 7
    with database.reading() as session:
        assert outbox.chains_behind(session) == []


def test_what_a_batch_takes_is_the_same_however_many_are_told_of(hooked, count_queries):
    hooked.add()
    hand_on, _ = hooked.desk.worker.rounds
    numbers = set()
    for several in (1, 4):
        for _ in range(several):
            hooked.room.verdict_in("published")
        with count_queries() as queries:
            hand_on()
        numbers.add(len(queries))
    assert len(numbers) == 1


def test_a_kept_question_is_answered_at_the_endpoints_of_who_keeps_it(hooked, database):
    text = "The troops may leave before the 2025 deadline, they say."
    sent = {"text": text, "notify": True}
    hooked.room.call("POST", "/v1/matches", "ann", json=sent, status=201)
    hooked.add("/ann", types=["subscription.matched"])
    hooked.add("/out", types=["subscription.matched"], who="out")
    claim, verdict = hooked.room.published()
    hooked.work()
    (message,) = hooked.received("/ann")
    assert claim.endswith(message["data"]["claim"]["id"])
    assert verdict.endswith(message["data"]["verdict"]["id"])
    assert "they say" not in hooked.requests("/ann")[0].body.decode()
    assert hooked.received("/out") == []
    sent = {"members": ["text"], "reason": "They asked for it."}
    hooked.room.call("POST", f"{claim}/erasures", "ann", etag="*", json=sent, status=200)
    with database.snapshot() as session:
        (body,) = session.scalars(select(WebhookMessage.body)).all()
    assert "The troops" not in body


def test_a_secret_is_shown_once_and_rotated_with_an_overlap(hooked, database):
    hook = hooked.add()
    old = hooked.secrets["/hook"]
    assert "secret" not in hooked.shown(hook)
    answer = hooked.room.call("POST", f"{hook}/rotate", "ann", etag="*", json={}, status=200)
    new = answer.json["secret"]
    assert new != old
    assert hooked.shown(hook)["former_secret_until"]
    hooked.room.published()
    hooked.work()
    (during,) = hooked.requests()
    assert verified(old, during) == verified(new, during)
    hooked.pass_time(hours=25)
    hooked.room.verdict_in("published")
    hooked.work()
    after = hooked.requests()[-1]
    assert verified(new, after)
    with pytest.raises(Exception, match="No matching signature"):
        verified(old, after)
    with database.reading() as session:
        events = session.scalars(select(Event.data).where(Event.type.startswith("webhook."))).all()
    assert not [data for data in events if old in data or new in data or "/hook" in data]


def test_a_test_shows_that_it_works(hooked):
    hook = hooked.add()
    started = hooked.room.call("POST", f"{hook}/test", "ann", json={}, status=202)
    assert started.json["state"] == "waiting"
    hooked.work()
    (message,) = hooked.received()
    assert message["type"] == "webhook.tested"
    shown = hooked.room.call("GET", started.headers["Location"], "ann", status=200).json
    assert shown["state"] == "delivered"


def test_what_was_missed_can_be_sent_again(hooked):
    begun = datetime.now(UTC).isoformat()
    hook = hooked.add(types=["claim.submitted"])
    hooked.room.claim(text="This arrives.")
    hooked.work()
    hooked.room.call("PATCH", hook, "ann", etag="*", json={"active": False}, status=200)
    hooked.room.claim(text="This does not.")
    hooked.work()
    states = [each["state"] for each in hooked.deliveries(hook)]
    assert states == ["skipped", "delivered"]
    off = hooked.room.call("POST", f"{hook}/redeliver", "ann", json={"since": begun})
    assert check_problem(off, 409)["type"].endswith("webhook-is-off")
    hooked.room.call("PATCH", hook, "ann", etag="*", json={"active": True}, status=200)
    missed = {"since": begun, "undelivered_only": True}
    for sent, number in (
        (missed, 1),
        ({"since": begun}, 2),
        ({"since": "2030-01-01T00:00:00Z"}, 0),
    ):
        answer = hooked.room.call("POST", f"{hook}/redeliver", "ann", json=sent, status=202)
        assert answer.json == {"deliveries": number}
        hooked.work()
    assert len(hooked.received()) == 4
    ids = [request.headers["webhook-id"] for request in hooked.requests()]
    assert len(set(ids)) == 2
    one = f"{hook}/deliveries/{ids[0]}"
    hooked.room.call("POST", f"{one}/redeliver", "ann", json={}, status=202)
    hooked.work()
    assert len(hooked.room.call("GET", one, "ann").json["log"]) == 3
    assert [each["id"] for each in hooked.deliveries(hook, state="delivered")] == sorted(
        set(ids), reverse=True
    )


def test_a_removed_webhook_is_told_of_nothing_more(hooked):
    hook = hooked.add(answer=FAILURE)
    hooked.room.published()
    hooked.work()
    hooked.room.call("DELETE", hook, "ann", etag="*", status=204)
    hooked.pass_time(days=1)
    hooked.work()
    assert len(hooked.requests()) == 1
    hooked.room.call("GET", hook, "ann", status=404)
    hooked.room.call("GET", f"{hook}/deliveries", "ann", status=404)


def test_old_deliveries_are_swept_and_nothing_else(hooked, database, monkeypatch):
    hooked.add("/good")
    hooked.add("/bad", answer=FAILURE)
    hooked.room.published()
    hooked.work()
    with database.transaction() as session:
        assert sweep_deliveries(session) == 0
    monkeypatch.setattr("verifier.webhooks.sweeping.KEPT_FOR", timedelta(seconds=-60))
    for swept, left in ((1, 1), (0, 1)):
        with database.transaction() as session:
            assert sweep_deliveries(session) == swept
            assert len(session.scalars(select(WebhookDelivery)).all()) == left
            assert len(session.scalars(select(WebhookMessage)).all()) == 1


def test_every_type_of_event_can_be_asked_for(stage):
    """What is recorded in a desk's chain has a sentence; a new type wants one, too."""
    for request in stage.requests.values():
        if not request.reads:
            request.send(stage.room)
    with stage.database.reading() as session:
        query = select(Event.type).where(Event.chain_id != SERVER_CHAIN).distinct()
        assert set(session.scalars(query)) - set(TYPES) == set()


def test_metrics_tell_how_the_webhooks_stand(hooked):
    hooked.add(answer=FAILURE)
    hooked.room.published()
    before = hooked.room.call("GET", "/metrics").text
    assert "verifier_webhook_events_waiting 0.0" not in before
    hooked.work()
    after = hooked.room.call("GET", "/metrics").text
    for line in ("events_waiting 0.0", "deliveries_waiting 1.0", "deliveries_failed 0.0"):
        assert f"verifier_webhook_{line}" in after


def test_the_receiver_in_the_documentation_works(hooked, capsys):
    page_text = (ROOT / "docs" / "api.md").read_text("utf-8")
    code = re.findall(
        r"^```python\n(from standardwebhooks.*?)^```$", page_text, re.DOTALL | re.MULTILINE
    )[0]
    names = {}
    exec(code, names)  # noqa: S102  (our own page)
    hooked.add()
    hooked.room.published()
    hooked.work()
    (request,) = hooked.requests()
    secret = hooked.secrets["/hook"]
    for _ in range(2):
        assert names["receive"](request.headers, request.body, secret) == 204
    assert capsys.readouterr().out.count("verdict.published") == 1
    for broken in ({"webhook-signature": "v1,!"}, {"webhook-signature": "x"}, {"webhook-id": "1"}):
        assert names["receive"]({**request.headers, **broken}, request.body, secret) == 400


def test_a_slack_channel_is_told_in_its_own_shape(hooked):
    hook = hooked.add(format="slack")
    hooked.room.published()
    hooked.work()
    (message,) = hooked.received()
    assert message["text"].startswith("A verdict was published: The troops may leave")
    told, link = (block["text"]["text"] for block in message["blocks"])
    assert "*Mostly true*: Early pull-out" in told
    assert link.endswith("|Read the fact-check>")
    assert json.loads(hooked.delivery(hook)["body"]) == message
