"""Maintenance: a machine that stands gets somebody, and planning knows until when."""

__all__ = ["get_it_running", "keep_dates", "schedule_released"]

from andon.capabilities.maintenance.breakdown import get_it_running
from andon.capabilities.maintenance.dates import keep_dates
from andon.capabilities.maintenance.schedule import schedule_released
