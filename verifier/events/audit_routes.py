"""Endpoints for checkpoints of the trail: signed notes, as witnesses and monitors read them."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request

from verifier.accounts.auth import requires
from verifier.accounts.permissions import Permission
from verifier.events import audit_schemas as schemas
from verifier.events.checkpoints import checkpoint_document, dated_keys, newest_checkpoint
from verifier.events.consistency import consistency_proof
from verifier.kit import answers
from verifier.kit.errors import Conflict, NotFound
from verifier.kit.rest import Blueprint, refuses
from verifier.kit.transactions import reading

blp = Blueprint("audit", __name__, description="What shows that nobody has rewritten the trail.")
NOTE: Final = {"type": "string", "description": "C2SP signed-note, tlog-checkpoint."}


class NoCheckpointYet(NotFound):
    """There is no checkpoint yet. The worker makes the first one a minute after its start."""


class CheckpointNotSigned(Conflict):
    """This service's operator has set up no key, so its checkpoints are not signed.

    As JSON (`Accept: application/json`) the tree's head is there, but nobody answers for it.
    """


@blp.get("/v1/audit/checkpoint")
@requires(Permission.AUDIT_READ)
@blp.response(200, schemas.NewestCheckpoint, example=schemas.NEWEST)
@blp.alt_response(200, schema=NOTE, content_type="text/plain")
@refuses(409)
def show_checkpoint() -> Response:
    """The newest checkpoint: a signed note, or JSON where `Accept` asks for it."""
    wants_json = request.accept_mimetypes.best_match(["text/plain", "application/json"])
    with reading() as session:
        newest = newest_checkpoint(session)
        keys = dated_keys(session)
    if newest is None:
        message = "There is no checkpoint yet: the worker makes one a minute after its start."
        raise NoCheckpointYet(message)
    if wants_json == "application/json":
        answer = answers.json_answer({**checkpoint_document(newest), "keys": keys})
    elif newest.note is None:
        raise CheckpointNotSigned("No key is set up here, so checkpoints are not signed.")
    else:
        answer = Response(newest.note, mimetype="text/plain")
    answer.vary.add("Accept")
    return answer


@blp.get("/v1/audit/consistency")
@requires(Permission.AUDIT_READ)
@blp.filters(schemas.ConsistencyQuery)
@blp.response(200, schemas.ConsistencyProof, example=schemas.CONSISTENCY)
def show_consistency(query: dict[str, Any]) -> Response:
    """The proof that a later checkpoint holds all that an earlier one held."""
    with reading() as session:
        found = consistency_proof(session, query["older"], query.get("newer"))
    return answers.json_answer(found)
