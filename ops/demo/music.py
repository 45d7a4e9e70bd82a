"""The score: eighteen bars at 96 beats a minute, arranged to the pictures, played by `instruments`."""

from __future__ import annotations

import numpy as np

from ops.audio import instruments as play
from ops.audio.desk import Desk
from ops.audio.instruments import SAMPLE_RATE
from ops.demo.screenplay import BEATS, TEMPO_BPM

__all__ = ["beat_times", "compose"]

BEAT = SAMPLE_RATE * 60 // TEMPO_BPM
BAR = 4 * BEAT
BARS = BEATS // 4

# D major, A, B minor, G, as wide voicings; the last bar comes home
CHORDS = ((50, 57, 62, 64, 66), (45, 52, 61, 64, 69), (47, 54, 62, 66, 69), (43, 50, 59, 62, 66))
ROOTS = (38, 33, 35, 31)
ARPEGGIO = (0, 2, 4, 3, 2, 4, 3, 1)  # eighth notes, as steps of the chord an octave up
MELODY = (
    (0.0, 78),
    (1.5, 76),
    (2.0, 74),
    (3.0, 73),
    (4.0, 71),
    (5.5, 73),
    (6.0, 74),
    (7.0, 69),
)  # beats and notes of two bars

# which bars each part plays: the pictures' arc from dawn, through the journey, to the night and home
INTRO, LIGHT, FULL, BREAK, BUILD, NIGHT, AFTER, END = (
    range(2),
    range(2, 5),
    range(5, 9),
    range(9, 10),
    range(10, 11),
    range(11, 14),
    range(14, 16),
    range(16, 18),
)


def beat_times() -> tuple[float, ...]:
    """When each beat of the score falls, in seconds of the film."""
    return tuple(round(i * BEAT / SAMPLE_RATE, 6) for i in range(BEATS))


def compose() -> np.ndarray:
    """The whole score: `(2, samples)` float32 at 48 kHz, not yet mastered."""
    length = BARS * BAR
    desk = Desk(length, recovery=BEAT * 3 // 5)
    for bar in range(BARS):
        at = bar * BAR
        chord = CHORDS[bar % 4] if bar < BARS - 1 else CHORDS[0]
        root = ROOTS[bar % 4] if bar < BARS - 1 else ROOTS[0]
        _harmony(desk, bar, at, chord, root)
        _rhythm(desk, bar, at)
        if bar in NIGHT and (bar - NIGHT.start) % 2 == 0:
            for beat, note in MELODY:
                desk.put(play.bell(note, 0.5), at + int(beat * BEAT), 0.15, 0.2, wet=0.5)
    desk.put(play.cymbal(), FULL.start * BAR, 0.16, -0.2, wet=0.3)
    desk.put(play.cymbal(), NIGHT.start * BAR, 0.16, 0.2, wet=0.3)
    desk.put(play.cymbal(), END.start * BAR, 0.12, 0.0, wet=0.5)
    return desk.mixed()


def _harmony(desk: Desk, bar: int, at: int, chord: tuple[int, ...], root: int) -> None:
    swell = 0.085 if bar in INTRO or bar in BREAK else 0.070
    for i, note in enumerate(chord):
        desk.put(play.pad(note, BAR / SAMPLE_RATE), at, swell, (i - 2) * 0.3, wet=0.45, pumped=True)
    bright = {True: 0.9, False: 0.45}[bar in FULL or bar in NIGHT]
    if bar == END.start:
        for i, step in enumerate((0, 1, 2, 3, 4)):
            desk.put(play.bell(chord[step] + 12, 0.6), at + i * BEAT // 8, 0.16, (i - 2) * 0.25, wet=0.6)
    elif bar not in END:  # the last bar rings out
        for eighth, step in enumerate(ARPEGGIO):
            start = at + eighth * BEAT // 2
            loud = (0.16 if eighth % 2 == 0 else 0.115) * (0.75 if bar in INTRO or bar in BREAK else 1)
            pan = 0.45 if eighth % 2 else -0.45
            desk.put(play.bell(chord[step] + 12, bright), start, loud, pan, wet=0.25)
            for echo in (1, 2):  # dotted eighths, from side to side
                desk.put(
                    play.bell(chord[step] + 12, bright),
                    start + echo * BEAT * 3 // 4,
                    loud * 0.32**echo,
                    -pan * (-1) ** echo,
                    wet=0.4,
                )
    if bar in FULL or bar in NIGHT:
        for eighth, loud in enumerate((0.34, 0.20, 0.26, 0.22, 0.32, 0.20, 0.26, 0.24)):
            desk.put(
                play.bass(root + (12 if eighth == 7 else 0), BEAT / 2 / SAMPLE_RATE),
                at + eighth * BEAT // 2,
                loud,
                0.0,
                pumped=True,
            )
    elif bar not in INTRO and bar not in BREAK:
        desk.put(play.bass(root, 2.4 * BEAT / SAMPLE_RATE), at, 0.30, 0.0, pumped=True)
        if bar not in END:
            desk.put(play.bass(root, BEAT / SAMPLE_RATE), at + 3 * BEAT, 0.24, 0.0, pumped=True)


def _rhythm(desk: Desk, bar: int, at: int) -> None:
    for beat in range(4):
        start = at + beat * BEAT
        if bar in FULL or bar in NIGHT or bar in BUILD or ((bar in LIGHT or bar in AFTER) and beat % 2 == 0):
            desk.kick(start, 0.55 if bar in FULL or bar in NIGHT else 0.42)
        elif bar in BREAK or bar in INTRO:
            desk.kick(start, 0.16)  # a heartbeat
        if (bar in FULL or bar in NIGHT) and beat % 2 == 1:
            desk.put(play.clap(), start, 0.22, 0.08, wet=0.3)
        if bar in BUILD:
            for sixteenth in range(4):
                loud = 0.02 + 0.14 * (beat * 4 + sixteenth) / 16
                desk.put(play.clap(), start + sixteenth * BEAT // 4, loud, 0.0, wet=0.3)
        if bar not in END:
            desk.put(play.hat(open_=False), start, 0.030 if bar in INTRO else 0.055, 0.25)
        if bar not in INTRO and bar not in END:
            desk.put(play.hat(open_=bar in FULL and beat == 3), start + BEAT // 2, 0.085, 0.25)
        if bar in FULL or bar in NIGHT:
            for sixteenth in (1, 3):
                desk.put(play.shaker(), start + sixteenth * BEAT // 4, 0.06, -0.35)
