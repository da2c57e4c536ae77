"""ETags: what they promise of an answer, and what a change must know of what it changes."""

from __future__ import annotations

import re

import pytest

from tests.document import OPERATIONS
from tests.operations import valid_requests
from tests.problems import check_problem
from verifier.app import create_app

SHOWN = [
    operation.id
    for operation in OPERATIONS.values()
    if operation.answers(304)
    and "application/json" in operation.spec["responses"]["200"]["content"]
]
STRONG = re.compile(r'"(\d+)\.[0-9a-f]{16}"')


@pytest.fixture
def requests(newsroom):
    return valid_requests(newsroom)


def test_every_change_of_what_exists_documents_its_precondition():
    """A rule of the whole API: PATCH, PUT, DELETE and actions, and nothing else."""
    for operation in OPERATIONS.values():
        is_action = operation.path.endswith(("/actions", "/erasures", "/rotate"))
        changes = operation.method in ("PATCH", "PUT", "DELETE") or is_action
        assert operation.answers(428) is operation.answers(412) is changes, operation.id
        assert operation.is_keyed is (operation.method == "POST"), operation.id


def test_what_is_read_is_validated(newsroom, requests):
    for name in SHOWN:
        request = requests[name]
        first = request.send(newsroom)
        tag = first.headers["ETag"]
        assert STRONG.fullmatch(tag)[1] == str(first.json["version"])
        assert request.send(newsroom).headers["ETag"] == tag
        for header in (tag, f"W/{tag}", f'"a", {tag}', "*"):
            answer = request.send(newsroom, headers={"If-None-Match": header})
            assert (answer.status_code, answer.data) == (304, b""), (name, header)
            assert answer.headers["ETag"] == tag
            assert "Content-Type" not in answer.headers
        for header in ('"a"', '"1"', tag.replace(".", ".0"), ""):
            answer = request.send(newsroom, headers={"If-None-Match": header})
            assert (answer.status_code, answer.data) == (200, first.data), (name, header)
        head = newsroom.call("HEAD", request.path, request.who)
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)
        assert head.headers["Content-Length"] == first.headers["Content-Length"]


OF_KEEPING = ("ETag", "Cache-Control", "Content-Location", "Expires", "Vary")
"""What a 304 must say as the 200 would: it goes to whoever keeps that (RFC 9110, 15.4.5)."""


def test_a_304_says_of_keeping_what_a_200_would(newsroom, requests):
    page = requests["show_claimreview"].path.replace("/v1/claims/", "/factchecks/")
    pages = ("/factchecks", page.removesuffix("/claimreview"), page.replace("claimreview", "card"))
    paths = [(request.path, request.who) for request in requests.values() if request.reads]
    validated = set()
    for path, who in [*paths, *((each, None) for each in pages)]:
        first = newsroom.call("GET", path, who)
        if "ETag" not in first.headers:
            continue
        held = {"If-None-Match": first.headers["ETag"]}
        again = newsroom.call("GET", path, who, status=304, headers=held)
        for name in OF_KEEPING:
            assert again.headers.get(name) == first.headers.get(name), (path, name)
        validated.add(path)
    assert validated > {*pages[:1], requests["show_claimreview"].path, "/feeds/verdicts.atom"}


NOT_AS_READ = ("submit_appearance", "declare_recusal", "create_webhook")
"""The first two are shown as part of a claim; a webhook shows its secret only when it is made."""


def test_a_change_answers_as_the_next_read_does(newsroom, requests):
    """POST, PATCH, PUT and actions show the new state with the ETag that a GET would give it."""
    for request in requests.values():
        if request.method == "GET":
            continue
        answer = request.send(newsroom)
        if answer.status_code == 202:  # what it leads to is a job, which moves on by itself
            continue
        where = answer.headers.get("Location", re.sub("/(actions|erasures)$", "", request.path))
        read = newsroom.call("GET", where, request.who)
        if read.status_code != 200 or request.operation in NOT_AS_READ:
            continue
        assert answer.headers["ETag"] == read.headers["ETag"], request.operation
        assert answer.data == read.data
        assert answer.mimetype == read.mimetype


def test_a_creating_post_says_where_the_new_thing_lives(newsroom, requests):
    for request in requests.values():
        operation = OPERATIONS[request.operation]
        if not operation.answers(201) or operation.answers(200):
            continue
        answer = request.send(newsroom)
        assert answer.headers["Location"].startswith("/v1/"), request.operation
        if answer.status_code == 202:
            continue
        assert answer.status_code == 201
        assert STRONG.fullmatch(answer.headers["ETag"])[1] == "1"


def test_a_change_needs_the_present_state(newsroom, requests):
    """428 without If-Match; 412 with a stale one, which tells the version there is; then it works."""
    for request in requests.values():
        if not request.needs_etag:
            continue
        check_problem(request.send(newsroom, etag=None), 428)
        current = request.current_etag(newsroom)
        version = int(STRONG.fullmatch(current)[1])
        stale = check_problem(request.send(newsroom, etag=f'"{version - 1}.0"'), 412)
        assert stale["version"] == version
        answer = request.send(newsroom, etag=f'"0.a", {current}')
        assert answer.status_code in (200, 204), request.operation
        if answer.status_code == 200:
            assert answer.json["version"] > version, request.operation
            check_problem(request.send(newsroom, etag=current), 412)


def test_a_star_matches_whatever_there_is(newsroom, requests):
    for request in requests.values():
        if request.needs_etag:
            assert request.send(newsroom, etag="*").status_code in (200, 204), request.operation


def test_a_claim_changes_with_what_hangs_on_it(newsroom, requests):
    """Evidence, verdicts and recusals change what the claim's document shows, so also its version."""
    claim = requests["show_claim"].path
    for name in ("submit_appearance", "delete_appearance", "attach_evidence", "update_evidence",
                 "act_on_evidence", "draft_verdict", "edit_verdict", "act_on_verdict"):  # fmt: skip
        before = newsroom.call("GET", claim, "con", status=200).json["version"]
        requests[name].send(newsroom)
        after = newsroom.call("GET", claim, "con", status=200).json["version"]
        assert after > before, name


def test_different_bytes_have_different_etags(newsroom, requests):
    """What two people may see and do differs, and so must the validator."""
    seen = {}
    for who in ("con", "rev", "rev2", "ed", "cas", "cas_con"):
        for name in ("show_claim", "show_verdict", "show_evidence", "show_desk"):
            answer = newsroom.call("GET", requests[name].path, who, status=200)
            assert seen.setdefault(answer.headers["ETag"], answer.data) == answer.data
    bodies = set(seen.values())
    assert len(bodies) == len(seen) > len(("show_claim", "show_verdict", "show_evidence"))


def test_answers_are_kept_from_other_callers(newsroom, requests):
    for request in requests.values():
        if not request.path.startswith("/v1/"):
            continue  # the same for everybody
        for who in (request.who, None, "out"):
            answer = request.send(newsroom, who, etag="*")
            assert "Authorization" in answer.headers["Vary"], request.operation
            assert answer.headers["Cache-Control"] == "private, no-cache"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_state_that_comes_back_is_not_the_state_that_was(newsroom, requests):
    """The version is in the tag: A, B, A does not look like nothing happened."""
    claim = requests["update_claim"].path
    first = newsroom.call("GET", claim, "con").headers["ETag"]
    for topics in (["a"], []):
        etag = newsroom.call("GET", claim, "con").headers["ETag"]
        newsroom.call("PATCH", claim, "con", etag=etag, json={"topics": topics}, status=200)
    check_problem(newsroom.call("PATCH", claim, "con", etag=first, json={}), 412)


def test_a_second_process_gives_the_same_tags(newsroom, requests, settings):
    """Tags come from what is stored, not from this process."""
    other = create_app(settings)
    for name in SHOWN:
        request = requests[name]
        ours = request.send(newsroom)
        headers = {"Authorization": f"Bearer {newsroom.tokens[request.who]}"}
        theirs = other.test_client().get(request.path, headers=headers)
        assert (theirs.data, theirs.headers["ETag"]) == (ours.data, ours.headers["ETag"])
    other.extensions["verifier.database"].dispose()
