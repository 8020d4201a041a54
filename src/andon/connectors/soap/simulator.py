"""Two SOAP services as they are met in the field, each read and written in another way."""

__all__ = ["COUNTERPARTS", "JournalService", "ShopService"]

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from andon.connectors.soap.simulated.journal import Journal
from andon.connectors.soap.simulated.shop import Order, Shop
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes


class ShopService(Counterpart, Speaks, Takes):
    """SOAP 1.1 by time and page; our key in a field, found again by a query operation."""

    name = "shop"
    dedupes: ClassVar[bool] = False
    refusal_words: ClassVar[str] = "order unknown does not exist"

    def __init__(self) -> None:
        self.system = Shop()

    async def start(self) -> None:
        """Begins to answer."""
        await self.system.start()

    async def stop(self) -> None:
        """Ends at once."""
        await self.system.stop()

    def settings(self) -> dict[str, Any]:
        """One feed, one call with its look-up."""
        return {
            "wsdl": self.system.wsdl,
            "auth": {"kind": "basic", "user": "andon", "password": "password-of-the-shop"},
            "feeds": [
                {
                    "kind": "order",
                    "operation": "GetChangedOrders",
                    "arguments": {"Since": "{since}", "Page": "{page}", "Size": "{size}"},
                    "items": "/Orders/Order",
                    "key": "/Number",
                    "time": "/ChangedAt",
                    "poll_every": "50 ms",
                }
            ],
            "verdict": {
                "at": "/Return",
                "field": "Type",
                "refused": ["E", "A"],
                "words": "Message",
                "code": "Number",
            },
            "calls": {
                "confirmation": {
                    "operation": "PostConfirmation",
                    "arguments": {
                        "ExternalId": "{key}",
                        "Order": "{order}",
                        "Good": {"_value_1": "{good}", "unit": "{unit}"},
                        "Line": "{lines?}",
                    },
                    "reference": "/Document",
                    "find": {
                        "operation": "FindConfirmations",
                        "arguments": {"ExternalId": "{key}"},
                        "found": "/Confirmation",
                        "key": "/ExternalId",
                        "reference": "/Document",
                    },
                }
            },
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        auth = {"kind": "basic", "user": "andon", "password": "not-the-password"}
        return {**self.settings(), "auth": auth}

    async def say(self, count: int) -> Sequence[str]:
        """New orders, all changed in one second."""
        first, now = len(self.system.orders), datetime.now(UTC).replace(microsecond=0)
        texts = [f"note-{first + number:07}" for number in range(count)]
        for text in texts:
            number = f"10{text[-7:]}"
            self.system.put(Order(number, now, text))
        return texts

    def request(self, effect: str) -> Request:
        """A confirmation of an order of this name."""
        return Request(target="confirmation", body={"order": effect, "good": "4.5", "unit": "PCE"})

    async def effects(self) -> Sequence[str]:
        """Orders confirmed."""
        return [order for _, _, order in self.system.posted]

    async def lose_answer(self) -> None:
        """The next confirmation is posted, then the line breaks."""
        self.system.losing = True

    def refused(self) -> Request:
        """An order nobody knows."""
        return self.request("unknown")


class JournalService(Counterpart, Speaks, Takes):
    """SOAP 1.2 by cursor; a repeated key is answered with the first number."""

    name = "journal"
    dedupes: ClassVar[bool] = True
    refusal_words: ClassVar[str] = "this text is not taken"

    def __init__(self) -> None:
        self.system = Journal()

    async def start(self) -> None:
        """Begins to answer."""
        await self.system.start()

    async def stop(self) -> None:
        """Ends at once."""
        await self.system.stop()

    def settings(self) -> dict[str, Any]:
        """One feed, one call; that nothing is there is said by a fault."""
        return {
            "wsdl": self.system.wsdl,
            "wsse": {"user": "andon", "password": "password-of-the-journal", "sent": "digest"},
            "feeds": [
                {
                    "kind": "entry",
                    "operation": "ReadJournal",
                    "arguments": {"after": "{after}", "size": "{size}"},
                    "items": "/entries/entry",
                    "key": "/id",
                    "cursor": "/next",
                    "poll_every": "50 ms",
                }
            ],
            "calls": {
                "register": {
                    "operation": "Register",
                    "arguments": {"key": "{key}", "text": "{text}"},
                    "reference": "/number",
                    "find": {
                        "operation": "LookUp",
                        "arguments": {"key": "{key}"},
                        "reference": "/number",
                        "absent": ["NotRegistered"],
                    },
                }
            },
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        wsse = {"user": "andon", "password": "not-the-password", "sent": "digest"}
        return {**self.settings(), "wsse": wsse}

    async def say(self, count: int) -> Sequence[str]:
        """New entries."""
        first = len(self.system.entries)
        texts = [f"fact-{first + number:07}" for number in range(count)]
        for text in texts:
            self.system.write(text)
        return texts

    def request(self, effect: str) -> Request:
        """A text of this name."""
        return Request(target="register", body={"text": effect})

    async def effects(self) -> Sequence[str]:
        """Texts registered."""
        return list(self.system.done_texts)

    async def lose_answer(self) -> None:
        """The next text is registered, then the line breaks."""
        self.system.losing = True

    def refused(self) -> Request:
        """A text that is not taken."""
        return self.request("refuse me")


COUNTERPARTS = (ShopService, JournalService)
