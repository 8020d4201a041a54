"""Maintenance: a machine that stands, or soon will, gets somebody; planning knows until when."""

__all__ = ["get_it_running", "keep_dates", "maintain_by_condition", "schedule_released"]

from andon.capabilities.maintenance.breakdown import get_it_running
from andon.capabilities.maintenance.condition import maintain_by_condition
from andon.capabilities.maintenance.dates import keep_dates
from andon.capabilities.maintenance.schedule import schedule_released
