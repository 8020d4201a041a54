"""kafka: records read and written, beside aiokafka alone, over librdkafka's mock in a process."""

__all__ = ["measure"]

import asyncio
import json
import subprocess
import sys
from typing import Any

import aiokafka
import msgspec

from andon.connectors.kafka import Kafka, KafkaSettings, Topic
from andon.core.connector import Request
from bench.connectors import Figure, measured
from bench.hub import ROOT

_ITEMS = 20_000
_SENDS = 3_000
_TOGETHER = 32


async def measure() -> list[Figure]:
    """Two partitions; what is sent has an answer each, 32 at once, as the engine does it. The bare
    side makes the same documents, one for each record; it knows no attribute but the id."""
    command = [sys.executable, "-m", "tests.contract.librdkafka", "in", "out"]
    with subprocess.Popen(  # noqa: ASYNC220 nothing else runs yet
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as mock:
        assert mock.stdin is not None
        assert mock.stdout is not None
        address: str = json.loads(mock.stdout.readline())
        records = [[n % 2, "1001", json.dumps({"id": f"e{n}", "qty": 5})] for n in range(_ITEMS)]
        mock.stdin.write(json.dumps(["say", "in", records]) + "\n")
        mock.stdin.flush()
        mock.stdout.readline()
        try:
            return [await _read(address), await _sent(address)]
        finally:
            mock.kill()


async def _read(address: str) -> Figure:
    async def work() -> int:
        topics = {"order": Topic(topic="in", key="/id")}
        kafka = Kafka("bus", KafkaSettings(servers=(address,), encrypted=False, topics=topics))
        await kafka.open()
        items: Any = kafka.read("")
        for _ in range(_ITEMS):
            await anext(items)
        await items.aclose()
        await kafka.close()
        return _ITEMS

    async def bare() -> int:
        consumer = aiokafka.AIOKafkaConsumer(bootstrap_servers=address)
        await consumer.start()
        parts = [aiokafka.TopicPartition("in", n) for n in range(2)]
        consumer.assign(parts)
        for part in parts:
            consumer.seek(part, 0)
        count, keys = 0, list[str]()
        while count < _ITEMS:
            for records in (await consumer.getmany(timeout_ms=500, max_records=500)).values():
                for record in records:
                    keys.append(f"order/{msgspec.json.decode(record.value)['id']}")
                    about = {"topic": record.topic, "partition": record.partition}
                    about |= {"offset": record.offset, "timestamp": record.timestamp}
                    headers = [{"name": name, "value": word} for name, word in record.headers]
                    about |= {"key": record.key.decode(), "headers": headers}
                    msgspec.json.encode({**about, "payload": msgspec.Raw(record.value)})
                    count += 1
        await consumer.stop()
        return count

    return await measured("kafka", "read", work=work, bare=bare)


async def _sent(address: str) -> Figure:
    body = {"type": "t", "subject": "order/erp:1", "data": {"id": "e", "qty": 5}}

    async def work() -> int:
        kafka = Kafka("bus", KafkaSettings(servers=(address,), encrypted=False))
        await kafka.open()

        async def one(n: int) -> None:
            await kafka.send(Request(target="out", body=body), key=f"K{n}")

        await _together(one)
        await kafka.close()
        return _SENDS

    async def bare() -> int:
        producer = aiokafka.AIOKafkaProducer(
            bootstrap_servers=address, acks="all", enable_idempotence=True
        )
        await producer.start()

        async def one(n: int) -> None:
            value = msgspec.json.encode({"id": f"K{n}", **body})
            await producer.send_and_wait("out", value, key=b"order/erp:1")

        await _together(one)
        await producer.stop()
        return _SENDS

    return await measured("kafka", "send", work=work, bare=bare)


async def _together(one: Any) -> None:
    for start in range(0, _SENDS, _TOGETHER):
        await asyncio.gather(*(one(n) for n in range(start, min(start + _TOGETHER, _SENDS))))
