"""The main job with the client that openapi-python-client makes: a program of its own, fully typed.

Arguments: the service's address, and the tokens of a contributor, two reviewers, an editor and a
reader, as JSON by name.
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from fact_claim_verification_client import AuthenticatedClient
from fact_claim_verification_client.api.claims import (
    act_on_claim,
    list_claims,
    show_claim,
    submit_claim,
    update_claim,
)
from fact_claim_verification_client.api.evidence import attach_evidence, list_evidence
from fact_claim_verification_client.api.exports import export_claims, show_claimreview
from fact_claim_verification_client.api.reviews import (
    act_on_verdict,
    draft_verdict,
    show_history,
    show_queue,
    show_verdict,
)
from fact_claim_verification_client.api.snapshots import download_snapshot, take_snapshot
from fact_claim_verification_client.api.sources import submit_source
from fact_claim_verification_client.models import (
    Claim,
    ClaimAction,
    ClaimChange,
    ClaimMove,
    ClaimOrder,
    ClaimPage,
    ClaimReview,
    ClaimStatus,
    EventPage,
    Evidence,
    EvidencePage,
    ExportClaimsExportFormat,
    NewAppearance,
    NewClaim,
    NewEvidence,
    NewSource,
    NewVerdict,
    Priority,
    Problem,
    QueuedTaskPage,
    QueueTask,
    QuoteGiven,
    Snapshot,
    SnapshotUpload,
    Source,
    Stance,
    Verdict,
    VerdictAction,
    VerdictMove,
    VerdictState,
)
from fact_claim_verification_client.types import UNSET, File, Response, Unset

if TYPE_CHECKING:
    from uuid import UUID

T = TypeVar("T")
TEXT = "The bridge stays closed until spring, the mayor said. Repairs began in May."
QUOTE = "The bridge stays closed until spring"


def given(answer: Response[Any], kind: type[T], status: int = 200) -> T:
    """What the client made of the answer, which is of this kind."""
    assert answer.status_code == status, answer.content
    assert isinstance(answer.parsed, kind), answer.content
    return answer.parsed


def main(address: str, tokens: dict[str, str]) -> None:
    with ExitStack() as stack:
        clients = {
            name: stack.enter_context(
                AuthenticatedClient(address, token, raise_on_unexpected_status=True)
            )
            for name, token in {**tokens, "stranger": "fcv_unknown"}.items()
        }
        work(clients)


def work(clients: dict[str, AuthenticatedClient]) -> None:
    """From a source to what anybody may read."""
    source = submitted_source(clients["contributor"])
    claim = submitted_claim(clients["contributor"], source)
    accepted(clients["reviewer"], claim)
    stale(clients["reviewer"], claim)
    evidence = attached(clients["contributor"], claim, source)
    verdict = published(clients, claim, evidence)
    read(clients["reader"], claim, verdict)
    paged(clients["contributor"])
    refused(clients["reader"], clients["stranger"])


def submitted_source(client: AuthenticatedClient) -> Source:
    """The source, with a copy that goes in and comes out as a file."""
    sent = NewSource(url="https://news.example/bridge", text=TEXT)
    source = given(submit_source.sync_detailed(client=client, body=sent), Source, 201)
    page = File(BytesIO(f"<p>{TEXT}</p>".encode()), "bridge.html", "text/html")
    upload = take_snapshot.sync_detailed(source.id, client=client, body=SnapshotUpload(file=page))
    snapshot = given(upload, Snapshot, 201)
    warc = given(download_snapshot.sync_detailed(snapshot.id, client=client), File)
    assert len(warc.payload.read()) == snapshot.bytes_
    return source


def submitted_claim(client: AuthenticatedClient, source: Source) -> Claim:
    """The claim with the place where it was made, sent twice and there once."""
    place = NewAppearance(source=source.id, quote=QuoteGiven(exact=QUOTE), first=True)
    sent = NewClaim(text="The bridge is closed until spring.", appearances=[place])
    first, again = (
        submit_claim.sync_detailed(client=client, body=sent, idempotency_key=key)
        for key in [str(uuid4())] * 2
    )
    claim = given(first, Claim, 201)
    assert given(again, Claim, 201) == claim
    assert again.headers["Idempotency-Replayed"] == "true"
    assert claim.status is ClaimStatus.SUBMITTED
    assert [appearance.quote.exact for appearance in claim.appearances if appearance.quote] == [
        QUOTE
    ]
    return claim


def accepted(client: AuthenticatedClient, claim: Claim) -> None:
    """By the ETag that was read; what the workflow does not allow is a typed refusal."""
    etag = show_claim.sync_detailed(claim.id, client=client).headers["ETag"]
    move = ClaimAction(action=ClaimMove.ACCEPT)
    answer = act_on_claim.sync_detailed(claim.id, client=client, body=move, if_match=etag)
    assert given(answer, Claim).status is ClaimStatus.IN_REVIEW
    etag = answer.headers["ETag"]
    answer = act_on_claim.sync_detailed(claim.id, client=client, body=move, if_match=etag)
    problem = given(answer, Problem, 409)
    assert problem.current == "in_review"
    assert problem.allowed
    assert "reject" in problem.allowed


def stale(client: AuthenticatedClient, claim: Claim) -> None:
    """Two people, one claim: the slower one is told."""
    etag = show_claim.sync_detailed(claim.id, client=client).headers["ETag"]
    change = ClaimChange(priority=Priority.HIGH, topics=["bridges"])
    kinds: list[tuple[type[Claim | Problem], int]] = [(Claim, 200), (Problem, 412)]
    for kind, status in kinds:
        answer = update_claim.sync_detailed(claim.id, client=client, body=change, if_match=etag)
        given(answer, kind, status)


def attached(client: AuthenticatedClient, claim: Claim, source: Source) -> Evidence:
    sent = NewEvidence(
        source=source.id, stance=Stance.SUPPORTS, quote=QuoteGiven(exact="Repairs began in May")
    )
    evidence = given(
        attach_evidence.sync_detailed(claim.id, client=client, body=sent), Evidence, 201
    )
    pieces = given(
        list_evidence.sync_detailed(claim.id, client=client, stance=Stance.SUPPORTS), EvidencePage
    )
    assert [piece.id for piece in pieces.items] == [evidence.id]
    return evidence


def published(clients: dict[str, AuthenticatedClient], claim: Claim, evidence: Evidence) -> Verdict:
    """Drafted and proposed by one, approved by another, published by an editor."""
    draft = NewVerdict(rating="true", title="It is closed", summary="Until April.", language="en")
    verdict = given(
        draft_verdict.sync_detailed(claim.id, client=clients["reviewer"], body=draft), Verdict, 201
    )
    assert verdict.evidence == [evidence.id]
    moved(clients["reviewer"], verdict.id, VerdictMove.PROPOSE)
    waiting = given(
        show_queue.sync_detailed(client=clients["colleague"], task=QueueTask.REVIEW), QueuedTaskPage
    )
    assert [task.verdict.id for task in waiting.items if task.verdict] == [verdict.id]
    moved(clients["colleague"], verdict.id, VerdictMove.APPROVE)
    verdict = moved(clients["editor"], verdict.id, VerdictMove.PUBLISH)
    assert verdict.state is VerdictState.PUBLISHED
    return verdict


def moved(client: AuthenticatedClient, verdict: UUID, move: VerdictMove) -> Verdict:
    etag = show_verdict.sync_detailed(verdict, client=client).headers["ETag"]
    body = VerdictAction(action=move)
    return given(
        act_on_verdict.sync_detailed(verdict, client=client, body=body, if_match=etag), Verdict
    )


def read(client: AuthenticatedClient, claim: Claim, verdict: Verdict) -> None:
    """What anybody may see of it; an ETag saves reading it twice."""
    answer = show_claim.sync_detailed(claim.id, client=client)
    seen = given(answer, Claim)
    assert seen.status is ClaimStatus.VERIFIED
    assert seen.verdict
    assert (seen.verdict.id, seen.verdict.rating) == (verdict.id, "true")
    etag = answer.headers["ETag"]
    again = show_claim.sync_detailed(claim.id, client=client, if_none_match=etag)
    assert (again.status_code, again.parsed) == (304, None)
    review = given(show_claimreview.sync_detailed(claim.id, client=client), ClaimReview)
    assert review["@type"] == "ClaimReview"
    assert review["claimReviewed"] == seen.text
    events = given(show_history.sync_detailed(claim.id, client=client), EventPage)
    assert "verdict.published" in {event.type_ for event in events.items}
    for export_format in ExportClaimsExportFormat:
        exported = given(export_claims.sync_detailed(export_format, client=client), str)
        assert seen.text in exported


def paged(client: AuthenticatedClient) -> None:
    """Every page of a list, until there is no next one."""
    for number in range(3):
        submit_claim.sync_detailed(client=client, body=NewClaim(text=f"Bridge {number} is open."))
    texts: list[str] = []
    cursor: str | Unset | None = UNSET
    while cursor is not None:
        page = given(
            list_claims.sync_detailed(
                client=client, sort=ClaimOrder.CREATED_AT, limit=2, cursor=cursor
            ),
            ClaimPage,
        )
        texts += [claim.text for claim in page.items]
        cursor = page.next_
    assert texts[-3:] == [f"Bridge {number} is open." for number in range(3)]


def refused(client: AuthenticatedClient, stranger: AuthenticatedClient) -> None:
    """What is wrong with what was sent, with the place of it; what is not allowed; who is not known."""
    sent = NewClaim(text="It rains.", topics=["\n"])
    problem = given(submit_claim.sync_detailed(client=client, body=sent), Problem, 422)
    assert problem.errors
    assert [fault.pointer for fault in problem.errors] == ["/topics/0"]
    problem = given(list_claims.sync_detailed(client=stranger), Problem, 401)
    assert problem.type_.endswith("/problems/not-authenticated")


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
