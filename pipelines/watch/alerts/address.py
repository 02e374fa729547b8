"""Where a message may go: public addresses, and what channels.yml names under allowed_hosts.

Belongs here: judging an address that is about to be connected to. Does not: connecting (sender.py), and what an
address of a channel must look like (channels.py).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Where clouds hand out credentials to whoever asks, and what no message service lives on.
NEVER = [
    ipaddress.ip_network(network)
    for network in ("169.254.0.0/16", "fe80::/10", "100.100.100.200/32", "fd00:ec2::254/128", "192.0.0.0/24")
]


def refusal(ip_text: str, host: str, allowed: Sequence[str]) -> str | None:
    """Why nothing may be sent to `ip_text`, to which the name `host` led; None where it may.

    `allowed` holds names, addresses and networks (10.2.0.0/16). A name in it may lead to a private address, never to
    one of NEVER, whatever its DNS says: those must be written out.
    """
    try:
        ip = _plain(ipaddress.ip_address(ip_text.split("%")[0]))
    except ValueError:
        return f"{ip_text} is no address of the network"
    if any(_within(ip, entry) for entry in allowed):
        return None
    if any(ip.version == network.version and ip in network for network in NEVER):
        return f"{ip} is an address of the machine's surroundings (link-local or metadata)"
    if ip.is_unspecified or ip.is_multicast or (ip.is_reserved and not ip.is_private):
        return f"{ip} is no address of a service"
    if ip.is_global or host.lower().rstrip(".") in {entry.lower() for entry in allowed}:
        return None
    return f"{ip} is a private address and {host} is not among allowed_hosts"


def is_allowed_host(host: str, allowed: Sequence[str]) -> bool:
    """Whether a name, or an address written out, is listed; only then may a message travel without TLS."""
    if host.lower().rstrip(".") in {entry.lower() for entry in allowed}:
        return True
    try:
        ip = _plain(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return False
    return any(_within(ip, entry) for entry in allowed)


def _plain(ip: Ip) -> Ip:
    """The IPv4 address inside an IPv6 one that stands for it: ::ffff:127.0.0.1 is 127.0.0.1."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return ip.ipv4_mapped
        if ip.sixtofour:
            return ip.sixtofour
        if ip.teredo:
            return ip.teredo[1]
        if ip in NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if not int(ip) >> 32 and int(ip) > 1:  # ::127.0.0.1, a form of old
            return ipaddress.IPv4Address(int(ip))
    return ip


def _within(ip: Ip, entry: str) -> bool:
    try:
        network = ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False  # a name
    return ip.version == network.version and ip in network
