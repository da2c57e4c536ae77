"""Jobs: one worker at a time, until done, however often a worker is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from verifier.kit import jobs
from verifier.kit.clock import new_id, now
from verifier.kit.jobs import Job, JobFailed, LeaseLost

KIND = "source.fetch"
LEASE = timedelta(seconds=30)


@pytest.fixture
def do(database):
    """Call a function of `kit.jobs` in a transaction of its own."""

    def call(function, *args, **kwargs):
        with database.transaction() as session:
            return function(session, *args, **kwargs)

    return call


@pytest.fixture
def stored(database):
    def rows(*conditions):
        with database.reading() as session:
            return session.scalars(select(Job).where(*conditions).order_by(Job.id)).all()

    return rows


def pass_time(database, seconds):
    """As if so many seconds had gone by."""
    with database.transaction() as session:
        for job in session.scalars(select(Job).where(Job.due_at.is_not(None))):
            job.due_at -= timedelta(seconds=seconds)


def test_a_job_is_claimed_once(do, stored):
    job = do(jobs.enqueue, KIND, new_id())
    claimed = do(jobs.claim, [KIND], LEASE)
    assert (claimed.id, claimed.attempts) == (job.id, 1)
    assert do(jobs.claim, [KIND], LEASE) is None
    do(jobs.finish, claimed, {"snapshot": "x"})
    (row,) = stored()
    assert (row.state, row.result, row.due_at, row.lease) == ("done", {"snapshot": "x"}, None, None)


def test_a_worker_takes_only_what_it_can_do(do):
    do(jobs.enqueue, "something.else", new_id())
    assert do(jobs.has_due, [KIND]) is False
    assert do(jobs.claim, [KIND], LEASE) is None


def test_there_is_one_open_job_for_a_subject(do, stored):
    subject = new_id()
    first, again = (do(jobs.enqueue, KIND, subject) for _ in range(2))
    assert first.id == again.id
    other = do(jobs.enqueue, "snapshot.read", subject)
    assert other.id != first.id
    do(jobs.finish, do(jobs.claim, [KIND], LEASE))
    assert do(jobs.enqueue, KIND, subject).id != first.id
    assert len(stored(Job.kind == KIND)) == 2


def test_many_workers_share_the_work(do, stored):
    """Each job goes to one of them, however many ask at once."""
    wanted = {do(jobs.enqueue, KIND, new_id()).id for _ in range(30)}

    def work(_):
        taken = []
        while do(jobs.has_due, [KIND]):
            claimed = do(jobs.claim, [KIND], LEASE)
            if claimed is not None:
                taken.append(claimed.id)
                do(jobs.finish, claimed)
        return taken

    with ThreadPoolExecutor(6) as pool:
        taken = [job for each in pool.map(work, range(6)) for job in each]
    assert sorted(taken) == sorted(wanted)
    assert {row.attempts for row in stored()} == {1}


def test_a_lost_workers_job_is_taken_up_and_its_late_result_dropped(do, database, stored):
    do(jobs.enqueue, KIND, new_id())
    lost = do(jobs.claim, [KIND], LEASE)
    pass_time(database, 31)
    heir = do(jobs.claim, [KIND], LEASE)
    assert (heir.id, heir.attempts) == (lost.id, 2)
    with pytest.raises(LeaseLost):
        do(jobs.finish, lost)
    with pytest.raises(LeaseLost):
        do(jobs.fail, lost, JobFailed("too late", may_pass=True))
    do(jobs.finish, heir)
    assert [row.state for row in stored()] == ["done"]


def test_a_lease_is_prolonged_while_work_goes_on(do, database):
    do(jobs.enqueue, KIND, new_id())
    claimed = do(jobs.claim, [KIND], LEASE)
    pass_time(database, 20)
    do(jobs.hold, [claimed.lease], LEASE)
    pass_time(database, 20)
    assert do(jobs.claim, [KIND], LEASE) is None
    do(jobs.finish, claimed)


def test_what_a_stopping_worker_gives_back_was_no_attempt(do):
    do(jobs.enqueue, KIND, new_id())
    claimed = do(jobs.claim, [KIND], LEASE)
    do(jobs.give_back, [claimed.lease])
    assert do(jobs.claim, [KIND], LEASE).attempts == 1


def test_pauses_grow_until_the_job_has_failed(do, database, stored):
    do(jobs.enqueue, KIND, new_id())
    pauses = []
    for attempt in range(1, jobs.MOST_ATTEMPTS + 1):
        claimed = do(jobs.claim, [KIND], LEASE)
        assert claimed.attempts == attempt
        begun = now()
        state = do(jobs.fail, claimed, JobFailed("The site did not answer.", may_pass=True))
        (row,) = stored()
        if state == "queued":
            pauses.append(round((row.due_at - begun).total_seconds()))
            assert do(jobs.claim, [KIND], LEASE) is None
            pass_time(database, pauses[-1] + 1)
    assert pauses == list(jobs.PAUSES)
    assert pauses == sorted(pauses)
    assert (row.state, row.due_at, row.error) == ("failed", None, "The site did not answer.")


def test_what_cannot_pass_fails_at_once(do, stored):
    do(jobs.enqueue, KIND, new_id())
    assert do(jobs.fail, do(jobs.claim, [KIND], LEASE), JobFailed("no", may_pass=False)) == "failed"
    assert [row.attempts for row in stored()] == [1]


@pytest.mark.parametrize(("asked", "given"), [(5, 30), (900, 900), (10**6, jobs.PAUSES[-1])])
def test_the_site_may_ask_for_a_longer_pause(do, stored, asked, given):
    do(jobs.enqueue, KIND, new_id())
    begun = now()
    do(
        jobs.fail,
        do(jobs.claim, [KIND], LEASE),
        JobFailed("busy", may_pass=True, retry_after=asked),
    )
    (row,) = stored()
    assert round((row.due_at - begun).total_seconds()) == given


def test_asking_again_brings_a_waiting_job_forward(do, stored):
    subject = new_id()
    do(jobs.enqueue, KIND, subject)
    do(jobs.fail, do(jobs.claim, [KIND], LEASE), JobFailed("busy", may_pass=True))
    do(jobs.enqueue, KIND, subject)
    assert do(jobs.claim, [KIND], LEASE).attempts == 1
    assert len(stored()) == 1


def test_a_job_that_kills_its_workers_is_given_up(do, database, stored):
    do(jobs.enqueue, KIND, new_id())
    for _ in range(jobs.MOST_ATTEMPTS):
        assert do(jobs.claim, [KIND], LEASE) is not None
        pass_time(database, 31)
    assert do(jobs.claim, [KIND], LEASE) is None
    (row,) = stored()
    assert (row.state, row.error) == ("failed", "Its worker was lost at every attempt.")


def test_jobs_that_were_over_long_ago_are_swept_out(do, database, stored):
    old, recent, opened = (do(jobs.enqueue, KIND, new_id()) for _ in range(3))
    for _ in (old, recent):
        do(jobs.finish, do(jobs.claim, [KIND], LEASE))
    with database.transaction() as session:
        ancient = "01000000-0000-7000-8000-00000000000{}"
        for number, job in enumerate((old, opened)):
            renamed = update(Job).where(Job.id == job.id)
            session.execute(renamed.values(id=ancient.format(number)))
    do(jobs.sweep)
    assert {row.state for row in stored()} == {"done", "queued"}
    assert len(stored()) == 2
