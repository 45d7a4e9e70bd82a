"""What page and server say to each other over the studio's socket.

Text messages are JSON. Binary ones, either way, are a JSON header and bytes behind it: the header's length (4 bytes,
little-endian), the header, and a picture: PNG from the page (a painted mask), JPEG to it (a preview).

Every edit has a number that only grows. Whatever is said of a picture carries the number of the edit that it answers,
so that both sides drop what a newer edit has made stale.
"""

from __future__ import annotations

import struct
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ops.errors import UsageError

__all__ = [
    "LONGEST_MESSAGE",
    "LONGEST_PICTURE",
    "About",
    "Edit",
    "Fault",
    "Mask",
    "Phase",
    "Ping",
    "Pong",
    "PreviewHeader",
    "Stop",
    "Welcome",
    "framed",
    "read_binary",
    "read_text",
]

LONGEST_MESSAGE = 1 << 20
"""Bytes of a message: a mask of 1024 x 1024 with soft edges is some 300 kB as PNG."""

LONGEST_PICTURE = 1024
"""Pixels of a mask's longer side, and of the pictures that the studio works on."""

_SIZES = (96, 512)
"""The least and greatest longer side of a neural preview, in pixels; the full size is an order's matter."""

_LONGEST_HEADER = 4096
_PNG = b"\x89PNG\r\n\x1a\n"


class Phase(StrEnum):
    """How a preview was made."""

    INSTANT = "instant"
    NEURAL = "neural"


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Number = Annotated[int, Field(ge=1, le=2**31)]
_MaskName = Annotated[str, Field(pattern="^mask-[0-9a-z-]{1,40}$")]


class Edit(_Message):
    """The recipe as it stands now; everything that was under way for an older one ends."""

    type: Literal["edit"] = "edit"
    edit: _Number
    recipe: dict[str, Any] = Field(description="As of `ops.blend.model`; masks by the names that they were sent under.")
    size: Annotated[int, Field(ge=_SIZES[0], le=_SIZES[1])] = 256


class Stop(_Message):
    """End what is under way; the last picture stays."""

    type: Literal["stop"] = "stop"
    edit: _Number


class Ping(_Message):
    """Asks whether the server is there: a browser cannot see the socket's own pings."""

    type: Literal["ping"] = "ping"


class Mask(_Message):
    """Goes before a PNG of a painted mask: 8 bits a pixel, white where the source shows."""

    type: Literal["mask"] = "mask"
    name: _MaskName


class Welcome(_Message):
    """The first word of the server."""

    type: Literal["welcome"] = "welcome"
    sizes: tuple[int, int] = _SIZES
    longest: int = LONGEST_PICTURE


class About(_Message):
    """The layers of the engine's network, and the weights that it takes where a recipe has none."""

    type: Literal["about"] = "about"
    layers: tuple[str, ...]
    style_layers: dict[str, float]
    content_layers: dict[str, float]


class Pong(_Message):
    """I am here."""

    type: Literal["pong"] = "pong"


class PreviewHeader(_Message):
    """Goes before a JPEG.

    Attributes:
        edit: The edit that it answers.
        phase: How it was made.
        width: In pixels.
        height: In pixels.
        iteration: Steps that were taken, over all sizes.
        of: Steps that will be taken at most.
        loss: Where the optimiser stands; None for an instant preview.
        done: Whether it is the last picture of its edit.
    """

    type: Literal["preview"] = "preview"
    edit: int
    phase: Phase
    width: int
    height: int
    iteration: int = 0
    of: int = 0
    loss: float | None = None
    done: bool = False


class Fault(_Message):
    """What went wrong with an edit (or, where `edit` is None, with the session), and what to do."""

    type: Literal["fault"] = "fault"
    edit: int | None
    what: str
    fix: str = ""


_TEXTS: TypeAdapter[Edit | Stop | Ping] = TypeAdapter(Annotated[Edit | Stop | Ping, Field(discriminator="type")])


def read_text(text: str) -> Edit | Stop | Ping:
    """A text message of the page.

    Raises:
        UsageError: It is none of the messages.
    """
    try:
        return _TEXTS.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(each) for each in first["loc"])
        raise UsageError(f"cannot be read: {first['msg']}", where=place or "message", fix="Reload the page.") from None


def read_binary(data: bytes) -> tuple[Mask, bytes]:
    """A mask of the page: its name, and its PNG, whose size and kind are checked before anything decodes it.

    Raises:
        UsageError: It is no mask.
    """
    header, body = _unframed(data)
    try:
        mask = Mask.model_validate_json(header)
    except ValidationError:
        raise UsageError("is no mask", where="message", fix="Reload the page.") from None
    _check_png(body, mask.name)
    return mask, body


def framed(header: BaseModel, body: bytes) -> bytes:
    """A binary message."""
    told = header.model_dump_json().encode()
    return struct.pack("<I", len(told)) + told + body


def _unframed(data: bytes) -> tuple[bytes, bytes]:
    if len(data) >= 4:
        (length,) = struct.unpack_from("<I", data)
        if length <= min(_LONGEST_HEADER, len(data) - 4):
            return data[4 : 4 + length], data[4 + length :]
    raise UsageError("has no header", where="message", fix="Reload the page.")


def _check_png(body: bytes, name: str) -> None:
    if len(body) < 33 or not body.startswith(_PNG) or body[12:16] != b"IHDR":
        raise UsageError("is no PNG", where=name, fix="Paint it anew.")
    width, height, depth = struct.unpack_from(">IIB", body, 16)
    if not (1 <= width <= LONGEST_PICTURE and 1 <= height <= LONGEST_PICTURE and depth == 8):
        raise UsageError(
            f"has {width} × {height} pixels of {depth} bits",
            where=name,
            fix=f"A mask has 8 bits and {LONGEST_PICTURE} × {LONGEST_PICTURE} pixels at most.",
        )
