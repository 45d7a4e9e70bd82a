"""A title's name and the id made of it.

The name is what people call the work (a master's file name without its ending); the id is what folders,
partitions and addresses carry. One name has one id for ever; that two names never share one is the
catalogue's business.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from pathlib import PurePath

from ops.errors import UsageError

__all__ = ["clean_name", "name_of_file", "slug"]

_LONGEST = 56  # with the catalogue's "-2", "-3" … still a Kubernetes label (63)
# Latin letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i"}
)


def name_of_file(path: PurePath | str) -> str:
    """The title's name that a master's file name tells: "Big Buck Bunny.mp4" → "Big Buck Bunny"."""
    pure = PurePath(path)
    return clean_name(pure.stem or pure.name)


def clean_name(name: str) -> str:
    """The name in Unicode's composed form (NFC), without control characters, white space single.

    Bytes that were no valid text (surrogates, from a file system) become U+FFFD and a hash, so that two such
    names stay two.

    Raises:
        UsageError: Nothing is left.
    """
    raw = name.encode("utf-8", "surrogateescape" if _is_escaped(name) else "surrogatepass")
    text = raw.decode("utf-8", "replace")
    if text != name:
        text = f"{text} {sha256(raw).hexdigest()[:8]}"
    text = "".join(" " if character.isspace() else character for character in unicodedata.normalize("NFC", text))
    text = "".join(character for character in text if unicodedata.category(character) != "Cc")
    text = " ".join(text.split())
    if not text:
        raise UsageError("the title has no name", where=repr(name), fix="Name the file, or give the title a name.")
    return text


def slug(name: str) -> str:
    """A name as [a-z0-9-]: "Amélie (2001)" → "amelie-2001"; with a hash where letters were lost: "東京" →
    "t-…".

    The same name gives the same slug everywhere; different names may give the same one.
    """
    folded = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS).lower())
    folded = "".join(each for each in folded if not unicodedata.combining(each)).translate(_LETTERS)
    words = re.findall("[a-z0-9]+", folded)
    lost = any(each.isalnum() and not each.isascii() for each in folded)
    short = "-".join(words)
    if not lost and 0 < len(short) <= _LONGEST:
        return short
    mark = sha256(name.encode()).hexdigest()[:8]
    head = short[: _LONGEST - len(mark) - 1].strip("-") or "t"
    return f"{head}-{mark}"


def _is_escaped(name: str) -> bool:
    return all(not "\ud800" <= each <= "\udfff" or "\udc80" <= each <= "\udcff" for each in name)
