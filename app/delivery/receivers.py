"""Which addresses webhooks may have, and which machines they may reach: never the operator's own network."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from planner.errors import Fault

Address = IPv4Address | IPv6Address

_NAT64: Final = IPv6Network("64:ff9b::/96")
_LAST_32_BITS: Final = 0xFFFFFFFF


class Forbidden(Exception):
    """The address must not be called."""


class BadAddress(ValueError):
    """A webhook cannot have this address; carries what is wrong with it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.say)
        self.fault = fault


def checked_url(url: str, *, local: bool) -> SplitResult:
    """Return the parts of a webhook's address; BadAddress says what is wrong with it.

    It is https; http is for a receiver on the developer's own machine, in the local environment.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # its text would quote what was sent
        raise BadAddress(Fault("/url", "address_not_allowed")) from None
    if not parts.hostname or parts.username is not None or parts.password is not None or parts.fragment:
        raise BadAddress(Fault("/url", "address_not_allowed", say="host"))
    if port == 0:
        raise BadAddress(Fault("/url", "address_not_allowed", say="port"))
    plain = local and parts.scheme == "http" and _is_loopback(parts.hostname)
    if parts.scheme != "https" and not plain:
        raise BadAddress(Fault("/url", "address_not_allowed", say="scheme"))
    literal = _literal(parts.hostname)
    if literal is not None and not local and not is_public(literal):
        raise BadAddress(Fault("/url", "address_not_allowed", say="private"))
    return parts


def resolved(host: str, port: int) -> list[Address]:
    """Return every address of a host; OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def check_addresses(addresses: list[Address], *, local: bool) -> None:
    """Refuse a name of which any address is not public: it must not lead inside."""
    if not local and not all(map(is_public, addresses)):
        raise Forbidden


def is_public(address: Address) -> bool:
    """Tell whether an address is on the public internet, however an IPv4 address is wrapped in it."""
    if isinstance(address, IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if address in _NAT64:
            wrapped = IPv4Address(int(address) & _LAST_32_BITS)
        if wrapped:
            return is_public(wrapped)
    return address.is_global and not address.is_multicast


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    literal = _literal(host)
    return host == "localhost" if literal is None else literal.is_loopback
