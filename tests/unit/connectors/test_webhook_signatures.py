"""Posts are proven as the standards' own examples say, and nothing else gets in."""

import contextlib
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from andon.connectors.webhook import Hmac, HttpKey, HttpSignature, Standard, Webhook
from andon.connectors.webhook.http_keys import key_of
from andon.connectors.webhook.message_signature import base_of
from andon.connectors.webhook.signing import signer_of
from andon.connectors.webhook.structured import members
from andon.core.connector import Arrival
from andon.core.errors import CredentialsError, SettingsError
from andon.core.secret import SecretStr
from andon.testing.conformance.trial import settings_of

FOREVER = 1e10
NOW = time.time()


def arrival(body: bytes, **headers: str) -> Arrival:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Arrival({}, {}, named, body, "POST", "/in/mes/events?x=1")


# Keyed hashes


def test_a_hash_as_github_documents_it_is_proven() -> None:
    told = Hmac((SecretStr("It's a Secret to Everybody"),), prefix="sha256=")
    post = arrival(
        b"Hello, World!",
        x_signature_256="sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    )
    signer_of(told).verify(post, NOW, 300)


def test_the_example_of_standard_webhooks_is_proven() -> None:
    told = Standard((SecretStr("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),))
    post = arrival(
        b'{"test": 2432232314}',
        webhook_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        webhook_timestamp="1614265330",
        webhook_signature="v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    )
    signer_of(told).verify(post, 1614265330, 300)
    with pytest.raises(CredentialsError, match="old"):
        signer_of(told).verify(post, 1614265330 + 301, 300)
    with pytest.raises(CredentialsError, match="ahead of our clock"):
        signer_of(told).verify(post, 1614265330 - 301, 300)


SLACK = Hmac(
    (SecretStr("new"), SecretStr("old")),
    header="X-Slack-Signature",
    prefix="v0=",
    timestamp_header="X-Slack-Request-Timestamp",
    signed="v0:{timestamp}:{body}",
)
SHOPIFY = Hmac((SecretStr("s"),), header="X-Shopify-Hmac-Sha256", encoding="base64")
STANDARD = Standard((SecretStr("whsec_" + b64encode(b"key").decode()),))
HTTP = HttpSignature(
    (HttpKey("k", "hmac-sha256", SecretStr(b64encode(b"shared secret").decode())),)
)
ALL: list[Any] = [SLACK, SHOPIFY, STANDARD, HTTP]


def signed(told: Any, body: bytes = b'{"id":"1"}') -> Arrival:
    post = arrival(body, host="andon.example")
    return msgspec.structs.replace(
        post, headers={**post.headers, **signer_of(told).sign(post, "id-1", NOW)}
    )


@pytest.mark.parametrize("told", ALL)
def test_what_we_sign_is_proven(told: Any) -> None:
    signer_of(told).verify(signed(told), NOW, 300)


@pytest.mark.parametrize("told", ALL)
@given(body=st.binary(max_size=40))
def test_no_other_body_is_proven_by_the_same_signature(told: Any, body: bytes) -> None:
    post = signed(told)
    if body != post.body:
        with pytest.raises(CredentialsError):
            signer_of(told).verify(msgspec.structs.replace(post, body=body), NOW, 300)


@pytest.mark.parametrize("told", ALL)
@given(headers=st.dictionaries(st.sampled_from(["x-signature-256", "webhook-id", "signature",
    "signature-input", "webhook-signature", "webhook-timestamp", "content-digest",
    "x-slack-signature", "x-slack-request-timestamp", "x-shopify-hmac-sha256"]),
    st.text(max_size=60)))  # fmt: skip
def test_nonsense_in_any_header_is_refused_in_words(told: Any, headers: dict[str, str]) -> None:
    post = Arrival({}, {}, headers, b"{}", "POST", "/")
    with pytest.raises(CredentialsError, match=r"\w"):
        signer_of(told).verify(post, NOW, 300)


@pytest.mark.parametrize("told", [SLACK, STANDARD, HTTP])
def test_a_post_repeated_later_is_refused(told: Any) -> None:
    with pytest.raises(CredentialsError, match="old"):
        signer_of(told).verify(signed(told), NOW + 301, 300)


def test_an_older_secret_is_good_while_it_is_listed() -> None:
    old = msgspec.structs.replace(SLACK, secrets=(SecretStr("old"),))
    signer_of(SLACK).verify(signed(old), NOW, 300)
    other = msgspec.structs.replace(SLACK, secrets=(SecretStr("other"),))
    with pytest.raises(CredentialsError):
        signer_of(SLACK).verify(signed(other), NOW, 300)


@pytest.mark.parametrize("gone", ["x-slack-signature", "x-slack-request-timestamp"])
def test_a_timestamp_cannot_be_left_out_or_changed(gone: str) -> None:
    post = signed(SLACK)
    less = {name: value for name, value in post.headers.items() if name != gone}
    with pytest.raises(CredentialsError):
        signer_of(SLACK).verify(msgspec.structs.replace(post, headers=less), NOW, 300)
    later = {**post.headers, "x-slack-request-timestamp": str(int(NOW) + 200)}
    with pytest.raises(CredentialsError):
        signer_of(SLACK).verify(msgspec.structs.replace(post, headers=later), NOW + 200, 300)


# HTTP message signatures

RFC_SECRET = (
    "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
)
RFC_REQUEST = Arrival(
    {},
    {},
    {
        "host": "example.com",
        "date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "content-type": "application/json",
        "content-digest": "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYl"
        "lu7BNNyealdVLvRwEmTHWXvJwew==:",
        "content-length": "18",
    },
    b'{"hello": "world"}',
    "POST",
    "/foo?param=Value&Pet=dog",
)


def test_the_rfc_s_example_of_a_shared_secret_comes_out_the_same() -> None:
    (said,) = members(
        'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"'
    ).values()
    key = key_of(HttpKey("test-shared-secret", "hmac-sha256", SecretStr(RFC_SECRET)))
    assert key.signs is not None
    assert (
        b64encode(key.signs(base_of(RFC_REQUEST, said)))
        == b"pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="
    )


def test_the_rfc_s_example_of_ed25519_is_proven(tmp_path: Path) -> None:
    pem = tmp_path / "key.pem"
    pem.write_text(
        "-----BEGIN PUBLIC KEY-----\n"
        "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n"
        "-----END PUBLIC KEY-----\n"
    )
    (said,) = members(
        'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");'
        'created=1618884473;keyid="test-key-ed25519"'
    ).values()
    key = key_of(HttpKey("test-key-ed25519", "ed25519", public_key=str(pem)))
    assert key.verifies is not None
    made = b64decode(
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    )
    assert key.verifies(made, base_of(RFC_REQUEST, said))
    assert not key.verifies(made[::-1], base_of(RFC_REQUEST, said))


PAIRS: dict[Any, Callable[[], Any]] = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ecdsa-p256-sha256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "rsa-pss-sha512": lambda: rsa.generate_private_key(65537, 2048),
    "rsa-v1_5-sha256": lambda: rsa.generate_private_key(65537, 2048),
}


def pair(folder: Path, algorithm: Any) -> tuple[HttpSignature, HttpSignature]:
    """Theirs, which signs, and ours, which verifies."""
    key = PAIRS[algorithm]()
    private, public = folder / "private.pem", folder / "public.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    shown = serialization.PublicFormat.SubjectPublicKeyInfo
    public.write_bytes(key.public_key().public_bytes(pem, shown))
    theirs = HttpSignature((HttpKey("k", algorithm, private_key=str(private)),))
    return theirs, HttpSignature((HttpKey("k", algorithm, public_key=str(public)),))


@pytest.mark.parametrize("algorithm", PAIRS)
def test_what_one_key_signs_only_its_pair_proves(tmp_path: Path, algorithm: Any) -> None:
    theirs, ours = pair(tmp_path, algorithm)
    post = signed(theirs)
    signer_of(ours).verify(post, NOW, 300)
    (tmp_path / "other").mkdir()
    _, other = pair(tmp_path / "other", algorithm)
    with pytest.raises(CredentialsError, match="does not fit"):
        signer_of(other).verify(post, NOW, 300)
    with pytest.raises(CredentialsError, match="no private part"):
        signed(ours)


def test_a_file_with_another_kind_of_key_is_said(tmp_path: Path) -> None:
    pair(tmp_path, "ed25519")
    for algorithm in ("rsa-pss-sha512", "ecdsa-p256-sha256"):
        told = HttpKey("k", algorithm, public_key=str(tmp_path / "public.pem"))
        with pytest.raises(SettingsError, match=algorithm):
            signer_of(HttpSignature((told,)))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"method": "PUT"}, "does not fit"),
        ({"target": "/in/erp/events"}, "does not fit"),
        ({"body": b'{"id":"2"}'}, "does not have the sha-256"),
    ],
)
def test_a_post_that_was_changed_or_sent_elsewhere_is_refused(
    changed: dict[str, Any], says: str
) -> None:
    with pytest.raises(CredentialsError, match=says):
        signer_of(HTTP).verify(msgspec.structs.replace(signed(HTTP), **changed), NOW, 300)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ('andon=("@method");created={now};keyid="k"', "does not cover @path, content-digest"),
        ('andon=("@method" "@path" "content-digest");keyid="k"', "does not say in seconds"),
        ('andon=("@method" "@path" "content-digest");created={now};keyid="x"', "do not know"),
        ('andon=("@method" "@path" "content-digest");created={now};expires=1;keyid="k"', "expired"),
        (
            'andon=("@method" "@path" "content-digest");created={now};keyid="k";alg="ed25519"',
            "says another",
        ),
        ('andon=("@method" "@path" "content-digest" "x-none");created={now};keyid="k"', "x-none"),
        ('andon=("@method" "@path" "content-digest" "@status");created={now};keyid="k"', "@status"),
        (
            'andon=("@method" "@path" "content-digest" "@path");created={now};keyid="k"',
            "twice",
        ),
        ('andon=("@method" "@path" "content-digest";sf);created={now};keyid="k"', "content-digest"),
        ("andon=(", "cannot be read"),
    ],
)
def test_a_signature_that_proves_too_little_is_refused(written: str, says: str) -> None:
    post = signed(HTTP)
    headers = {**post.headers, "signature-input": written.replace("{now}", str(int(NOW)))}
    with pytest.raises(CredentialsError, match=says):
        signer_of(HTTP).verify(msgspec.structs.replace(post, headers=headers), NOW, 300)


def test_one_good_signature_among_others_is_enough() -> None:
    post = signed(HTTP)
    headers = {
        **post.headers,
        "signature-input": f'proxy=("@method");created=1, {post.headers["signature-input"]}',
        "signature": f"proxy=:AAAA:, {post.headers['signature']}",
    }
    signer_of(HTTP).verify(msgspec.structs.replace(post, headers=headers), NOW, 300)


@given(text=st.text(max_size=80) | st.from_regex(r'[a-z]=\("[a-z]*"\);[a-z]=.{0,10}'))
def test_any_text_is_a_dictionary_or_an_error_in_words(text: str) -> None:
    with contextlib.suppress(ValueError):
        members(text)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"verify": {"kind": "hmac", "secrets": []}}, "secrets is empty"),
        ({"verify": {"kind": "hmac", "secrets": ["s"], "signed": "x"}}, "must end with {body}"),
        ({"verify": {"kind": "hmac", "secrets": ["s"], "timestamp_header": "t"}}, "go together"),
        ({"verify": {"kind": "standard", "secrets": ["§"]}}, "whsec_"),
        ({"verify": {"kind": "http", "keys": []}}, "keys is empty"),
        ({"verify": {"kind": "http", "keys": [{"id": "k", "algorithm": "ed25519"}]}}, "public_key"),
        ({"key_header": "x-github-delivery"}, "another key"),
        ({"url": "http://a:b@c"}, "password"),
        ({"path": "events"}, "begin with /"),
    ],
)
def test_a_mistake_in_the_settings_is_named(table: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError) as raised:
        settings_of(Webhook, table)
    assert any(says in fault.says for fault in raised.value.faults), raised.value.faults
