"""Sources that a desk wants looked at again and again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from verifier.kit.clock import now
from verifier.kit.jobs import Job
from verifier.snapshots.schedule import WAITING, enqueue_rechecks
from verifier.sources.models import Source


@pytest.fixture
def desk(desk_at_work):
    desk_at_work.serve("The peacekeepers are leaving, and people in the villages watch them go by.")
    desk_at_work.room.set_policy(recheck_after=24)
    return desk_at_work


def seen(desk, hours):
    """As if every source had last been seen, and every job been done, so many hours ago."""
    with desk.worker.database.transaction() as session:
        for source in session.scalars(select(Source).where(Source.checked_at.is_not(None))):
            source.checked_at = now() - timedelta(hours=hours)
        for job in session.scalars(select(Job)):
            job.updated_at = now() - timedelta(hours=hours)


def rechecks(desk):
    with desk.worker.database.transaction() as session:
        return enqueue_rechecks(session)


def test_a_source_is_fetched_again_when_its_time_has_come(desk):
    source = desk.source()
    assert rechecks(desk) == 0
    seen(desk, 25)
    assert rechecks(desk) == 1
    assert rechecks(desk) == 0
    assert desk.work() == 2
    assert len(desk.shown(source)["snapshots"]) == 2
    assert rechecks(desk) == 0


def test_the_policy_decides_and_a_change_of_it_counts_at_once(desk):
    desk.source()
    seen(desk, 25)
    desk.room.set_policy(recheck_after=48)
    assert rechecks(desk) == 0
    desk.room.set_policy(recheck_after=None)
    seen(desk, 1000)
    assert rechecks(desk) == 0
    desk.room.set_policy(recheck_after=1)
    assert rechecks(desk) == 1


def test_what_somebody_entered_is_not_fetched_by_itself(desk):
    desk.room.source(url="http://a.example/pasted", text="Pasted by hand.")
    seen(desk, 1000)
    assert rechecks(desk) == 0


def test_a_site_that_does_not_answer_is_left_alone_until_its_time_has_come_again(desk):
    source = desk.source()
    seen(desk, 25)
    desk.internet.site["/withdrawal"] = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    assert rechecks(desk) == 1
    desk.work()
    assert desk.shown(source)["fetch"]["state"] == "failed"
    assert rechecks(desk) == 0
    seen(desk, 25)
    assert rechecks(desk) == 1


def test_rechecks_trickle_so_that_people_need_not_wait(desk):
    for n in range(WAITING + 5):
        desk.serve(
            "A page about convoys that went north on that day in spring, and nothing else.",
            path=f"/{n}",
        )
        desk.source(f"http://a.example/{n}")
    seen(desk, 25)
    assert rechecks(desk) == WAITING
    assert rechecks(desk) == 0
    desk.work()
    assert rechecks(desk) == 5


def test_the_worker_looks_by_itself(desk):
    desk.source()
    seen(desk, 25)
    desk.worker._tick()
    assert desk.work() == 2
