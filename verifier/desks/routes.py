"""Endpoints for who works here: oneself, tokens, desks, members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from verifier.accounts.auth import actor, requires
from verifier.accounts.models import Account
from verifier.accounts.permissions import Permission
from verifier.desks import queries, schemas, service, tokens
from verifier.kit import answers
from verifier.kit.answers import if_match
from verifier.kit.fields import PageQuery
from verifier.kit.pagination import PageRequest
from verifier.kit.rest import Blueprint
from verifier.kit.schemas import page_of
from verifier.kit.transactions import reading, transaction

if TYPE_CHECKING:
    from flask import Response

blp = Blueprint("desks", __name__, description="Desks, their members, and your own tokens.")


@blp.get("/v1/me")
@requires(Permission.PROFILE_READ)
@blp.response(200, schemas.Profile, example=schemas.PROFILE_SHOWN)
def show_me() -> Response:
    """Who this token belongs to, and what it may do."""
    who = actor()
    with reading() as session:
        desks = queries.roles_of(session, who)
    return answers.json_answer(
        {
            "id": who.account_id,
            "name": who.name,
            "is_operator": who.is_operator,
            "scopes": sorted(who.scopes),
            "desks": desks,
        }
    )


@blp.post("/v1/tokens")
@requires(Permission.TOKEN_MANAGE)
@blp.takes(schemas.NewToken, example=schemas.TOKEN)
@blp.creates(schemas.IssuedToken, example={**schemas.TOKEN_SHOWN, "token": "fcv_…"})
def create_token(payload: dict[str, Any]) -> Response:
    """Make a token for yourself; its secret is shown this once."""
    who = actor()
    with transaction() as session:
        account = session.get_one(Account, who.account_id)
        token, secret = tokens.issue_token(session, who, account=account, **payload)
        document = orjson.loads(queries.token_document(session, token.id).document)
        return answers.created(
            {**document, "token": secret}, token.version, location=f"/v1/tokens/{token.id}"
        )


@blp.get("/v1/tokens")
@requires(Permission.TOKEN_MANAGE)
@blp.filters(PageQuery)
@blp.lists(page_of(schemas.TokenDocument), example=schemas.TOKEN_SHOWN)
def list_tokens(query: dict[str, Any]) -> Response:
    """Your tokens, newest first."""
    page = PageRequest.read(query, name="tokens")
    with reading() as session:
        return answers.listing(queries.tokens_page(session, actor(), page), page)


@blp.delete("/v1/tokens/<id:token_id>")
@requires(Permission.TOKEN_MANAGE)
@blp.changes(None)
def revoke_token(token_id: str) -> Response:
    """Revoke one of your tokens, at once."""
    with transaction() as session:
        tokens.revoke_token(session, actor(), token_id, if_match=if_match())
    return answers.nothing()


@blp.post("/v1/desks")
@requires(Permission.DESK_CREATE)
@blp.takes(schemas.NewDesk, example=schemas.DESK)
@blp.creates(schemas.DeskDocument, example=schemas.DESK_SHOWN)
def create_desk(payload: dict[str, Any]) -> Response:
    """Create a desk (an operator's right)."""
    with transaction() as session:
        desk = service.create_desk(session, actor(), **payload)
        row = queries.desk_document(session, desk.id)
        return answers.created(row.document, row.version, location=f"/v1/desks/{desk.slug}")


@blp.get("/v1/desks")
@requires(Permission.DESK_READ)
@blp.filters(PageQuery)
@blp.lists(page_of(schemas.DeskDocument), example=schemas.DESK_SHOWN)
def list_desks(query: dict[str, Any]) -> Response:
    """The desks you work in, and those whose partner your desk is."""
    page = PageRequest.read(query, name="desks")
    with reading() as session:
        return answers.listing(queries.desks_page(session, actor(), page), page)


@blp.get("/v1/desks/<slug:slug>")
@requires(Permission.DESK_READ)
@blp.shows(schemas.DeskDocument, example=schemas.DESK_SHOWN)
def show_desk(slug: str) -> Response:
    """A desk with its policy and rating scale."""
    with reading() as session:
        desk = service.load_desk(session, actor(), slug)
        row = queries.desk_document(session, desk.id)
    return answers.resource(row.document, row.version)


@blp.patch("/v1/desks/<slug:slug>")
@requires(Permission.DESK_UPDATE)
@blp.takes(schemas.DeskChange, example={"policy": {"approvals_required": 2}})
@blp.changes(schemas.DeskDocument, example=schemas.DESK_SHOWN)
def update_desk(payload: dict[str, Any], slug: str) -> Response:
    """Change a desk or its policy."""
    with transaction() as session:
        desk = service.update_desk(session, actor(), slug, if_match=if_match(), **payload)
        row = queries.desk_document(session, desk.id)
        return answers.resource(row.document, row.version)


@blp.post("/v1/desks/<slug:slug>/members")
@requires(Permission.MEMBER_MANAGE)
@blp.takes(schemas.NewMember, example={"email": "leyla@borderdesk.example", "role": "reviewer"})
@blp.creates(schemas.MemberDocument, example=schemas.MEMBER_SHOWN)
def add_member(payload: dict[str, Any], slug: str) -> Response:
    """Make an account a member of the desk."""
    with transaction() as session:
        member = service.add_member(session, actor(), slug, **payload)
        row = queries.member_document(session, member.id)
        where = f"/v1/desks/{slug}/members/{member.account_id}"
        return answers.created(row.document, row.version, location=where)


@blp.get("/v1/desks/<slug:slug>/members")
@requires(Permission.MEMBER_READ)
@blp.filters(PageQuery)
@blp.lists(page_of(schemas.MemberDocument), example=schemas.MEMBER_SHOWN)
def list_members(query: dict[str, Any], slug: str) -> Response:
    """The desk's members and their roles, to its own members."""
    page = PageRequest.read(query, name=f"members/{slug}")
    with reading() as session:
        desk = service.load_desk(session, actor(), slug)
        service.demand_in_desk(actor(), Permission.MEMBER_READ, desk)
        return answers.listing(queries.members_page(session, desk, page), page)


@blp.get("/v1/desks/<slug:slug>/members/<id:account_id>")
@requires(Permission.MEMBER_READ)
@blp.shows(schemas.MemberDocument, example=schemas.MEMBER_SHOWN)
def show_member(slug: str, account_id: str) -> Response:
    """One member of the desk."""
    with reading() as session:
        member = service.find_member(session, actor(), slug, account_id)
        row = queries.member_document(session, member.id)
    return answers.resource(row.document, row.version)


@blp.patch("/v1/desks/<slug:slug>/members/<id:account_id>")
@requires(Permission.MEMBER_MANAGE)
@blp.takes(schemas.RoleChange, example={"role": "editor"})
@blp.changes(schemas.MemberDocument, example=schemas.MEMBER_SHOWN)
def change_role(payload: dict[str, Any], slug: str, account_id: str) -> Response:
    """Give a member another role."""
    with transaction() as session:
        member = service.change_role(
            session, actor(), slug, account_id, if_match=if_match(), **payload
        )
        row = queries.member_document(session, member.id)
        return answers.resource(row.document, row.version)


@blp.delete("/v1/desks/<slug:slug>/members/<id:account_id>")
@requires(Permission.MEMBER_MANAGE)
@blp.changes(None)
def remove_member(slug: str, account_id: str) -> Response:
    """End a membership; what the member did stays."""
    with transaction() as session:
        service.remove_member(session, actor(), slug, account_id, if_match=if_match())
    return answers.nothing()
