"""The cut sheet: a trailer at a glance, as an editor checks it. Pictures, parts, sound against beats, and the story.

Lanes share one time line: what is seen, to which part it belongs, how it is joined; the sound's waveform with the
music's beats and the lines that are spoken; where in the film each shot comes from; and the lengths of the shots.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Card, Clip, JoinKind, Part
from ops.trailer.soundtrack import SoundRole

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont


__all__ = ["draw_cut_sheet", "event_pictures", "table_of"]

_WIDTH, _SIDE = 1600, 24
_HEAD, _STRIP, _PARTS, _WAVE, _STORY, _FOOT = 40, 150, 26, 150, 120, 34
_GAP = 10
_GROUND, _PANEL, _INK, _FAINT = (20, 22, 29), (27, 30, 40), (232, 234, 240), (120, 126, 146)
_BEAT, _BAR, _SPEECH, _SOUND = (70, 76, 96), (140, 148, 176), (242, 165, 65), (79, 179, 191)
_COLOURS: Mapping[Part, tuple[int, int, int]] = {
    Part.HOOK: (199, 166, 255),
    Part.SETUP: (79, 179, 191),
    Part.RISE: (242, 165, 65),
    Part.CLIMAX: (240, 90, 90),
    Part.BUTTON: (141, 147, 166),
}


def event_pictures(trailer: Path, edl: EditDecisionList, *, height: int = _STRIP) -> list[np.ndarray]:
    """The frame in the middle of each event of a rendered trailer: (height, W, 3) uint8 RGB.

    Raises:
        MediaError: The file cannot be read, or is shorter than its edit.
    """
    from ops.media.frames import read_frames

    middles = [start + event.frames // 2 for start, event in zip(edl.starts, edl.events, strict=True)]
    width = max(2, round(height * edl.size[0] / edl.size[1]))
    half = Fraction(1, 2)  # of a frame: sought by itself, so that the frames between are not all read
    spans = [(float((middle - half) / edl.rate), float((middle + half) / edl.rate)) for middle in middles]
    return [
        frame.rgb
        for start_s, end_s in spans
        for frame in read_frames(trailer, size=(width, height), start_s=start_s, end_s=end_s)
    ]


def draw_cut_sheet(edl: EditDecisionList, pictures: Sequence[np.ndarray], sound: np.ndarray) -> bytes:
    """Draw the sheet.

    Args:
        edl: The trailer.
        pictures: One an event.
        sound: (N, 2) float32, what is heard, from the first frame to the last.

    Returns:
        A PNG, 1600 pixels wide; the same trailer gives the same bytes.
    """
    from PIL import Image, ImageDraw, ImageFont

    height = _HEAD + _STRIP + _PARTS + _WAVE + _STORY + _FOOT + 4 * _GAP
    canvas = Image.new("RGB", (_WIDTH, height), _GROUND)
    lanes = _Lanes(ImageDraw.Draw(canvas), edl, ImageFont.load_default(size=11))
    lanes.draw.text((_SIDE, 12), _headline(edl), fill=_INK, font=ImageFont.load_default(size=16))
    top = _HEAD
    for start, event, picture in zip(edl.starts, edl.events, pictures, strict=True):
        left, right = round(lanes.x_of(start)), round(lanes.x_of(start + event.frames))
        canvas.paste(_filled(picture, right - left - 1, _STRIP), (left, top))
    lanes.joins(top)
    lanes.parts(top + _STRIP + _GAP)
    lanes.sound(top + _STRIP + _PARTS + 2 * _GAP, sound)
    lanes.story(top + _STRIP + _PARTS + _WAVE + 3 * _GAP)
    lanes.seconds(height - _FOOT)
    out = io.BytesIO()
    canvas.save(out, "PNG", optimize=True)
    return out.getvalue()


@dataclass(frozen=True)
class _Lanes:
    """The lanes under one time line."""

    draw: ImageDraw
    edl: EditDecisionList
    font: FreeTypeFont | ImageFont

    def x_of(self, frame: float) -> float:
        """Where a frame of the trailer lies."""
        return _SIDE + (_WIDTH - 2 * _SIDE) * frame / self.edl.frames

    def joins(self, top: int) -> None:
        for start, join in zip(self.edl.starts[1:], self.edl.joins, strict=True):
            if join.kind is not JoinKind.CUT:
                box = [self.x_of(start - join.before), top - 6, self.x_of(start + join.after), top - 2]
                self.draw.rectangle(box, fill=_SPEECH if join.kind is JoinKind.DISSOLVE else _INK)

    def parts(self, top: int) -> None:
        for part in Part:
            spans = [
                (start, start + event.frames)
                for start, event in zip(self.edl.starts, self.edl.events, strict=True)
                if event.part is part
            ]
            if spans:
                left, right = self.x_of(spans[0][0]), self.x_of(spans[-1][1])
                self.draw.rectangle([left, top, right - 2, top + _PARTS], fill=_COLOURS[part])
                if right - left > 50:
                    self.draw.text((left + 6, top + 6), str(part), fill=_GROUND, font=self.font)

    def sound(self, top: int, samples: np.ndarray) -> None:
        self.draw.rectangle([_SIDE, top, _WIDTH - _SIDE, top + _WAVE], fill=_PANEL)
        if self.edl.bed is not None:
            bars = set(self.edl.bed.downbeats_s)
            for beat_s in self.edl.bed.beats_s:
                x = self.x_of(beat_s * float(self.edl.rate))
                self.draw.line([x, top, x, top + _WAVE], fill=_BAR if beat_s in bars else _BEAT)
        edges = np.linspace(0, len(samples), _WIDTH - 2 * _SIDE + 1).astype(int)
        mono, middle, reach = samples.mean(axis=1), top + _WAVE / 2, _WAVE / 2 - 16
        for column, (first, last) in enumerate(pairwise(edges.tolist())):
            if first < last:
                high, low = float(mono[first:last].max()), float(mono[first:last].min())
                x = _SIDE + column
                self.draw.line([x, middle - high * reach, x, middle - low * reach], fill=_SOUND)
        for start in self.edl.starts[1:]:
            self.draw.line([self.x_of(start), top, self.x_of(start), top + 12], fill=_INK)
        for each in self.edl.sounds:
            if each.role is SoundRole.DIALOGUE:
                left, right = self.x_of(each.at), self.x_of(each.at + each.frames)
                self.draw.rectangle([left, top + _WAVE - 15, right, top + _WAVE], fill=_SPEECH)
                words = self._fitting(each.words, right - left - 6)
                self.draw.text((left + 3, top + _WAVE - 13), words, fill=_GROUND, font=self.font)

    def story(self, top: int) -> None:
        self.draw.rectangle([_SIDE, top, _WIDTH - _SIDE, top + _STORY], fill=_PANEL)
        for at, clip in self.edl.clips():
            place = (clip.start + clip.end) / 2 / self.edl.film.frames
            y = top + _STORY - 4 - place * (_STORY - 8)
            box = [self.x_of(at), y - 3, self.x_of(at + clip.frames) - 2, y + 3]
            self.draw.rectangle(box, fill=_COLOURS[clip.part])
        right = _WIDTH - _SIDE - 6  # over the card, where no shot is
        self.draw.text((right, top + 4), "end of the film", fill=_FAINT, font=self.font, anchor="ra")
        self.draw.text((right, top + _STORY - 16), "its beginning", fill=_FAINT, font=self.font, anchor="ra")

    def seconds(self, top: int) -> None:
        step = max(1, round(self.edl.seconds / 15))
        for second in range(0, int(self.edl.seconds) + 1, step):
            x = self.x_of(second * float(self.edl.rate))
            self.draw.text((x, top), f"{second} s", fill=_FAINT, font=self.font, anchor="ma")

    def _fitting(self, words: str, width: float) -> str:
        while words and self.draw.textlength(words, font=self.font) > width:
            words = words[:-2].rstrip() + "…" if len(words) > 2 else ""
        return words


def _headline(edl: EditDecisionList) -> str:
    lengths = np.array([clip.frames for _, clip in edl.clips()]) / float(edl.rate)
    kinds = [str(join.kind) for join in edl.joins if join.kind is not JoinKind.CUT]
    joined = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    tempo = f" at {edl.bed.tempo_bpm:.0f} BPM" if edl.bed and edl.bed.tempo_bpm else ""
    music = f"{edl.bed.kind} music{tempo}" if edl.bed else "no music"
    return (
        f"{edl.cut}: {edl.seconds:.2f} s, {len(lengths)} shots of {lengths.mean():.2f} s (spread "
        f"{lengths.std() / lengths.mean():.2f}), {music}, {edl.target_lufs:g} LUFS" + (f"; {joined}" if joined else "")
    )


def _filled(picture: np.ndarray, width: int, height: int) -> Image:
    """A picture cropped about its middle to fill a box."""
    from PIL import Image

    shown = Image.fromarray(picture)
    width = max(1, width)
    if shown.width < width:
        shown = shown.resize((width, round(shown.height * width / shown.width)))
    left, up = (shown.width - width) // 2, (shown.height - height) // 2
    return shown.crop((left, up, left + width, up + height))


def table_of(edl: EditDecisionList) -> list[dict[str, object]]:
    """One row an event, for people: when, how long, which shot, from where in the film, and why."""
    rows: list[dict[str, object]] = []
    for start, event in zip(edl.starts, edl.events, strict=True):
        from_film = isinstance(event, Clip)
        rows.append(
            {
                "at": f"{float(start / edl.rate):.2f} s",
                "seconds": round(float(event.frames / edl.rate), 2),
                "part": str(event.part),
                "shows": f"shot {event.shot}" if from_film and event.shot is not None else _shown(event),
                "from": f"{float(event.start / edl.rate):.2f} s" if from_film else "",
                "why": event.reason,
            }
        )
    return rows


def _shown(event: Clip | Card) -> str:
    return "a person's choice" if isinstance(event, Clip) else " / ".join(event.lines) or "black"
