"""Pictures as files: JPEG for front pages, with a line of XMP that says how the picture came about.

The IPTC's digital source type (Photo Metadata Standard 2023.1, NewsCodes `digitalsourcetype`) is what platforms and
newsrooms read to tell a retouched film frame from a montage, and both from a picture that a model made up.
"""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

from PIL import Image

__all__ = ["DigitalSource", "save_picture", "saved_source"]

QUALITY = 90
"""JPEG quality: at 88 and below, type and skies begin to show blocks when a front page compresses them again."""

_CODES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_TYPE = re.compile(rb'DigitalSourceType="' + re.escape(_CODES.encode()) + rb'(\w+)"')


class DigitalSource(StrEnum):
    """How a picture came about, by its IPTC code."""

    ENHANCED = "algorithmicallyEnhanced"
    """One frame of the film, its tones or colours changed, words perhaps laid over."""
    COMPOSITE = "compositeCapture"
    """Several frames, or parts of one that did not stand so: a collage, a cut-out."""
    GENERATED = "trainedAlgorithmicMedia"
    """Made by a trained model from words alone."""
    GENERATED_COMPOSITE = "compositeWithTrainedAlgorithmicMedia"
    """Part a trained model's work and part not: painted over a frame, or with letters set on it."""


def save_picture(picture: Image.Image, path: Path, *, source: DigitalSource) -> None:
    """Write an RGB picture as a progressive JPEG that names its source type; the same pixels give the same bytes."""
    picture.save(
        path,
        "JPEG",
        quality=QUALITY,
        optimize=True,
        progressive=True,
        subsampling=0,
        xmp=_packet(source),
    )


def saved_source(path: Path) -> DigitalSource | None:
    """The source type that a picture file names, or None."""
    with Image.open(path) as opened:
        packet = opened.info.get("xmp", b"")
    found = _TYPE.search(packet)
    return DigitalSource(found[1].decode()) if found else None


def _packet(source: DigitalSource) -> bytes:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        f'Iptc4xmpExt:DigitalSourceType="{_CODES}{source}"/>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()
