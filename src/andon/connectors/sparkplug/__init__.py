"""Sparkplug B 3.0: machines behind edge nodes; we are their host application."""

__all__ = [
    "Presence",
    "Reading",
    "Sparkplug",
    "SparkplugSettings",
    "Watch",
    "counted",
    "equipment_state",
    "mappings",
]

from andon.connectors.sparkplug.connector import Sparkplug
from andon.connectors.sparkplug.mapping import (
    Presence,
    Reading,
    counted,
    equipment_state,
    mappings,
)
from andon.connectors.sparkplug.settings import SparkplugSettings, Watch
