"""What the demonstration works on: an article, what others wrote, and claims at their exact words.

All outlets, people and texts are invented, and so are the ratings: they say nothing of the world.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any, Final

ARTICLE: Final[dict[str, Any]] = {
    "desk": "border-desk",
    "url": "https://caspianledger.example/2024/05/03/the-convoys-leave-early",
    "html": (files("verifier.demo") / "article.html").read_text("utf-8"),
}
SOURCES: Final[dict[str, dict[str, Any]]] = {
    "briefing": {
        "url": "https://government.example/briefings/2024-04-17",
        "publisher": "Government press service",
        "title": "Briefing of 17 April 2024",
        "published_at": "2024-04-17T12:00:00Z",
        "text": "Asked about the convoys, the spokesman confirmed that the peacekeepers were "
        "leaving and that this had been settled between the two leaders. He named no date.",
    },
    "wire": {
        "url": "https://bakuwire.example/2024/04/17/contingent",
        "publisher": "Baku Wire",
        "title": "Contingent goes before its time",
        "published_at": "2024-04-17T09:15:00Z",
        "text": "An aide to the president said that the contingent would go before its time. Baku "
        "had been told in the winter that the mandate need not run to its end.",
    },
    "essay": {
        "url": "https://borderreview.example/2021/the-silence",
        "publisher": "Border Review",
        "title": "The silence of 2020",
        "published_at": "2021-11-09T00:00:00Z",
        "text": "For six weeks Moscow declared that its treaty covered Armenia and not Karabakh. "
        "In Baku that silence was heard as consent, and it was meant to be.",
    },
    "truce": {
        "url": "https://truce-archive.example/2020/10/10",
        "publisher": "Archive of Statements",
        "title": "Statement on a ceasefire, 10 October 2020",
        "published_at": "2020-10-10T00:00:00Z",
        "text": "After ten hours of talks in Moscow both foreign ministers agreed to hold fire "
        "from noon. The Russian side had asked for the meeting.",
    },
    "diplomat": {
        "title": "Notes of a conversation with a retired diplomat",
        "text": "He says the order was to let the first two weeks pass. He must not be named.",
    },
    "agenda": {
        "url": "https://cabinet.example/visits/baku",
        "publisher": "Cabinet office",
        "title": "The visit to Baku: documents",
        "text": "Signed in the prime minister's presence: a programme on the western route of the "
        "corridor, and another on the exchange of electricity.",
    },
    "freight": {
        "url": "https://freightnews.example/corridor",
        "publisher": "Freight News",
        "title": "Corridor papers signed",
        "text": "Transport and energy papers were signed in Baku when the prime minister came.",
    },
    "customs": {
        "url": "https://customs.example/tables/turnover",
        "publisher": "Customs tables",
        "title": "Turnover by country",
        "text": "Iran: up in 2022, down in 2023. Turkey: up in 2022, down in 2023.",
    },
    "chamber": {
        "url": "https://chamber-of-trade.example/2024/review",
        "publisher": "Chamber of Trade",
        "title": "The year 2023 in review",
        "text": "After a record year, trade with Russia fell by a sixth in 2023.",
    },
}
RUSSIA: Final = {"name": "Government of Russia", "kind": "organization"}
LEDGER: Final = {"name": "The Caspian Ledger", "kind": "organization"}
CLAIMS: Final[dict[str, dict[str, Any]]] = {
    "assurance": {
        "text": "Moscow assured Baku that its troops could leave before the 2025 date.",
        "claimant": RUSSIA,
        "claimed_on": "2024-04-17",
        "quote": "Moscow had assured Baku that the soldiers might be gone before the 2025 date",
    },
    "backing": {
        "text": "Moscow tacitly backed Baku's campaign of 2020.",
        "claimant": LEDGER,
        "claimed_on": "2024-05-03",
        "quote": "Moscow tacitly backed Baku’s campaign of 2020",
    },
    "visit": {
        "text": "Prime Minister Mishustin's visit to Baku brought deals on transport and energy.",
        "claimant": LEDGER,
        "quote": "his visit brought agreements on transport and energy",
    },
    "trade": {
        "text": "Russia's trade with Iran and Turkey has grown every year since 2021.",
        "claimant": LEDGER,
        "quote": "its trade with Iran and Turkey has grown every year since 2021",
        "due_at": "2024-05-10T12:00:00Z",
    },
    "bases": {
        "text": "Ties of trade matter more to Moscow than bases in the South Caucasus.",
        "claimant": LEDGER,
        "quote": "ties of trade now matter more to Moscow than bases do",
    },
    "armenia": {
        "text": "Russian troops will leave Armenia before the decade is out.",
        "claimant": LEDGER,
        "quote": "Armenia will see Russian troops leave its soil before the decade is out",
    },
    "promise": {
        "text": "Russia promised Azerbaijan an early end of the peacekeepers' mission.",
        "claimant": RUSSIA,
        "quote": "the soldiers might be gone before the 2025 date",
    },
}
VERDICTS: Final[dict[str, dict[str, Any]]] = {
    "assurance": {
        "rating": "true",
        "title": "Was Baku told that the troops might go early?",
        "summary": "Yes: both sides say so, and a date before 2025 had been named.",
        "explanation": "The press service and an aide in Baku **both** speak of such an "
        "understanding, independently of each other.",
    },
    "backing": {
        "rating": "mostly-true",
        "title": "Did Moscow back the campaign of 2020?",
        "summary": "It let the campaign happen, and meant to.",
        "explanation": "Moscow held its treaty not to apply to Karabakh.",
    },
    "visit": {
        "rating": "true",
        "title": "Did the prime minister's visit bring agreements?",
        "summary": "Yes: one on transport and one on energy.",
        "explanation": "Both papers are listed by the cabinet office.",
    },
    "trade": {
        "rating": "false",
        "title": "Has trade with Iran and Turkey grown every year?",
        "summary": "No: it fell in 2023, with both.",
        "explanation": "The customs tables show a fall after the record year of 2022.",
    },
    "correction": {
        "rating": "mostly-true",
        "title": "Was Baku told that the troops might go early?",
        "summary": "Yes, in general terms; no date was named.",
        "explanation": "The press service and an aide in Baku both speak of such an understanding. "
        "Neither mentions a date.",
    },
}
PROGRAMME: Final = {
    "url": "https://ministry.example/visits/april",
    "april": (
        "<p>Programme of the visit, as of 22 April. The talks begin at ten in the morning, and the "
        "press is received at noon in the large hall.</p><p>The prime minister will sign the "
        "transit agreement in the afternoon, in the presence of both delegations.</p>"
    ),
    "may": (
        "<p>Programme of the visit, as of 30 April. The talks began at ten in the morning, and the "
        "press was received at noon in the large hall.</p><p>The prime minister did not sign the "
        "transit agreement in the afternoon, although both delegations were there.</p>"
    ),
    "quote": "The prime minister will sign the transit agreement in the afternoon",
}
"""A page that was rewritten after the visit."""
