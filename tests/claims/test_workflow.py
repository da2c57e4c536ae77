"""The claim's workflow, row by row: who may do what where the claim stands, and where it leads."""

from itertools import product

import pytest

REVIEWERS = {"rev", "rev2", "ed", "ann"}
EDITORS = {"ed", "ann"}
EVERYBODY = (None, "con", "rev", "rev2", "ed", "ann", "cas", "cas_con", "out")
STAYS = {"submitted": "submitted", "in_review": "in_review"}
TABLE = {
    # action: who may, and what becomes of a claim that stands where
    "accept": (REVIEWERS, {"submitted": "in_review"}),
    "reject": (REVIEWERS, {"submitted": "rejected", "in_review": "rejected"}),
    "mark_duplicate": (REVIEWERS, {"submitted": "duplicate", "in_review": "duplicate"}),
    "reopen": (EDITORS, {"rejected": "submitted", "duplicate": "submitted"}),
    "assign": (EDITORS, STAYS),
    "unassign": (EDITORS, STAYS),
}
STATUSES = ("submitted", "in_review", "rejected", "duplicate", "verified")
MOVES = [(action, start) for action, (_, becomes) in TABLE.items() for start in becomes]


@pytest.fixture
def other(newsroom):
    """The id of another claim of the desk."""
    return newsroom.claim(text="The troops stay.").rpartition("/")[2]


def claim_that_is(newsroom, status, other):
    """A claim that stands there, assigned to its submitter."""
    claim = newsroom.claim(allow_duplicate=True)
    newsroom.act(claim, "ed", "assign", assignee=newsroom.ids["con"])
    if status == "rejected":
        newsroom.act(claim, "rev", "reject", reason="opinion")
    elif status == "duplicate":
        newsroom.act(claim, "rev", "mark_duplicate", of=other)
    elif status != "submitted":
        newsroom.act(claim, "rev", "accept")
    if status == "verified":
        newsroom.published(claim)
    return claim


def refusal(action, status, who):
    """The status code that the contract has for a move that is not to be made, else None."""
    allowed_to, becomes = TABLE[action]
    if who is None:
        return 401
    if who == "out":
        return 403 if status == "verified" else 404
    if who not in allowed_to:
        return 403
    return None if status in becomes else 409


def allowed(status, who):
    """What the caller may do; a reviewer may take a claim, but not from somebody hand it back."""
    return [
        action
        for action, (allowed_to, becomes) in TABLE.items()
        if status in becomes and (who in allowed_to or (who in REVIEWERS and action == "assign"))
    ]


def attempt(newsroom, claim, move, other, etag):
    action, who = move
    arguments = {
        "reject": {"reason": "prediction"},
        "mark_duplicate": {"of": other},
        "reopen": {"comment": "It was no opinion."},
        "assign": {"assignee": newsroom.ids["con"]},
    }
    sent = {"action": action, **arguments.get(action, {})}
    return newsroom.call("POST", f"{claim}/actions", who, etag=etag, json=sent)


@pytest.mark.parametrize("status", STATUSES)
def test_a_move_that_is_not_in_the_table_is_refused_and_changes_nothing(newsroom, other, status):
    claim = claim_that_is(newsroom, status, other)
    before = newsroom.call("GET", claim, "ann").headers["ETag"]
    illegal = {
        (action, who): refusal(action, status, who)
        for action, who in product(TABLE, EVERYBODY)
        if refusal(action, status, who)
    }
    answers = {move: attempt(newsroom, claim, move, other, before) for move in illegal}

    assert {move: answer.status_code for move, answer in answers.items()} == illegal
    for (_, who), answer in answers.items():
        problem = answer.json
        assert answer.mimetype == "application/problem+json"
        assert problem.keys() >= {"type", "title", "status", "detail", "instance"}
        if answer.status_code == 409:
            assert (problem["current"], problem["allowed"]) == (status, allowed(status, who))
    assert newsroom.call("GET", claim, "ann").headers["ETag"] == before


@pytest.mark.parametrize(("action", "start"), MOVES)
def test_a_move_that_is_in_the_table_is_made_by_whoever_may(newsroom, other, action, start):
    people, becomes = TABLE[action]
    for who in sorted(people):
        claim = claim_that_is(newsroom, start, other)
        etag = newsroom.call("GET", claim, who).headers["ETag"]
        answer = attempt(newsroom, claim, (action, who), other, etag)
        assert answer.status_code == 200, answer.text
        assert answer.json["status"] == becomes[start]
        shown = newsroom.call("GET", claim, who)
        assert (shown.json, shown.headers["ETag"]) == (answer.json, answer.headers["ETag"])


def test_a_claim_names_the_actions_that_its_reader_may_take(newsroom, other):
    for status in STATUSES:
        claim = claim_that_is(newsroom, status, other)
        readers = set(EVERYBODY) if status == "verified" else set(EVERYBODY) - {None, "out"}
        named = {who: newsroom.call("GET", claim, who).json["actions"] for who in readers}
        assert named == {who: allowed(status, who) for who in readers}, status


def test_a_reviewer_takes_a_claim_and_hands_it_back_but_moves_no_colleague(newsroom):
    claim = newsroom.claim()
    me, colleague = newsroom.ids["rev"], newsroom.ids["rev2"]
    assert "unassign" not in newsroom.call("GET", claim, "rev").json["actions"]
    nobody = newsroom.act(claim, "rev", "unassign", status=409).json
    assert nobody["allowed"] == ["accept", "reject", "mark_duplicate", "assign"]

    newsroom.act(claim, "rev", "assign", assignee=colleague, status=403)
    taken = newsroom.act(claim, "rev", "assign", assignee=me).json
    assert taken["assignee"] == {"id": me, "name": "rev"}
    assert "unassign" in taken["actions"]
    newsroom.act(claim, "rev2", "unassign", status=403)
    assert newsroom.act(claim, "rev", "unassign").json["assignee"] is None


def test_only_a_member_of_the_desk_is_assigned(newsroom):
    claim = newsroom.claim()
    for who in ("cas", "out", "op"):
        sent = {"assignee": newsroom.ids[who], "status": 422}
        refused = newsroom.act(claim, "ed", "assign", **sent).json
        assert [fault["pointer"] for fault in refused["errors"]] == ["/assignee"]
    assert newsroom.call("GET", claim, "ed").json["assignee"] is None


def test_a_duplicate_names_its_original_until_it_is_reopened(newsroom, other):
    claim = newsroom.claim()
    marked = newsroom.act(claim, "rev", "mark_duplicate", of=other).json
    assert marked["duplicate_of"] == other
    reopened = newsroom.act(claim, "ed", "reopen", comment="It names another year.").json
    assert (reopened["status"], reopened["duplicate_of"]) == ("submitted", None)


def test_a_claim_is_no_duplicate_of_itself_of_a_duplicate_or_of_what_is_elsewhere(newsroom, other):
    claim, duplicate = newsroom.claim(), newsroom.claim(text="The troops remain.")
    newsroom.act(duplicate, "rev", "mark_duplicate", of=other)
    foreign = newsroom.claim("out", text="The troops stay where they are.")
    unknown = "/019a9a3c-52d1-7c40-8a58-1f0e8c1b7d16"
    for path in (claim, duplicate, foreign, unknown):
        of = path.rpartition("/")[2]
        refused = newsroom.act(claim, "rev", "mark_duplicate", of=of, status=422).json
        assert [fault["pointer"] for fault in refused["errors"]] == ["/of"]


def test_an_action_has_exactly_its_own_arguments(newsroom):
    claim = newsroom.claim()
    wrong = [
        ({}, "/action"),
        ({"action": "verified"}, "/action"),
        ({"action": "verdict_published"}, "/action"),
        ({"action": "reject"}, "/reason"),
        ({"action": "reject", "reason": "boring"}, "/reason"),
        ({"action": "mark_duplicate"}, "/of"),
        ({"action": "reopen"}, "/comment"),
        ({"action": "assign"}, "/assignee"),
        ({"action": "accept", "comment": "Fine."}, "/comment"),
        ({"action": "accept", "status": "verified"}, "/status"),
    ]
    for sent, pointer in wrong:
        answer = newsroom.call("POST", f"{claim}/actions", "ed", etag="*", json=sent, status=422)
        assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]


def test_an_action_needs_the_version_that_was_read(newsroom):
    claim = newsroom.claim()
    stale = newsroom.call("GET", claim, "rev").headers["ETag"]
    newsroom.call("PATCH", claim, "rev", etag=stale, json={"priority": "high"}, status=200)
    for etag, status in [(None, 428), (stale, 412)]:
        sent = {"action": "accept"}
        newsroom.call("POST", f"{claim}/actions", "rev", etag=etag, json=sent, status=status)
    assert newsroom.call("GET", claim, "rev").json["status"] == "submitted"


def test_why_a_claim_was_closed_and_reopened_stands_in_its_history(newsroom):
    claim = newsroom.claim()
    newsroom.act(claim, "rev", "reject", reason="prediction", comment="It is about 2030.")
    newsroom.act(claim, "ed", "reopen", comment="It is about 2020.")
    _, rejected, reopened = newsroom.call("GET", f"{claim}/history", "con").json["items"]
    said = (rejected["data"]["reason"], rejected["data"]["comment"], reopened["data"]["comment"])
    assert said == ("prediction", "It is about 2030.", "It is about 2020.")
