"""rest: documents made and read, beside aiohttp doing the same calls."""

__all__ = ["measure"]

import asyncio
from typing import Any

import aiohttp
import msgspec

from andon.connectors.rest import Rest
from andon.core.connector import Request
from andon.testing.conformance.trial import settings_from
from bench.connectors import Figure, measured
from bench.connectors.elsewhere import elsewhere

_ITEMS = 2_000
_AT_ONCE = 16
