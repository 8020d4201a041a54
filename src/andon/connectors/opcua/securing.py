"""How a session is secured: which endpoint, whose certificates, who we say we are."""

__all__ = ["enter", "refusal", "secure"]

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509

from andon.connectors.opcua.library import Client, policies, status, ua
from andon.connectors.opcua.settings import OpcUaSettings
from andon.connectors.opcua.trust import describe, doubt, first_of, private_key, read_certificate
from andon.core.errors import (
    AndonError,
    CredentialsError,
    Fault,
    SettingsError,
    UnavailableError,
)

_POLICIES = {
    "Basic256Sha256": policies.SecurityPolicyBasic256Sha256,
    "Aes128_Sha256_RsaOaep": policies.SecurityPolicyAes128Sha256RsaOaep,
    "Aes256_Sha256_RsaPss": policies.SecurityPolicyAes256Sha256RsaPss,
}
_NOT_US = (
    "BadUserAccessDenied", "BadIdentityTokenRejected", "BadIdentityTokenInvalid",
    "BadUserSignatureInvalid", "BadIdentityChangeNotSupported",
)  # fmt: skip
_NOT_OURS = ("BadSecurityChecksFailed", "BadCertificate", "BadNoMatch", "BadSecurityPolicyRejected")


async def secure(client: Any, name: str, settings: OpcUaSettings) -> None:
    """Chooses the endpoint, trusts its certificate or does not, and shows ours."""
    if settings.security == "None":
        return
    ours, key, trusted = _papers(name, settings)
    names = ours.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    (client.application_uri, *_) = names.get_values_for_type(x509.UniformResourceIdentifier)
    endpoint = await _endpoint(name, settings)
    try:
        theirs = first_of(endpoint.ServerCertificate or b"")
    except ValueError as error:
        fault = Fault("security", "the server shows no certificate that can be read")
        raise SettingsError(f"{name} cannot be trusted", [fault]) from error
    host = urlsplit(settings.url).hostname or ""
    uri = endpoint.Server.ApplicationUri
    why = doubt(theirs, trusted, uri=uri, host=host, now=datetime.now(UTC))
    if why is not None:
        raise SettingsError(
            f"{name} is not trusted: its certificate {why}.\n  {describe(theirs)}",
            [
                Fault(
                    "trusted",
                    "compare the fingerprint with the one the controller shows; if it is the same,"
                    f" `python -m andon.connectors.opcua trust {settings.url} FILE` and name FILE",
                )
            ],
        )
    mode = getattr(ua.MessageSecurityMode, settings.security)
    policy = _POLICIES[settings.policy](theirs, ours, key, mode)
    client.security_policy = policy
    client.uaclient.set_security(policy)


def _papers(
    name: str, settings: OpcUaSettings
) -> tuple[x509.Certificate, Any, list[x509.Certificate]]:
    faults: list[Fault] = []
    certificates: list[x509.Certificate] = []
    files = [("certificate", settings.certificate or "")]
    files += [(f"trusted.{n}", path) for n, path in enumerate(settings.trusted)]
    for at, path in files:
        try:
            certificates.append(read_certificate(path))
        except ValueError as error:
            faults.append(Fault(at, str(error)))
    key: Any = None
    try:
        key = private_key(settings.key.reveal() if settings.key else "")
    except ValueError as error:
        faults.append(Fault("key", str(error)))
    if not faults:
        faults += _own_faults(certificates[0], key)
    if faults:
        raise SettingsError(f"{name} cannot be opened", faults)
    return certificates[0], key, certificates[1:]


def _own_faults(ours: x509.Certificate, key: Any) -> list[Fault]:
    faults: list[Fault] = []
    if ours.public_key() != key.public_key():
        faults.append(Fault("key", "is not the key of this certificate"))
    if ours.not_valid_after_utc < datetime.now(UTC):
        faults.append(
            Fault(
                "certificate",
                f"ended on {ours.not_valid_after_utc:%Y-%m-%d}; make a new one and have the server"
                " trust it",
            )
        )
    try:
        names = ours.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        named = bool(names.get_values_for_type(x509.UniformResourceIdentifier))
    except x509.ExtensionNotFound:
        named = False
    if not named:
        faults.append(Fault("certificate", "names no application (a URI as alternative name)"))
    return faults


async def _endpoint(name: str, settings: OpcUaSettings) -> Any:
    bare = Client(settings.url, timeout=settings.timeout.total_seconds())
    offered = await bare.connect_and_get_server_endpoints()
    uri = _POLICIES[settings.policy].URI
    for one in offered:
        if one.SecurityMode.name == settings.security and one.SecurityPolicyUri == uri:
            return one
    known = {
        f"{one.SecurityMode.name.rstrip('_')} with {one.SecurityPolicyUri.rpartition('#')[2]}"
        for one in offered
    }
    raise SettingsError(
        f"{name} cannot be opened",
        [Fault("security", f"the server offers only {', '.join(sorted(known))}")],
    )


async def enter(client: Any, name: str, settings: OpcUaSettings) -> None:
    """Says who we are, in the open session."""
    if settings.user_certificate is None:
        if settings.username is not None:
            _mind_the_password(client, name, settings)
        password = settings.password.reveal() if settings.password else None
        await client.activate_session(username=settings.username, password=password)
        return
    try:
        certificate = read_certificate(settings.user_certificate)
        key = private_key(settings.user_key.reveal() if settings.user_key else "")
    except ValueError as error:
        faults = [Fault("user_certificate", str(error))]
        raise SettingsError(f"{name} cannot be opened", faults) from error
    client.user_private_key = key
    await client.activate_session(certificate=certificate)


def _mind_the_password(client: Any, name: str, settings: OpcUaSettings) -> None:
    token = client.server_policy(ua.UserTokenType.UserName)
    sealed = token.SecurityPolicyUri not in (None, "", policies.SecurityPolicyNone.URI)
    if not sealed and settings.security != "SignAndEncrypt" and not settings.readable_password:
        raise SettingsError(
            f"{name} would send its password readable. Nothing was sent",
            [Fault("security", "SignAndEncrypt, or readable_password = true on a safe wire")],
        )


def refusal(error: Any, name: str, settings: OpcUaSettings) -> AndonError:
    """What a server's No on the way in means."""
    code = status(error.code)
    if code in _NOT_US:
        who = settings.username or settings.user_certificate or "anyone without a name"
        return CredentialsError(f"{name} does not accept {who}: {code}.")
    if code.startswith(_NOT_OURS):
        return CredentialsError(
            f"{name} does not accept our certificate: {code}. At the server, move it from the"
            " rejected to the trusted ones; look at its clock and at ours."
        )
    return UnavailableError(f"{name} lets nobody in now: {code}.", reached=True)
