"""The API's document: committed, valid, complete, and what the service really does."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.document import BELOW, DOCUMENT, OPERATIONS, check_answer, resolved
from tests.newsroom import QUOTE
from tests.operations import valid_requests
from tests.problems import check_problem
from verifier.kit.errors import all_kinds
from verifier.kit.problems import HTTP_PROBLEMS, STATUS

ROOT = Path(__file__).parent.parent
WRITES = (400, 413, 415, 422)
RESPONSES = [
    (operation.id, status, resolved(response))
    for operation in OPERATIONS.values()
    for status, response in operation.spec["responses"].items()
]
OUTSIDE = re.compile(
    r"""(?:src|href|url|from|import|fetch)\s*[=(]?\s*["'(]?\s*(?:https?:)?//[\w.-]+"""
)


def parameters(operation):
    shared = DOCUMENT["paths"][operation.path].get("parameters", ())
    return [*shared, *operation.spec.get("parameters", ())]


def test_the_committed_document_is_the_applications():
    committed = json.loads((ROOT / "openapi.json").read_text())
    assert committed == DOCUMENT, "openapi.json is out of date: run `make openapi`"


def test_the_service_hands_out_its_document(client):
    answer = client.get("/openapi.json")
    assert answer.mimetype == "application/json"
    assert answer.json == DOCUMENT


def test_the_document_is_valid_openapi():
    assert DOCUMENT["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_component_is_used():
    text = json.dumps(DOCUMENT)
    for kind in ("schemas", "responses"):
        for name in DOCUMENT["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text, name


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_operation_is_documented(operation):
    spec = operation.spec
    assert spec["summary"][0].isupper()
    assert spec["summary"].endswith(".")
    (tag,) = spec["tags"]
    assert tag in {each["name"] for each in DOCUMENT["tags"]}
    assert re.fullmatch("[a-z_]+[a-z]", operation.id)
    assert any(operation.answers(status) for status in (200, 201, 202, 204))
    named = {each["name"] for each in parameters(operation) if each["in"] == "path"}
    assert named == set(re.findall(r"{(\w+)}", operation.path))
    for each in parameters(operation):
        assert each["schema"]
        assert "description" in each or each["in"] != "header", each


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_error_that_an_operation_can_answer_is_documented(operation):
    """400 for a body or a cursor, 409 for duplicates and the workflow, 422 for anything malformed."""
    wanted = {401, 403, 404, 422, 429, 503}
    if operation.takes_content:
        wanted |= {*WRITES}
    if operation.method != "GET":
        wanted |= {409}
    if any(each["name"] == "cursor" for each in parameters(operation)):
        wanted |= {400}
    if any(each["name"] == "If-Match" for each in parameters(operation)):
        wanted |= {412, 428}
    if operation.id in ("show_claimreview", "show_checkpoint"):
        wanted |= {409}
    if operation.id == "search_claims":
        wanted = wanted - {422} | {400}
    assert {int(s) for s in operation.spec["responses"] if int(s) >= 400} == wanted


def test_every_answer_has_a_shape_and_an_example():
    for operation, status, response in RESPONSES:
        assert response["description"], (operation, status)
        if int(status) in (204, 304):
            assert "content" not in response
            continue
        for media_type, content in response["content"].items():
            assert content["schema"], (operation, status)
            if media_type == "application/json":
                assert "example" in content, (operation, status)
    for operation in OPERATIONS.values():
        if operation.body is not None:
            assert "example" in operation.spec["requestBody"]["content"]["application/json"]


def test_every_example_fits_its_schema():
    for operation, status, response in RESPONSES:
        for media_type, content in response.get("content", {}).items():
            if "example" in content:
                check_answer(OPERATIONS[operation], Example(status, media_type, content["example"]))


class Example:
    """An example of the document in the shape of an answer."""

    def __init__(self, status, media_type, document):
        self.status_code, self.mimetype, self.json = int(status), media_type, document


def test_a_list_of_words_in_several_places_has_a_name():
    """In clients it would be as many types: `choice(…, title=…)` in one of its places makes it one."""
    places = defaultdict(list)
    for where in ("paths", "components"):
        for place, words in lists_of_words(DOCUMENT[where], where):
            places[words].append(place)
    assert [each for each in places.values() if len(each) > 1] == []


def lists_of_words(part, place):
    if isinstance(part, dict):
        if "string" in part.get("type", ()) and "enum" in part:
            yield place, frozenset(part["enum"]) - {None}
        for name, below in part.items():
            yield from lists_of_words(below, f"{place} {name}")
    elif isinstance(part, list):
        for number, below in enumerate(part):
            yield from lists_of_words(below, f"{place} {number}")


def test_every_kind_of_answer_has_its_headers():
    for operation, status, response in RESPONSES:
        headers = response.get("headers", {}).keys()
        if int(status) in (200, 201) and OPERATIONS[operation].answers(304):
            assert "ETag" in headers, operation
        if int(status) == 201:
            assert {"ETag", "Location"} <= headers, operation
        if int(status) == 401:
            assert "WWW-Authenticate" in headers
        if int(status) in (429, 503):
            assert "Retry-After" in headers


def test_every_operation_answers_as_documented(newsroom):
    """The client of all tests checks each answer; here every operation is seen to succeed."""
    requests = valid_requests(newsroom)
    assert requests.keys() == OPERATIONS.keys()
    for request in requests.values():
        assert request.send(newsroom).status_code in (200, 201, 202, 204), request
    for request in requests.values():
        if request.method == "GET" and not request.operation.startswith("show_member"):
            for who in (request.who, None, "cas", "out"):
                request.send(newsroom, who)


def test_the_check_of_answers_finds_what_is_wrong(newsroom):
    claim = newsroom.call("GET", newsroom.claim(), "con", status=200)
    good = Example(200, "application/json", claim.json)
    check_answer(OPERATIONS["show_claim"], good)
    for bad in (
        Example(418, "application/json", claim.json),
        Example(200, "text/html", claim.json),
        Example(200, "application/json", {**claim.json, "secret": 1}),
        Example(200, "application/json", {**claim.json, "version": "1"}),
        Example(200, "application/json", {**claim.json, "created_at": "2026-11-22"}),
        Example(200, "application/json", {k: v for k, v in claim.json.items() if k != "desk"}),
    ):
        with pytest.raises(AssertionError):
            check_answer(OPERATIONS["show_claim"], bad)


def test_a_history_of_everything_answers_as_documented(newsroom):
    """A correction, a retraction, withdrawn and confidential evidence: the rarer shapes."""
    source = newsroom.source(url=None)
    place = {"source": source["id"], "quote": {"exact": QUOTE}, "first": True}
    claim, verdict = newsroom.published(newsroom.claim(accepted=True, appearances=[place]))
    hidden = newsroom.evidence(claim, source, confidential=True, quote={"exact": QUOTE})
    newsroom.act(f"/v1/evidence/{hidden['id']}", "con", "withdraw", reason="It was a parody.")
    correction = newsroom.verdict_in(
        "published", claim, correction={"kind": "clarification", "note": "A word was missing."}
    )
    newsroom.act(correction, "ed", "retract", reason="It rests on a parody.")
    for path in (claim, verdict, correction, f"{claim}/history", f"{claim}/verdicts",
                 f"{claim}/evidence", "/v1/claims", "/v1/queue"):  # fmt: skip
        for who in ("con", "rev", "cas", "out", None):
            newsroom.call("GET", path, who)


def test_every_kind_of_problem_has_its_page(client):
    slugs = {kind.slug(): kind for kind in all_kinds()}
    assert len(slugs) == len(list(all_kinds())), "two kinds share a page"
    for slug, kind in slugs.items():
        page = client.get(f"/problems/{slug}")
        assert page.status_code == 200, slug
        assert page.mimetype == "text/html"
        assert kind.__doc__, f"{slug} explains itself nowhere"
        assert kind.heading() in page.text.replace("&#39;", "'")
    for slug, _ in HTTP_PROBLEMS.values():
        assert client.get(f"/problems/{slug}").status_code == 200, slug
    check_problem(client.get("/problems/replayed"), 404)
    assert all(issubclass(kind, tuple(STATUS)) for kind in all_kinds())


@pytest.mark.parametrize("path", ["/docs/", "/docs/index.css", "/docs/swagger-ui-bundle.js"])
def test_ranges_of_the_documentation(client, path):
    answer = client.get(path, headers={"Range": "bytes=999999999-"}, buffered=True)
    if answer.status_code != 200:
        check_problem(answer, 416)


def test_the_documentation_asks_no_other_host(client):
    assert client.get("/docs").headers["Location"].endswith("/docs/")
    index = client.get("/docs/")
    assert index.status_code == 200
    assets = re.findall(r"""(?:src|href)=["']([^"']+)["']""", index.text)
    assert len(assets) >= 5
    for asset in assets:
        assert asset.startswith("/docs/")
        found = client.get(asset, buffered=True)
        assert found.status_code == 200, asset
        assert found.data
    assert OUTSIDE.findall(index.text) == []
    assert '"validatorUrl": null' in index.text
    assert "/openapi.json" in index.text


def test_what_is_not_documented_is_not_there(client):
    """Every route of the API is in the document, and every path of the document is a route."""
    app = client.application
    routes = {
        re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(BELOW)
    }
    assert routes == {path for path in DOCUMENT["paths"] if path.startswith(BELOW)}
