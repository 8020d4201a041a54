"""Others push JSON to us."""

__all__ = ["Webhook", "WebhookSettings"]

from andon.connectors.webhook.connector import Webhook, WebhookSettings
