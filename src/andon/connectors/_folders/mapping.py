"""What every connection of files needs beside its own mappings: faults and findings as such."""

__all__ = ["faulty", "mappings", "noted"]

from collections.abc import Iterable

from andon.connectors._folders.said import FAULT, FINDING
from andon.connectors._folders.said import Fault as FileFault
from andon.connectors._folders.said import Finding as FileFinding
from andon.core.connector import Item
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known, Said, inbound
from andon.core.message import Finding


@inbound(FAULT)
def faulty(item: Item, _: Known) -> Iterable[Said]:
    """An exception that names file, line and row, with what stands there."""
    fault = item.read(FileFault)
    at = f"{fault.file}:{fault.line}" if fault.line else fault.file
    what = f"row {fault.row} of {fault.file}" if fault.row else f"the file {fault.file}"
    raise MappingError(f"{what}: {fault.says}", [Fault(at, fault.says)])


@inbound(FINDING)
def noted(item: Item, _: Known) -> Iterable[Said]:
    """A gap, a repeated or an empty file: people are told, nothing is held up."""
    finding = item.read(FileFinding)
    yield Finding(finding.code, f"{finding.file}: {finding.says}")


mappings = (faulty, noted)
"""Put these beside your own: `[confirmed, *files.mappings]`."""
