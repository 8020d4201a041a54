"""AMQP 0-9-1, as RabbitMQ speaks it: queues as items, commands as confirmed messages."""

__all__ = ["Amqp", "AmqpSettings", "CloudEvent", "Messages", "Publication", "event_of"]

from andon.connectors._messages import CloudEvent, event_of
from andon.connectors.amqp.connector import Amqp
from andon.connectors.amqp.mapping import Publication
from andon.connectors.amqp.settings import AmqpSettings, Messages
