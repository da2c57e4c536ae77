"""Who may do what: every operation of the document, called by everybody.

The tables are written by hand from the rules that the desks were promised, not from the service's own.
"""

from __future__ import annotations

import re

import pytest

from tests.databases import contents
from tests.document import OPERATIONS
from tests.operations import MARK, valid_requests
from tests.problems import check_problem
from verifier.kit.clock import new_id

PEOPLE = ("nobody", "con", "rev", "rev2", "ed", "ann", "cas_con", "cas", "cas_ann", "op", "out")
"""`con`, `rev`, `ed` and `ann` hold `border-desk`'s four roles; `rev` wrote its verdicts, `con` the
rest. `cas_con`, `cas` and `cas_ann` are a partner's contributor, reviewer and admin, `op` the server's
operator, and `out` the admin of a desk that has nothing to do with it."""
# What is asked for is border-desk's and not published, unless the operation names no such thing.
TABLE = """
                    nobody con rev rev2 ed  ann | cas_con cas cas_ann | op  out
submit_source       401    201 201 201  201 201 | 403     403 403     | 403 404
list_sources        401    200 200 200  200 200 | 200     200 200     | 200 200
show_source         401    200 200 200  200 200 | 200     200 200     | 404 404
update_source       401    200 200 200  200 200 | 403     403 403     | 404 404
show_text           401    200 200 200  200 200 | 200     200 200     | 404 404
list_suggestions    401    200 200 200  200 200 | 200     200 200     | 404 404
take_snapshot       401    202 202 202  202 202 | 403     403 403     | 404 404
list_snapshots      401    200 200 200  200 200 | 200     200 200     | 404 404
show_snapshot       401    200 200 200  200 200 | 200     200 200     | 404 404
show_snapshot_text  401    200 200 200  200 200 | 200     200 200     | 404 404
download_snapshot   401    200 200 200  200 200 | 200     200 200     | 404 404
list_snapshot_quotes 401   200 200 200  200 200 | 200     200 200     | 404 404
show_job            401    200 200 200  200 200 | 200     200 200     | 404 404
list_quote_checks   401    200 200 200  200 200 | 200     200 200     | 404 404
show_quote_check    401    200 200 200  200 200 | 200     200 200     | 404 404
act_on_quote_check  401    403 200 200  200 200 | 403     403 403     | 404 404
submit_claim        401    201 201 201  201 201 | 403     403 403     | 403 404
list_claims         200    200 200 200  200 200 | 200     200 200     | 200 200
show_claim          404    200 200 200  200 200 | 200     200 200     | 404 404
update_claim        401    200 200 200  200 200 | 403     403 403     | 404 404
act_on_claim        401    403 200 200  200 200 | 403     403 403     | 404 404
submit_appearance   401    201 201 201  201 201 | 403     403 403     | 404 404
list_appearances    404    200 200 200  200 200 | 200     200 200     | 404 404
delete_appearance   401    204 204 204  204 204 | 403     403 403     | 404 404
find_known_claims   200    200 200 200  200 200 | 200     200 200     | 200 200
list_match_subscriptions 401 200 200 200 200 200 | 200    200 200     | 200 200
show_match_subscription 401 404 404 404 404 200 | 404     404 404     | 404 404
end_match_subscription 401 404 404 404  404 204 | 404     404 404     | 404 404
list_claim_matches  401    200 200 200  200 200 | 200     200 200     | 404 404
show_claim_match    401    200 200 200  200 200 | 200     200 200     | 404 404
act_on_claim_match  401    403 200 200  200 200 | 403     403 403     | 404 404
attach_evidence     401    201 201 201  201 201 | 403     403 403     | 404 404
list_evidence       401    200 200 200  200 200 | 200     200 200     | 404 404
show_evidence       401    200 200 200  200 200 | 200     200 200     | 404 404
update_evidence     401    200 200 200  200 200 | 403     403 403     | 404 404
act_on_evidence     401    200 200 200  200 200 | 403     403 403     | 404 404
draft_verdict       401    403 201 201  201 201 | 403     403 403     | 404 404
list_verdicts       404    200 200 200  200 200 | 200     200 200     | 404 404
show_verdict        404    200 200 200  200 200 | 200     200 200     | 404 404
edit_verdict        401    403 200 403  403 403 | 403     403 403     | 404 404
act_on_verdict      401    403 403 200  200 200 | 403     200 200     | 404 404
declare_recusal     401    201 201 201  201 201 | 201     201 201     | 404 404
show_history        404    200 200 200  200 200 | 200     200 200     | 404 404
erase_on_claim      401    403 403 403  403 200 | 403     403 403     | 404 404
erase_of_source     401    403 403 403  403 200 | 403     403 403     | 404 404
show_proof          404    200 200 200  200 200 | 200     200 200     | 404 404
show_checkpoint     200    200 200 200  200 200 | 200     200 200     | 200 200
show_consistency    200    200 200 200  200 200 | 200     200 200     | 200 200
show_queue          401    200 200 200  200 200 | 200     200 200     | 200 200
show_scale          401    200 200 200  200 200 | 200     200 200     | 200 404
put_scale           401    403 403 403  403 200 | 403     403 403     | 200 404
export_claims       200    200 200 200  200 200 | 200     200 200     | 200 200
show_claimreview    404    404 404 404  404 404 | 404     404 404     | 404 404
start_import        401    403 403 403  201 201 | 403     403 403     | 403 404
list_imports        401    200 200 200  200 200 | 200     200 200     | 200 200
show_import         401    200 200 200  200 200 | 404     404 404     | 404 404
show_report         401    200 200 200  200 200 | 404     404 404     | 404 404
show_claim_original 401    200 200 200  200 200 | 404     404 404     | 404 404
show_source_original 401   200 200 200  200 200 | 404     404 404     | 404 404
search_claims       200    200 200 200  200 200 | 200     200 200     | 200 200
follow_verdicts     200    200 200 200  200 200 | 200     200 200     | 200 200
follow_corrections  200    200 200 200  200 200 | 200     200 200     | 200 200
follow_claimreviews 200    200 200 200  200 200 | 200     200 200     | 200 200
follow_events       401    200 200 200  200 200 | 200     200 200     | 422 200
list_corrections    200    200 200 200  200 200 | 200     200 200     | 200 200
create_webhook      401    403 403 403  403 201 | 403     403 403     | 403 404
list_webhooks       401    200 200 200  200 200 | 200     200 200     | 200 200
show_webhook        401    403 403 403  403 200 | 403     403 403     | 404 404
update_webhook      401    403 403 403  403 200 | 403     403 403     | 404 404
rotate_webhook      401    403 403 403  403 200 | 403     403 403     | 404 404
test_webhook        401    403 403 403  403 202 | 403     403 403     | 404 404
list_deliveries     401    403 403 403  403 200 | 403     403 403     | 404 404
show_delivery       401    403 403 403  403 200 | 403     403 403     | 404 404
redeliver           401    403 403 403  403 202 | 403     403 403     | 404 404
redeliver_since     401    403 403 403  403 202 | 403     403 403     | 404 404
remove_webhook      401    403 403 403  403 204 | 403     403 403     | 404 404
show_me             401    200 200 200  200 200 | 200     200 200     | 200 200
create_token        401    201 201 201  201 201 | 201     201 201     | 201 201
list_tokens         401    200 200 200  200 200 | 200     200 200     | 200 200
revoke_token        401    404 404 404  404 204 | 404     404 404     | 404 404
create_desk         401    403 403 403  403 403 | 403     403 403     | 201 403
list_desks          401    200 200 200  200 200 | 200     200 200     | 200 200
show_desk           401    200 200 200  200 200 | 200     200 200     | 200 404
update_desk         401    403 403 403  403 200 | 403     403 403     | 200 404
add_member          401    403 403 403  403 201 | 403     403 403     | 201 404
list_members        401    200 200 200  200 200 | 403     403 403     | 200 404
show_member         401    200 200 200  200 200 | 403     403 403     | 200 404
change_role         401    403 403 403  403 200 | 403     403 403     | 200 404
remove_member       401    403 403 403  403 204 | 403     403 403     | 204 404
"""
# The same of a claim whose verdict is published. `rev` wrote it, `act_on_verdict` retracts it.
PUBLISHED = """
                    nobody con rev rev2 ed  ann | cas_con cas cas_ann | op  out
show_claim          200    200 200 200  200 200 | 200     200 200     | 200 200
update_claim        401    403 200 200  200 200 | 403     403 403     | 403 403
act_on_claim        401    403 409 409  409 409 | 403     403 403     | 403 403
submit_appearance   401    201 201 201  201 201 | 403     403 403     | 403 403
list_appearances    200    200 200 200  200 200 | 200     200 200     | 200 200
list_claim_matches  401    200 200 200  200 200 | 200     200 200     | 404 404
attach_evidence     401    201 201 201  201 201 | 403     403 403     | 403 403
list_evidence       401    200 200 200  200 200 | 200     200 200     | 403 403
list_quote_checks   401    200 200 200  200 200 | 200     200 200     | 403 403
draft_verdict       401    403 201 201  201 201 | 403     403 403     | 403 403
list_verdicts       200    200 200 200  200 200 | 200     200 200     | 200 200
show_verdict        200    200 200 200  200 200 | 200     200 200     | 200 200
edit_verdict        401    403 409 403  403 403 | 403     403 403     | 403 403
declare_recusal     401    201 201 201  201 201 | 201     201 201     | 403 403
show_history        200    200 200 200  200 200 | 200     200 200     | 200 200
erase_on_claim      401    403 403 403  403 200 | 403     403 403     | 403 403
show_proof          200    200 200 200  200 200 | 200     200 200     | 200 200
show_claimreview    200    200 200 200  200 200 | 200     200 200     | 200 200
act_on_verdict      401    403 403 403  200 200 | 403     403 403     | 403 403
"""

BODIES = {
    "update_claim": {"topics": ["army"]},
    "act_on_verdict": {"action": "retract", "reason": "It rests on a parody."},
    "erase_on_claim": {"members": ["text"], "reason": "They asked for it."},
}
NAMING_THE_DESK = {"update_desk", "show_desk", "list_desks", "list_members", "show_member",
                   "change_role", "add_member"}  # fmt: skip
"""What the operator reads of a desk; the others get no such answer (see the table)."""


def expected(table, person):
    """By operation, the status that this person's call is answered with."""
    head, *rows = (line.replace("|", " ").split() for line in table.strip().splitlines())
    return {row[0]: int(row[1 + head.index(person)]) for row in rows}


def test_the_table_names_every_operation():
    assert expected(TABLE, "con").keys() == OPERATIONS.keys()


def test_every_operation_says_who_may_call_it():
    public = {name for name, status in expected(TABLE, "nobody").items() if status != 401}
    for operation in OPERATIONS.values():
        assert operation.spec["x-permission"], operation.id
        needed = [{"bearer": []}, {}] if operation.id in public else [{"bearer": []}]
        assert operation.spec["security"] == needed, operation.id


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_calls_everything(newsroom, database, person):
    """Each call is valid but for who makes it; what is refused changes nothing."""
    requests = valid_requests(newsroom, published=False)
    who = None if person == "nobody" else person
    if who:
        newsroom.call("GET", "/v1/me", who, status=200)
    statuses, before = {}, contents(database)
    for name, status in expected(TABLE, person).items():
        answer = requests[name].send(newsroom, who)
        statuses[name] = answer.status_code
        if answer.status_code >= 400:
            check_problem(answer, answer.status_code)
        if requests[name].method != "GET":
            after = contents(database)
            assert answer.status_code < 400 or after == before, name
            before = after
        if person in ("nobody", "out", "op") and status == 200 and name not in NAMING_THE_DESK:
            assert MARK not in answer.text, name
    assert statuses == expected(TABLE, person)


@pytest.mark.parametrize("person", PEOPLE)
def test_what_is_published_is_read_by_all_and_changed_by_few(newsroom, database, person):
    claim, verdict = newsroom.published()
    requests = valid_requests(newsroom, published=False)
    who = None if person == "nobody" else person
    statuses, before = {}, contents(database)
    for name in expected(PUBLISHED, person):
        request = requests[name]
        about = verdict if "/v1/verdicts/" in request.path else claim
        path = re.sub("/v1/(claims|verdicts)/[^/]+", about, request.path)
        body = BODIES.get(name, request.body)
        answer = newsroom.call(request.method, path, who, etag="*", json=body)
        statuses[name] = answer.status_code
        if request.method != "GET":
            after = contents(database)
            assert answer.status_code < 400 or after == before, name
            before = after
    assert statuses == expected(PUBLISHED, person)


@pytest.mark.parametrize("person", ["nobody", "out", "op"])
def test_what_is_hidden_looks_like_what_is_not_there(newsroom, person):
    """Whoever asks for the id of something they may not see does not learn that it exists."""
    requests = valid_requests(newsroom, published=False)
    for name, status in expected(TABLE, person).items():
        if status != 404:
            continue
        request = requests[name]
        answers = [
            newsroom.call(request.method, path, None if person == "nobody" else person, etag="*",
                          json=request.body)
            for path in (request.path, re.sub("[0-9a-f-]{36}", new_id(), request.path))
        ]  # fmt: skip
        hidden, absent = ({**answer.json, "instance": ""} for answer in answers)
        assert hidden == absent, name
        assert list(answers[0].headers.keys()) == list(answers[1].headers.keys())
