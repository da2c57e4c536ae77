"""Two workers, one of them killed while it sends: each event reaches each endpoint, in order for each claim."""

import signal
from collections import defaultdict

import pytest
from sqlalchemy import func, select

from tests.site import Site
from tests.test_worker import environment, wait_until, working  # noqa: F401  (a fixture)
from tests.webhooks.receiving import OK, verified
from verifier.accounts.actor import SERVICE
from verifier.claims.models import Claim
from verifier.claims.trail import record_on_claim
from verifier.webhooks.models import WebhookDelivery

CLAIMS, EVENTS, HOOKS = 20, 300, 3


def add_webhooks(newsroom, site):
    """(path → secret) of webhooks on this machine."""
    newsroom.client.application.config["ALLOW_PRIVATE_FETCH"] = True
    secrets = {}
    for n in range(HOOKS):
        site[f"/{n}"] = OK
        sent = {"url": f"http://127.0.0.1:{site.port}/{n}", "types": ["claim.edited"]}
        made = newsroom.call("POST", "/v1/webhooks", "ann", json=sent, status=201)
        secrets[f"/{n}"] = made.json["secret"]
    return secrets


def write_events(newsroom, database):
    claims = [newsroom.claim(text=f"Claim {n}.")[-36:] for n in range(CLAIMS)]
    with database.transaction() as session:
        rows = [session.get_one(Claim, claim) for claim in claims]
        for n in range(EVENTS):
            row = rows[n % CLAIMS]
            record_on_claim(session, SERVICE, row, "claim.edited", row)


def number(database, *conditions):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(WebhookDelivery).where(*conditions))


@pytest.mark.timeout(240)
def test_a_killed_worker_loses_nothing_and_the_order_is_kept(newsroom, environment, database):  # noqa: F811
    with Site() as site:
        secrets = add_webhooks(newsroom, site)
        write_events(newsroom, database)
        everything = HOOKS * EVENTS
        with working(environment, "--lease", "2") as one, working(environment, "--lease", "2"):
            # Killed while requests are under way: after sending, and before it is recorded.
            wait_until(lambda: len(site.received) > EVENTS // 10)
            one.send_signal(signal.SIGKILL)
            wait_until(lambda: number(database, WebhookDelivery.state == "delivered") == everything)
        received = list(site.received)
    by_id, arrived = defaultdict(set), defaultdict(list)
    for request in received:
        data = verified(secrets[request.path], request)["data"]
        by_id[request.headers["webhook-id"]].add(request.body)
        line = arrived[request.path, data["claim"]["id"]]
        if data["event"]["seq"] not in line:
            line.append(data["event"]["seq"])
    assert {len(bodies) for bodies in by_id.values()} == {1}
    assert len(by_id) == EVENTS
    assert len(arrived) == HOOKS * CLAIMS
    for line in arrived.values():
        assert len(line) == EVENTS // CLAIMS
        assert line == sorted(line)
    assert number(database) == everything
