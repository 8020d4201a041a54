"""An authority of a test's own, and a certificate for 127.0.0.1."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Certificates:
    """Written into a folder: `authority`, `server`, `server_key`."""

    def __init__(self, folder: Path) -> None:
        self.authority = folder / "authority.pem"
        self.server = folder / "server.pem"
        self.server_key = folder / "server.key"
        signing = ec.generate_private_key(ec.SECP256R1())
        serving = ec.generate_private_key(ec.SECP256R1())
        root = _name("Andon test authority")
        ca = x509.BasicConstraints(ca=True, path_length=None)
        use = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        own = _certificate(root, root, signing).add_extension(ca, critical=True)
        own = own.add_extension(use, critical=True)
        own = own.add_extension(
            x509.SubjectKeyIdentifier.from_public_key(signing.public_key()), critical=False
        )
        here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        theirs = _certificate(_name("broker"), root, serving).add_extension(here, critical=False)
        theirs = theirs.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()),
            critical=False,
        )
        pem = serialization.Encoding.PEM
        self.authority.write_bytes(own.sign(signing, hashes.SHA256()).public_bytes(pem))
        self.server.write_bytes(theirs.sign(signing, hashes.SHA256()).public_bytes(pem))
        self.server_key.write_bytes(
            serving.private_bytes(
                pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )
