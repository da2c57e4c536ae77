"""Which IP addresses a request made on someone else's word may go to: the public ones only.

`ipaddress.is_global` answers another question (what a registry calls globally reachable) and lets
through ranges that translate, tunnel or relay to addresses inside.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

_NOT_PUBLIC_4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network (RFC 791)
            "10.0.0.0/8",  # private (RFC 1918), as the two further down
            "100.64.0.0/10",  # carriers' own (RFC 6598)
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # answers machines on Azure from inside, for all its public look
            "169.254.0.0/16",  # link-local: a cloud's metadata
            "172.16.0.0/12",
            "192.0.0.0/24",  # protocol assignments; 192.0.0.192 is a cloud's metadata
            "192.0.2.0/24",  # documentation (RFC 5737), as the two further down
            "192.88.99.0/24",  # relays into IPv6 (RFC 7526)
            "192.168.0.0/16",
            "198.18.0.0/15",  # benchmarks (RFC 2544)
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and the broadcast address
        ),
    )
)
# What is not unicast is not in here: IPv4 in its mapped, compatible and translated spellings,
# unique local, site-local and link-local addresses, multicast, segment routing.
_UNICAST_6: Final = IPv6Network("2000::/3")
_NOT_PUBLIC_6: Final = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
            "2001:db8::/32",  # documentation (RFC 3849)
            "2002::/16",  # 6to4: an IPv4 address of the writer's choice inside
            "3ffe::/16",  # the former 6bone
            "3fff::/20",  # documentation (RFC 9637)
        ),
    )
)
_OWN_4: Final = tuple(
    map(IPv4Network, ("10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
)
_OWN_6: Final = (IPv6Network("::1/128"), IPv6Network("fc00::/7"))
_METADATA_6: Final = IPv6Network("fd00:ec2::/32")


def is_public(address: str) -> bool:
    """Whether this is an address anyone on the Internet may be sent to; a zone id makes it none."""
    found = _parsed(address)
    if found is None or not found.is_global:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _NOT_PUBLIC_4)
    return found in _UNICAST_6 and not any(found in network for network in _NOT_PUBLIC_6)


def may_be_dialled(address: str, *, allow_private: bool = False) -> bool:
    """Public addresses; on request loopback and private ones too, but never a cloud's metadata."""
    if is_public(address):
        return True
    found = _parsed(address)
    if not allow_private or found is None:
        return False
    if isinstance(found, IPv4Address):
        return any(found in network for network in _OWN_4)
    return found not in _METADATA_6 and any(found in network for network in _OWN_6)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    # A zone (fe80::1%eth0) names an interface of this machine.
    if "%" in address:
        return None
    try:
        return ip_address(address)
    except ValueError:
        return None
