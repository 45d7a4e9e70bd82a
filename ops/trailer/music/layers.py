"""The players: what each layer of a bed plays in a bar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from ops.audio import instruments as band
from ops.audio import orchestra
from ops.trailer.events import Part
from ops.trailer.music.plan import BEATS
from ops.trailer.music.stage import Bar, Stage
from ops.trailer.music.styles import Layer, Voice

__all__ = ["PLAYERS", "play_button", "play_opening"]

_SIXTEENTHS = 4 * BEATS

_DRUMS: Mapping[str, tuple[Callable[[], np.ndarray], float, float, float]] = {
    "deep taiko": (lambda: orchestra.taiko(True), 0.62, 0.0, 0.25),
    "taiko": (lambda: orchestra.taiko(False), 0.34, -0.35, 0.30),
    "snare": (orchestra.snare, 0.26, 0.1, 0.30),
    "clap": (band.clap, 0.24, 0.05, 0.25),
    "hat": (lambda: band.hat(False), 0.16, 0.3, 0.05),
    "open hat": (lambda: band.hat(True), 0.15, 0.3, 0.08),
    "shaker": (band.shaker, 0.14, -0.4, 0.08),
    "tick": (orchestra.tick, 0.16, 0.25, 0.35),
}
"""Sound, loudness, place and share of the hall; the kick has its own way to the desk."""

_KICK = 0.55


def play_opening(stage: Stage, bar: Bar) -> None:
    """A crash and a deep stroke where the music opens up."""
    loud = {Part.RISE: 0.12, Part.CLIMAX: 0.26}.get(bar.part, 0.0)
    if loud:
        stage.put(band.cymbal(), bar, 0, loud, -0.2, wet=0.35)
        stage.put(orchestra.taiko(True), bar, 0, 2.2 * loud, wet=0.4)


def play_button(stage: Stage, bar: Bar) -> None:
    """The last chord, at home: struck once, and left to ring."""
    left = stage.length / band.SAMPLE_RATE - bar.number * stage.plan.bar_s
    stage.put(orchestra.taiko(True), bar, 0, 0.75, wet=0.5)
    stage.kick(bar, 0, 0.6)
    stage.put(band.cymbal(), bar, 0, 0.20, wet=0.5)
    short = stage.style.figure is Voice.PIZZICATO
    held = min(left, stage.seconds(0.75 if short else 2.5))
    for place, note in enumerate((bar.root, bar.root + 12, *bar.chord)):
        pan = 0.3 * (place % 3 - 1)
        stage.put(orchestra.strings(note, held, attack_s=0.012, bright=1.6), bar, 0, 0.34, pan, wet=0.6)
        _voice(stage, stage.style.figure, bar, beat=0, note=note if place else note + 12, beats=2.0, loud=0.30, pan=pan)
    if stage.style.figure is Voice.SPICCATO:
        for note in (bar.root, bar.root + 7, bar.root + 12):
            stage.put(orchestra.brass(note, held, swell=0.05), bar, 0, 0.40, wet=0.4)


def _drone(stage: Stage, bar: Bar) -> None:
    tonic = stage.key + 12
    for note, loud in ((tonic, 0.22), (tonic + 7, 0.12)):
        stage.put(orchestra.strings(note, stage.plan.bar_s, attack_s=0.5, bright=0.6), bar, 0, loud, wet=0.5)


def _pulse(stage: Stage, bar: Bar) -> None:
    for beat in range(BEATS):
        stage.put(orchestra.tick(), bar, beat, 0.20 if beat == 0 else 0.13, 0.25, wet=0.3)
    if bar.part is Part.HOOK:
        stage.kick(bar, 0, 0.45)
        stage.kick(bar, 2, 0.25)


def _pad(stage: Stage, bar: Bar) -> None:
    saw = stage.style.pad is Voice.SAW
    for place, note in enumerate(bar.chord):
        pan = 0.45 * (2 * place / max(1, len(bar.chord) - 1) - 1)
        sound = orchestra.supersaw(note, stage.plan.bar_s) if saw else orchestra.strings(note, stage.plan.bar_s)
        stage.put(sound, bar, 0, 0.15 if saw else 0.20, pan, wet=0.35, pumped=saw)


def _heights(stage: Stage, bar: Bar) -> None:
    for note, pan in ((bar.chord[-1] + 12, 0.4), (bar.chord[0] + 24, -0.4)):
        stage.put(orchestra.strings(note, stage.plan.bar_s, bright=2.0), bar, 0, 0.15, pan, wet=0.5)


def _figure(stage: Stage, bar: Bar) -> None:
    """The ostinato: thin at first, then as written, and in the climax without a rest on the eighths."""
    early = bar.part is Part.HOOK or (bar.part is Part.SETUP and bar.share < 0.5)
    full = bar.part is Part.CLIMAX and stage.style.figure in (Voice.SPICCATO, Voice.BELL)
    for place in range(_SIXTEENTHS):
        sign = stage.figure[place]
        if sign == "." and full and place % 2 == 0:
            sign = "0"
        if sign == "." or (early and place % 2):
            continue
        accent = 1.0 if place % 4 == 0 else 0.72
        loud = 0.30 * accent * (0.85 if bar.part is Part.HOOK else 1.0)
        pan = 0.4 if place % 4 >= 2 else -0.4
        _voice(stage, stage.style.figure, bar, beat=place / 4, note=bar.step(int(sign)), beats=0.5, loud=loud, pan=pan)
        if stage.style.figure is Voice.SPICCATO and bar.part in (Part.RISE, Part.CLIMAX):
            stage.put(orchestra.spiccato(bar.step(int(sign)) - 12, place % 4 == 0), bar, place / 4, 0.9 * loud, -pan)


def _bass(stage: Stage, bar: Bar) -> None:
    pattern = stage.style.bass
    strokes = [place for place in range(_SIXTEENTHS) if pattern[place] != "."]
    for place, after in zip(strokes, [*strokes[1:], _SIXTEENTHS], strict=True):
        note = bar.root + {"0": 0, "5": 7, "8": 12}[pattern[place]]
        lasting = round(stage.seconds((after - place) / 4) * 0.92, 4)
        loud = 0.34 if place == 0 else 0.27
        stage.put(band.bass(note, lasting), bar, place / 4, loud, wet=0.0, pumped=True)


def _kit(stage: Stage, bar: Bar, kit: Mapping[str, str]) -> None:
    for drum, pattern in kit.items():
        for place, sign in enumerate(pattern):
            if sign == ".":
                continue
            force = int(sign) / 9
            if drum == "kick":
                stage.kick(bar, place / 4, _KICK * force)
                continue
            sound, loud, pan, wet = _DRUMS[drum]
            stage.put(sound(), bar, place / 4, loud * force, pan, wet=wet)


def _roll(stage: Stage, bar: Bar) -> None:
    """A roll that grows through the rise's last bar into the climax."""
    if bar.number != stage.plan.firsts[3] - 1:
        return
    drum = band.clap() if stage.style.pad is Voice.SAW else orchestra.snare()
    for place in range(_SIXTEENTHS):
        force = 0.03 + 0.22 * (place / _SIXTEENTHS) ** 1.5
        stage.put(drum, bar, place / 4, force, 0.2 * (-1) ** place, wet=0.3)


def _theme(stage: Stage, bar: Bar) -> None:
    half = (bar.number - stage.plan.firsts[2]) % 2
    for beat, lasting, step in stage.theme:
        if half * BEATS <= beat < (half + 1) * BEATS:
            loud = 0.34 if beat % 2 == 0 else 0.28
            note = bar.step(step) + 12
            _voice(stage, stage.style.theme, bar, beat=beat % BEATS, note=note, beats=lasting, loud=loud, pan=0.1)


def _horns(stage: Stage, bar: Bar) -> None:
    short = stage.style.figure is Voice.PIZZICATO
    strokes = ((0.0, 0.4), (1.5, 0.4)) if short else ((0.0, 1.4), (1.5, 1.0), (3.0, 0.8))
    for beat, lasting in strokes:
        for note in (bar.root + 12, bar.root + 19, *bar.chord[:2]):
            held = stage.seconds(lasting)
            stage.put(orchestra.brass(note, held, swell=0.06), bar, beat, 0.15 if short else 0.24, wet=0.35)


def _braam(stage: Stage, bar: Bar) -> None:
    if bar.share > 0:
        return
    for note, loud in ((bar.root - 12, 0.55), (bar.root, 0.55), (bar.root + 7, 0.35), (bar.root + 12, 0.30)):
        stage.put(orchestra.brass(note, 0.7 * stage.plan.bar_s, swell=0.25), bar, 0, loud, wet=0.6)
    stage.put(orchestra.taiko(True), bar, 0, 0.6, wet=0.6)


def _voice(
    stage: Stage, voice: Voice, bar: Bar, *, beat: float, note: int, beats: float, loud: float, pan: float
) -> None:
    """One note of a figure or a theme, in its player's register; bells and pianos answer themselves in the distance."""
    seconds = round(stage.seconds(beats), 4)
    if voice is Voice.SPICCATO:
        stage.put(orchestra.spiccato(note, beat % 1 == 0), bar, beat, 1.1 * loud, pan)
    elif voice is Voice.PIANO:
        stage.put(orchestra.piano(note, max(seconds, stage.seconds(1.5))), bar, beat, 0.9 * loud, 0.6 * pan, wet=0.35)
    elif voice is Voice.PIZZICATO:
        stage.put(orchestra.pizzicato(note), bar, beat, 0.9 * loud, pan, wet=0.25)
    elif voice is Voice.MARIMBA:
        stage.put(orchestra.marimba(note), bar, beat, loud, pan, wet=0.25)
    elif voice is Voice.BELL:
        bright = 0.9 if bar.part in (Part.RISE, Part.CLIMAX) else 0.5
        stage.put(band.bell(note + 12, bright), bar, beat, 0.55 * loud, pan, wet=0.35)
        for echo in (1, 2):  # dotted eighths, from side to side
            stage.put(band.bell(note + 12, bright), bar, beat + 0.75 * echo, 0.55 * loud * 0.32**echo,
                      -pan * (-1) ** echo, wet=0.5)  # fmt: skip
    elif voice is Voice.STRINGS:
        stage.put(orchestra.strings(note, seconds, attack_s=0.1, bright=1.7), bar, beat, 0.8 * loud, pan, wet=0.4)
    elif voice is Voice.HORNS:
        stage.put(orchestra.brass(note - 12, seconds), bar, beat, 0.9 * loud, pan, wet=0.4)
    else:
        stage.put(orchestra.supersaw(note, 0.9 * seconds), bar, beat, 0.45 * loud, pan, wet=0.3)


PLAYERS: Mapping[Layer, Callable[[Stage, Bar], None]] = MappingProxyType({
    Layer.DRONE: _drone,
    Layer.PULSE: _pulse,
    Layer.PAD: _pad,
    Layer.FIGURE: _figure,
    Layer.BASS: _bass,
    Layer.LIGHT_KIT: lambda stage, bar: _kit(stage, bar, stage.style.light_kit),
    Layer.KIT: lambda stage, bar: _kit(stage, bar, stage.style.kit),
    Layer.ROLL: _roll,
    Layer.THEME: _theme,
    Layer.HORNS: _horns,
    Layer.HEIGHTS: _heights,
    Layer.BRAAM: _braam,
})  # fmt: skip
"""Who plays what."""
