"""Zones of the company's places, for systems that keep the time of the wall there."""

__all__ = ["ACME", "PLANT_B"]

from zoneinfo import ZoneInfo

ACME = ZoneInfo("America/Chicago")
"""A supplier whose documents say the time there, and no zone."""
PLANT_B = ZoneInfo("Europe/Berlin")
"""Its old systems know no zones: what they write is the time there."""
