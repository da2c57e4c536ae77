"""What waits for whom: to triage, to check, to revise, to review, to publish."""

PEOPLE = ("con", "rev", "rev2", "ed", "ann", "cas", "cas_con", "out")
YESTERDAY, TOMORROW = "2026-01-01T00:00:00Z", "2126-01-01T00:00:00Z"


def tasks(newsroom, who, query=""):
    """(task, what the claim says) in the order of the queue."""
    items = newsroom.call("GET", f"/v1/queue{query}", who, status=200).json["items"]
    return [(item["task"], item["claim"]["text"]) for item in items]


def claim(newsroom, text, **members):
    return newsroom.claim(text=text, **members)


def verdict_in(newsroom, state, text, who="rev"):
    path = claim(newsroom, text, accepted=True)
    newsroom.evidence(path, newsroom.source(url=None))
    return newsroom.verdict_in(state, path, who)


def test_each_task_waits_for_those_who_can_do_it(newsroom):
    claim(newsroom, "new")
    claim(newsroom, "accepted", accepted=True)
    mine = claim(newsroom, "assigned", accepted=True)
    newsroom.act(mine, "ed", "assign", assignee=newsroom.ids["rev2"])
    for state in ("draft", "proposed", "approved", "published", "withdrawn", "retracted"):
        verdict_in(newsroom, state, state)

    triage, check = [("triage", "new")], ("accepted", "withdrawn", "retracted")
    open_checks = [("check", text) for text in check]
    review, publish = [("review", "proposed")], [("publish", "approved")]
    expected = {
        "con": [],
        "rev": triage + open_checks + [("revise", "draft")],
        "rev2": triage + open_checks + [("check", "assigned")] + review,
        "ed": triage + open_checks + review + publish,
        "ann": triage + open_checks + review + publish,
        "cas": review,
        "cas_con": [],
        "out": [],
    }
    waiting = {who: sorted(tasks(newsroom, who)) for who in PEOPLE}
    assert waiting == {who: sorted(theirs) for who, theirs in expected.items()}
    for task in ("triage", "check", "revise", "review", "publish"):
        only = {who: tasks(newsroom, who, f"?task={task}") for who in PEOPLE}
        assert {who: sorted(theirs) for who, theirs in only.items()} == {
            who: sorted(each for each in theirs if each[0] == task)
            for who, theirs in expected.items()
        }
    newsroom.call("GET", "/v1/queue", status=401)


def test_what_is_done_waits_no_longer(newsroom):
    newsroom.set_policy(approvals_required=2)
    verdict = verdict_in(newsroom, "proposed", "joint")
    newsroom.act(verdict, "rev2", "approve")
    assert tasks(newsroom, "rev2") == []
    assert tasks(newsroom, "ed") == [("review", "joint")]
    newsroom.act(verdict, "ed", "approve")
    assert tasks(newsroom, "ed") == [("publish", "joint")]
    newsroom.act(verdict, "ann", "request_changes", comment="Who says so?")
    assert tasks(newsroom, "rev") == [("revise", "joint")]
    newsroom.act(verdict, "rev", "propose")
    assert tasks(newsroom, "rev2") == [("review", "joint")]


def test_a_change_of_what_was_approved_waits_for_review_again(newsroom):
    verdict = verdict_in(newsroom, "approved", "before")
    path = f"/v1/claims/{newsroom.call('GET', verdict, 'rev').json['claim']}"
    newsroom.call("PATCH", path, "rev", etag="*", json={"text": "after"}, status=200)
    assert tasks(newsroom, "rev2") == [("review", "after")]
    assert tasks(newsroom, "ed") == [("review", "after")]


def test_a_task_says_what_it_is_about(newsroom):
    verdict = verdict_in(newsroom, "proposed", "about")
    shown = newsroom.call("GET", verdict, "rev2").json
    (task,) = newsroom.call("GET", "/v1/queue", "rev2", status=200).json["items"]
    assert task == {
        "task": "review",
        "due_at": None,
        "overdue": False,
        "claim": {
            "id": shown["claim"],
            "desk": "border-desk",
            "text": "about",
            "status": "in_review",
            "priority": "normal",
            "assignee": None,
        },
        "verdict": {
            "id": shown["id"],
            "state": "proposed",
            "author": {"id": newsroom.ids["rev"], "name": "rev"},
        },
    }


def test_what_is_overdue_comes_first_and_what_has_no_date_last_page_by_page(
    newsroom, count_queries
):
    dates = [None, TOMORROW, YESTERDAY, None, "2126-01-02T00:00:00+04:00", YESTERDAY]
    for n, due in enumerate(dates):
        claim(newsroom, f"{n}", due_at=due, accepted=n % 2 == 0)
    with count_queries() as queries:
        whole = newsroom.call("GET", "/v1/queue", "rev", status=200).json["items"]
    assert len(queries) == 2  # who asks, the page
    assert [item["claim"]["text"] for item in whole] == ["2", "5", "1", "4", "0", "3"]
    assert [item["overdue"] for item in whole] == [True, True, False, False, False, False]

    for limit in (1, 2, 4):
        found, following = [], f"/v1/queue?limit={limit}"
        while following:
            page = newsroom.call("GET", following, "rev", status=200).json
            found += page["items"]
            following = page["next"] and f"/v1/queue?limit={limit}&cursor={page['next']}"
        assert found == whole


def test_a_queue_is_asked_for_in_its_own_words(newsroom):
    newsroom.call("GET", "/v1/queue?task=gossip", "rev", status=422)
    newsroom.call("GET", "/v1/queue?desk=border-desk", "rev", status=422)
    newsroom.call("GET", "/v1/queue?cursor=nonsense", "rev", status=400)
