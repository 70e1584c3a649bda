"""Webhook secrets and signatures (Standard Webhooks).

A secret is derived from the service's key and a webhook's salt: who reads the database alone cannot sign.
"""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Final

from standardwebhooks import Webhook as Signer

from app.delivery_table import Webhook
from app.errors import Conflict
from app.settings import Settings

_LOCAL_KEY: Final = "everybody knows this key: local environment only"


def signing_key(settings: Settings) -> str:
    """Return the key that secrets follow from; Conflict where the operator has set none."""
    if settings.webhook_key is not None:
        return settings.webhook_key.get_secret_value()
    if settings.environment == "local":
        return _LOCAL_KEY
    raise Conflict("no_webhook_key")


def secret_of(key: str, salt: str) -> str:
    """Return the secret of a salt, as receivers know it."""
    derived = hmac.new(key.encode(), f"webhook/{salt}".encode(), hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(derived).decode()}"


def signed(webhook: Webhook, key: str, *, message_id: str, body: str, now: datetime) -> dict[str, str]:
    """Return the headers that prove a message; for a while after a rotation it is signed with the old secret too."""
    salts = [webhook.salt]
    if webhook.previous_salt and webhook.previous_until and now < webhook.previous_until:
        salts.append(webhook.previous_salt)
    signatures = (Signer(secret_of(key, salt)).sign(message_id, now, body) for salt in salts)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
