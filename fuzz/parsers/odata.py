"""Metadata, change sets and refusals as a gateway sends them."""

import msgspec

from andon.connectors.odata.batches import parts_of
from andon.connectors.odata.metadata import described
from andon.connectors.odata.pages import page_of
from andon.connectors.odata.refusals import refusal
from andon.connectors.odata.simulated.gateway import edmx
from andon.core.faults import UNREADABLE
from fuzz import Parser

_PARTS = (
    b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
    b"--c\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\n"
    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n"
    b'{"d":{"a":1}}\r\n--c--\r\n\r\n--b--\r\n'
)
_REFUSAL = b'{"error":{"code":"M7/021","message":{"value":"x"},"innererror":{"errordetails":[{}]}}}'
_PAGE_V2 = b'{"d":{"results":[{"A":"1","At":"/Date(1766000000000)/"}],"__next":"A?$skiptoken=1"}}'


def _page(body: bytes) -> object:
    try:
        answer = msgspec.json.decode(body)
    except UNREADABLE:
        return None
    return page_of(answer, "GET A")


def _refused(body: bytes) -> object:
    return refusal(400, body, "POST A", reading=False, no_effect=(429,), later=("M3/024",))


PARSERS = (
    Parser("metadata", described, [edmx("API_PRODUCTION_ORDER_2_SRV"), edmx("plant_orders")]),
    Parser("change set", lambda body: parts_of("multipart/mixed; boundary=b", body), [_PARTS]),
    Parser("refusal", _refused, [_REFUSAL, b"<error><code>M7/021</code></error>"]),
    Parser("page", _page, [_PAGE_V2, b'{"value":[{"A":1}],"@odata.nextLink":"A?n"}']),
)
