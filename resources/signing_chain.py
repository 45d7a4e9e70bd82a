"""The certificate chain and key that sign content credentials: the operator's, or one that this house makes itself.

C2PA wants a leaf with a P-256 key for ES256, for digital signatures and an extended use that its trust list knows, and
never a self-signed leaf (C2PA Technical Specification 2.2, section 14.5). A self-made chain obeys all of it and is
trusted by nobody: validators say `signingCredential.untrusted`.
"""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ops.errors import SettingsError
from resources.file_lock import locked

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate

__all__ = ["SigningChain", "read_chain", "self_made_chain"]

_CERTIFICATE, _KEY = "SHOWRUNNER_C2PA_CERTIFICATE", "SHOWRUNNER_C2PA_KEY"
_PEM = "-----BEGIN"
_YEARS = 10
_USES = ("1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.62558.2.1")
"""Extended key usages of which C2PA wants one: e-mail protection, document signing, C2PA claim signing."""


@dataclass(frozen=True)
class SigningChain:
    """Certificates, leaf first, and the leaf's key, as PEM; the key is in no text form of this."""

    certificates: str
    key: str = field(repr=False)
    subject: str
    self_made: bool


def read_chain(certificate: Path, key: str) -> SigningChain:
    """Read and check the operator's chain.

    Args:
        certificate: A PEM file: the leaf, then its issuers.
        key: A PEM file's path, or the PEM itself.

    Raises:
        SettingsError: Either cannot be read, or nothing valid could be signed with them; never tells the key.
    """
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    chain = _certificates(certificate)
    pem = key if key.lstrip().startswith(_PEM) else _key_file(Path(key).expanduser())
    try:
        private = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):  # what the library says might tell of the key
        raise SettingsError("is no PEM key without a password", where=_KEY, fix="Give a PKCS#8 P-256 key.") from None
    _check(chain, private, certificate)
    subject = chain[0].subject.rfc4514_string()
    return SigningChain(certificate.read_text(), pem, subject, self_made=False)


def self_made_chain(folder: Path) -> SigningChain:
    """The chain of this house, made on first use; its key is readable for the owner alone.

    Raises:
        SettingsError: The folder cannot be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(folder / "lock"):
            certificate, key = folder / "chain.pem", folder / "key.pem"
            if not (certificate.exists() and key.exists()) or _has_ended(_certificates(certificate)[0]):
                _make(certificate, key)
            chain = read_chain(certificate, str(key))
    except OSError as error:
        raise SettingsError(
            f"credentials cannot be kept there ({error.strerror})",
            where=folder,
            fix=f"Mend its permissions, or set {_CERTIFICATE} and {_KEY}.",
        ) from error
    return SigningChain(chain.certificates, chain.key, chain.subject, self_made=True)


def _certificates(path: Path) -> list[Certificate]:
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return load_pem_x509_certificates(path.expanduser().read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"the certificates cannot be read ({error})", where=f"{_CERTIFICATE} {path}", fix="Give a PEM file."
        ) from None


def _key_file(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError, ValueError):  # the path may be a key that was pasted without its header
        raise SettingsError("is neither a readable file nor PEM", where=_KEY, fix="Give a PEM file's path.") from None


def _check(chain: list[Certificate], private: object, path: Path) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey

    where = f"{_CERTIFICATE} {path}"
    if not isinstance(private, EllipticCurvePrivateKey) or not isinstance(private.curve, SECP256R1):
        raise SettingsError("is no P-256 key, which ES256 needs", where=_KEY, fix="Make one: openssl ecparam -genkey.")
    leaf = chain[0]
    if leaf.public_key() != private.public_key():
        raise SettingsError("the key is not that of the first certificate", where=where, fix="Put the leaf first.")
    if leaf.issuer == leaf.subject:
        raise SettingsError("the leaf signed itself, which C2PA refuses", where=where, fix="Have a CA issue it.")
    if _has_ended(leaf) or leaf.not_valid_before_utc > datetime.now(UTC):
        valid = f"{leaf.not_valid_before_utc:%Y-%m-%d} to {leaf.not_valid_after_utc:%Y-%m-%d}"
        raise SettingsError(f"the certificate is valid from {valid}", where=where, fix="Renew it.")
    if not _has_use(leaf):
        raise SettingsError("the leaf is not for signing claims", where=where, fix=f"It needs one of {_USES}.")
    for issued, issuer in itertools.pairwise(chain):
        try:
            issued.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature):
            told = issuer.subject.rfc4514_string()
            raise SettingsError(f"{told} did not issue the one before it", where=where, fix="Order them.") from None


def _has_use(leaf: Certificate) -> bool:
    from cryptography.x509 import ExtendedKeyUsage, ExtensionNotFound

    try:
        uses = leaf.extensions.get_extension_for_class(ExtendedKeyUsage).value
    except ExtensionNotFound:
        return False
    return any(use.dotted_string in _USES for use in uses)


def _has_ended(certificate: Certificate) -> bool:
    return certificate.not_valid_after_utc <= datetime.now(UTC)


def _make(certificate: Path, key: Path) -> None:
    """Make a root, whose key is forgotten at once, and the leaf that it issued."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    root_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _issue("Showrunner self-made root", root_key, "Showrunner self-made root", root_key, is_root=True)
    leaf = _issue("Showrunner (self-made, untrusted)", leaf_key, "Showrunner self-made root", root_key, is_root=False)
    secret = leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(key, secret, 0o600)
    _write(certificate, leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM), 0o644)


def _issue(
    subject: str, key: EllipticCurvePrivateKey, issuer: str, by: EllipticCurvePrivateKey, *, is_root: bool
) -> Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import NameOID

    def name(common: str) -> x509.Name:
        organization = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Showrunner")  # validators show it as the issuer
        return x509.Name([organization, x509.NameAttribute(NameOID.COMMON_NAME, common)])

    uses = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # clocks differ
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=not is_root, key_cert_sign=is_root, crl_sign=is_root, **uses), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if not is_root:
        usage = x509.ExtendedKeyUsage([x509.ObjectIdentifier(_USES[0])])
        builder = builder.add_extension(usage, critical=False)
    return builder.sign(by, SHA256())


def _write(path: Path, content: bytes, mode: int) -> None:
    half = path.with_suffix(".half")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
