"""A film of any length cut together from the open clips: every cut, scene, line and highlight of it is known.

Its shots are stretches of the clips, mirrored, enlarged, tinted and played at other speeds, so that no two are the same
picture; each scene keeps to one place, one light and one kind of sound. Made by FFmpeg and NumPy alone: what is tested
on it had no hand in it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from ops.media.ffmpeg import run_ffmpeg

__all__ = ["AssembledFilm", "assemble"]

RATE = Fraction(24)
SOUND = 48_000


@dataclass(frozen=True)
class Take:
    """A stretch of one clip without a cut, in seconds."""

    file: str
    start_s: float
    end_s: float
    speed: float = 1.0


PLACES: dict[str, tuple[Take, ...]] = {
    "sintel": tuple(
        Take("sintel_trailer_720p.mp4", a / 24, b / 24)
        for a, b in ((24, 112), (156, 190), (306, 332), (336, 355), (476, 490), (553, 570), (573, 620), (623, 656),
                     (703, 753), (794, 832), (869, 934))
    ),
    "bunny": tuple(
        Take("big_buck_bunny_0_30_720p.webm", a / 24, b / 24)
        for a, b in ((60, 281), (285, 374), (378, 549), (553, 716))
    ),
    "bikes": tuple(
        Take("bikes_640x272.mp4", a / 25, b / 25) for a, b in ((1, 29), (32, 75), (78, 136), (139, 186), (189, 240))
    ),
    "chaplin": (Take("chaplin_640x360.mp4", 0.2, 9.2),),
    "cockatoo": (Take("cockatoo_720p.mp4", 0.5, 13.5),),
    "runners": (Take("seeking_720x480.mp4", 0.2, 5.7, 1.5),),
    "street": (Take("vtest_pedestrians_768x576.avi", 1.0, 78.0, 2.4),),
}  # fmt: skip
QUIET, LOUD = ("sintel", "bunny", "chaplin", "cockatoo"), ("runners", "street", "bikes")
SPEECH = (
    ("sense_and_sensibility_0880.wav", "he was not an ill disposed young man"),
    ("sense_and_sensibility_0890.wav", "unless to be rather cold hearted and rather selfish is to be ill disposed"),
    ("english_one_two_three.wav", "one two three"),
    ("cards_002.wav", "four queen of clubs"),
)
MUSIC = ("vibe_ace.ogg", "electric_loop_97bpm.ogg", "trumpet_loop_90bpm.ogg")
TINTS = (
    "null",
    "hue=h=25:s=1.2",
    "colorbalance=rm=.15:bm=-.15",
    "colorbalance=bm=.2:rm=-.1",
    "eq=gamma=0.8:saturation=0.6",
    "hue=s=0",
    "eq=gamma=1.25:contrast=1.1",
    "curves=preset=vintage",
)


@dataclass(frozen=True)
class AssembledShot:
    """A shot of the film: how it was made, and whether it was meant as a highlight."""

    scene: int
    take: Take
    start_s: float
    frames: int
    picture: str
    highlight: bool


@dataclass(frozen=True)
class Spoken:
    """A line that was laid into the film: from, to (seconds) and its words."""

    start_s: float
    end_s: float
    words: str


@dataclass(frozen=True)
class AssembledFilm:
    """The film and what is true of it.

    Attributes:
        path: The file: H.264 at 24 frames a second, stereo AAC.
        shots: In order.
        lines: What is said.
        music: Where there is music, seconds.
    """

    path: Path
    shots: tuple[AssembledShot, ...]
    lines: tuple[Spoken, ...]
    music: tuple[tuple[float, float], ...]

    @property
    def cuts(self) -> list[int]:
        """The first frame of every shot but the first."""
        return [int(each) for each in np.cumsum([shot.frames for shot in self.shots])[:-1]]

    @property
    def frames(self) -> int:
        """Pictures in the film."""
        return sum(shot.frames for shot in self.shots)

    @property
    def seconds(self) -> float:
        """Its length."""
        return float(self.frames / RATE)

    def highlights(self) -> list[int]:
        """The shots that were meant as highlights: fast pictures under loud strokes."""
        return [nth for nth, shot in enumerate(self.shots) if shot.highlight]


def assemble(
    data: Path, out: Path, *, seconds: float, size: tuple[int, int] = (640, 360), seed: int = 1
) -> AssembledFilm:
    """Cut a film together.

    Args:
        data: The folder of open test media.
        out: A folder for it; `film.mp4` is made there.
        seconds: At least so long.
        size: Of its picture.
        seed: Another seed is another film.
    """
    shots = _script(seconds, np.random.default_rng(seed))
    pieces = out / "pieces"
    pieces.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        files = list(pool.map(lambda job: _piece(data, pieces, job[0], job[1], size), enumerate(shots)))
    listed = pieces / "list.txt"
    listed.write_text("".join(f"file '{file.name}'\n" for file in files))
    sound, lines, music = _sound(data, shots, np.random.default_rng(seed + 1))
    pcm = pieces / "sound.f32"
    sound.astype("<f4").tofile(pcm)
    film = out / "film.mp4"
    run_ffmpeg(
        ["-f", "concat", "-safe", "0", "-i", listed, "-f", "f32le", "-ar", str(SOUND), "-ac", "2", "-i", pcm,
         "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-b:a", "160k", "-movflags", "+faststart", film],
        timeout_s=600,
    )  # fmt: skip
    for file in (*files, pcm):
        file.unlink()
    return AssembledFilm(film, tuple(shots), tuple(lines), tuple(music))


def _script(seconds: float, random: np.random.Generator) -> list[AssembledShot]:
    shots: list[AssembledShot] = []
    scene, played = 0, 0.0
    before = ""
    while played < seconds:
        loud = scene % 3 == 2
        place = str(random.choice([name for name in (LOUD if loud else QUIET) if name != before]))
        before = place
        tint = TINTS[int(random.integers(len(TINTS)))]
        for nth in range(int(random.integers(5, 10))):
            take = PLACES[place][int(random.integers(len(PLACES[place])))]
            most = (take.end_s - take.start_s) / take.speed
            wished = float(random.uniform(1.2, 2.6) if loud else random.uniform(1.8, 5.5))
            frames = max(16, int(min(most, wished) * RATE))
            start = take.start_s + float(
                random.uniform(0, max(0.0, take.end_s - take.start_s - frames / 24 * take.speed))
            )
            zoom = float(random.uniform(1.0, 1.7))
            x, y = random.uniform(0, 1, 2)
            flip = "hflip," if random.random() < 0.5 else ""
            crop = f"crop=trunc(iw/{zoom:.3f}/2)*2:trunc(ih/{zoom:.3f}/2)*2:(iw-ow)*{x:.3f}:(ih-oh)*{y:.3f}"
            shots.append(AssembledShot(scene, take, start, frames, f"{flip}{crop},{tint}", loud and nth % 2 == 1))
            played += frames / 24
        scene += 1
    return shots


def _piece(data: Path, folder: Path, nth: int, shot: AssembledShot, size: tuple[int, int]) -> Path:
    out = folder / f"{nth:04}.mp4"
    width, height = size
    # by filter and not by seeking: the old AVI among the clips has an index that seeks amiss
    picture = (
        f"trim=start={shot.start_s:.4f},setpts=(PTS-STARTPTS)/{shot.take.speed},fps=24,{shot.picture},scale={width}:{height}:force_original_aspect_ratio=increase,"
        f"crop={width}:{height},setsar=1,format=yuv420p"
    )
    run_ffmpeg(
        ["-threads", "1", "-i", data / "video" / shot.take.file, "-an", "-vf", picture,
         "-frames:v", str(shot.frames), "-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-threads", "1",
         "-video_track_timescale", "24000", out],
        timeout_s=120,
    )  # fmt: skip
    return out


def _sound(
    data: Path, shots: list[AssembledShot], random: np.random.Generator
) -> tuple[np.ndarray, list[Spoken], list[tuple[float, float]]]:
    starts = np.cumsum([0, *(shot.frames for shot in shots)]) / 24
    mix = np.zeros((round(starts[-1] * SOUND), 2), np.float32)
    mix += random.standard_normal(mix.shape).astype(np.float32) * np.float32(0.0006)  # a room is never silent
    voices = [(_read(data / "audio" / file), words) for file, words in SPEECH]
    tunes = [_read(data / "audio" / file) for file in MUSIC]
    drums = _read(data / "audio" / "drum_loop_148bpm.ogg")
    lines: list[Spoken] = []
    music: list[tuple[float, float]] = []
    for scene in range(shots[-1].scene + 1):
        places = [nth for nth, shot in enumerate(shots) if shot.scene == scene]
        start_s, end_s = float(starts[places[0]]), float(starts[places[-1] + 1])
        if shots[places[0]].highlight or scene % 3 == 2:
            _lay(mix, drums, start_s, end_s, 0.30)
            for nth in places:
                if shots[nth].highlight:
                    _strike(mix, float(starts[nth]) + 0.05)
        elif scene % 3 == 1:
            _lay(mix, tunes[scene // 3 % len(tunes)], start_s, end_s, 0.25)
            music.append((start_s, end_s))
        else:
            at = start_s + 0.4
            for voice, words in (voices[int(each)] for each in random.permutation(len(voices))):
                if at + len(voice) / SOUND + 0.3 > end_s:
                    break
                _lay(mix, voice, at, at + len(voice) / SOUND, 0.7)
                lines.append(Spoken(at, at + len(voice) / SOUND, words))
                at += len(voice) / SOUND + float(random.uniform(0.8, 1.6))
    return np.clip(mix, -0.98, 0.98), lines, music


def _read(path: Path) -> np.ndarray:
    """A sound as (N, 2) float32 at 48 kHz."""
    run = run_ffmpeg(["-i", path, "-map", "0:a", "-f", "f32le", "-ar", str(SOUND), "-ac", "2", "-"], timeout_s=60)
    return np.frombuffer(run.stdout, "<f4").reshape(-1, 2)


def _lay(mix: np.ndarray, sound: np.ndarray, start_s: float, end_s: float, gain: float) -> None:
    """Add a sound, again and again until its end, with soft edges."""
    first, last = round(start_s * SOUND), min(round(end_s * SOUND), len(mix))
    filled = np.resize(sound, (last - first, 2)) if len(sound) < last - first else sound[: last - first].copy()
    edge = min(2400, len(filled) // 2)
    ramp = np.linspace(0, 1, edge, dtype=np.float32)[:, None]
    filled[:edge] *= ramp
    filled[-edge:] *= ramp[::-1]
    mix[first:last] += np.float32(gain) * filled


def _strike(mix: np.ndarray, at_s: float) -> None:
    """A stroke on a big drum."""
    first = round(at_s * SOUND)
    t = np.arange(min(SOUND, len(mix) - first)) / SOUND
    stroke = np.sin(2 * np.pi * 60 * t * np.exp(-t)) * np.exp(-t / 0.25) * 0.6
    mix[first : first + len(t)] += stroke[:, None].astype(np.float32)
