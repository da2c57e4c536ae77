"""The documentation says what is so: its commands run, its links lead somewhere."""

import re
import tomllib
from dataclasses import fields

import click
import pytest

from tests import generated, shell
from tests.document import OPERATIONS
from tests.generated import PAGES, ROOT
from verifier import cli
from verifier.claims.quotes import LONGEST_QUOTE
from verifier.claims.schemas import LONGEST_CLAIM
from verifier.kit import fetched, isolated, jobs
from verifier.kit.db import POOL
from verifier.kit.gate import Limits
from verifier.reviews.schemas import MOST_CITED, VerdictMembers
from verifier.settings import PREFIX, Settings
from verifier.snapshots.routes import LARGEST_UPLOAD
from verifier.webhooks import retries, sending, sweeping
from verifier.worker import DRAIN_SECONDS, ENDPOINTS_AT_ONCE, LEASE

BY_NAME = {str(page.relative_to(ROOT)): page for page in PAGES}
COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
SETTING = re.compile(r"^\| `(VERIFIER_\w+)` \| (.+?) \|", re.MULTILINE)
ENDPOINT = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE)\s+(/[\w./{}:-]+)")
ADDRESS = re.compile(r"(?:\$API|127\.0\.0\.1:8000)(/[\w./${}:-]*)")
COMMAND = re.compile(r"\bverifier((?: [a-z]+)+)")
UNVERSIONED = {
    "/openapi.json", "/docs", "/problems/{slug}", "/healthz", "/readyz", "/metrics", "/oembed", "/sitemap.xml",
    "/factchecks", "/factchecks/{claim_id}", "/factchecks/{claim_id}/card",
}  # fmt: skip
pages = pytest.mark.parametrize("page", BY_NAME.values(), ids=BY_NAME)


def text_of(name):
    return (ROOT / name).read_text("utf-8")


@pytest.mark.timeout(600)  # a dozen processes that each import the whole service
def test_the_readmes_tour_and_the_api_pages_examples_run(tmp_path):
    tour, examples = map(COMMANDS.findall, (text_of("README.md"), text_of("docs/api.md")))
    assert len(tour) >= 6
    assert len(examples) >= 5
    said = shell.run("\n".join(tour + examples), tmp_path)
    for expected in (
        "in_review", "proposed", "approved", "published", "verified",  # the claim's way
        '"@type":"ClaimReview"', "The trail is whole",
        "/problems/invalid", "\n200\n412\n", "idempotency-replayed: true",
        "'exact': 'the troops might be gone'",
        "var/copy.warc.gz: OK", "\nfuzzy\n", "'how': 'kept'",
    ):  # fmt: skip
        assert expected in said, said
    assert (tmp_path / "var" / "claims.csv").read_bytes().count(b"\r\n") == 2
    assert (tmp_path / "var" / "claims.ndjson").read_bytes().count(b"\n") == 1


@pages
def test_links_lead_somewhere(page):
    for target in LINK.findall(page.read_text("utf-8")):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def anchors(file):
    return {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in HEADING.findall(file.read_text("utf-8"))
    }


@pages
def test_generated_parts_are_current(page):
    """Where this fails: `python -m tests.generated`."""
    text = page.read_text("utf-8")
    assert generated.written(text) == text


@pages
def test_every_endpoint_it_names_exists(page):
    text = page.read_text("utf-8")
    known = {f"{each.method} {shape(each.path)}" for each in OPERATIONS.values()}
    named = {f"{method} {shape(path)}" for method, path in ENDPOINT.findall(text)}
    unversioned = {f"GET {shape(path)}" for path in UNVERSIONED}
    assert named - known - unversioned == set()
    shapes = {name.partition(" ")[2] for name in known | unversioned}
    assert {shape(path) for path in ADDRESS.findall(text)} - shapes - {"", "/v1"} == set()


def shape(path):
    """An address with every parameter, variable and format as `*`: `/v1/claims/*/actions`."""
    formats = "claimreview|datafeed|ndjson|csv"
    path = re.sub(r"(?<=/problems/).+", "*", path)
    path = re.sub(rf"\{{\w+\}}|\$\w+|(?<=exports/)(?:{formats})$", "*", path)
    return path.rstrip("./:")


def test_every_setting_is_explained():
    rows = dict(SETTING.findall(text_of("docs/operator.md")))
    assert set(rows) == {PREFIX + field.name.upper() for field in fields(Settings)}
    unset = Settings.from_env({})
    for name, shown in rows.items():
        value = getattr(unset, name.removeprefix(PREFIX).lower())
        if shown.startswith("`") and " " not in shown:
            assert shown.strip("`") == str(value).lower(), name
        elif shown == "none":
            assert value is None, name
        else:
            assert shown.split("`")[1] in str(value), name


@pages
def test_every_command_it_names_exists(page):
    for words in COMMAND.findall(page.read_text("utf-8")):
        command: click.Command | None = cli.main
        for word in words.split():
            if isinstance(command, click.Group):
                command = command.get_command(click.Context(command), word)
                assert command is not None, words


def test_the_limits_are_those_of_the_code():
    limits = text_of("docs/api.md").partition("## Limits")[2].partition("## ")[0]
    assert f"{Limits().body // 2**20} MiB" in limits
    assert f"{LONGEST_CLAIM:,} and {LONGEST_QUOTE:,} characters" in limits
    assert f"{VerdictMembers().fields['explanation'].metadata['maxLength']:,} characters" in limits
    assert f"{MOST_CITED} pieces" in limits
    assert f"a copy {LARGEST_UPLOAD // 2**20} MiB" in limits
    connections = POOL["pool_size"] + POOL["max_overflow"]
    assert f"up to {connections} connections" in text_of("docs/operator.md")


def test_the_limits_of_the_worker_are_those_of_the_code():
    page = " ".join(text_of("docs/operator.md").split())
    fetch = fetched.Limits()
    assert (
        f"takes {fetch.total_seconds} seconds, {fetch.wire_bytes // 2**20} MiB on the wire, "
        f"{fetch.decoded_bytes // 2**20} MiB unpacked and {fetch.redirects} redirects"
    ) in page
    reading = f"gets {isolated.SECONDS:g} seconds and {isolated.MEMORY // 2**30} GiB of memory"
    assert reading in page
    assert jobs.PAUSES == (30, 2 * 60, 10 * 60, 60 * 60, 6 * 60 * 60)
    assert "after 30 seconds, 2 minutes, 10 minutes, 1 hour and 6 hours" in page
    assert jobs.MOST_ATTEMPTS == 6
    assert "after six attempts" in page
    assert f"a lease of {LEASE.seconds} seconds" in page
    assert f"up to {DRAIN_SECONDS:g} seconds to end" in page
    assert f"forgotten after {jobs.KEPT_FOR.days} days" in page


def test_the_limits_of_webhooks_are_those_of_the_code():
    page = " ".join(text_of("docs/operator.md").split())
    hours = [pause // 3600 for pause in retries.PAUSES]
    assert retries.PAUSES[:3] == (5, 5 * 60, 30 * 60)
    assert hours[3:] == [2, 5, 10, 14, 20, 20]
    assert "after 5 seconds, 5 minutes, 30 minutes, 2, 5, 10, 14, 20 and 20 hours" in page
    assert retries.DISABLED_AFTER.days == 5
    assert f"takes {sending.LIMITS.total_seconds:g} seconds at most" in page
    assert f"the first {sending.KEPT_BYTES:,} bytes" in page
    assert f"kept for {sweeping.KEPT_FOR.days} days" in page
    assert f"up to {sending.ROUND} events" in text_of("docs/decisions/2026-11-26-webhooks.md")
    assert ENDPOINTS_AT_ONCE + 3 == 7  # hand_on, the leases, the housekeeping
    assert "one for each thread, and seven more" in page


def test_the_street_is_that_of_the_import_linter():
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = [
        " | ".join(name for name in map(_bare, layer.split("|")) if _is_there(name))
        for layer in contracts[0]["layers"]
    ]
    street = text_of("docs/architecture.md").partition("## A one-way street")[2]
    assert "```text\n" + "\n".join(filter(None, layers)) + "\n```" in street


def _bare(name):
    return name.strip(" ()")


def _is_there(name):
    return (ROOT / "verifier" / name).is_dir() or (ROOT / "verifier" / f"{name}.py").exists()


def test_the_house_is_described_whole():
    """Every package and top-level module has its place on the developers' page."""
    described = text_of("docs/architecture.md")
    packages = {init.parent.name for init in (ROOT / "verifier").glob("*/__init__.py")}
    modules = {path.name for path in (ROOT / "verifier").glob("*.py")} - {"__init__.py"}
    assert {name for name in packages if f"  {name}/ " not in described} == set()
    assert {name for name in modules if name not in described} == set()


def test_every_decision_is_dated_and_short():
    for page in (ROOT / "docs" / "decisions").glob("*.md"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\d-[a-z-]+", page.stem), page.name
        assert len(page.read_text("utf-8").splitlines()) <= 80, page.name
