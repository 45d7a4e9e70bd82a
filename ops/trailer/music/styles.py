"""What a genre's music is made of, as data: tempo, keys, harmony, kits, and which part of a trailer hears what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from ops.trailer.events import Part

__all__ = ["STYLES", "Chord", "Layer", "Style", "Voice"]


class Layer(StrEnum):
    """What plays."""

    DRONE = "drone"
    PULSE = "pulse"
    PAD = "pad"
    FIGURE = "figure"
    BASS = "bass"
    LIGHT_KIT = "light kit"
    KIT = "kit"
    ROLL = "roll"
    THEME = "theme"
    HORNS = "horns"
    HEIGHTS = "heights"
    BRAAM = "braam"


class Voice(StrEnum):
    """Who plays a figure or a theme."""

    SPICCATO = "spiccato"
    PIANO = "piano"
    PIZZICATO = "pizzicato"
    MARIMBA = "marimba"
    BELL = "bell"
    STRINGS = "strings"
    HORNS = "horns"
    SAW = "saw"


@dataclass(frozen=True)
class Chord:
    """A chord by its root, in semitones above the key's, and its notes above that root."""

    root: int
    notes: tuple[int, ...]


_MAJOR, _MINOR, _ADD9, _SUS = (0, 4, 7), (0, 3, 7), (0, 4, 7, 14), (0, 5, 7)


def _progression(*chords: tuple[int, tuple[int, ...]]) -> tuple[Chord, ...]:
    return tuple(Chord(root, notes) for root, notes in chords)


@dataclass(frozen=True)
class Style:
    """A genre's music.

    Attributes:
        tempo_bpm: Slowest, usual and quickest.
        keys: Roots to choose from, MIDI notes of the bass.
        progressions: Four bars each, to choose from; they begin at home.
        figure: Who plays the ostinato.
        figures: Its shapes to choose from: steps of the chord on sixteenths, "." for a rest.
        theme: Who plays the theme.
        pad: Who holds the chords.
        bass: Its bar on sixteenths: 0 root, 5 fifth, 8 octave; each lasts until the next.
        light_kit, kit: By drum, sixteen strokes of a bar from 1 to 9, "." for none.
        layers: What each part of a trailer hears, and what joins in its second half.
    """

    tempo_bpm: tuple[float, float, float]
    keys: tuple[int, ...]
    progressions: tuple[tuple[Chord, ...], ...]
    figure: Voice
    figures: tuple[str, ...]
    theme: Voice
    pad: Voice
    bass: str
    light_kit: Mapping[str, str]
    kit: Mapping[str, str]
    layers: Mapping[Part, tuple[tuple[Layer, ...], tuple[Layer, ...]]]


_DARK = (
    _progression((0, _MINOR), (8, _MAJOR), (3, _MAJOR), (10, _MAJOR)),
    _progression((0, _MINOR), (5, _MINOR), (8, _MAJOR), (7, _MAJOR)),
    _progression((0, _MINOR), (3, _MAJOR), (5, _MINOR), (10, _MAJOR)),
    _progression((0, _MINOR), (0, _MINOR), (8, _MAJOR), (10, _MAJOR)),
)
_WARM = (
    _progression((0, _MINOR), (8, _MAJOR), (3, _ADD9), (10, _SUS)),
    _progression((0, _ADD9), (7, _MAJOR), (9, _MINOR), (5, _ADD9)),
    _progression((0, _MAJOR), (4, _MINOR), (5, _ADD9), (7, _SUS)),
    _progression((0, _MINOR), (10, _MAJOR), (8, _ADD9), (5, _MINOR)),
)
_BRIGHT = (
    _progression((0, _MAJOR), (9, _MINOR), (5, _MAJOR), (7, _MAJOR)),
    _progression((0, _MAJOR), (5, _MAJOR), (2, _MINOR), (7, _MAJOR)),
    _progression((0, _MAJOR), (4, _MINOR), (5, _MAJOR), (7, _SUS)),
)
_WIDE = (
    _progression((0, _ADD9), (5, _ADD9), (9, _MINOR), (7, _SUS)),
    _progression((0, _ADD9), (7, _SUS), (5, _ADD9), (5, _MAJOR)),
    _progression((0, _ADD9), (9, _MINOR), (5, _ADD9), (7, _MAJOR)),
)

_ACTION = Style(
    tempo_bpm=(110, 128, 140),
    keys=(38, 36, 40, 41),
    progressions=_DARK,
    figure=Voice.SPICCATO,
    figures=("0.0.1.0.2.0.1.0.", "0.001.002.001.00", "0.2.1.2.0.2.1.3.", "0.0.2.0.0.3.2.1."),
    theme=Voice.HORNS,
    pad=Voice.STRINGS,
    bass="0.0.0.0.0.0.0.8.",
    light_kit={"deep taiko": "8.......5.......", "tick": "5...4...4...4..."},
    kit={
        "deep taiko": "9.....5.8.....6.",
        "taiko": "6..4..6...5..646",
        "snare": "....8.......8...",
        "hat": "4.5.4.5.4.5.4.5.",
        "kick": "9...5...8...5...",
    },
    layers={
        Part.HOOK: ((Layer.BRAAM, Layer.PULSE, Layer.DRONE), ()),
        Part.SETUP: ((Layer.PULSE, Layer.DRONE, Layer.FIGURE), (Layer.PAD, Layer.LIGHT_KIT)),
        Part.RISE: ((Layer.FIGURE, Layer.PAD, Layer.BASS, Layer.LIGHT_KIT), (Layer.KIT, Layer.THEME, Layer.ROLL)),
        Part.CLIMAX: ((Layer.FIGURE, Layer.HORNS, Layer.BASS, Layer.KIT, Layer.HEIGHTS, Layer.PAD), ()),
    },
)
_DRAMA = Style(
    tempo_bpm=(90, 94, 104),
    keys=(38, 33, 35, 40),
    progressions=_WARM,
    figure=Voice.PIANO,
    figures=("0...1...2...1...", "0...2...1...2...", "0.1.2.1.3.1.2.1.", "0...1.2.....2.1."),
    theme=Voice.STRINGS,
    pad=Voice.STRINGS,
    bass="0...........5...",
    light_kit={"kick": "5.......3......."},
    kit={
        "deep taiko": "7.......5.....3.",
        "kick": "6.......5.......",
        "shaker": "3.2.3.2.3.2.3.2.",
        "hat": "....3.......3...",
    },
    layers={
        Part.HOOK: ((Layer.FIGURE, Layer.DRONE), ()),
        Part.SETUP: ((Layer.FIGURE, Layer.DRONE), (Layer.PAD, Layer.LIGHT_KIT)),
        Part.RISE: ((Layer.FIGURE, Layer.PAD, Layer.BASS, Layer.LIGHT_KIT), (Layer.THEME, Layer.KIT, Layer.ROLL)),
        Part.CLIMAX: ((Layer.FIGURE, Layer.PAD, Layer.BASS, Layer.KIT, Layer.HEIGHTS, Layer.THEME), ()),
    },
)
_COMEDY = Style(
    tempo_bpm=(104, 118, 132),
    keys=(36, 38, 41, 43),
    progressions=_BRIGHT,
    figure=Voice.PIZZICATO,
    figures=("0...2.1...2.1.2.", "0..1..2...1.2...", "0.2.1.2.0.2.3.2.", "0...1...2.3.2.1."),
    theme=Voice.MARIMBA,
    pad=Voice.STRINGS,
    bass="0.......5.....5.",
    light_kit={"kick": "5.......5.......", "shaker": "..4...4...4...4."},
    kit={
        "kick": "8.....4.8.......",
        "clap": "....7.......7...",
        "shaker": "4.5.4.5.4.5.4.5.",
        "hat": "..5...5...5...5.",
    },
    layers={
        Part.HOOK: ((Layer.FIGURE, Layer.PULSE), ()),
        Part.SETUP: ((Layer.FIGURE, Layer.BASS, Layer.PULSE), (Layer.LIGHT_KIT,)),
        Part.RISE: ((Layer.FIGURE, Layer.BASS, Layer.LIGHT_KIT, Layer.THEME), (Layer.KIT, Layer.PAD, Layer.ROLL)),
        Part.CLIMAX: ((Layer.FIGURE, Layer.BASS, Layer.KIT, Layer.THEME, Layer.HORNS, Layer.PAD), ()),
    },
)
_DOCUMENTARY = Style(
    tempo_bpm=(90, 102, 116),
    keys=(38, 40, 43, 33),
    progressions=_WIDE,
    figure=Voice.BELL,
    figures=("0.2.1.3.2.1.3.2.", "0...2...3...2...", "0.1.3.1.2.1.3.1.", "0..2..3..2..1..2"),
    theme=Voice.PIANO,
    pad=Voice.STRINGS,
    bass="0.....0.....5...",
    light_kit={"kick": "5.......4.......", "shaker": "..3...3...3...3."},
    kit={
        "kick": "7...4...7...4...",
        "taiko": "4.......3..3....",
        "shaker": "3.4.3.4.3.4.3.4.",
        "hat": "..4...4...4...4.",
    },
    layers={
        Part.HOOK: ((Layer.FIGURE, Layer.DRONE), ()),
        Part.SETUP: ((Layer.FIGURE, Layer.DRONE, Layer.PULSE), (Layer.PAD, Layer.LIGHT_KIT)),
        Part.RISE: ((Layer.FIGURE, Layer.PAD, Layer.BASS, Layer.LIGHT_KIT), (Layer.THEME, Layer.KIT)),
        Part.CLIMAX: ((Layer.FIGURE, Layer.PAD, Layer.BASS, Layer.KIT, Layer.THEME, Layer.HEIGHTS), ()),
    },
)
_MUSIC = Style(
    tempo_bpm=(116, 124, 130),
    keys=(36, 38, 41, 33),
    progressions=(*_BRIGHT, *_DARK[:2]),
    figure=Voice.BELL,
    figures=("0.2.3.1.2.3.2.1.", "0..2..3..1..2.3.", "0.3.2.3.1.3.2.3.", "0...3.2...3.2.1."),
    theme=Voice.SAW,
    pad=Voice.SAW,
    bass="..0...0...0...8.",
    light_kit={"kick": "7...7...7...7...", "hat": "..4...4...4...4."},
    kit={
        "kick": "9...9...9...9...",
        "clap": "....8.......8...",
        "open hat": "..6...6...6...6.",
        "shaker": "4.5.4.5.4.5.4.5.",
    },
    layers={
        Part.HOOK: ((Layer.FIGURE, Layer.PULSE), ()),
        Part.SETUP: ((Layer.FIGURE, Layer.DRONE, Layer.PULSE), (Layer.LIGHT_KIT,)),
        Part.RISE: ((Layer.FIGURE, Layer.PAD, Layer.BASS, Layer.LIGHT_KIT), (Layer.KIT, Layer.ROLL)),
        Part.CLIMAX: ((Layer.FIGURE, Layer.PAD, Layer.BASS, Layer.KIT, Layer.THEME), ()),
    },
)

STYLES: Mapping[str, Style] = MappingProxyType({
    "action": _ACTION, "drama": _DRAMA, "comedy": _COMEDY, "documentary": _DOCUMENTARY, "music": _MUSIC,
})  # fmt: skip
"""The music of each genre by name."""
