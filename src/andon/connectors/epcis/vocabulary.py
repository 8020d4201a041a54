"""Words of the Core Business Vocabulary, CBV 2.0 (GS1), that an event may use bare."""

__all__ = ["BIZ_STEPS", "DISPOSITIONS", "EVENT_TYPES", "TRANSACTIONS", "unknown_word"]

from collections.abc import Set
from difflib import get_close_matches

EVENT_TYPES = frozenset(
    {
        "AggregationEvent", "AssociationEvent", "ObjectEvent", "TransactionEvent",
        "TransformationEvent",
    }
)  # fmt: skip
BIZ_STEPS = frozenset(
    {
        "accepting", "arriving", "assembling", "collecting", "commissioning", "consigning",
        "creating_class_instance", "cycle_counting", "decommissioning", "departing", "destroying",
        "disassembling", "dispensing", "encoding", "entering_exiting", "holding", "inspecting",
        "installing", "killing", "loading", "other", "packing", "picking", "receiving", "removing",
        "repackaging", "repairing", "replacing", "reserving", "retail_selling", "sampling",
        "sensor_reporting", "shipping", "staging_outbound", "stock_taking", "stocking", "storing",
        "transporting", "unloading", "unpacking", "void_shipping",
    }
)  # fmt: skip
DISPOSITIONS = frozenset(
    {
        "active", "available", "completeness_inferred", "completeness_verified", "conformant",
        "container_closed", "container_open", "damaged", "destroyed", "dispensed", "disposed",
        "encoded", "expired", "in_progress", "in_transit", "inactive", "mismatch_class",
        "mismatch_instance", "mismatch_quantity", "needs_replacement", "no_pedigree_match",
        "non_conformant", "non_sellable_other", "partially_dispensed", "recalled", "reserved",
        "retail_sold", "returned", "sellable_accessible", "sellable_not_accessible", "stolen",
        "unavailable", "unknown",
    }
)  # fmt: skip
TRANSACTIONS = frozenset(
    {
        "bol", "cert", "desadv", "inv", "pedigree", "po", "poc", "prodorder", "recadv", "rma",
        "testprd", "testres", "upevt",
    }
)  # fmt: skip


def unknown_word(word: str, words: Set[str]) -> str | None:
    """What is wrong with a word that is neither of the vocabulary nor a URI; None when it is."""
    if word in words or ":" in word:
        return None
    near = get_close_matches(word, words, n=1)
    return f"{word!r} is no word of CBV 2.0 and no URI" + (f"; {near[0]}?" if near else "")
