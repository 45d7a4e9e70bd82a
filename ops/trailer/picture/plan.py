"""What it takes to make a piece: its inputs, its filters and the name of what comes out, before anything runs.

The name is a hash of all that decides the picture (the film's bytes, frames, filters, drawings, encoder, FFmpeg), and
of nothing else: the same piece of another trailer, or of this one after a change elsewhere, is found again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from ops.media.ffmpeg import ffmpeg_version
from ops.trailer.cards.card import CardDrawing, card_background
from ops.trailer.cards.words import WordsDrawing
from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Card, Clip, JoinKind
from ops.trailer.picture.encoder import Encoder, video_args
from ops.trailer.picture.framing import frame_picture
from ops.trailer.picture.grade import grade_filters
from ops.trailer.picture.joins import dissolved, exposure, in_a_row
from ops.trailer.picture.pieces import Piece, Stretch
from ops.trailer.picture.source import FilmSource

__all__ = ["Drawing", "FilmInput", "Layer", "Plan", "plan_piece"]

_RECIPE = 1
"""Raised where the same plan would make another picture than before: the code behind whips, for example."""

_TAGS = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"


class Drawing(Protocol):
    """Pictures that are drawn: a card, or words over a clip."""

    def facts(self) -> Mapping[str, Any]:
        """All that decides how it looks, as JSON values."""
        ...

    def frames(self, source: FilmSource) -> Iterator[np.ndarray]:
        """Its pictures, RGB or RGBA."""
        ...


@dataclass(frozen=True)
class FilmInput:
    """Frames of the film.

    Attributes:
        start: The first one.
        end: One past the last.
    """

    start: int
    end: int


@dataclass(frozen=True)
class Layer:
    """One prepared picture.

    Attributes:
        inputs: What FFmpeg opens for it, in order.
        graph: Its filters; "{0}", "{1}" stand for the numbers of its inputs, "{out}" for its label.
        frames: Its length.
    """

    inputs: tuple[FilmInput | Drawing, ...]
    graph: str
    frames: int


@dataclass(frozen=True)
class Plan:
    """One piece, planned.

    Attributes:
        piece: What it is of.
        layers: What is seen, or goes and comes.
        key: Name of the result: hexadecimal SHA-256.
        rate: Frames a second.
        size: Width and height.
        encoder: What encodes it.
    """

    piece: Piece
    layers: tuple[Layer, ...]
    key: str
    rate: Fraction
    size: tuple[int, int]
    encoder: Encoder

    def graph(self) -> str:
        """The whole filter graph, from the inputs to "[made]"; not for a whip, which is drawn."""
        labels = ["a", "b"][: len(self.layers)]
        if len(self.layers) == 1:
            return self.layer_graph(0, 0, "made")
        parts, at = [], 0
        for place, label in enumerate(labels):
            parts.append(self.layer_graph(place, at, label))
            at += len(self.layers[place].inputs)
        return ";".join([*parts, self._join()])

    def layer_graph(self, place: int, first_input: int, out: str) -> str:
        """The filters of one layer, its inputs numbered from `first_input`."""
        layer = self.layers[place]
        numbers = range(first_input, first_input + len(layer.inputs))
        return layer.graph.format(*numbers, out=out)

    def _join(self) -> str:
        if self.piece.join is JoinKind.DISSOLVE:
            return dissolved("a", "b", self.piece.frames, self.rate, "made")
        return in_a_row(["a", "b"], "made")


def plan_piece(piece: Piece, edl: EditDecisionList, source: FilmSource, encoder: Encoder) -> Plan:
    """Plan a piece of a trailer.

    Raises:
        UsageError: The grade is unknown.
        MediaError: Its bars leave no picture.
    """
    sides = [(stretch, going) for stretch, going in zip(piece.stretches, (True, False), strict=False) if stretch.frames]
    exposed = piece.join in (JoinKind.DIP, JoinKind.FLASH)
    layers = tuple(
        _layer(stretch, edl, source, exposure(piece.join, stretch.frames, going=going) if exposed else "")
        for stretch, going in sides
    )
    facts = {
        "recipe": _RECIPE,
        "film": edl.film.sha256 if any(isinstance(i, FilmInput) for layer in layers for i in layer.inputs) else "",
        "ffmpeg": ffmpeg_version(),
        "encoder": [encoder, *video_args(encoder, edl.size, edl.rate)],
        "rate": str(edl.rate),
        "size": edl.size,
        "join": [piece.join, *(stretch.frames for stretch in piece.stretches)],
        "layers": [[[_facts(each) for each in layer.inputs], layer.graph] for layer in layers],
    }
    key = hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()
    return Plan(piece, layers, key, edl.rate, edl.size, encoder)


def _facts(each: FilmInput | Drawing) -> object:
    return ["film", each.start, each.end] if isinstance(each, FilmInput) else each.facts()


def _layer(stretch: Stretch, edl: EditDecisionList, source: FilmSource, effect: str) -> Layer:
    """Prepare a stretch, exposed by the filter `effect` where there is one: the film's picture, not its bars."""
    event = edl.events[stretch.event]
    if isinstance(event, Card):
        drawing = CardDrawing(
            card=event,
            size=edl.size,
            rate=edl.rate,
            start=stretch.start,
            end=stretch.end,
            genre=edl.grade,
            background=card_background(edl, stretch.event),
            last=stretch.event == len(edl.events) - 1,
        )
        chain = ["format=yuv420p", "setsar=1", f"fps={edl.rate}", *([effect] if effect else []), _TAGS]
        graph = f"[{{0}}:v]{','.join(chain)}[{{out}}]"
        return Layer((drawing,), graph, stretch.frames)
    return _clip_layer(event, stretch, edl, source, effect)


def _clip_layer(clip: Clip, stretch: Stretch, edl: EditDecisionList, source: FilmSource, effect: str) -> Layer:
    framing = frame_picture(
        source.stored,
        source.size,
        edl.film.picture,
        edl.size,
        knots=clip.crop,
        first_frame=stretch.start,
    )
    start, end = clip.start + stretch.start, clip.start + stretch.end
    chain = [
        *source.frame_filters(start, end, edl.rate, to_the_end=end > edl.film.frames - edl.rate),
        *source.colour_filters(framing.crop_filter, framing.size, resized=framing.resized),
        *grade_filters(edl.grade),
        *([effect] if effect else []),
        *framing.moving,
        _TAGS,
    ]
    inputs: tuple[FilmInput | Drawing, ...] = (FilmInput(start, end),)
    graph = f"[{{0}}:v]{','.join(chain)}"
    title = clip.title
    first, last = (max(stretch.start, title.start), min(stretch.end, title.end)) if title else (0, 0)
    words = None
    if title is not None and last > first:
        words = WordsDrawing(
            words=title.words,
            frames_in_all=title.end - title.start,
            start=first - title.start,
            end=last - title.start,
            size=edl.size,
            rate=edl.rate,
            genre=edl.grade,
            picture=_picture_on_canvas(framing.size, edl.size) if not clip.crop else (0, 0, *edl.size),
        )
    if words is None or not words.can_be_set:
        return Layer(inputs, f"{graph}[{{out}}]", stretch.frames)
    x, y = words.place
    overlay = (
        (
            f"[{{1}}:v]{_from_rgb('yuva420p')},fps={edl.rate},setpts=PTS+{first - stretch.start}[words];"
            f"[clip][words]overlay=x={x}:y={y}:format=yuv420:eof_action=pass:repeatlast=0,fps={edl.rate},{_TAGS}[{{out}}]"
        )
        .replace("words]", "words{out}]")
        .replace("[clip]", "[clip{out}]")
    )
    return Layer((*inputs, words), f"{graph}[clip{{out}}];{overlay}", stretch.frames)


def _picture_on_canvas(size: tuple[int, int], canvas: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the picture between its bars, in pixels of the trailer's."""
    x, y = (2 * round((whole - side) / 4) for whole, side in zip(canvas, size, strict=True))
    return x, y, x + size[0], y + size[1]


def _from_rgb(pixels: str) -> str:
    return f"scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int,format={pixels}"
