"""A page that a claim and its evidence quote, and what the desk is told of it."""

from io import BytesIO

LEAVING = "The peacekeepers are leaving, and people in the villages along the road watch them go."
ASSURED = (
    "Officials in Moscow let it be known that the pull-out may be finished before the end of 2025, "
    "well ahead of the date that was agreed."
)
SILENCE = (
    "Baku's campaign of 2020 had, they said, Moscow's silence, and nobody in the room objected."
)
QUOTE = "the pull-out may be finished before the end of 2025"
OTHER = "Moscow's silence"


def get(desk, path, who="rev"):
    return desk.room.call("GET", path, who, status=200).json


def appearance(desk, claim):
    (found,) = get(desk, claim)["appearances"]
    return found


def evidence(desk, claim):
    (found,) = get(desk, f"{claim}/evidence")["items"]
    return found


def open_checks(desk, claim, who="rev"):
    return get(desk, f"{claim}/quote-checks?open=true", who)["items"]


def rechecks(desk, who="rev"):
    return [task for task in get(desk, "/v1/queue", who)["items"] if task["task"] == "recheck"]


def bring(desk, source, *paragraphs, fetched_at):
    """Upload a page that was saved on an earlier day, and have it read."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    page = f"<html><body><article>{text}</article></body></html>"
    form = {"file": (BytesIO(page.encode()), "saved.html", "text/html"), "fetched_at": fetched_at}
    path = f"/v1/sources/{source['id']}/snapshots"
    taken = desk.room.call("POST", path, "con", data=form, status=201).json
    desk.work()
    return taken
