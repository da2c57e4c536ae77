"""The public shapes of desks, members and tokens."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate

from verifier.accounts.actor import Role, Scope
from verifier.accounts.scales import DEFAULT_SCALE, NORMALISED
from verifier.kit.fields import ByName, Email, Flag, Language, Line, Prose, Slug, Url, Whole, choice
from verifier.kit.schemas import Person

ROLES: Final = tuple(role.name for role in Role)
MOST_PARTNERS: Final = 50
MOST_HOURS: Final = 24 * 366
MOST_RATINGS: Final = 50
EXAMPLE_ID: Final = "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d11"
EXAMPLE_TIME: Final = "2026-11-22T09:30:00.000000Z"


class Policy(Schema):
    """What a desk asks of its verdicts."""

    approvals_required = Whole(1, 10, metadata={"description": "Colleagues who must approve."})
    approving_desks = Whole(1, 10, metadata={"description": "Different desks that must approve."})
    partners = fields.List(
        Slug(),
        validate=validate.Length(max=MOST_PARTNERS),
        metadata={"description": "Desks whose members may read and review."},
    )
    evidence_required = Whole(
        0, 20, metadata={"description": "Pieces of evidence a verdict cites."}
    )
    independent_sources = Whole(
        1, 20, metadata={"description": "Registrable domains the evidence must come from."}
    )
    archive_required = Flag(metadata={"description": "Each piece of evidence rests on a snapshot."})
    blind_second_rating = Flag(
        metadata={"description": "Reviewers rate before they see the proposed rating."}
    )
    recheck_after = Whole(
        1,
        MOST_HOURS,
        allow_none=True,
        metadata={"description": "Hours after which sources are fetched again; null: never."},
    )
    respect_robots = Flag(metadata={"description": "Whether robots.txt decides what is fetched."})


class Rating(Schema):
    """One rating of a scale."""

    slug = Slug(required=True)
    label = ByName(
        keys=Language(), values=Line(100), required=True, metadata={"description": "By language."}
    )
    value = Whole(1, 100, required=True, allow_none=True)
    normalised = choice(*NORMALISED, title="NormalisedRating", required=True)
    description = Prose(1000, shortest=0, load_default="")


class Scale(Schema):
    """A version of a desk's rating scale, in the desk's own order."""

    version = fields.Integer(required=True)
    ratings = fields.List(fields.Nested(Rating), required=True)


class ScaleReplacement(Schema):
    """A new scale; `replacements` names a successor for each rating in use that is dropped."""

    ratings = fields.List(
        fields.Nested(Rating), required=True, validate=validate.Length(1, MOST_RATINGS)
    )
    replacements = ByName(
        keys=Slug(), values=Slug(), load_default=dict, metadata={"description": "old: new"}
    )


class NewDesk(Schema):
    """A desk to create."""

    slug = Slug(required=True)
    name = Line(200, required=True)
    url = Url(allow_none=True, metadata={"description": "The publisher's home page."})
    language = Language()
    policy = fields.Nested(Policy)


class DeskChange(Schema):
    """Members of a desk to change; those left out stay as they are."""

    name = Line(200)
    url = Url(allow_none=True)
    language = Language()
    policy = fields.Nested(Policy)


class DeskDocument(Schema):
    """A fact-checking team and its policy."""

    id = fields.UUID(required=True)
    slug = Slug(required=True)
    name = fields.String(required=True)
    url = fields.String(required=True, allow_none=True)
    language = fields.String(required=True)
    policy = fields.Nested(Policy, required=True)
    rating_scale = fields.Nested(Scale, required=True)
    version = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)


class NewMember(Schema):
    """An account to make a member."""

    email = Email(required=True)
    role = choice(*ROLES, title="Role", required=True)
    name = Line(200, metadata={"description": "For an operator: creates the account if need be."})


class RoleChange(Schema):
    """A member's new role."""

    role = choice(*ROLES, required=True)


class PersonWithEmail(Person):
    """An account as the members of its desk see it."""

    email = fields.String(required=True)


class MemberDocument(Schema):
    """A membership."""

    account = fields.Nested(PersonWithEmail, required=True)
    role = choice(*ROLES, required=True)
    version = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)


class NewToken(Schema):
    """A token to make for oneself."""

    name = Line(200, required=True, metadata={"description": "What it is for."})
    scopes = fields.List(choice(*Scope, title="Scope"), validate=validate.Length(1, len(Scope)))
    days = Whole(1, 3650, load_default=90, metadata={"description": "How long it is valid."})


class TokenDocument(Schema):
    """A token; its secret is never shown again."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    scopes = fields.List(choice(*Scope), required=True)
    version = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True)
    last_used_at = fields.DateTime(required=True, allow_none=True)
    revoked_at = fields.DateTime(required=True, allow_none=True)


class IssuedToken(TokenDocument):
    """A new token with its secret, shown this once."""

    token = fields.String(required=True)


class DeskRole(Schema):
    """A desk one works in."""

    desk = Slug(required=True)
    name = fields.String(required=True)
    role = choice(*ROLES, required=True)


class Profile(Schema):
    """Who the token belongs to and what it may do."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    is_operator = fields.Boolean(required=True)
    scopes = fields.List(choice(*Scope), required=True)
    desks = fields.List(fields.Nested(DeskRole), required=True)


POLICY: Final[dict[str, Any]] = {
    "approvals_required": 1,
    "approving_desks": 1,
    "partners": ["caspian-check"],
    "evidence_required": 2,
    "independent_sources": 2,
    "archive_required": False,
    "blind_second_rating": True,
    "recheck_after": 24,
    "respect_robots": True,
}
DESK: Final[dict[str, Any]] = {
    "slug": "border-desk",
    "name": "Border Desk",
    "url": "https://borderdesk.example",
    "language": "en",
    "policy": POLICY,
}
DESK_SHOWN: Final[dict[str, Any]] = {
    "id": EXAMPLE_ID,
    **DESK,
    "rating_scale": {"version": 1, "ratings": DEFAULT_SCALE[:2]},
    "version": 1,
    "created_at": EXAMPLE_TIME,
    "updated_at": EXAMPLE_TIME,
}
MEMBER_SHOWN: Final[dict[str, Any]] = {
    "account": {"id": EXAMPLE_ID, "name": "Leyla Q.", "email": "leyla@borderdesk.example"},
    "role": "reviewer",
    "version": 1,
    "created_at": EXAMPLE_TIME,
    "updated_at": EXAMPLE_TIME,
}
PROFILE_SHOWN: Final[dict[str, Any]] = {
    "id": EXAMPLE_ID,
    "name": "Leyla Q.",
    "is_operator": False,
    "scopes": ["read", "review", "submit"],
    "desks": [{"desk": "border-desk", "name": "Border Desk", "role": "reviewer"}],
}
TOKEN: Final[dict[str, Any]] = {"name": "newsroom script", "scopes": ["read", "submit"], "days": 30}
TOKEN_SHOWN: Final[dict[str, Any]] = {
    "id": EXAMPLE_ID,
    "name": "newsroom script",
    "scopes": ["read", "submit"],
    "version": 1,
    "created_at": EXAMPLE_TIME,
    "expires_at": "2026-12-22T09:30:00.000000Z",
    "last_used_at": None,
    "revoked_at": None,
}
