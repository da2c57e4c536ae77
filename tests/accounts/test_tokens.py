"""Tokens: what they open, and for how long."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests.operations import valid_requests
from tests.problems import check_problem
from verifier.accounts.actor import Scope
from verifier.accounts.models import Account, Token
from verifier.accounts.tokens import USE_NOTED_EVERY
from verifier.kit.clock import now

SCOPES = [scope.value for scope in Scope]
NEEDED = {
    "read": ("show_me", "list_claims", "show_claim", "list_sources", "show_queue", "list_evidence",
             "list_members", "export_claims", "show_history", "list_desks"),
    "submit": ("submit_claim", "submit_source", "attach_evidence", "update_claim", "declare_recusal"),
    "review": ("draft_verdict", "edit_verdict", "act_on_claim"),
    "publish": (),
    "admin": ("update_desk", "add_member", "change_role", "remove_member", "put_scale", "create_desk"),
    "tokens": ("create_token", "list_tokens"),
}  # fmt: skip
"""Operations that each scope opens; `publish` is asked for by single actions."""


def token(newsroom, who, **members):
    """A new token of that person, by which they can be called from now on."""
    sent = {"name": "a script", **members}
    answer = newsroom.call("POST", "/v1/tokens", who, json=sent, status=201)
    name = f"{who} {answer.json['id']}"
    newsroom.tokens[name] = answer.json["token"]
    return name, answer


def change(database, secret, **values):
    with database.transaction() as session:
        digest = hashlib.sha256(secret.encode()).hexdigest()
        session.execute(update(Token).where(Token.hash == digest).values(**values))


def stored(database, secret):
    with database.reading() as session:
        digest = hashlib.sha256(secret.encode()).hexdigest()
        return session.scalars(select(Token).where(Token.hash == digest)).one()


def test_a_token_is_shown_once_and_only_its_hash_is_stored(newsroom, database):
    _, answer = token(newsroom, "con")
    secret = answer.json["token"]
    assert secret.startswith("fcv_")
    assert len(secret) == 47
    assert stored(database, secret).id == answer.json["id"]
    with database.reading() as session:
        columns = repr(session.execute(select(Token.__table__)).all())
    assert secret not in columns
    assert secret[4:] not in columns
    listed = newsroom.call("GET", "/v1/tokens", "con", status=200)
    assert [item["name"] for item in listed.json["items"]] == ["a script", "test"]
    assert secret not in listed.text
    assert '"token"' not in listed.text


def test_a_token_expires(newsroom, database):
    who, answer = token(newsroom, "con", days=1)
    expiry = datetime.fromisoformat(answer.json["expires_at"])
    assert timedelta(hours=23) < expiry - now() <= timedelta(days=1)
    newsroom.call("GET", "/v1/me", who, status=200)
    change(database, newsroom.tokens[who], expires_at=now() - timedelta(microseconds=1))
    refused = newsroom.call("GET", "/v1/me", who)
    check_problem(refused, 401)
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
    check_problem(newsroom.call("GET", "/v1/claims", who), 401)
    change(database, newsroom.tokens[who], expires_at=expiry)
    newsroom.call("GET", "/v1/me", who, status=200)


@pytest.mark.parametrize("days", [0, 3651, -1, 1.5, None, "1", 2**40])
def test_a_token_is_valid_for_a_day_to_ten_years(stage, days):
    sent = {"name": "a script", "days": days}
    check_problem(stage.room.call("POST", "/v1/tokens", "con", json=sent), 422, "/days")


def test_a_revoked_token_is_dead_at_once(newsroom):
    who, answer = token(newsroom, "con")
    newsroom.call("GET", "/v1/me", who, status=200)
    where, etag = answer.headers["Location"], answer.headers["ETag"]
    newsroom.call("DELETE", where, "con", etag=etag, status=204)
    check_problem(newsroom.call("GET", "/v1/me", who), 401)
    check_problem(newsroom.call("POST", "/v1/claims", who, json={"text": "A claim."}), 401)
    listed = newsroom.call("GET", "/v1/tokens", "con").json["items"]
    assert [item["revoked_at"] is not None for item in listed] == [True, False]
    check_problem(newsroom.call("DELETE", where, "con", etag=etag), 412)
    newsroom.call("DELETE", where, "con", etag="*", status=204)


def test_a_token_can_revoke_itself(newsroom):
    who, answer = token(newsroom, "con", scopes=["tokens"])
    newsroom.call("DELETE", answer.headers["Location"], who, etag="*", status=204)
    check_problem(newsroom.call("GET", "/v1/tokens", who), 401)


@pytest.mark.parametrize("who", ["rev", "ann", "op", "out"])
def test_nobody_revokes_anothers_token(newsroom, who):
    theirs, answer = token(newsroom, "con")
    check_problem(newsroom.call("DELETE", answer.headers["Location"], who, etag="*"), 404)
    newsroom.call("GET", "/v1/me", theirs, status=200)


@pytest.mark.parametrize("scope", SCOPES)
def test_without_its_scope_a_token_opens_nothing(newsroom, scope):
    """Whatever the role: each operation is called by whoever may, with every other scope."""
    requests = valid_requests(newsroom)
    others = [each for each in SCOPES if each != scope]
    who = {requests[operation].who for operation in NEEDED[scope]}
    without = {each: token(newsroom, each, scopes=others)[0] for each in who}
    alone = {each: token(newsroom, each, scopes=sorted({scope, "read"}))[0] for each in who}
    for operation in NEEDED[scope]:
        request = requests[operation]
        answer = check_problem(request.send(newsroom, without[request.who], etag="*"), 403)
        assert scope in answer["detail"]
        assert request.send(newsroom, alone[request.who]).status_code < 300, operation


def test_publishing_needs_the_scope_to_publish(newsroom):
    approved = newsroom.verdict_in("approved")
    without, _ = token(newsroom, "ed", scopes=["read", "review", "submit", "admin"])
    refused = newsroom.act(approved, without, "publish", status=403)
    assert "publish" not in refused.json["allowed"]
    allowed, _ = token(newsroom, "ed", scopes=["read", "publish", "review"])
    newsroom.act(approved, allowed, "publish")
    newsroom.act(approved, without, "retract", status=403, reason="It rests on a parody.")


def test_a_token_passes_on_no_scope_that_it_lacks(newsroom):
    small, _ = token(newsroom, "ann", scopes=["tokens", "read"])
    for scopes in (["admin"], ["read", "submit"], SCOPES):
        sent = {"name": "a script", "scopes": scopes}
        problem = check_problem(newsroom.call("POST", "/v1/tokens", small, json=sent), 422)
        wrong = {f"/scopes/{n}" for n, s in enumerate(scopes) if s not in ("tokens", "read")}
        assert {fault["pointer"] for fault in problem["errors"]} <= wrong
    _, answer = token(newsroom, small)
    assert answer.json["scopes"] == ["read", "tokens"]
    _, answer = token(newsroom, small, scopes=["read", "read"])
    assert answer.json["scopes"] == ["read"]


def test_a_token_gives_no_more_than_the_accounts_role(newsroom):
    everything, answer = token(newsroom, "con", scopes=SCOPES)
    assert answer.json["scopes"] == sorted(SCOPES)
    claim = newsroom.claim()
    check_problem(newsroom.act(claim, everything, "accept", status=403), 403)
    check_problem(
        newsroom.call("POST", "/v1/desks", everything, json={"slug": "a", "name": "A"}), 403
    )


def test_when_a_token_was_last_used_is_noted_now_and_then(newsroom, database):
    who, answer = token(newsroom, "con")
    secret = newsroom.tokens[who]
    assert answer.json["last_used_at"] is None
    newsroom.call("GET", "/v1/me", who, status=200)
    first = stored(database, secret).last_used_at
    assert now() - first < timedelta(minutes=1)
    newsroom.call("GET", "/v1/me", who, status=200)
    assert stored(database, secret).last_used_at == first
    change(database, secret, last_used_at=now() - USE_NOTED_EVERY)
    newsroom.call("GET", "/v1/me", who, status=200)
    token_now = stored(database, secret)
    assert token_now.last_used_at >= first
    assert token_now.version == 1, "use is no change of the token"


def test_a_deactivated_account_is_nobody(newsroom, database):
    claim = newsroom.claim()
    with database.transaction() as session:
        session.execute(
            update(Account).where(Account.id == newsroom.ids["con"]).values(deactivated_at=now())
        )
    for path in ("/v1/me", "/v1/claims", claim, "/v1/tokens"):
        check_problem(newsroom.call("GET", path, "con"), 401)
    check_problem(newsroom.call("POST", "/v1/claims", "con", json={"text": "A claim."}), 401)
    newsroom.call("GET", claim, "rev", status=200)
    with database.transaction() as session:
        session.execute(update(Account).values(deactivated_at=None))
    newsroom.call("GET", "/v1/me", "con", status=200)


def test_a_role_that_ends_takes_effect_at_once(newsroom):
    member = f"/v1/desks/border-desk/members/{newsroom.ids['rev']}"
    claim = newsroom.claim()
    newsroom.call("PATCH", member, "ann", etag="*", json={"role": "contributor"}, status=200)
    newsroom.act(claim, "rev", "accept", status=403)
    newsroom.call("DELETE", member, "ann", etag="*", status=204)
    check_problem(newsroom.call("GET", claim, "rev"), 404)
    assert newsroom.call("GET", "/v1/me", "rev").json["desks"] == []


def test_a_request_without_a_token_is_told_how_to_send_one(stage):
    answer = stage.room.call("GET", "/v1/me")
    check_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="verifier"'


def test_me(newsroom):
    me = newsroom.call("GET", "/v1/me", "con", status=200).json
    assert me == {
        "id": newsroom.ids["con"], "name": "con", "is_operator": False, "scopes": sorted(SCOPES),
        "desks": [{"desk": "border-desk", "name": "border-desk", "role": "contributor"}],
    }  # fmt: skip
    chief = newsroom.call("GET", "/v1/me", "op", status=200).json
    assert (chief["is_operator"], chief["desks"]) == (True, [])
    script, _ = token(newsroom, "con", scopes=["read"])
    assert newsroom.call("GET", "/v1/me", script).json["scopes"] == ["read"]
