"""What people make of a quote that its source no longer bears out."""

import pytest

from tests.drift.scene import (
    ASSURED,
    LEAVING,
    OTHER,
    QUOTE,
    SILENCE,
    appearance,
    evidence,
    get,
    open_checks,
    rechecks,
)
from tests.problems import check_problem


class TestSettling:
    @pytest.fixture
    def check(self, desk, source, claim):
        desk.serve(LEAVING, ASSURED.replace("may be finished", "will be finished"), SILENCE)
        desk.fetch(source)
        (check,) = open_checks(desk, claim)
        return f"/v1/quote-checks/{check['id']}"

    def test_what_is_kept_is_not_asked_again(self, desk, source, claim, check):
        kept = desk.room.act(check, "rev", "keep", comment="They mended a word.").json
        assert (kept["open"], kept["settled"]["how"], kept["settled"]["comment"]) == (
            False,
            "kept",
            "They mended a word.",
        )
        assert kept["settled"]["by"]["name"] == "rev"
        desk.fetch(source)
        assert open_checks(desk, claim) == rechecks(desk) == []
        desk.serve(LEAVING, SILENCE)
        desk.fetch(source)
        assert [each["outcome"] for each in open_checks(desk, claim)] == ["orphaned"]

    def test_a_comment_that_must_go_goes_from_the_check_too(self, desk, claim, check):
        desk.room.act(check, "rev", "keep", comment="Zülfiyyə mended a word.")
        place = {"type": "appearance", "id": appearance(desk, claim)["id"]}
        sent = {"subject": place, "members": ["comment"], "reason": "She asked for it."}
        desk.room.call("POST", f"{claim}/erasures", "ann", etag="*", json=sent, status=200)
        assert desk.room.call("GET", check, "rev").json["settled"]["comment"] == "[erased]"

    def test_an_appearance_takes_the_passage_that_was_found(self, desk, claim, check):
        desk.room.act(check, "rev", "reanchor")
        now = appearance(desk, claim)
        assert now["quote"]["exact"] == QUOTE.replace("may be finished", "will be finished")
        assert rechecks(desk) == []

    def test_or_the_one_that_a_person_names(self, desk, claim, check):
        desk.room.act(check, "rev", "reanchor", quote={"exact": "before the end of 2025"})
        assert appearance(desk, claim)["quote"]["exact"] == "before the end of 2025"

    def test_a_quote_that_is_not_there_settles_nothing(self, desk, claim, check):
        refused = desk.room.act(
            check, "rev", "reanchor", quote={"exact": "before 2030"}, status=422
        )
        assert refused.json["errors"][0]["pointer"] == "/quote"
        assert len(open_checks(desk, claim)) == 1

    def test_removing_the_appearance_settles_it(self, desk, claim, check):
        place = appearance(desk, claim)
        desk.room.call("DELETE", f"/v1/appearances/{place['id']}", "rev", etag="*", status=204)
        assert rechecks(desk) == []
        assert get(desk, check)["settled"]["how"] == "removed"

    def test_it_is_settled_once(self, desk, check):
        etag = desk.room.call("GET", check, "rev").headers["ETag"]
        desk.room.act(check, "rev", "keep")
        check_problem(desk.room.act(check, "rev2", "keep", status=409), 409)
        sent = {"action": "keep"}
        check_problem(desk.room.call("POST", f"{check}/actions", "rev", etag=etag, json=sent), 412)
        check_problem(desk.room.call("POST", f"{check}/actions", "rev", json=sent), 428)

    @pytest.mark.parametrize(
        ("who", "status"), [("con", 403), ("cas", 403), ("out", 404), (None, 401), ("ed", 200)]
    )
    def test_who_may(self, desk, check, who, status):
        answer = desk.room.call("POST", f"{check}/actions", who, etag="*", json={"action": "keep"})
        assert answer.status_code == status

    @pytest.mark.parametrize(
        "sent", [{"action": "ignore"}, {"action": "keep", "quote": {"exact": "x"}}, {}]
    )
    def test_bad_input(self, desk, check, sent):
        check_problem(desk.room.call("POST", f"{check}/actions", "rev", etag="*", json=sent), 422)


def test_partners_see_no_check_of_confidential_evidence(desk, source, claim):
    desk.room.evidence(claim, source, quote={"exact": "people in the villages"}, confidential=True)
    desk.serve(ASSURED, SILENCE)
    newest = desk.fetch(source)["snapshots"][0]["id"]
    (check,) = open_checks(desk, claim)
    path = f"/v1/quote-checks/{check['id']}"
    assert open_checks(desk, claim, "cas") == []
    assert get(desk, f"/v1/snapshots/{newest}/quotes?open=true", "cas")["items"] == []
    desk.room.call("GET", path, "cas", status=404)
    for who, status in (("out", 404), (None, 401)):
        desk.room.call("GET", path, who, status=status)
        desk.room.call("GET", f"{claim}/quote-checks", who, status=status)


def test_a_withdrawn_piece_needs_no_checking(desk, source, claim):
    piece = evidence(desk, claim)
    desk.serve(LEAVING, ASSURED)
    desk.fetch(source)
    assert len(rechecks(desk)) == 1
    desk.room.act(f"/v1/evidence/{piece['id']}", "rev", "withdraw", reason="The page was changed.")
    assert rechecks(desk) == []
    desk.fetch(source)
    assert rechecks(desk) == []


def test_evidence_quoted_anew_from_the_newest_copy_is_settled(desk, source, claim):
    piece = evidence(desk, claim)
    desk.serve(LEAVING, ASSURED, SILENCE.replace(OTHER, "the silence of Moscow"))
    newest = desk.fetch(source)["snapshots"][0]["id"]
    assert len(rechecks(desk)) == 1
    path = f"/v1/evidence/{piece['id']}"
    desk.room.call(
        "PATCH", path, "rev", etag="*", json={"note": "The words have changed."}, status=200
    )
    assert len(rechecks(desk)) == 1
    sent = {"quote": {"exact": "the silence of Moscow"}}
    now = desk.room.call("PATCH", path, "rev", etag="*", json=sent, status=200).json
    assert now["snapshot"] == newest
    assert rechecks(desk) == []


def test_another_wording_is_asked_about_though_it_is_as_like(desk, source, claim):
    for year in ("2026", "2027"):
        desk.serve(LEAVING, ASSURED.replace("2025", year), SILENCE)
        desk.fetch(source)
        (check,) = open_checks(desk, claim)
        assert check["found"] == QUOTE.replace("2025", year)
        desk.room.act(f"/v1/quote-checks/{check['id']}", "rev", "keep")
    desk.fetch(source)
    assert open_checks(desk, claim) == []


def test_once_anchored_anew_a_quote_stands(desk, source, claim):
    desk.serve(LEAVING, ASSURED.replace("2025", "2035"), SILENCE)
    newest = desk.fetch(source)["snapshots"][0]["id"]
    (check,) = open_checks(desk, claim)
    desk.room.act(f"/v1/quote-checks/{check['id']}", "rev", "reanchor")
    now = appearance(desk, claim)
    assert (now["standing"]["outcome"], now["standing"]["snapshot"]) == ("exact", newest)
    assert now["standing"]["start"] == now["quote"]["start"]
