"""A claim as linked data: two spellings of one graph, in the terms of schema.org, read by rdflib."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import SDO
from rdflib.plugins.parsers.jsonld import to_rdf

from tests.newsroom import QUOTE, TEXT
from tests.problems import check_problem
from verifier.accounts.actor import OPERATOR
from verifier.claims.models import Claim
from verifier.claims.trail import record_on_claim
from verifier.exports.linked_data import linked, turtle
from verifier.reviews.models import Verdict

from .samples import PUBLIC_URL, record

SCHEMA = Namespace("http://schema.org/")
OA = Namespace("http://www.w3.org/ns/oa#")
API = "http://127.0.0.1:8000"
JSON, JSON_LD, TURTLE = "application/json", "application/ld+json", "text/turtle"
SELECTORS = {
    "Annotation", "SpecificResource", "TextQuoteSelector", "TextPositionSelector", "hasBody", "hasTarget",
    "hasSource", "hasSelector", "motivatedBy", "identifying", "exact", "prefix", "suffix", "start", "end",
}  # fmt: skip
"""Of https://www.w3.org/TR/annotation-vocab/."""


def get(room, path, accept, who=None, *, status=200, **headers):
    return room.call("GET", path, who, status=status, headers={"Accept": accept, **headers})


def graph_of(answer):
    if answer.mimetype == JSON_LD:
        return to_rdf(answer.json, Graph())
    return Graph().parse(data=answer.data, format="turtle")


@pytest.fixture
def claim(newsroom):
    """Checked, corrected, said in two places, of which one is quoted."""
    source, other = newsroom.source(title="In Moscow"), newsroom.source(url=None, title="Elsewhere")
    quoted = {"source": source["id"], "first": True, "quote": {"exact": QUOTE}}
    claim = newsroom.claim(
        text="Die Truppen gehen.", language="de", topics=["army", "peace"], claimed_on="2024-06-12",
        claimant={"name": "Moscow", "kind": "organization", "same_as": "https://wiki.example/M|1"},
        appearances=[quoted, {"source": other["id"]}], accepted=True,
    )  # fmt: skip
    newsroom.evidence(claim, source)
    newsroom.evidence(claim, other, confidential=True, note="Not for all.")
    newsroom.verdict_in("published", claim)
    newsroom.verdict_in(
        "published", claim, rating="false", correction={"kind": "update", "note": "They stayed."}
    )
    return claim


def test_both_spellings_say_the_same(newsroom, claim):
    for who in (None, "con"):
        graphs = [graph_of(get(newsroom, claim, accept, who)) for accept in (JSON_LD, TURTLE)]
        assert isomorphic(*graphs)
        assert len(graphs[0]) > 50


def test_every_term_is_of_a_vocabulary(newsroom, claim):
    """Predicates and classes: schema.org's as rdflib knows them, and the selectors'."""
    graph = graph_of(get(newsroom, claim, JSON_LD))
    terms = {*graph.predicates(), *graph.objects(predicate=RDF.type)} - {RDF.type}
    for term in terms:
        if term in OA:
            assert term.removeprefix(OA) in SELECTORS
        else:
            assert SDO[term.removeprefix(SCHEMA)] in SDO, term


def test_every_node_has_a_name(newsroom, claim):
    graph = graph_of(get(newsroom, claim, JSON_LD))
    assert all(isinstance(node, URIRef) for node in graph.subjects())
    assert URIRef(f"{API}{claim}") in set(graph.subjects())


def test_a_rating_is_found_by_sparql(newsroom, claim):
    graph = graph_of(get(newsroom, claim, TURTLE))
    found = graph.query(
        """
        SELECT ?rating ?value ?desk WHERE {
            ?claim a schema:Claim ; schema:review ?review .
            ?review schema:itemReviewed ?claim ; schema:creativeWorkStatus "published" ;
                schema:author/schema:name ?desk ;
                schema:reviewRating [ schema:alternateName ?rating ; schema:ratingValue ?value ] .
        }""",
        initNs={"schema": SCHEMA},
    )
    assert [tuple(row) for row in found] == [(Literal("False"), Literal(1), Literal("border-desk"))]


def test_a_correction_leads_from_the_old_to_the_new(newsroom, claim):
    graph = graph_of(get(newsroom, claim, TURTLE))
    (old,) = graph.subjects(SCHEMA.creativeWorkStatus, Literal("superseded"))
    (new,) = graph.objects(old, SCHEMA.correction)
    assert graph.value(new, SCHEMA.creativeWorkStatus) == Literal("published")
    comment = graph.value(new, SCHEMA.correction)
    assert graph.value(comment, SCHEMA.text) == Literal("They stayed.")


def test_a_retraction_is_told(newsroom, claim):
    verdict = newsroom.call("GET", claim).json["verdict"]["id"]
    newsroom.act(f"/v1/verdicts/{verdict}", "ed", "retract", reason="A parody.")
    graph = graph_of(get(newsroom, claim, TURTLE))
    review = URIRef(f"{API}/v1/verdicts/{verdict}")
    assert graph.value(review, SCHEMA.creativeWorkStatus) == Literal("retracted")
    reasons = {graph.value(each, SCHEMA.text) for each in graph.objects(review, SCHEMA.correction)}
    assert Literal("A parody.") in reasons


def test_a_quote_is_found_by_its_selectors(newsroom, claim):
    graph = graph_of(get(newsroom, claim, TURTLE))
    annotation = graph.value(predicate=OA.hasBody, object=URIRef(f"{API}{claim}"))
    target = graph.value(annotation, OA.hasTarget)
    quote, position = (
        next(
            each
            for each in graph.objects(target, OA.hasSelector)
            if (each, RDF.type, kind) in graph
        )
        for kind in (OA.TextQuoteSelector, OA.TextPositionSelector)
    )
    start, end = (int(graph.value(position, which)) for which in (OA.start, OA.end))
    assert TEXT[start:end] == str(graph.value(quote, OA.exact)) == QUOTE
    source = graph.value(target, OA.hasSource)
    assert graph.value(URIRef(f"{API}{claim}"), SCHEMA.firstAppearance) == source
    assert graph.value(source, SCHEMA.headline) == Literal("In Moscow")


def test_words_have_their_language_and_times_their_type(newsroom, claim):
    graph = graph_of(get(newsroom, claim, JSON_LD))
    about = URIRef(f"{API}{claim}")
    assert graph.value(about, SCHEMA.text) == Literal("Die Truppen gehen.", lang="de")
    assert str(graph.value(about, SCHEMA.datePublished).datatype).endswith("#date")
    (moment, *_) = [
        graph.value(review, SCHEMA.datePublished) for review in graph.objects(about, SCHEMA.review)
    ]
    assert moment.value.tzinfo is not None
    claimant = graph.value(about, SCHEMA.author)
    assert graph.value(claimant, SCHEMA.sameAs) == URIRef("https://wiki.example/M%7C1")


def test_what_is_not_public_is_not_told(newsroom, claim):
    hidden = newsroom.claim(text="A secret.")
    draft = newsroom.verdict(claim, title="A draft")
    for accept in (JSON_LD, TURTLE):
        told = get(newsroom, claim, accept).text
        assert draft not in told
        assert "Not for all." not in told
        check_problem(get(newsroom, hidden, accept, status=404), 404)
        assert "A secret." in get(newsroom, hidden, accept, "con").text


def test_somebody_elses_verdict_is_theirs(newsroom, database):
    claim = newsroom.claim(text="It was said elsewhere.", accepted=True)
    newsroom.evidence(claim, newsroom.source(url=None))
    path = newsroom.verdict(claim)
    with database.transaction() as session:
        verdict = session.get_one(Verdict, path.rpartition("/")[2])
        verdict.origin, verdict.publisher = "imported", "The Other Check"
        about = session.get_one(Claim, verdict.claim_id)
        record_on_claim(session, OPERATOR, about, "verdict.imported", verdict)
    for who, action in (("rev", "propose"), ("rev2", "approve"), ("ed", "publish")):
        newsroom.act(path, who, action)
    graph = graph_of(get(newsroom, claim, JSON_LD))
    author = graph.value(URIRef(f"{API}{path}"), SCHEMA.author)
    assert graph.value(author, SCHEMA.name) == Literal("The Other Check")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", JSON), ("*/*", JSON), (JSON, JSON), ("text/html", JSON), ("application/*", JSON),
        ("garbage", JSON), (";;,q=1", JSON), (f"{TURTLE};q=0", JSON), (f"{TURTLE};q=x", JSON),
        (JSON_LD, JSON_LD), (TURTLE, TURTLE), ("text/*", TURTLE), (f"{TURTLE};charset=utf-8", TURTLE),
        (f'{JSON_LD};profile="http://www.w3.org/ns/json-ld#compacted"', JSON_LD),
        (f"{TURTLE}, {JSON_LD};q=0.9", TURTLE), (f"{TURTLE};q=0.3, {JSON_LD};q=0.9", JSON_LD),
        (f"{TURTLE}, */*;q=0.1", TURTLE), (f"{JSON};q=0.5, {TURTLE};q=0.4", JSON),
        (f"{TURTLE}, {JSON}", JSON), ("text/html, application/xhtml+xml, */*;q=0.8", JSON),
    ],
)  # fmt: skip
def test_what_is_accepted(newsroom, accept, media_type):
    claim = newsroom.claim()
    answer = get(newsroom, claim, accept, "con")
    assert answer.mimetype == media_type
    assert set(answer.vary) == {"Accept", "Authorization"}
    others = {JSON, JSON_LD, TURTLE} - {media_type}
    assert answer.headers.getlist("Link") == [
        f'<{claim}>; rel="alternate"; type="{other}"'
        for other in (JSON, JSON_LD, TURTLE)
        if other in others
    ]


def test_each_representation_has_its_tag(newsroom, claim, count_queries):
    tags = {
        accept: get(newsroom, claim, accept).headers["ETag"] for accept in (JSON, JSON_LD, TURTLE)
    }
    assert len(set(tags.values())) == 3
    assert len({tag.partition(".")[0] for tag in tags.values()}) == 1
    for accept, tag in tags.items():
        for other in tags:
            status = 304 if other == accept else 200
            held = {"If-None-Match": tag}
            answer = newsroom.call("GET", claim, status=status, headers={"Accept": other, **held})
            assert "Accept" in answer.vary
    for accept in (JSON_LD, TURTLE):
        with count_queries() as queries:
            get(newsroom, claim, accept)
        assert len(queries) == 2


def test_the_same_claim_is_the_same_text():
    """Whatever order a process keeps its sets in: a strong tag is of the bytes."""
    texts = [turtle(linked(record(), [], public_url=PUBLIC_URL)) for _ in range(5)]
    assert all(a == b for a, b in pairwise(texts))


@pytest.mark.parametrize(
    "text", ['"""\\', "\u202e\u0007\n\r\t", "'''<>&{}^`|", "🏳️‍🌈 اَل", "@en", ""]
)
def test_any_text_can_be_told(text):
    document = linked(record(text=text, topics=[text]), [], public_url=PUBLIC_URL)
    read = Graph().parse(data=turtle(document), format="turtle")
    assert isomorphic(read, to_rdf(json.loads(json.dumps(document)), Graph()))
    about = URIRef(document["@id"])
    if text:
        assert str(read.value(about, SCHEMA.text)) == text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a b.example/", "not a url", ""])
def test_what_is_no_address_is_left_out(url):
    document = linked(
        record(claimant={"name": "A", "kind": None, "same_as": url}), [], public_url=PUBLIC_URL
    )
    assert "sameAs" not in document["author"]
