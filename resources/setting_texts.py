"""What the text of a setting may be: places, addresses, networks, shapes, languages.

Each function checks a text and gives it back, in its plain form where it has one; pydantic tells the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from ops.languages.table import by_tag
from ops.thumbnails.aspect import Aspect

__all__ = [
    "S3Location",
    "aspects",
    "languages_wanted",
    "listed",
    "networks",
    "parse_place",
    "place",
    "postgres_url",
    "secret_web_address",
    "spoken_language",
    "web_address",
]


@dataclass(frozen=True)
class S3Location:
    """A place in an S3 bucket; `prefix` has no slash at either end and may be empty."""

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")


def place(text: str) -> str:
    """Checks "a folder's path or s3://bucket/prefix" and leaves it as it was."""
    parse_place(text)
    return text


def parse_place(text: str) -> Path | S3Location:
    """The folder or the place in S3 that a text names."""
    if not text.strip():
        raise ValueError("is empty; give a folder's path or s3://bucket/prefix")
    if "://" not in text:
        return Path(text).expanduser().absolute()
    scheme, _, rest = text.partition("://")
    if scheme.lower() != "s3":
        raise ValueError(f"{scheme}:// is not supported; give a folder's path or s3://bucket/prefix")
    bucket, _, prefix = rest.partition("/")
    parts = [part for part in prefix.split("/") if part]
    if not bucket or any(part in (".", "..") for part in parts):
        raise ValueError("is not of the form s3://bucket/prefix")
    return S3Location(bucket, "/".join(parts))


def postgres_url(secret: SecretStr) -> SecretStr:
    """Checks a PostgreSQL address and gives it in psycopg's form."""
    url = secret.get_secret_value().strip()
    scheme, separator, rest = url.partition("://")
    # SQLAlchemy's "postgresql+psycopg2://" is what many a secret holds already; psycopg wants the plain
    # scheme.
    dialect = scheme.partition("+")[0]
    if not separator or dialect not in ("postgresql", "postgres"):
        raise ValueError("is not a PostgreSQL address; give postgresql://user:password@host:5432/database")
    if not rest or (not urlsplit(f"postgresql://{rest}").path.strip("/") and "dbname=" not in rest):
        raise ValueError("names no database; give postgresql://user:password@host:5432/database")
    return SecretStr(f"postgresql://{rest}")


def web_address(address: str) -> str:
    """Checks "https://…" and leaves it as it was."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("is not a web address; give https://…")
    return address


def secret_web_address(secret: SecretStr) -> SecretStr:
    """The same of a secret."""
    web_address(secret.get_secret_value())
    return secret


def networks(text: str) -> str:
    """Checks "10.0.0.0/8, 192.0.2.7" and gives it without blanks."""
    parts = [part.strip() for part in text.split(",")]
    for part in parts:
        try:
            ip_network(part)
        except ValueError:
            raise ValueError(
                f"{part!r} is no address or network; give IPs or CIDRs with commas: 10.0.0.0/8,192.0.2.7"
            ) from None
    return ",".join(parts)


def aspects(text: str) -> str:
    """Checks "16x9,2x3", or "none", and leaves it as it was."""
    unknown = [each for each in listed(text) if each not in set(Aspect)]
    if unknown:
        raise ValueError(f"{unknown[0]} is no shape; give some of {', '.join(Aspect)}, or none")
    return text


def spoken_language(text: str) -> str:
    """Checks "eng_Latn" or "en" and gives the code."""
    found = by_tag(text)
    if found is None:
        raise ValueError(f"{text!r} is no language of the house; give a code such as eng_Latn, or a tag such as en")
    return found.code


def languages_wanted(text: str) -> str:
    """Checks "fra_Latn,de", "top", "all" or "none", and gives codes."""
    if text.strip().lower() in ("top", "all", "none"):
        return text.strip().lower()
    return ",".join(dict.fromkeys(spoken_language(each) for each in text.split(",")))


def listed(text: str) -> list[str]:
    """The parts between commas; none for "none"."""
    return [] if text.strip().lower() == "none" else [each.strip() for each in text.split(",")]
