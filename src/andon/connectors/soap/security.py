"""Who we are, inside the envelope: OASIS WS-Security UsernameToken profile 1.0."""

__all__ = ["signed"]

from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha1
from secrets import token_bytes

from lxml import etree

from andon.connectors._xml import Element
from andon.connectors.soap.settings import UsernameToken

_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
_WSSE = f"{_OASIS}-wssecurity-secext-1.0.xsd"
_WSU = f"{_OASIS}-wssecurity-utility-1.0.xsd"
_KINDS = f"{_OASIS}-username-token-profile-1.0"
_BASE64 = f"{_OASIS}-soap-message-security-1.0#Base64Binary"


def signed(envelope: Element, token: UsernameToken) -> None:
    """Puts the token first into the header."""
    space = envelope.tag.rpartition("}")[0][1:]
    header = envelope.find(f"{{{space}}}Header")
    if header is None:
        header = etree.Element(f"{{{space}}}Header")
        envelope.insert(0, header)
    security = etree.Element(f"{{{_WSSE}}}Security", nsmap={"wsse": _WSSE, "wsu": _WSU})
    security.set(f"{{{space}}}mustUnderstand", "1")
    header.insert(0, security)
    inside = etree.SubElement(security, f"{{{_WSSE}}}UsernameToken")
    etree.SubElement(inside, f"{{{_WSSE}}}Username").text = token.user
    password = etree.SubElement(inside, f"{{{_WSSE}}}Password")
    match token.sent:
        case "text":
            password.set("Type", f"{_KINDS}#PasswordText")
            password.text = token.password.reveal()
        case "digest":
            nonce, created = token_bytes(16), _now()
            known = nonce + created.encode() + token.password.reveal().encode()
            password.set("Type", f"{_KINDS}#PasswordDigest")
            password.text = b64encode(sha1(known).digest()).decode()
            once = etree.SubElement(inside, f"{{{_WSSE}}}Nonce")
            once.set("EncodingType", _BASE64)
            once.text = b64encode(nonce).decode()
            etree.SubElement(inside, f"{{{_WSU}}}Created").text = created


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
