"""What comes in between: who is asked for more, removed or stopped while something is under way."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select, update

from tests.site import in_turn, page
from tests.webhooks.receiving import OK
from verifier.accounts.tokens import identify
from verifier.kit.answers import IfMatch
from verifier.webhooks import sending, service
from verifier.webhooks.models import Webhook, WebhookDelivery
from verifier.webhooks.retries import LONGEST_REST
from verifier.webhooks.sending import Courier

FAILURE = page(b"no", 500)


def test_who_asks_for_it_again_while_it_is_on_its_way_gets_it_again(hooked):
    """Whatever comes of the attempt that is under way."""
    room, begun = hooked.room, datetime.now(UTC).isoformat()

    def asked_for_meanwhile(connection, _received):
        sent = {"since": begun}
        room.call("POST", f"{hook}/redeliver", "ann", json=sent, status=202)
        connection.sendall(FAILURE)

    hook = hooked.add(
        answer=in_turn(FAILURE, asked_for_meanwhile, OK), types=["claim.submitted", "claim.edited"]
    )
    claim = room.claim()
    room.call("PATCH", claim, "con", etag="*", json={"topics": ["army"]}, status=200)
    hooked.work()
    hooked.pass_time(seconds=6)
    hooked.work()
    waiting = hooked.deliveries(hook)
    assert {(each["state"], each["attempts"]) for each in waiting} == {("waiting", 0)}
    hooked.pass_time(seconds=LONGEST_REST.total_seconds())
    hooked.work()
    assert hooked.types()[2:] == ["claim.submitted", "claim.edited"]
    assert {each["state"] for each in hooked.deliveries(hook)} == {"delivered"}


def test_who_has_much_to_get_waits_in_turn_with_the_others(hooked, monkeypatch):
    monkeypatch.setattr(sending, "ROUND", 2)
    hooked.add("/much", types=["claim.submitted"])
    for n in range(5):
        hooked.room.claim(text=f"Claim {n}.")
    hand_on, send = hooked.desk.worker.rounds
    hand_on()
    hooked.add("/little", types=["claim.accepted"])
    hooked.room.claim(text="Another.", accepted=True)
    hand_on()
    for _ in range(4):
        send()
    paths = [request.path for request in hooked.site.received]
    assert paths == ["/much", "/much", "/little", "/much", "/much", "/much", "/much"]


def test_those_that_fail_leave_a_thread_to_those_that_do_not(hooked):
    courier = Courier(
        hooked.desk.worker.database, hooked.desk.internet.fetcher(), "http://x.example"
    )
    hooked.add("/fails", answer=FAILURE)
    hooked.room.published()
    assert (courier.hand_on(), courier.send()) == (True, True)
    hooked.pass_time(seconds=LONGEST_REST.total_seconds())
    assert not courier.send_to_sound()
    hooked.add("/sound")
    hooked.room.verdict_in("published")
    assert (courier.hand_on(), courier.send_to_sound()) == (True, True)
    assert hooked.types("/sound") == ["verdict.published"]
    assert len(hooked.requests("/fails")) == 1
    assert courier.send()


def test_what_is_wrong_in_one_desk_keeps_nothing_from_the_others(hooked, database):
    """And it arrives once that is mended."""
    types = ["webhook.tested"]
    broken, sound = (hooked.add(f"/{who}", who=who, types=types) for who in ("ann", "out"))
    for hook, who in ((broken, "ann"), (sound, "out")):
        hooked.room.call("PATCH", hook, who, etag="*", json={"types": ["webhook.updated"]})
    wanted = update(Webhook).where(Webhook.id == broken[-36:])
    with database.transaction() as session:
        session.execute(wanted.values(types=5))
    hooked.work()
    assert (hooked.types("/ann"), hooked.types("/out")) == ([], ["webhook.updated"])
    with database.transaction() as session:
        session.execute(wanted.values(types=["webhook.updated"]))
    hooked.work()
    assert hooked.types("/ann") == ["webhook.updated"]


def test_nothing_waits_for_an_endpoint_that_is_removed_while_events_are_handed_on(hooked, database):
    hook = hooked.add(types=["claim.submitted"])
    hooked.room.claim()
    hand_on = threading.Thread(target=hooked.desk.worker.rounds[0])
    with database.transaction() as session:
        ann = identify(session, hooked.room.tokens["ann"]).actor
        service.remove_webhook(session, ann, hook[-36:], if_match=IfMatch(None))
        hand_on.start()
        hand_on.join(0.3)
    hand_on.join()
    with database.reading() as session:
        assert session.scalars(select(WebhookDelivery)).all() == []


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_an_endpoint_that_is_made_while_events_are_handed_on_misses_none(hooked, database):
    """SQLite has one writer at a time."""
    hooked.add("/before", types=["claim.submitted"])
    hooked.room.claim(text="First.")
    meanwhile = iter(
        [
            lambda: hooked.add("/meanwhile", types=["claim.submitted"]),
            lambda: hooked.room.claim(text="Second."),
        ]
    )

    def happens(_connection, _cursor, statement, *_rest):
        if "follows_after" in statement and statement.startswith("SELECT"):
            for step in meanwhile:
                step()

    event.listen(database.engine, "after_cursor_execute", happens)
    hooked.work()
    assert len(hooked.received("/before")) == 2
    assert len(hooked.received("/meanwhile")) == 1
