"""The DASH manifest (ISO/IEC 23009-1, on-demand profile): the same track files, found through their own indexes."""

from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree

from ops.ladder.encoding import SEGMENT_S
from ops.ladder.model import Ladder
from ops.ladder.track_file import TrackFile

__all__ = ["dash_manifest"]

_NAMESPACE = "urn:mpeg:dash:schema:mpd:2011"
_PROFILE = "urn:mpeg:dash:profile:isoff-on-demand:2011"


def dash_manifest(ladder: Ladder) -> str:
    """One period: a set of pictures whose rungs may be changed at any segment, and a set of sounds."""
    root = ElementTree.Element(
        "MPD",
        {
            "xmlns": _NAMESPACE,
            "profiles": _PROFILE,
            "type": "static",
            "mediaPresentationDuration": _duration(ladder.duration_s),
            "minBufferTime": f"PT{SEGMENT_S}S",
        },
    )
    period = ElementTree.SubElement(root, "Period", {"id": "0", "start": "PT0S"})
    pictures = ElementTree.SubElement(
        period,
        "AdaptationSet",
        {
            "id": "0",
            "contentType": "video",
            "mimeType": "video/mp4",
            "segmentAlignment": "true",
            "subsegmentAlignment": "true",
            "subsegmentStartsWithSAP": "1",
            "startWithSAP": "1",
            "maxWidth": str(max(rung.track.width for rung in ladder.rungs)),
            "maxHeight": str(max(rung.track.height for rung in ladder.rungs)),
            "frameRate": _rate(ladder.rate),
            "par": _ratio(ladder),
        },
    )
    for rung in ladder.rungs:
        size = {"width": str(rung.track.width), "height": str(rung.track.height), "sar": "1:1"}
        _representation(pictures, rung.name, rung.track, rung.peak_rate, size | {"frameRate": _rate(ladder.rate)})
    if ladder.sounds:
        sounds = ElementTree.SubElement(
            period,
            "AdaptationSet",
            {
                "id": "1",
                "contentType": "audio",
                "mimeType": "audio/mp4",
                "lang": "und",
                "segmentAlignment": "true",
                "subsegmentAlignment": "true",
                "subsegmentStartsWithSAP": "1",
                "startWithSAP": "1",
            },
        )
        for sound in ladder.sounds:
            made = _representation(
                sounds,
                f"sound-{sound.name}",
                sound.track,
                sound.peak_rate,
                {"audioSamplingRate": str(sound.track.sample_rate)},
            )
            scheme = "urn:mpeg:dash:23003:3:audio_channel_configuration:2011"
            told = ElementTree.Element(
                "AudioChannelConfiguration", {"schemeIdUri": scheme, "value": str(sound.track.channels)}
            )
            made.insert(0, told)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _representation(
    parent: ElementTree.Element, identity: str, track: TrackFile, rate: int, more: dict[str, str]
) -> ElementTree.Element:
    made = ElementTree.SubElement(
        parent, "Representation", {"id": identity, "codecs": track.codec, "bandwidth": str(rate), **more}
    )
    ElementTree.SubElement(made, "BaseURL").text = track.path.name
    first, size = track.index
    base = ElementTree.SubElement(
        made, "SegmentBase", {"indexRange": f"{first}-{first + size - 1}", "indexRangeExact": "true"}
    )
    ElementTree.SubElement(base, "Initialization", {"range": f"0-{track.header_bytes - 1}"})
    return made


def _rate(rate: Fraction) -> str:
    return str(rate.numerator) if rate.denominator == 1 else f"{rate.numerator}/{rate.denominator}"


def _ratio(ladder: Ladder) -> str:
    shape = Fraction(ladder.rungs[0].track.width, ladder.rungs[0].track.height)
    return f"{shape.numerator}:{shape.denominator}"


def _duration(seconds: float) -> str:
    return f"PT{seconds:.6f}".rstrip("0").rstrip(".") + "S"
