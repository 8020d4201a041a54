"""Certificates: reading them, making our own, and whether a server's is trusted."""

__all__ = [
    "describe",
    "doubt",
    "fingerprint",
    "first_of",
    "made",
    "private_key",
    "read_certificate",
]

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_PEM = serialization.Encoding.PEM
_BITS = 2048
_YEARS = 5


def read_certificate(path: str) -> x509.Certificate:
    """PEM or DER. Raises ValueError in words."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    try:
        if b"-----BEGIN" in content:
            return x509.load_pem_x509_certificate(content)
        return x509.load_der_x509_certificate(content)
    except ValueError as error:
        raise ValueError(f"{path} holds no certificate, neither PEM nor DER") from error


def first_of(chain: bytes) -> x509.Certificate:
    """A server may send its authorities behind its certificate. Raises ValueError."""
    return x509.load_der_x509_certificate(chain[: int.from_bytes(chain[2:4], "big") + 4])


def private_key(text: str) -> rsa.RSAPrivateKey:
    """A PEM without a passphrase. Raises ValueError in words, without the key."""
    try:
        key = serialization.load_pem_private_key(text.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("is no private key in PEM without a passphrase") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("is no RSA key; these policies of OPC UA know no other")
    return key


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 as controllers show it: `3A:F0:...`."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def describe(certificate: x509.Certificate) -> str:
    """Who it says it is, until when, and its fingerprint."""
    return (
        f"{certificate.subject.rfc4514_string()}, valid until"
        f" {certificate.not_valid_after_utc:%Y-%m-%d}, SHA-256 {fingerprint(certificate)}"
    )


def doubt(
    theirs: x509.Certificate,
    trusted: Sequence[x509.Certificate],
    *,
    uri: str,
    host: str,
    now: datetime,
) -> str | None:
    """Why a server's certificate is not trusted; None when it is.

    One that is trusted itself need not name the host: controllers rarely know theirs.
    """
    if not theirs.not_valid_before_utc <= now <= theirs.not_valid_after_utc:
        return f"is valid from {theirs.not_valid_before_utc} to {theirs.not_valid_after_utc} only"
    uris, hosts = _names(theirs)
    if uri not in uris:
        return f"is for {', '.join(uris) or 'no application'}, and the server says it is {uri}"
    if any(theirs == one for one in trusted):
        return None
    if not any(_signed(theirs, one, now) for one in trusted):
        return "is not among the trusted ones, nor signed by one of them"
    if host.lower() not in hosts:
        return f"is for {', '.join(hosts) or 'no host'}, not for {host}"
    return None


def _names(certificate: x509.Certificate) -> tuple[list[str], list[str]]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return [], []
    addresses = [str(one) for one in names.get_values_for_type(x509.IPAddress)]
    hosts = [one.lower() for one in names.get_values_for_type(x509.DNSName)]
    return names.get_values_for_type(x509.UniformResourceIdentifier), [*hosts, *addresses]


def _signed(theirs: x509.Certificate, authority: x509.Certificate, now: datetime) -> bool:
    try:
        limits = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
        theirs.verify_directly_issued_by(authority)
    except (x509.ExtensionNotFound, InvalidSignature, ValueError, TypeError):
        return False
    return limits.ca and authority.not_valid_before_utc <= now <= authority.not_valid_after_utc


def made(uri: str, host: str, now: datetime) -> tuple[bytes, bytes]:
    """A certificate signed by itself, as OPC UA wants one, and its key; both PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Andon at {host}"[:64])])
    use = x509.KeyUsage(True, True, True, True, False, True, False, False, False)
    both = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(uri), _host(host)]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(use, critical=True)
        .add_extension(x509.ExtendedKeyUsage(both), critical=False)
        .add_extension(own, critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    secret = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, plain)
    return certificate.public_bytes(_PEM), secret


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
