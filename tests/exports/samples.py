"""Invented records for the exporters: a sound one, and generators of sound and of wild ones."""

from typing import Any, NamedTuple

from hypothesis import strategies as st

from verifier.exports.records import AppearanceRecord, ClaimRecord, SourceRecord, VerdictRecord

PUBLIC_URL = "https://checks.example.org"
CLAIM_ID = "0193f5a0-0000-7000-8000-000000000001"


def source(**changes: object) -> SourceRecord:
    sound: Any = {
        "id": "0193f5a0-0000-7000-8000-000000000002",
        "url": "https://herald.example.com/karabakh-troops",
        "title": "Peacekeepers leave a year early",
        "publisher": "The Example Herald",
        "author": "Leyla Sample",
        "published_at": "2024-06-13T08:00:00Z",
    }
    return sound | changes  # type: ignore[no-any-return]


def appearance(*, first: bool = True, **changes: object) -> AppearanceRecord:
    exact = "Russia withdrew its troops from Azerbaijan before the 2025 deadline"
    return {
        "id": "0193f5a0-0000-7000-8000-000000000003",
        "source": source(**changes),
        "quote": {"exact": exact, "prefix": "", "suffix": ".", "start": 0, "end": len(exact)},
        "first": first,
    }


def verdict(**changes: object) -> VerdictRecord:
    sound: Any = {
        "id": "0193f5a0-0000-7000-8000-000000000004",
        "rating": "mostly-true",
        "rating_label": "Mostly true",
        "value": 5,
        "best": 6,
        "worst": 1,
        "normalised": "mixed",
        "title": "Did the troops leave ahead of time?",
        "summary": "The last convoy left in June 2024; the mandate ran to November 2025.",
        "explanation": "Both ministries **confirmed** the date.\n\n- convoy\n- handover",
        "language": "en",
        "evidence": [],
        "state": "published",
        "origin": "desk",
        "publisher": None,
        "correction": None,
        "digest": "0" * 64,
        "published_at": "2026-11-20T09:30:00Z",
        "first_published_at": None,
        "url": None,
        "version": 1,
    }
    return sound | changes  # type: ignore[no-any-return]


def record(**changes: object) -> ClaimRecord:
    sound: Any = {
        "id": CLAIM_ID,
        "desk": {
            "slug": "caspian",
            "name": "Caspian Check",
            "url": "https://caspian.example.org/",
            "language": "en",
        },
        "text": "Russia withdrew its troops from Azerbaijan before the 2025 deadline.",
        "claimant": {
            "name": "Rauf Sample",
            "kind": "person",
            "same_as": "https://people.example.com/rauf",
        },
        "claimed_on": "2024-06-12",
        "language": "en",
        "topics": ["defence", "south caucasus"],
        "priority": "normal",
        "status": "verified",
        "duplicate_of": None,
        "created_at": "2026-11-18T08:00:00Z",
        "updated_at": "2026-11-20T09:30:00Z",
        "appearances": [appearance()],
        "evidence": [],
        "verdict": verdict(),
    }
    return sound | changes  # type: ignore[no-any-return]


CORRECTION = {
    "kind": "correction",
    "note": "The convoy left on 12 June, not on 21 June.",
    "of": "0193f5a0-0000-7000-8000-000000000005",
}

# What a text may hold: anything but lone surrogates, which the border refuses.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
addresses = st.sampled_from(
    ["https://a.example/x?y=1#z", "http://ایران.example/ب", "HTTPS://[::1]/"]
)
days = st.dates().map(str)
instants = st.datetimes().map(lambda moment: moment.isoformat() + "Z")

bad_addresses = st.sampled_from(
    [
        *["", " ", "x", "/x", "//a.example", "ftp://a.example", "https://", "http://a b.example"],
        *["http://[x/", "http://a.example:99999/", "https://a.example/\n", "javascript:alert(1)"],
    ]
)
bad_times = st.sampled_from(
    ["", "2025", "2025-02-30", "20250101", "2025-W01-1", "1/2/2025", "٢٠٢٥-٠١-٠١"]
)


Strategy = st.SearchStrategy[Any]


class Parts(NamedTuple):
    """Where the members of a generated record come from."""

    word: Strategy
    address: Strategy
    time: Strategy
    day: Strategy
    tag: Strategy
    scale: Strategy


def records(parts: Parts) -> Strategy:
    word, address, time, day, tag, scale = parts
    a_source = st.builds(
        source, url=address, title=word, publisher=word | st.none(), published_at=time
    )
    a_place = st.fixed_dictionaries(
        {"id": st.just(""), "source": a_source, "quote": st.none(), "first": st.booleans()}
    )
    a_correction = st.builds(lambda note: CORRECTION | {"note": note}, word)
    a_verdict = st.builds(
        lambda numbers, **members: verdict(**members, **numbers),
        scale,
        rating_label=word,
        summary=texts,
        language=tag,
        origin=st.sampled_from(["desk", "imported"]),
        publisher=word,
        correction=st.none() | a_correction,
        published_at=time,
        url=st.none() | address,
    )
    return st.builds(
        record,
        desk=st.fixed_dictionaries(
            {"slug": st.just("x"), "name": word, "url": address, "language": tag}
        ),
        text=word,
        claimant=st.none()
        | st.fixed_dictionaries(
            {
                "name": word,
                "kind": st.sampled_from(["person", "organization", None]),
                "same_as": st.none() | address,
            }
        ),
        claimed_on=st.none() | day,
        topics=st.lists(SOUND.word.map(str.strip), max_size=3),
        updated_at=time,
        appearances=st.lists(a_place, max_size=3),
        verdict=a_verdict,
    )


SOUND = Parts(
    word=texts.filter(str.strip),
    address=addresses,
    time=instants | days,
    day=days,
    tag=st.sampled_from(["en", "az-Latn-AZ"]),
    scale=st.sampled_from(
        [
            {"value": None, "best": 6, "worst": 1},
            {"value": 1, "best": 6, "worst": 1},
            {"value": 6, "best": 6, "worst": 1},
            {"value": 3, "best": 4, "worst": 2},
        ]
    ),
)
_number = st.integers(-1, 4)
BAD = Parts(
    word=st.sampled_from(["", " ", "\n\u00a0"]),
    address=bad_addresses,
    time=bad_times | st.none(),
    day=bad_times,
    tag=st.sampled_from(["", "not a tag", "en_US", "مرحبا"]),
    scale=st.fixed_dictionaries({"value": _number, "best": _number, "worst": _number}),
)


def _mostly(sound: Strategy, bad: Strategy) -> Strategy:
    """Now and then a bad one: were all of them bad, no fault could hide behind another."""
    return st.integers(0, 19).flatmap(lambda number: bad if number == 13 else sound)


sound_records = records(SOUND)
any_records = records(Parts(*(_mostly(*pair) for pair in zip(SOUND, BAD, strict=True))))
