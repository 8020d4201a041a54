"""Apache Kafka and what speaks its protocol: topics in, CloudEvents out."""

__all__ = ["Kafka", "KafkaSettings", "Publication", "Sasl", "Topic", "lost_records"]

from andon.connectors.kafka.connector import Kafka
from andon.connectors.kafka.mapping import Publication, lost_records
from andon.connectors.kafka.settings import KafkaSettings, Sasl, Topic
