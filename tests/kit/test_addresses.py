"""Which addresses are public, and which are merely called global."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.kit.addresses import is_public, may_be_dialled

PUBLIC = (
    "1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.0", "172.32.0.1", "192.0.1.1",
    "192.169.0.1", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001:81b::200e", "2001:4860:4860::8888",
    "2003::1", "2400::1",
)  # fmt: skip
NOT_PUBLIC = (
    # IPv4: this network, private, shared, loopback, metadata, assignments, documentation, benchmarks
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",  # noqa: S104 (it is what must be refused)
    "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.9",
    "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    # IPv6: unspecified, loopback, IPv4 in its disguises
    "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8",
    "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::1",
    # assignments, Teredo, documentation, discard, segment routing, unassigned
    "2001::1", "2001:0:53aa:64c::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "3fff::1",
    "3ffe::1", "100::1", "5f00::1", "4000::1",
    # unique local, link-local, site-local, multicast, zones
    "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "2606:4700::1111%1", "fec0::1", "ff02::1", "ff0e::1",
    # no addresses at all, or not in their one spelling
    "", "localhost", "0x7f.1", "2130706433", "0177.0.0.1", "127.1", "8.8.8.8 ", "8.8.8", "[::1]", "1.1.1.1/32",
)  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address):
    assert is_public(address)
    assert may_be_dialled(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_not_public(address):
    assert not is_public(address)
    assert not may_be_dialled(address)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("172.16.0.1", True),
        ("192.168.1.1", True),
        ("::1", True),
        ("fd12:3456::1", True),
        ("8.8.8.8", True),
        # never: metadata, multicast, unspecified, broadcast, disguises, zones
        ("169.254.169.254", False),
        ("fe80::1", False),
        ("fd00:ec2::254", False),
        ("224.0.0.1", False),
        ("ff02::1", False),
        ("0.0.0.0", False),  # noqa: S104 (it is what must be refused)
        ("::", False),
        ("255.255.255.255", False),
        ("100.100.100.200", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("fd12:3456::1%eth0", False),
    ],
)
def test_private_on_request(address, expected):
    assert may_be_dialled(address, allow_private=True) is expected


@given(st.ip_addresses())
def test_what_is_not_global_is_never_public(address):
    if not address.is_global or address.is_multicast or address.is_private or address.is_reserved:
        assert not is_public(str(address))


@given(st.ip_addresses(v=4))
def test_no_disguise_of_ipv4_is_public(inside):
    number = int(inside)
    disguises = [
        number,  # ::a.b.c.d
        0xFFFF << 32 | number,  # ::ffff:a.b.c.d
        0x64FF9B << 96 | number,  # NAT64
        0x2002 << 112 | number << 80,  # 6to4
        0x20010000 << 96 | number ^ 0xFFFFFFFF,  # Teredo
    ]
    assert not any(is_public(str(IPv6Address(disguise))) for disguise in disguises)


@given(st.sampled_from(["10.0.0.0", "172.16.0.0", "127.0.0.0"]), st.integers(0, 2**20 - 1))
def test_no_private_address_is_public(network, offset):
    address = str(IPv4Address(int(ip_address(network)) + offset))
    assert not is_public(address)
    assert may_be_dialled(address, allow_private=True)
