"""What a setting must not be: anywhere, and in production. Reasons never repeat what was set."""

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

SHORTEST_KEY: Final = 32
SHORTEST_PASSWORD: Final = 16
LOCAL_KEY: Final = "everybody knows this key: local environment only"
"""What webhook secrets follow from, and second factors are encrypted with, on a laptop."""

_FEWEST_SIGNS: Final = 8  # different ones: neither aaaa… nor 12341234…
_PLACEHOLDER: Final = re.compile(
    r"change.?(?:me|this|it)|replace.?(?:me|this)|example|placeholder|default|^<.*>$|^\$\{", re.IGNORECASE
)
_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?")
_MADE: Final = """python -c "import secrets; print(secrets.token_urlsafe(48))" makes one"""


# --- anywhere -----------------------------------------------------------------------------------------------------


def long_key(key: SecretStr) -> SecretStr:
    """Return a key of this service's own; ValueError when it is short."""
    if len(key.get_secret_value()) < SHORTEST_KEY:
        raise ValueError(f"must have at least {SHORTEST_KEY} characters; {_MADE}")
    return key


def known_database(address: SecretStr) -> SecretStr:
    """Return the address of a database of a kind that is served; ValueError for another one."""
    try:
        backend = make_url(address.get_secret_value()).get_backend_name()
    except (ArgumentError, ValueError):
        backend = ""
    if backend not in {"sqlite", "postgresql"}:
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return address


def exact_origins(origins: Sequence[str]) -> Sequence[str]:
    """Return origins as browsers send them; ValueError for anything that could stand for several."""
    if not all(map(_ORIGIN.fullmatch, origins)):
        raise ValueError("must list exact origins such as https://app.gym.example: lower case, no path, no *, no null")
    return origins


def networks(addresses: Sequence[str]) -> Sequence[str]:
    """Return addresses and networks; ValueError for what is neither, or for the whole internet."""
    try:
        found = [ipaddress.ip_network(address) for address in addresses]
    except ValueError:
        raise ValueError("must list addresses or networks such as 10.0.0.5 or 10.0.0.0/24") from None
    if any(network.prefixlen == 0 for network in found):
        raise ValueError("must not trust every address")
    return addresses


# --- in production ------------------------------------------------------------------------------------------------


def _is_guessable(secret: str) -> bool:
    """Tell whether a secret is one that was never made for this service: a sample, or all alike."""
    return secret == LOCAL_KEY or len(set(secret)) < _FEWEST_SIGNS or _PLACEHOLDER.search(secret) is not None


def _debug(on: bool) -> str | None:
    return "must be off in production: it logs what people wrote" if on else None


def _hosts(hosts: Sequence[str]) -> str | None:
    if hosts and not any("*" in host for host in hosts):
        return None
    return "must name the hosts in production"


def _key(key: SecretStr | None) -> str | None:
    if key is None:
        return f"must be set in production; {_MADE}"
    return _spare_key(key)


def _spare_key(key: SecretStr | None) -> str | None:
    if key is None or not _is_guessable(key.get_secret_value()):
        return None
    return f"must not be a sample or default; {_MADE}"


def _password(password: SecretStr | None) -> str | None:
    return None if password is None else _password_fault(password.get_secret_value(), "")


def _password_fault(password: str, of: str) -> str | None:
    if len(password) < SHORTEST_PASSWORD:
        return f"{of}must have at least {SHORTEST_PASSWORD} characters in production"
    if _is_guessable(password):
        return f"{of}must not be a sample or default"
    return None


def _database(address: SecretStr) -> str | None:
    url = make_url(address.get_secret_value())
    if url.get_backend_name() == "sqlite":
        return None if url.database not in {None, "", ":memory:"} else "must name a file in production"
    if url.password is not None:
        return _password_fault(str(url.password), "its password ")
    if _proves_itself_otherwise(url):
        return None
    return "must hold a password in production, or name a passfile, an sslcert or the folder of a Unix socket as host"


def _proves_itself_otherwise(url: URL) -> bool:
    """Tell whether PostgreSQL knows the service by a file or by its user on the same machine."""
    host = url.host or url.query.get("host")
    return bool({"passfile", "sslcert"} & url.query.keys()) or (isinstance(host, str) and host.startswith("/"))


PRODUCTION: Final[Mapping[str, Callable[[Any], str | None]]] = {
    "debug": _debug,
    "database_url": _database,
    "allowed_hosts": _hosts,
    "webhook_key": _key,
    "webhook_key_previous": _spare_key,
    "factor_key": _key,
    "factor_key_previous": _spare_key,
    "smtp_password": _password,
}
"""By setting: why its value does not do in production, None when it does."""
