"""Webhook secrets and signatures (Standard Webhooks).

A secret is derived from the service's key and a webhook's salt: who reads the database alone cannot sign.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook as Signer

from app.delivery_table import Webhook
from app.settings import Settings
from app.settings_checks import LOCAL_KEY


def signing_keys(settings: Settings) -> tuple[str, ...]:
    """Return the keys that secrets follow from: the one new secrets come from, then the one it replaces, if any."""
    if settings.webhook_key is None:
        return (LOCAL_KEY,)
    keys = (settings.webhook_key, settings.webhook_key_previous)
    return tuple(key.get_secret_value() for key in keys if key is not None)


def secret_of(key: str, salt: str) -> str:
    """Return the secret of a salt, as receivers know it."""
    derived = hmac.new(key.encode(), f"webhook/{salt}".encode(), hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(derived).decode()}"


def signed(webhook: Webhook, keys: Sequence[str], *, message_id: str, body: str, now: datetime) -> dict[str, str]:
    """Return the headers that prove a message: signed with every secret that its receiver may still have."""
    salts = [webhook.salt]
    if webhook.previous_salt and webhook.previous_until and now < webhook.previous_until:
        salts.append(webhook.previous_salt)
    signatures = (Signer(secret_of(key, salt)).sign(message_id, now, body) for key in keys for salt in salts)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
