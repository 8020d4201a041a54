"""Others push JSON to us, and we push to others."""

__all__ = ["Hmac", "HttpKey", "HttpSignature", "Standard", "Webhook", "WebhookSettings"]

from andon.connectors.webhook.connector import Webhook
from andon.connectors.webhook.settings import (
    Hmac,
    HttpKey,
    HttpSignature,
    Standard,
    WebhookSettings,
)
