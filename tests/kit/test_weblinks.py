"""Only what leads to the web is a link."""

from __future__ import annotations

import pytest

from verifier.kit.weblinks import host_of, is_web_address


@pytest.mark.parametrize(
    "url",
    ["https://a.example/x?b=1&c#d", "HTTP://a.example", "http://[2001:db8::1]:80/", "https://ä.example/ö"],
)  # fmt: skip
def test_addresses_of_the_web(url):
    assert is_web_address(url)


@pytest.mark.parametrize(
    "url",
    [
        None, 1, "", "javascript:alert(1)", "//a.example", "/a", "https://", "http://[", "mailto:a@b",
        "https://a.example/ b", 'https://a.example/"', "https://a.example/<b>", "http://a.example:0/",
        "http://a.example:x/", "https://a.example/\n", "https://?a",
    ],
)  # fmt: skip
def test_what_leads_nowhere(url):
    assert not is_web_address(url)


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://www.a.example:8/x", "a.example"), ("http://[", ""), (None, ""), ("a", "")],
)
def test_a_site_has_a_name(url, host):
    assert host_of(url) == host
