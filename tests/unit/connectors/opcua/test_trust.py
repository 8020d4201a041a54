"""Certificates: which server is trusted, and how our own is made."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from andon.connectors.opcua.__main__ import main
from andon.connectors.opcua.trust import (
    describe,
    doubt,
    fingerprint,
    made,
    private_key,
    read_certificate,
)

NOW = datetime(2026, 7, 1, tzinfo=UTC)
URI = "urn:acme:press"


def own(uri: str = URI, host: str = "press-2") -> x509.Certificate:
    return x509.load_pem_x509_certificate(made(uri, host, NOW)[0])


@pytest.fixture(scope="module")
def theirs() -> x509.Certificate:
    return own()


def judged(
    theirs: x509.Certificate, *trusted: x509.Certificate, uri: str = URI, days: float = 1
) -> str | None:
    now = NOW + timedelta(days=days)
    return doubt(theirs, trusted, uri=uri, host="press-2", now=now)


def test_one_that_is_trusted_itself_is_trusted(theirs: x509.Certificate) -> None:
    assert judged(theirs, own(), theirs) is None
    assert "not among the trusted ones" in (judged(theirs, own()) or "")
    assert "not among the trusted ones" in (judged(theirs) or "")


def test_one_out_of_its_time_is_not(theirs: x509.Certificate) -> None:
    assert "is valid from" in (judged(theirs, theirs, days=-1) or "")
    assert "is valid from" in (judged(theirs, theirs, days=365 * 6) or "")


def test_one_for_another_application_is_not(theirs: x509.Certificate) -> None:
    assert "the server says it is urn:other" in (judged(theirs, theirs, uri="urn:other") or "")


def authority(*, ca: bool) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Plant")])
    builder = signed_by(name, name, key.public_key()).add_extension(
        x509.BasicConstraints(ca=ca, path_length=None), critical=True
    )
    return builder.sign(key, hashes.SHA256()), key


def signed_by(
    issuer: x509.Name, subject: x509.Name, key: rsa.RSAPublicKey
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=30))
    )


@pytest.mark.parametrize(
    ("ca", "host", "says"),
    [
        (True, "press-2", None),
        (True, "PRESS-2", None),
        (True, "press-3", "not for press-2"),
        (False, "press-2", "not among the trusted ones"),
    ],
)
def test_an_authority_vouches_for_a_host(ca: bool, host: str, says: str | None) -> None:
    plant, key = authority(ca=ca)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "press")])
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(URI), x509.DNSName(host)])
    builder = signed_by(plant.subject, subject, key.public_key())
    theirs = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    why = judged(theirs, plant)
    assert (why is None) if says is None else says in (why or "")


def test_another_authority_of_the_same_name_does_not_vouch(theirs: x509.Certificate) -> None:
    plant, key = authority(ca=True)
    other, _ = authority(ca=True)
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(URI)])
    builder = signed_by(plant.subject, theirs.subject, key.public_key())
    forged = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    assert "not among the trusted ones" in (judged(forged, other) or "")


def test_a_certificate_names_itself_so_that_people_can_compare(theirs: x509.Certificate) -> None:
    assert fingerprint(theirs) in describe(theirs)
    assert len(fingerprint(theirs).split(":")) == 32


def test_files_that_are_none_are_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("hello")
    with pytest.raises(ValueError, match="holds no certificate"):
        read_certificate(str(tmp_path / "a"))
    with pytest.raises(ValueError, match="cannot be read"):
        read_certificate(str(tmp_path / "none"))
    with pytest.raises(ValueError, match="no private key"):
        private_key("hello")


def test_our_certificate_is_made_once_and_its_key_is_ours_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "certificates"
    assert main(["certificate", str(folder)]) == 0
    assert f'key = {{ file = "{folder / "andon.key"}" }}' in capsys.readouterr().out
    assert (folder / "andon.key").stat().st_mode & 0o777 == 0o600
    ours = read_certificate(str(folder / "andon.pem"))
    key = private_key((folder / "andon.key").read_text())
    assert ours.public_key() == key.public_key()
    before = (folder / "andon.key").read_text()
    assert main(["certificate", str(folder)]) == 1
    assert "there already" in capsys.readouterr().err
    assert (folder / "andon.key").read_text() == before


def test_a_server_that_is_not_there_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["browse", "opc.tcp://127.0.0.1:9/"]) == 1
    assert "does not answer" in capsys.readouterr().err
    assert main(["browse", "http://127.0.0.1:9/"]) == 1
    assert "write opc.tcp://" in capsys.readouterr().err
