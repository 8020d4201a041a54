"""aiokafka, which has no types: everything of it that we use, in one place."""

__all__ = [
    "Batch",
    "Consumer",
    "Partition",
    "Partitioner",
    "Producer",
    "connected",
    "crc32c",
    "errors",
    "records_of",
]

from typing import Any, cast

import aiokafka  # pyright: ignore[reportMissingTypeStubs] it has none
import aiokafka.conn as _conn  # pyright: ignore[reportMissingTypeStubs]
import aiokafka.errors as _errors  # pyright: ignore[reportMissingTypeStubs]
import aiokafka.partitioner as _partitioner  # pyright: ignore[reportMissingTypeStubs]
import aiokafka.record.default_records as _records  # pyright: ignore[reportMissingTypeStubs]
import aiokafka.record.util as _util  # pyright: ignore[reportMissingTypeStubs]

Consumer: Any = cast("Any", aiokafka).AIOKafkaConsumer
Producer: Any = cast("Any", aiokafka).AIOKafkaProducer
Partition: Any = cast("Any", aiokafka).TopicPartition
Partitioner: Any = cast("Any", _partitioner).DefaultPartitioner
connected: Any = cast("Any", _conn).create_conn
crc32c: Any = cast("Any", _util).calc_crc32c
errors: Any = cast("Any", _errors)
Batch: Any = cast("Any", _records).DefaultRecordBatchBuilder
records_of: Any = cast("Any", _records).DefaultRecordBatch
