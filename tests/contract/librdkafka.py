"""librdkafka's own mock of a Kafka cluster, in a process of its own that does what a line says.

It keeps its records while its broker is down, as a broker does on its disk, and forgets them with
this process. ``python -m tests.contract.librdkafka TOPIC ...`` prints its address; then lines of
JSON are read: `["down"]`, `["up"]`, `["lose"]`, `["say", topic, [[partition, key, value], ...]]`,
`["values", topic]`, `["refuse", error]`.
"""

import ctypes
import json
import sys
from pathlib import Path
from typing import Any

import confluent_kafka

_PRODUCER, _PRODUCE, _BROKER, _PARTITIONS = 0, 0, 1, 2
_NEVER_MS = 600_000


def _library() -> Any:
    beside = Path(confluent_kafka.__file__).parent.parent / "confluent_kafka.libs"
    (file,) = beside.glob("librdkafka*")
    library = ctypes.CDLL(str(file))
    library.rd_kafka_new.restype = ctypes.c_void_p
    library.rd_kafka_mock_cluster_new.restype = ctypes.c_void_p
    library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    return library


class Cluster:
    """One broker that leads two partitions of each topic."""

    def __init__(self, topics: list[str]) -> None:
        self._library = _library()
        why = ctypes.create_string_buffer(500)
        kept = self._library.rd_kafka_new(_PRODUCER, None, why, 500)
        assert kept, why.value
        self._kept = ctypes.c_void_p(kept)
        self._cluster = ctypes.c_void_p(self._library.rd_kafka_mock_cluster_new(self._kept, 1))
        for topic in topics:
            self._library.rd_kafka_mock_topic_create(self._cluster, topic.encode(), _PARTITIONS, 1)
        self.address: str = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster).decode()

    def down(self) -> None:
        """Connections break, and new ones are refused."""
        self._library.rd_kafka_mock_broker_set_down(self._cluster, _BROKER)

    def up(self) -> None:
        """At the same port, with the same records."""
        self._library.rd_kafka_mock_broker_set_up(self._cluster, _BROKER)

    def lose(self) -> None:
        """The next records are appended, and the answer never comes."""
        self._next_produce(0, _NEVER_MS)

    def refuse(self, error: int) -> None:
        """The next records are not appended, for this reason."""
        self._next_produce(error, 0)

    def _next_produce(self, error: int, wait_ms: int) -> None:
        self._library.rd_kafka_mock_broker_push_request_error_rtts(
            self._cluster, _BROKER, ctypes.c_int16(_PRODUCE), ctypes.c_size_t(1),
            ctypes.c_int(error), ctypes.c_int(wait_ms),
        )  # fmt: skip

    def say(self, topic: str, records: list[list[Any]]) -> None:
        """Records of a producer that is not ours."""
        producer = confluent_kafka.Producer(
            {"bootstrap.servers": self.address, "queue.buffering.max.messages": 1_000_000}
        )
        for partition, key, value in records:
            producer.produce(topic, value.encode(), key, partition=partition)
        assert producer.flush(30) == 0

    def values(self, topic: str) -> list[str]:
        """Everything in a topic, read by a consumer that is not ours."""
        consumer = confluent_kafka.Consumer(
            {"bootstrap.servers": self.address, "group.id": "looks", "enable.auto.commit": False}
        )
        parts = [confluent_kafka.TopicPartition(topic, n, 0) for n in range(_PARTITIONS)]
        ends = [consumer.get_watermark_offsets(part, timeout=10)[1] for part in parts]
        consumer.assign(parts)
        found: list[str] = []
        while len(found) < sum(ends):
            message = consumer.poll(10)
            assert message is not None, "the mock stopped to answer"
            assert message.error() is None, message.error()
            found.append(message.value().decode())
        consumer.close()
        return found


def _main(topics: list[str]) -> None:
    cluster = Cluster(topics)
    print(json.dumps(cluster.address), flush=True)
    for line in sys.stdin:
        word, *more = json.loads(line)
        print(json.dumps(getattr(cluster, word)(*more)), flush=True)


if __name__ == "__main__":
    _main(sys.argv[1:])
