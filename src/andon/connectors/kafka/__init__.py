"""Apache Kafka and what speaks its protocol: topics in, CloudEvents out."""

__all__ = ["Kafka", "KafkaSettings", "Sasl", "Topic"]

from andon.connectors.kafka.connector import Kafka
from andon.connectors.kafka.settings import KafkaSettings, Sasl, Topic
