"""Posts a message to a webhook: to the address that was checked, within a time, reading no more than the status."""

import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, partial
from typing import Final
from urllib.parse import SplitResult

import anyio
import httpx

from app.delivery.outcome import Dead, Failed, Outcome, Sent
from app.delivery.receivers import Address, Forbidden, check_addresses, checked_url, resolved

LIMIT_S: Final = 20.0
"""Seconds from the first step to the status: a receiver that drips bytes holds nobody up."""

_STEP_LIMIT_S: Final = 10.0
_GONE: Final = 410
_PORTS: Final = {"https": 443, "http": 80}

Resolve = Callable[[str, int], list[Address]]


@cache
def _trusted() -> ssl.SSLContext:
    """Read whom this machine trusts, once: it takes longer than a call."""
    return ssl.create_default_context()


def call(
    url: str,
    body: str,
    headers: Mapping[str, str],
    *,
    local: bool,
    now: datetime,
    resolve: Resolve = resolved,
    limit_s: float = LIMIT_S,
) -> Outcome:
    """Post a body and return what came of it."""
    try:
        parts = checked_url(url, local=local)
    except ValueError:
        return Dead("address_not_allowed")
    try:
        answer = anyio.run(partial(_post, parts, body, headers, local=local, resolve=resolve, limit_s=limit_s))
    except Forbidden:
        return Failed("address_not_allowed")
    except TimeoutError:
        return Failed("timeout")
    except httpx.TimeoutException:
        return Failed("timeout")
    except (OSError, httpx.HTTPError):
        return Failed("unreachable")
    return _outcome(answer, now)


async def _post(
    parts: SplitResult, body: str, headers: Mapping[str, str], *, local: bool, resolve: Resolve, limit_s: float
) -> httpx.Response:
    """Return the answer without its body. The name is looked up once: what was checked is what is called."""
    host, port = str(parts.hostname), parts.port or _PORTS[parts.scheme]
    with anyio.fail_after(limit_s):
        addresses = await anyio.to_thread.run_sync(resolve, host, port, abandon_on_cancel=True)
        check_addresses(addresses, local=local)
        sent = {"Host": parts.netloc, "Content-Type": "application/json", **headers}
        async with httpx.AsyncClient(timeout=_STEP_LIMIT_S, trust_env=False, verify=_trusted()) as client:
            for address in addresses:
                url = httpx.URL(parts.geturl()).copy_with(host=str(address))
                named = {"sni_hostname": host}  # the certificate is of the name
                request = client.build_request("POST", url, content=body, headers=sent, extensions=named)
                with suppress(httpx.ConnectError, httpx.ConnectTimeout):  # nothing was sent: the next one may listen
                    answer = await client.send(request, stream=True)
                    await answer.aclose()
                    return answer
    raise httpx.ConnectError("no address answers")


def _outcome(answer: httpx.Response, now: datetime) -> Outcome:
    if answer.is_success:
        return Sent()
    if answer.status_code == _GONE:
        return Dead("gone", receiver_gone=True)
    return Failed(f"http_{answer.status_code}", wait=_asked(answer.headers.get("retry-after", ""), now))


def _asked(retry_after: str, now: datetime) -> timedelta | None:
    """Return how long a receiver wants to be left alone: seconds or a date (RFC 9110, 10.2.3)."""
    if retry_after.isascii() and retry_after.isdigit():
        return timedelta(seconds=min(int(retry_after[:9]), 10**6))
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
