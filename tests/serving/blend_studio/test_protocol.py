"""Whatever arrives at the studio's socket is a message, or is refused in words."""

from __future__ import annotations

import io
import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ops.errors import UsageError
from serving.blend_studio.pictures import mask_of
from serving.blend_studio.protocol import Edit, Mask, Ping, Stop, framed, read_binary, read_text


@given(st.text(max_size=200) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_a_text_is_read_or_refused(text: str):
    try:
        assert isinstance(read_text(text), Edit | Stop | Ping)
    except UsageError as error:
        assert error.fix


@given(st.binary(max_size=300))
def test_bytes_are_a_mask_or_refused(data: bytes):
    with pytest.raises(UsageError):
        read_binary(data)


@pytest.mark.parametrize(
    "told",
    [
        {"type": "edit", "edit": 0, "recipe": {}},
        {"type": "edit", "edit": 1, "recipe": {}, "size": 4096},
        {"type": "edit", "edit": 1, "recipe": []},
        {"type": "edit", "edit": 1, "recipe": {}, "who": "me"},
        {"type": "shout"},
    ],
)
def test_a_message_that_is_no_message_is_refused(told: dict[str, object]):
    with pytest.raises(UsageError, match="cannot be read"):
        read_text(json.dumps(told))


def test_a_mask_arrives_as_it_was_sent():
    name, data = read_binary(framed(Mask(name="mask-1a-2"), png(31, 17, 200)))
    mask = mask_of(data, name.name)
    assert (name.name, mask.shape, int(mask.min()), int(mask.max())) == ("mask-1a-2", (17, 31), 200, 200)


@pytest.mark.parametrize(("width", "height"), [(1025, 4), (60_000, 60_000)])
def test_a_mask_that_would_fill_the_memory_is_refused_before_it_is_decoded(width: int, height: int):
    data = bytearray(png(4, 4, 0))
    struct.pack_into(">II", data, 16, width, height)
    with pytest.raises(UsageError, match="pixels"):
        read_binary(framed(Mask(name="mask-1"), bytes(data)))


def test_a_masks_name_is_no_path():
    header = json.dumps({"type": "mask", "name": "../../etc/passwd"}).encode()
    with pytest.raises(UsageError, match="no mask"):
        read_binary(struct.pack("<I", len(header)) + header + png(4, 4, 0))


def png(width: int, height: int, grey: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (width, height), grey).save(file, "PNG")
    return file.getvalue()
