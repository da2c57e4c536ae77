"""The verdict's workflow, row by row: who may do what in which state, and where it leads."""

from itertools import product

import pytest

AUTHOR = {"rev"}
REVIEWERS = {"rev2", "ed", "ann", "cas"}
EDITORS = {"ed", "ann"}
EVERYBODY = (None, "con", "rev", "rev2", "ed", "ann", "cas", "cas_con", "out")
TABLE = {
    # action: who may, and what becomes of a verdict in which state
    "edit": (AUTHOR, {"draft": "draft"}),
    "propose": (AUTHOR, {"draft": "proposed"}),
    "withdraw": (AUTHOR, {"draft": "withdrawn", "proposed": "withdrawn"}),
    "approve": (REVIEWERS, {"proposed": "approved"}),
    "request_changes": (REVIEWERS, {"proposed": "draft", "approved": "draft"}),
    "publish": (EDITORS, {"approved": "published"}),
    "retract": (EDITORS, {"published": "retracted"}),
}
PUBLIC = {"published", "superseded", "retracted"}
STATES = ("draft", "proposed", "approved", "withdrawn", *sorted(PUBLIC))
ARGUMENTS = {"request_changes": {"comment": "Who says so?"}, "retract": {"reason": "A parody."}}
CORRECTION = {"kind": "update", "note": "A date was given since."}
MOVES = [(action, start) for action, (_, becomes) in TABLE.items() for start in becomes]


def refusal(action, state, who):
    """The status that the contract has for a move that is not to be made, else None."""
    allowed_to, becomes = TABLE[action]
    if who is None:
        return 401
    if who == "out":
        return 403 if state in PUBLIC else 404
    if who not in allowed_to:
        return 403
    return None if state in becomes else 409


def allowed(state, who):
    """What the caller may do by POST …/actions."""
    return [
        action
        for action, (allowed_to, becomes) in TABLE.items()
        if who in allowed_to and state in becomes and action != "edit"
    ]


def verdict_in(newsroom, state):
    if state != "superseded":
        return newsroom.verdict_in(state)
    earlier = newsroom.verdict_in("published")
    claim = newsroom.call("GET", earlier).json["claim"]
    newsroom.verdict_in("published", f"/v1/claims/{claim}", correction=CORRECTION)
    return earlier


def attempt(newsroom, verdict, action, who, etag):
    if action == "edit":
        return newsroom.call("PATCH", verdict, who, etag=etag, json={"summary": "Not quite."})
    sent = {"action": action, **ARGUMENTS.get(action, {})}
    return newsroom.call("POST", f"{verdict}/actions", who, etag=etag, json=sent)


@pytest.mark.parametrize("state", STATES)
def test_a_move_that_is_not_in_the_table_is_refused_and_changes_nothing(newsroom, state):
    verdict = verdict_in(newsroom, state)
    before = newsroom.call("GET", verdict, "ann").headers["ETag"]
    illegal = {
        (action, who): refusal(action, state, who)
        for action, who in product(TABLE, EVERYBODY)
        if refusal(action, state, who)
    }
    answers = {move: attempt(newsroom, verdict, *move, before) for move in illegal}

    assert {move: answer.status_code for move, answer in answers.items()} == illegal
    for (_, who), answer in answers.items():
        problem = answer.json
        assert answer.mimetype == "application/problem+json"
        assert problem.keys() >= {"type", "title", "status", "detail", "instance"}
        if answer.status_code == 409:
            assert (problem["current"], problem["allowed"]) == (state, allowed(state, who))
    assert newsroom.call("GET", verdict, "ann").headers["ETag"] == before


@pytest.mark.parametrize(("action", "start"), MOVES)
def test_a_move_that_is_in_the_table_is_made_by_whoever_may(newsroom, action, start):
    people, becomes = TABLE[action]
    for who in sorted(people):
        verdict = newsroom.verdict_in(start)
        etag = newsroom.call("GET", verdict, who).headers["ETag"]
        answer = attempt(newsroom, verdict, action, who, etag)
        assert answer.status_code == 200, answer.text
        assert answer.json["state"] == becomes[start]
        shown = newsroom.call("GET", verdict, who)
        assert (shown.json, shown.headers["ETag"]) == (answer.json, answer.headers["ETag"])


def test_a_verdict_names_the_actions_that_its_reader_may_take(newsroom):
    for state in STATES:
        verdict = verdict_in(newsroom, state)
        readers = set(EVERYBODY) if state in PUBLIC else set(EVERYBODY) - {None, "out"}
        named = {who: newsroom.call("GET", verdict, who).json["actions"] for who in readers}
        assert named == {who: allowed(state, who) for who in readers}, state


def test_an_action_has_exactly_its_own_arguments(newsroom):
    verdict = newsroom.verdict_in("draft")
    wrong = [
        ({}, "/action"),
        ({"action": "edit"}, "/action"),
        ({"action": "superseded"}, "/action"),
        ({"action": "request_changes"}, "/comment"),
        ({"action": "retract"}, "/reason"),
        ({"action": "publish", "reason": "Why not?"}, "/reason"),
        ({"action": "publish", "url": "javascript:alert(1)"}, "/url"),
        ({"action": "publish", "url": "https://a.example/<7>"}, "/url"),
        ({"action": "propose", "correction": {"kind": "typo"}}, "/correction/note"),
        ({"action": "propose", "correction": {"kind": "whim", "note": "…"}}, "/correction/kind"),
        ({"action": "approve", "comment": "\u202eevil"}, "/comment"),
    ]
    for sent, pointer in wrong:
        answer = newsroom.call("POST", f"{verdict}/actions", "ed", etag="*", json=sent, status=422)
        assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]


def test_a_change_needs_the_version_that_was_read(newsroom):
    verdict = newsroom.verdict_in("draft")
    stale = newsroom.call("GET", verdict, "rev").headers["ETag"]
    newsroom.call("PATCH", verdict, "rev", etag=stale, json={"title": "Newer"}, status=200)
    for etag, status in [(None, 428), (stale, 412)]:
        assert attempt(newsroom, verdict, "edit", "rev", etag).status_code == status
        assert attempt(newsroom, verdict, "propose", "rev", etag).status_code == status
    assert newsroom.call("GET", verdict, "rev").json["title"] == "Newer"


DRAFTING = {
    # status of the claim: what drafting a verdict on it answers
    "submitted": 409,
    "in_review": 201,
    "rejected": 409,
    "duplicate": 409,
    "verified": 201,
}


def test_a_verdict_is_drafted_on_a_claim_in_review_or_verified(newsroom):
    other = newsroom.claim(text="The troops stay.")
    claims = {status: newsroom.claim(allow_duplicate=True) for status in DRAFTING}
    for status in ("in_review", "verified"):
        newsroom.act(claims[status], "rev", "accept")
    newsroom.published(claims["verified"])
    newsroom.act(claims["rejected"], "rev", "reject", reason="opinion")
    newsroom.act(claims["duplicate"], "rev", "mark_duplicate", of=other.rpartition("/")[2])
    for status, expected in DRAFTING.items():
        path, sent = f"{claims[status]}/verdicts", {"rating": "false"}
        answer = newsroom.call("POST", path, "rev", json=sent, status=expected)
        if expected == 409:
            actions = newsroom.call("GET", claims[status], "rev").json["actions"]
            assert (answer.json["current"], answer.json["allowed"]) == (status, actions)
        for who, refused in {None: 401, "con": 403, "cas": 403}.items():
            newsroom.call("POST", path, who, json=sent, status=refused)
        newsroom.call("POST", path, "out", json=sent, status=403 if status == "verified" else 404)


def test_an_editor_who_wrote_a_verdict_publishes_it_only_after_a_colleague_approved(newsroom):
    verdict = newsroom.verdict_in("proposed", who="ed")
    refused = newsroom.act(verdict, "ed", "approve", status=403).json
    assert refused["type"].endswith("/problems/reviewer-is-author")
    newsroom.act(verdict, "ed", "publish", status=409)
    newsroom.act(verdict, "rev2", "approve")
    assert newsroom.act(verdict, "ed", "publish").json["state"] == "published"


def test_a_token_gives_no_more_than_its_scopes(newsroom):
    verdict = newsroom.verdict_in("proposed")
    sent = {"name": "reviews only", "scopes": ["read", "review"]}
    newsroom.tokens["ed"] = newsroom.call("POST", "/v1/tokens", "ed", json=sent).json["token"]
    assert newsroom.act(verdict, "ed", "approve").json["actions"] == ["request_changes"]
    newsroom.act(verdict, "ed", "publish", status=403)


@pytest.mark.parametrize("closing", ["reject", "mark_duplicate"])
def test_a_verdict_on_a_claim_that_was_closed_moves_no_further(newsroom, closing):
    verdicts = [newsroom.verdict_in(state) for state in ("draft", "proposed", "approved")]
    original = newsroom.claim(text="The troops stay.").rpartition("/")[2]
    arguments = {"reject": {"reason": "opinion"}, "mark_duplicate": {"of": original}}[closing]
    moves = [("rev", "propose"), ("rev2", "approve"), ("ed", "publish")]
    for verdict, (who, action) in zip(verdicts, moves, strict=True):
        claim = newsroom.call("GET", verdict, "rev").json["claim"]
        newsroom.act(f"/v1/claims/{claim}", "rev", closing, **arguments)
        refused = newsroom.act(verdict, who, action, status=409).json
        assert action not in refused["allowed"]
    assert newsroom.call("GET", "/v1/queue?task=publish", "ed").json["items"] == []


def test_one_who_has_approved_may_still_ask_for_changes(newsroom):
    verdict = newsroom.verdict_in("approved")
    answer = newsroom.act(verdict, "rev2", "request_changes", comment="I misread the date.")
    assert answer.json["state"] == "draft"
    decisions = [(review["decision"], review["counts"]) for review in answer.json["reviews"]]
    assert decisions == [("approved", True), ("changes_requested", False)]
    newsroom.act(verdict, "rev", "propose")
    assert newsroom.act(verdict, "rev2", "approve").json["state"] == "approved"
