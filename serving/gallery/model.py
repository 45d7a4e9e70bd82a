"""What a gallery page shows: plain values and paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

__all__ = [
    "GalleryCheck",
    "GalleryFile",
    "GalleryKeyframe",
    "GalleryLine",
    "GalleryPage",
    "GalleryRendition",
    "GalleryScenes",
    "GalleryShot",
    "GallerySound",
    "GalleryState",
    "GallerySubtitles",
    "GalleryThumbnail",
    "GalleryTiming",
    "GalleryTrailer",
    "GalleryVariant",
]


class GalleryState(StrEnum):
    """How it went with one asset of the title."""

    MADE = "made"
    REUSED = "reused"
    SKIPPED = "skipped"
    """It does not apply to this title."""
    WAITING = "waiting"
    """What it is made from failed."""
    HELD = "held"
    """A blocking check failed; it awaits a review."""
    FAILED = "failed"


@dataclass(frozen=True)
class GalleryKeyframe:
    """One picture that stands for a shot.

    Attributes:
        picture: The image file.
        time_s: When it is shown, in seconds on the film's clock.
        note: Why it was chosen, in a few words.
    """

    picture: Path
    time_s: float
    note: str = ""


@dataclass(frozen=True)
class GalleryShot:
    """One shot on the timeline.

    Attributes:
        index: Its number, from 0, as tables and checks count.
        start: First frame.
        end: One past the last frame.
        start_s: When it starts, in seconds on the film's clock.
        end_s: When it ends.
        transition: How it comes in: "start", "cut", "dissolve", "fade", "wipe".
        transition_from_s: When the gradual transition into it begins; None after a cut.
        transition_to_s: When that transition ends.
        keyframes: Its pictures, the best first.
    """

    index: int
    start: int
    end: int
    start_s: float
    end_s: float
    transition: str = "cut"
    transition_from_s: float | None = None
    transition_to_s: float | None = None
    keyframes: tuple[GalleryKeyframe, ...] = ()


@dataclass(frozen=True)
class GalleryThumbnail:
    """A thumbnail in one aspect.

    Attributes:
        aspect: As people write it, for example "16:9".
        picture: The published image file.
        width: Its width in pixels.
        height: Its height in pixels.
        score: 0 to 1, or None where it was not scored.
        terms: What the score is made of, each 0 to 1, by name.
        time_s: When its frame is shown in the film, in seconds on the film's clock.
        crop: What part of that frame it shows: left, top, width, height as fractions of the frame.
        frame_aspect: Width over height of that frame.
        note: Why this one, in a few words.
    """

    aspect: str
    picture: Path
    width: int
    height: int
    score: float | None = None
    terms: Mapping[str, float] = field(default_factory=dict)
    time_s: float | None = None
    crop: tuple[float, float, float, float] | None = None
    frame_aspect: float | None = None
    note: str = ""


@dataclass(frozen=True)
class GalleryVariant:
    """One picture of a variant, in one aspect.

    Attributes:
        recipe: The id of its recipe, the same in every aspect.
        label: What was done, in a few words: "title, warm teal".
        aspect: As people write it, for example "16:9".
        picture: The published image file.
        width: Its width in pixels.
        height: Its height in pixels.
        score: 0 to 1.
        terms: What the score is made of, each 0 to 1, by name.
        first: Whether it is the first choice, which the others are tested against.
        note: What else is worth telling, for example how its title reads.
    """

    recipe: str
    label: str
    aspect: str
    picture: Path
    width: int
    height: int
    score: float
    terms: Mapping[str, float] = field(default_factory=dict)
    first: bool = False
    note: str = ""


@dataclass(frozen=True)
class GallerySound:
    """What is heard.

    Attributes:
        waveform: A picture of the waveform with its beats, or None.
        facts: Loudness, tempo and the like, ready to print, by name.
    """

    waveform: Path | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GalleryScenes:
    """What an editor reads of the film.

    Attributes:
        timeline: A picture of every curve over the film, or None.
        facts: Scenes, lines and the like, ready to print, by name.
    """

    timeline: Path | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GalleryLine:
    """A line of subtitles that a person should look at.

    Attributes:
        text: As it stands; empty where nothing came of its source.
        source: What it is of.
        why: What is wrong with it, in words.
    """

    text: str
    source: str
    why: str


@dataclass(frozen=True)
class GallerySubtitles:
    """The subtitles of one language.

    Attributes:
        language: Its code: "fra_Latn".
        tag: Its BCP 47 tag.
        name: In English.
        rtl: Whether it is written from right to left.
        spoken: Whether it is what is spoken in the film.
        showing: How far they may be shown: "published", "draft" or "withheld".
        why: Why no further, in words.
        vtt: The file that players read.
        files: All files for people, by format.
        plots: Pictures of what was measured.
        cues: How many.
        pass_rate: Share of sentences that pass the gates of translation; None where nothing was translated.
        conforming: Share of cues that keep the profile's rules.
        reading_speed: Mean, characters a second.
        readers_m: People who can read the language, in millions; 0 where nobody counted. What there is no room for on
            the page is left out of languages with fewer.
        notes: What is to mend, in words: cues that break rules, corrections that wait.
        worst: Its worst lines, the worst first.
    """

    language: str
    tag: str
    name: str
    rtl: bool
    spoken: bool
    showing: str
    why: str
    vtt: Path
    files: tuple[Path, ...]
    plots: tuple[Path, ...]
    cues: int
    pass_rate: float | None
    conforming: float
    reading_speed: float
    readers_m: float = 0.0
    notes: tuple[str, ...] = ()
    worst: tuple[GalleryLine, ...] = ()


@dataclass(frozen=True)
class GalleryTrailer:
    """A trailer.

    Attributes:
        cut: Which: "trailer_30".
        film: Its file, which browsers play.
        sheet: Its cut sheet.
        width: Of its picture, pixels.
        height: The same.
        told: What was measured on it, in words.
        decisions: Why it is as it is, by topic.
        events: One an event: at, seconds, part, shows, from, why.
        poster: A still to show before it plays.
    """

    cut: str
    film: Path
    sheet: Path
    width: int
    height: int
    told: str = ""
    decisions: Mapping[str, str] = field(default_factory=dict)
    events: tuple[Mapping[str, object], ...] = ()
    poster: Path | None = None


@dataclass(frozen=True)
class GalleryRendition:
    """The film in a style.

    Attributes:
        style: The style's id: "noir".
        name: For people.
        film: The styled film.
        strip: Moments of the film above, and the same in this style below.
        told: What was measured on it, in words.
        width: Of its picture, pixels.
        height: The same.
    """

    style: str
    name: str
    film: Path
    strip: Path
    told: str
    width: int
    height: int


@dataclass(frozen=True)
class GalleryCheck:
    """What came of one asset check; `blocking` where its failure keeps the artifact from being published."""

    asset: str
    name: str
    passed: bool
    why: str
    blocking: bool = False


@dataclass(frozen=True)
class GalleryTiming:
    """How it went with one asset.

    Attributes:
        asset: Its name, for example "thumbnails/16x9".
        state: How it went.
        seconds: Wall time of its making, or None where nothing was made.
        engine: What made it.
        why: The reason where it was skipped, held, or failed.
    """

    asset: str
    state: GalleryState
    seconds: float | None = None
    engine: str = ""
    why: str = ""


@dataclass(frozen=True)
class GalleryFile:
    """A file to download; the page links to it where it lies and copies nothing."""

    asset: str
    path: Path
    size: int


@dataclass(frozen=True)
class GalleryPage:
    """Everything a title's page shows; what is empty is left out or said to be missing.

    Attributes:
        title: The title's id.
        name: Its name, any text.
        made_at: When, with its time zone.
        duration_s: Length of the film in seconds.
        width: Display width of the film in pixels.
        height: Display height.
        frame_rate: Frames per second, ready to print ("23.976", "variable"), or empty.
        film: A file that browsers can play (`preview.browser_preview`), or None.
        quarantine: Why the title cannot be used, or empty.
        shots: In order.
        sound: None where nothing is known of it.
        scenes: None where they were not looked for.
        subtitles: What is spoken first.
        thumbnails: In the order to show.
        variants: In the order to show; those of one recipe make one card.
        trailers: In the order to show.
        renditions: The same.
        checks: In the order to show.
        timings: In the order of making.
        files: In the order to show.
    """

    title: str
    name: str
    made_at: datetime
    duration_s: float | None = None
    width: int | None = None
    height: int | None = None
    frame_rate: str = ""
    film: Path | None = None
    quarantine: str = ""
    shots: tuple[GalleryShot, ...] = ()
    sound: GallerySound | None = None
    scenes: GalleryScenes | None = None
    subtitles: tuple[GallerySubtitles, ...] = ()
    thumbnails: tuple[GalleryThumbnail, ...] = ()
    variants: tuple[GalleryVariant, ...] = ()
    trailers: tuple[GalleryTrailer, ...] = ()
    renditions: tuple[GalleryRendition, ...] = ()
    checks: tuple[GalleryCheck, ...] = ()
    timings: tuple[GalleryTiming, ...] = ()
    files: tuple[GalleryFile, ...] = ()
