"""What arrives at a webhook, for the API's document (OpenAPI 3.1, `webhooks`)."""

from __future__ import annotations

from typing import Any, Final

from verifier.webhooks.types import PUBLIC, TYPES

ID: Final = {"type": "string", "format": "uuid"}
MOMENT: Final = {"type": "string", "format": "date-time"}
TEXT: Final = {"type": "string"}
MAYBE: Final = {"type": ["string", "null"]}
OBJECT: Final = {"type": ["object", "null"]}
HEADERS: Final = {
    "webhook-id": "The event's id: the same for each endpoint and at each attempt.",
    "webhook-timestamp": "When this attempt was made, in seconds since 1970.",
    "webhook-signature": "`v1,…` for each secret that signs now, separated by spaces.",
}


def described() -> dict[str, Any]:
    """By what is told: the request that an endpoint gets."""
    verdict = {
        "verdict": {**OBJECT, "description": "As everybody sees it."},
        "replaced_by": {**MAYBE, "description": "The verdict that replaced it."},
        "claimreview": {**OBJECT, "description": "Of the verdict, where it is in force."},
    }
    others = sorted(set(TYPES) - PUBLIC)
    return {
        "published": _request(
            "receive_published",
            "What was published, replaced or retracted.",
            sorted(PUBLIC),
            verdict,
        ),
        "happened": _request("receive_happened", "What else happened in the desk.", others, {}),
    }


def _request(name: str, summary: str, types: list[str], more: dict[str, Any]) -> dict[str, Any]:
    event = _object(id=ID, seq={"type": "integer"}, hash=TEXT)
    subject = _object(type=TEXT, id=ID, api=MAYBE)
    claim = {"description": "The claim that it is about.", **OBJECT}
    checkpoint = {"description": "The newest signed checkpoint of the trail.", **OBJECT}
    data = _object(event=event, subject=subject, claim=claim, checkpoint=checkpoint, **more)
    body = _object(type={"type": "string", "enum": types}, timestamp=MOMENT, data=data)
    headers = [
        {"in": "header", "name": name, "required": True, "schema": TEXT, "description": told}
        for name, told in HEADERS.items()
    ]
    return {
        "post": {
            "operationId": name,
            "summary": summary,
            "security": [],
            "parameters": headers,
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": {
                "2XX": {"description": "It has arrived."},
                "410": {"description": "Send nothing here any more."},
                "default": {"description": "Anything else: it is sent again, for three days."},
            },
        }
    }


def _object(**members: Any) -> dict[str, Any]:
    """All of them are there; more may come in later versions."""
    return {"type": "object", "properties": members, "required": sorted(members)}
