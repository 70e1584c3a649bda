"""Calling a webhook: signatures, what its answers mean, and which addresses are never called."""

import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
import time_machine
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from app.delivery.outcome import Dead, Failed, Outcome, Sent, wait_after
from app.delivery.receivers import BadAddress, Forbidden, check_addresses, checked_url, is_public
from app.delivery.signing import secret_of, signed
from app.delivery.webhook_call import call
from app.delivery_table import Webhook
from app.ids import new_id
from tests.support.receivers import Receiver, receiver

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
KEY = "a key for tests that is long enough"


def webhook(**changes: object) -> Webhook:
    values = {
        "organization_id": new_id(),
        "url": "",
        "events": "",
        "description": "",
        "salt": "new",
        "created_by": new_id(),
    }
    return Webhook(**(values | {"created_at": NOW} | changes))


def post(to: Receiver, **how: object) -> Outcome:
    return call(to.url, "{}", {}, **({"local": True, "now": NOW} | how))  # type: ignore[arg-type]


def test_receivers_verify_with_their_secret_and_with_the_old_one_for_a_day() -> None:
    """A rotation breaks nobody who has not heard of it yet; afterwards the old secret is worth nothing."""
    rotated = webhook(previous_salt="old", previous_until=NOW + timedelta(hours=24))
    for now, secrets in ((NOW, ("new", "old")), (NOW + timedelta(hours=25), ("new",))):
        headers = signed(rotated, (KEY,), message_id="msg_1", body='{"a":1}', now=now)
        with time_machine.travel(now, tick=False):
            for salt in ("new", "old"):
                verifier = Verifier(secret_of(KEY, salt))
                if salt in secrets:
                    assert verifier.verify('{"a":1}', headers) == {"a": 1}
                    continue
                with pytest.raises(WebhookVerificationError):
                    verifier.verify('{"a":1}', headers)


def test_while_a_key_is_replaced_receivers_verify_with_secrets_of_either() -> None:
    """Nobody misses a message between the day the operator sets a new key and the day the new secret is in use."""
    old, new = KEY, KEY[::-1]
    headers = signed(webhook(), (new, old), message_id="msg_1", body='{"a":1}', now=NOW)
    with time_machine.travel(NOW, tick=False):
        for key in (new, old):
            assert Verifier(secret_of(key, "new")).verify('{"a":1}', headers) == {"a": 1}
        with pytest.raises(WebhookVerificationError):
            Verifier(secret_of(KEY + "!", "new")).verify('{"a":1}', headers)


def test_secrets_follow_from_the_key_and_the_salt() -> None:
    """They have the form that receivers' libraries take, and differ with either."""
    secrets = {secret_of(key, salt) for key in (KEY, KEY + "!") for salt in ("a", "b")}

    assert len(secrets) == 4
    assert all(secret.startswith("whsec_") for secret in secrets)


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (200, {}, Sent()),
        (204, {}, Sent()),
        (302, {"Location": "/elsewhere"}, Failed("http_302")),
        (410, {}, Dead("gone", receiver_gone=True)),
        (500, {}, Failed("http_500")),
        (429, {"Retry-After": "90"}, Failed("http_429", timedelta(seconds=90))),
        (503, {"Retry-After": "Mon, 02 Nov 2026 12:30:00 GMT"}, Failed("http_503", timedelta(minutes=30))),
        (503, {"Retry-After": "soon"}, Failed("http_503")),
    ],
)
def test_what_a_receiver_answers_decides(status: int, headers: dict[str, str], outcome: Outcome) -> None:
    """Any 2xx is taken, a redirect is not followed, 410 ends it, everything else is tried again."""
    with receiver() as to:
        to.answer = lambda _: (status, headers)
        assert post(to) == outcome
        assert len(to.requests) == 1


def test_a_receiver_that_is_slow_or_away_holds_nobody_up() -> None:
    """There is one limit for the whole call, however the bytes drip."""
    with receiver() as to:
        to.answer = lambda _: (time.sleep(0.6) or 204, {})
        begun = time.monotonic()
        assert post(to, limit_s=0.2) == Failed("timeout")
        assert time.monotonic() - begun < 0.6
    assert post(to) == Failed("unreachable")


def test_a_long_answer_is_not_read() -> None:
    """The status is all that counts: an endless body ends with the connection."""
    with receiver() as to:
        to.answer = lambda _: (200, {"Content-Length": "1000000000"})
        assert post(to) == Sent()


def test_the_address_that_was_checked_is_the_one_that_is_called() -> None:
    """A name is looked up once; the receiver still sees its own name."""
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[object]:
        asked.append(host)
        return [ip_address("127.0.0.1")]

    with receiver() as to:
        url = f"http://localhost:{to.port}/hook"
        assert call(url, "{}", {}, local=True, now=NOW, resolve=resolve) == Sent()  # type: ignore[arg-type]
        assert to.requests[0].headers["host"] == f"localhost:{to.port}"
    assert asked == ["localhost"]


def test_the_next_address_is_tried_when_nobody_listens_at_one() -> None:
    """A name may have an address of a kind that this network does not reach."""
    found = [ip_address("::1"), ip_address("127.0.0.1")]
    with receiver() as to:
        assert post(to, resolve=lambda _host, _port: found) == Sent()
        assert len(to.requests) == 1


def test_a_name_that_leads_inside_is_not_called_in_production() -> None:
    """One private address among public ones is enough."""
    found = [ip_address("93.184.216.34"), ip_address("10.0.0.7")]
    outcome = call("https://hooks.example/", "{}", {}, local=False, now=NOW, resolve=lambda _host, _port: found)

    assert outcome == Failed("address_not_allowed")
    with pytest.raises(Forbidden):
        check_addresses(found, local=False)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_addresses_of_the_operators_own_network_are_not_public(address: str) -> None:
    """Loopback, private, link-local, shared and multicast, however they are wrapped."""
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "local", "taken"),
    [
        ("https://hooks.example/a?b=c", False, True),
        ("https://hooks.example:8443/", False, True),
        ("http://hooks.example/", False, False),
        ("http://hooks.example/", True, False),
        ("http://localhost:3000/hook", True, True),
        ("http://127.0.0.1:3000/hook", True, True),
        ("http://localhost:3000/hook", False, False),
        ("https://10.0.0.1/", False, False),
        ("https://[::1]/", False, False),
        ("https://user:word@hooks.example/", False, False),
        ("https://hooks.example/#part", False, False),
        ("https:///path", False, False),
        ("ftp://hooks.example/", True, False),
        ("https://hooks.example:secret/", False, False),
        ("https://[secret]/", False, False),
    ],
)
def test_which_addresses_a_webhook_may_have(url: str, local: bool, taken: bool) -> None:
    """https to the world; http to one's own machine, in the local environment."""
    if taken:
        assert checked_url(url, local=local).hostname
        return
    with pytest.raises(BadAddress) as refused:
        checked_url(url, local=local)
    assert "secret" not in str(refused.value)


def test_waits_double_up_to_six_hours_and_respect_the_receiver() -> None:
    """Twelve attempts take about a day; chance moves each by at most half."""
    waits = [wait_after(attempts, None, lambda: 0.5) for attempts in range(1, 12)]

    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(waits) == timedelta(hours=6)
    assert timedelta(hours=16) < sum(waits, timedelta(0)) < timedelta(hours=30)
    assert wait_after(1, None, lambda: 0.0) == timedelta(seconds=30)
    assert wait_after(1, timedelta(hours=2), lambda: 0.5) == timedelta(hours=2)
    assert wait_after(1, timedelta(days=9), lambda: 0.5) == timedelta(hours=24)
    assert wait_after(1, timedelta(seconds=-5), lambda: 0.5) == timedelta(minutes=1)
