"""The demo film on paper: its shots in frames, its one dissolve, its beat and its narration.

Everything else follows from here: what the film shows, what is mixed under it, and the truth written beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from ops.demo.paint import Painter, Size
from ops.demo.scenes.aurora import aurora
from ops.demo.scenes.birds import birds
from ops.demo.scenes.city import city
from ops.demo.scenes.desert import desert
from ops.demo.scenes.flowers import flowers
from ops.demo.scenes.forest import forest
from ops.demo.scenes.planet import planet
from ops.demo.scenes.rain import rain
from ops.demo.scenes.road import road
from ops.demo.scenes.sea import sea
from ops.demo.scenes.statue import statue
from ops.demo.scenes.sunrise import sunrise
from ops.demo.scenes.titles import closing_title

__all__ = [
    "BEATS",
    "DISSOLVE",
    "FADE_IN",
    "FADE_OUT",
    "FPS",
    "FRAMES",
    "FRAMES_A_BEAT",
    "NARRATION",
    "SHOTS",
    "TEMPO_BPM",
    "Line",
    "PlannedShot",
    "Voice",
]

FPS = Fraction(24)
TEMPO_BPM = 96  # 15 frames or 30,000 samples of 48 kHz a beat, both whole numbers
FRAMES_A_BEAT = 15
FADE_IN = 18  # frames out of black at the head
FADE_OUT = 24  # frames into black at the tail
DISSOLVE = 24  # frames in which one shot becomes the next, where a shot's way in is a dissolve; they stand at its head


@dataclass(frozen=True)
class PlannedShot:
    """One shot: how long it is, what prepares its painter, and how it is cut in."""

    what: str
    scene: Callable[[Size, float], Painter]
    frames: int
    dissolve_in: bool = False
    bloom: float = 0.25


@dataclass(frozen=True)
class Voice:
    """A voice of eSpeak NG and how it speaks."""

    name: str
    words_per_minute: int
    pitch: int
    pitch_range: int


@dataclass(frozen=True)
class Line:
    """A sentence of the narration and when it starts."""

    text: str
    voice: Voice
    start_s: float


SHOTS = (
    PlannedShot("sunrise over misty mountains", sunrise, 150),
    PlannedShot("light shafts in a pine forest", forest, 90),
    PlannedShot("poppies in the wind", flowers, 60),
    PlannedShot("birds before the sun", birds, 30),
    PlannedShot("caravan across the dunes", desert, 120),
    PlannedShot("sun glitter on the sea", sea, 75),
    PlannedShot("marble face under a moving lamp", statue, 57),
    PlannedShot("night drive", road, 48),
    PlannedShot("rain on a window", rain, 75),
    PlannedShot("city at night across a river", city, 105, dissolve_in=True),
    PlannedShot("aurora over a lake", aurora, 75),
    PlannedShot("ringed planet", planet, 60),
    PlannedShot("closing title: First Light", closing_title, 135),
)
FRAMES = sum(shot.frames for shot in SHOTS)
BEATS = FRAMES // FRAMES_A_BEAT

# of the wheel's English voices, the two that a small recogniser (PocketSphinx) understood best: 29 and 33 of 51 words
NARRATOR = Voice("en-us+klatt4", 145, 45, 45)
TRAVELLER = Voice("en-us+f2", 135, 50, 50)

NARRATION = (
    Line("Every story begins with light.", NARRATOR, 1.70),
    Line("It finds its way through the trees, and wakes the open field.", TRAVELLER, 6.60),
    Line("It follows the travellers across the desert, all the way to the sea.", TRAVELLER, 14.45),
    Line("The night belongs to the city, and to a thousand small windows.", TRAVELLER, 29.30),
    Line("And far above us, another morning is already on its way.", NARRATOR, 35.50),
)
