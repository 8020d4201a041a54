"""Between SAP's IDocs and our words: orders, deliveries and audits in, postings out."""

__all__ = ["audited", "document", "mappings"]

from collections.abc import Iterable, Iterator
from typing import Any

from andon.connectors._folders.mapping import mappings as of_files
from andon.connectors.idoc.audit import verdicts_in
from andon.connectors.idoc.deliveries import DELIVERY_MESSAGES, delivery
from andon.connectors.idoc.numbers import refuse_other_content
from andon.connectors.idoc.orders import production_order
from andon.connectors.idoc.postings import POSTINGS
from andon.core.connector import Item
from andon.core.mapping import Inbound, Known, Outbound, Said, inbound
from andon.core.message import Finding


def document(mestyp: str) -> Inbound:
    """Messages of a type that mean nothing to us: kept, and their numbers watched."""

    @inbound(mestyp)
    def watched(item: Item, known: Known) -> Iterable[Said]:
        refuse_other_content(item, known)
        return ()

    return watched


def audited(mestyp: str) -> Inbound:
    """Messages that say what became of IDocs of ours: bad news is shown to people."""

    @inbound(mestyp)
    def told(item: Item, known: Known) -> Iterator[Said]:
        refuse_other_content(item, known)
        for verdict in verdicts_in(item.read(dict[str, Any])):
            if verdict.meaning in ("refused", "unclear"):
                yield Finding(
                    "idoc-refused" if verdict.meaning == "refused" else "idoc-unclear",
                    f"SAP says of IDoc {verdict.docnum}: {verdict.said}"
                    f" (status {verdict.status} {verdict.code}). Mend it there (BD87), or send it"
                    " again from here; not both.",
                )

    return told


mappings: tuple[Inbound | Outbound, ...] = (
    document("LOIPRO"),
    production_order,
    *map(document, DELIVERY_MESSAGES),
    delivery,
    audited("ALEAUD"),
    audited("STATUS"),
    *POSTINGS,
    *of_files,
)
"""Everything these IDocs say and can be asked. Add `document("INVRPT")` for what only comes."""
