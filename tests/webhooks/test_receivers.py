"""Receivers that fail, hang, lead elsewhere, shout, or are gone."""

import socket
import struct
import time
from dataclasses import replace

import pytest

from tests.site import drip, in_turn, page, redirect
from tests.webhooks.receiving import OK
from verifier.webhooks.retries import DISABLED_AFTER, LONGEST_REST, MOST_ATTEMPTS, PAUSES
from verifier.webhooks.sending import KEPT_BYTES, LIMITS, Courier

FAILURE = page(b"no", 500)


def reset(connection, _received):
    """Hang up hard: the other side gets a reset, not an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hang(_connection, _received):
    time.sleep(5)


ANSWERS = {
    "fails": (FAILURE, 500, "It answered 500"),
    "leads to loopback": (redirect("http://127.0.0.1/admin"), 302, "It answered 302"),
    "leads to a public place": (redirect("http://b.example/", 308), 308, "It answered 308"),
    "resets": (reset, None, "broke off or is not sound HTTP"),
    "speaks no HTTP": (lambda c, _: c.sendall(b"SSH-2.0-x\r\n"), None, "is not sound HTTP"),
    "wants another method": (page(b"", 405), 405, "It answered 405"),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_what_fails_is_kept_and_tried_again(hooked, kind):
    answer, status, error = ANSWERS[kind]
    hook = hooked.add(answer=in_turn(answer, OK))
    hooked.room.published()
    hooked.work()
    delivery = hooked.delivery(hook)
    assert (delivery["state"], delivery["status"]) == ("waiting", status)
    assert error in delivery["error"]
    assert hooked.site.paths() == ["/hook"], "nothing was followed"
    hooked.pass_time(seconds=6)
    hooked.work()
    assert hooked.delivery(hook)["state"] == "delivered"
    assert len(hooked.received()) == 2


def test_who_hangs_is_left_when_time_is_over(hooked):
    hook = hooked.add(answer=hang)
    hooked.room.published()
    limits = replace(LIMITS, read_seconds=0.3, total_seconds=0.3)
    worker = hooked.desk.worker
    hasty = Courier(
        worker.database, hooked.desk.internet.fetcher(limits=limits), "http://x.example"
    )
    hasty.hand_on()
    hasty.send()
    delivery = hooked.delivery(hook)
    assert "took too long to answer" in delivery["error"]
    assert delivery["log"][0]["latency_ms"] >= 300


def test_an_address_inside_is_never_dialled(hooked):
    """It may have been public when the webhook was made."""
    hook = hooked.add()
    hooked.desk.internet.names["a.example"] = ["10.0.0.8"]
    hooked.room.published()
    hooked.work()
    assert hooked.requests() == []
    assert "not on the public Internet" in hooked.delivery(hook)["error"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x", "http://localhost/x", "https://a.localhost/", "http://[::1]/",
        "http://10.1.2.3/", "http://169.254.169.254/latest", "http://2130706433/",
        "http://user:pw@a.example/", "http://a.example:8080/", "ftp://a.example/", "a.example",
    ],
)  # fmt: skip
def test_where_nothing_is_sent_is_refused_at_once(hooked, url):
    made = hooked.room.call("POST", "/v1/webhooks", "ann", json={"url": url})
    assert made.status_code == 422
    assert made.json["errors"][0]["pointer"] == "/url"


def test_who_is_gone_is_not_asked_again(hooked):
    hook = hooked.add(answer=in_turn(page(b"", 410), OK))
    hooked.add("/watch", types=["webhook.disabled"])
    hooked.room.claim(text="A first claim.", accepted=True)
    hooked.room.published()
    hooked.work()
    shown = hooked.shown(hook)
    assert (shown["active"], shown["disabled"]["reason"]) == (False, "gone")
    hooked.work()
    (message,) = hooked.received("/watch")
    assert message["data"]["subject"]["id"] == shown["id"]
    assert [each["state"] for each in hooked.deliveries(hook)] == ["skipped"]
    hooked.pass_time(days=1)
    hooked.work()
    assert len(hooked.requests()) == 1
    sent = {"active": True}
    again = hooked.room.call("PATCH", hook, "ann", etag="*", json=sent, status=200).json
    assert (again["active"], again["disabled"], again["failing_since"]) == (True, None, None)


def test_who_asks_for_a_pause_gets_it(hooked):
    """For everything, and longer than it would have been."""
    hook = hooked.add(answer=in_turn(page(b"", 429, Retry_After="120"), OK), types=["claim.*"])
    hooked.room.claim(text="First.")
    hooked.work()
    hooked.room.claim(text="Second.")
    for seconds, requests in ((60, 1), (55, 1), (30, 3)):
        hooked.pass_time(seconds=seconds)
        hooked.work()
        assert len(hooked.requests()) == requests, seconds
    assert {each["state"] for each in hooked.deliveries(hook)} == {"delivered"}


def test_a_long_or_endless_answer_counts_by_its_status(hooked):
    shout = b"\0" + "я".encode() * 100_000
    hook = hooked.add("/long", answer=page(shout, 200))
    endless = hooked.add("/endless", answer=drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 512, 0.01))
    hooked.room.published()
    hooked.work()
    answer = hooked.delivery(hook)["log"][0]["answer"]
    assert answer.startswith("\ufffdяя")
    assert answer.endswith("я\ufffd"), "cut within a letter"
    assert 500 < len(answer) < KEPT_BYTES
    assert hooked.delivery(endless)["state"] == "delivered"


def test_a_dead_receiver_is_knocked_at_by_one_event_not_by_all(hooked):
    hook = hooked.add(answer=FAILURE, types=["claim.submitted"])
    for n in range(30):
        hooked.room.claim(text=f"Claim {n}.")
    hooked.work()
    knocked = len(hooked.requests())
    assert knocked < 30, "the round ends with its first failure"
    for _ in range(3):
        hooked.pass_time(seconds=LONGEST_REST.total_seconds() + 1)
        hooked.work()
    assert len(hooked.requests()) == knocked + 3
    hooked.site["/hook"] = OK
    hooked.pass_time(days=1)
    hooked.work()
    assert {each["state"] for each in hooked.deliveries(hook)} == {"delivered"}


def test_after_three_days_an_event_is_given_up_and_after_five_the_endpoint(hooked):
    assert 2.9 * 86400 < sum(PAUSES) <= 3 * 86400
    hook = hooked.add(answer=FAILURE, types=["claim.submitted", "claim.accepted"])
    claim = hooked.room.claim(text="The first.")
    hooked.work()
    for pause in PAUSES:
        hooked.pass_time(seconds=max(pause * 1.2, 601))
        hooked.work()
    delivery = hooked.delivery(hook)
    assert (delivery["state"], len(delivery["log"])) == ("failed", MOST_ATTEMPTS)
    assert delivery["next_attempt_at"] is None
    assert hooked.shown(hook)["active"]
    hooked.room.act(claim, "rev", "accept")
    hooked.work()
    assert len(hooked.requests()) == MOST_ATTEMPTS + 1, "what came after it is tried now"
    hooked.pass_time(seconds=DISABLED_AFTER.total_seconds())
    hooked.work()
    shown = hooked.shown(hook)
    assert (shown["active"], shown["disabled"]["reason"]) == (False, "failing")
