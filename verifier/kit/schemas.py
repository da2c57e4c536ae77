"""Shapes that every capability shares: pages, problems."""

from __future__ import annotations

from marshmallow import INCLUDE, Schema, fields


def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a list's page of such items."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(
                required=True,
                allow_none=True,
                metadata={"description": "`cursor` of the next page; null on the last."},
            ),
        },
        name=f"{item.__name__}Page",
    )


def poll_of(item: type[Schema]) -> type[Schema]:
    """The schema of what has come since the last time, for who goes on asking."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(
                required=True,
                metadata={"description": "`cursor` of the next request, now or later; never null."},
            ),
            "more": fields.Boolean(
                required=True,
                metadata={"description": "More is there already, even if `items` is empty."},
            ),
        },
        name=f"{item.__name__}Poll",
    )


class InputFaultDocument(Schema):
    """One thing wrong with what was sent."""

    detail = fields.String(required=True, metadata={"description": "What would be right."})
    pointer = fields.String(required=True, metadata={"description": "JSON Pointer to the member."})


class Problem(Schema):
    """A problem document (RFC 9457); some kinds of problems have more members."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(
        required=True, metadata={"format": "uri", "description": "Resolves to its explanation."}
    )
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True)
    errors = fields.List(fields.Nested(InputFaultDocument))
    existing = fields.String(metadata={"description": "409 for a duplicate: what is here already."})
    current = fields.String(metadata={"description": "409 by the workflow: the present state."})
    allowed = fields.List(
        fields.String(), metadata={"description": "409 by the workflow: what you may do now."}
    )


class Person(Schema):
    """An account as others see it; null where the service itself acted."""

    id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
