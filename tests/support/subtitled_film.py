"""A film with subtitles of its own, the house that makes its languages, and an engine that knows them by heart."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dagster as dg
import pysrt

from assets.making import Made
from assets.subtitles import make_subtitles
from ops.languages.table import languages
from ops.media.ffmpeg import run_ffmpeg
from ops.progress import Progress, no_progress
from ops.subtitles.cue import CueTrack
from ops.subtitles.identity import cue_ids
from ops.transcript.model import Word
from ops.transcript.recognition import HeardWindow, Window
from orchestration.handing_in import Handed
from orchestration.make import TitleReport, make_title
from resources.ledger import LedgerRow
from resources.models.engines import Engines
from resources.settings import load_settings
from resources.store.model import ArtifactKey, Manifest
from resources.studio import Studio, open_studio
from tests.ops.translation.doubles import PhraseBook

__all__ = [
    "LINES",
    "Listener",
    "SubtitleHouse",
    "film_of_sound",
    "open_subtitle_house",
    "phrase_book",
    "sintel",
]

FILM = "sintel_360p_two_subtitles_chapters.mkv"

_MADE = ("ledger", "translations")

LINES: dict[str, dict[str, str]] = {
    "What brings you to the land of the gatekeepers?": {
        "fra_Latn": "Qu'est-ce qui t'amène au pays des gardiens\xa0?",
        "spa_Latn": "¿Qué te trae a la tierra de los guardianes?",
        "ita_Latn": "Cosa ti porta nella terra dei guardiani?",
    },
    "I'm searching for someone.": {
        "fra_Latn": "Je cherche quelqu'un.",
        "spa_Latn": "Estoy buscando a alguien.",
        "ita_Latn": "Sto cercando qualcuno.",
    },
    "A dangerous quest for a lone hunter.": {
        "fra_Latn": "Une quête dangereuse pour une femme seule.",
        "spa_Latn": "Una búsqueda peligrosa para alguien solo.",
        "ita_Latn": "Una ricerca pericolosa per chi è solo.",
    },
    "I've been alone for as long as I can remember.": {
        "fra_Latn": "J'ai toujours été seule, du plus loin que je sache.",
        "spa_Latn": "He estado sola desde que tengo memoria.",
        "ita_Latn": "Sono sola da quando ho memoria.",
    },
}
"""What is said in the film, and what a person would write for it."""


def phrase_book(**told: Any) -> PhraseBook:
    """An engine that translates the film as people would, and can be told how to fail."""
    return PhraseBook(phrases={**LINES, **told.pop("phrases", {})}, **told)


def sintel(data: Path, folder: Path) -> Path:
    """The film, 52 s, with its English and German subtitles, in a folder of its own."""
    return Path(shutil.copy(data / "video" / FILM, folder / "sintel.mkv"))


def film_of_sound(sound: Path, out: Path, *, language: str = "") -> Path:
    """A grey picture for as long as a sound lasts; its tag tells a language where one is given."""
    tag = ["-metadata:s:a:0", f"language={language}"] if language else []
    run_ffmpeg(
        ["-f", "lavfi", "-i", "color=gray:s=64x36:r=24", "-i", sound, "-shortest", "-c:v", "libx264", "-preset",
         "ultrafast", "-c:a", "flac", "-strict", "experimental", *tag, out],
        timeout_s=60,
    )  # fmt: skip
    return out


@dataclass
class Listener:
    """A recogniser that hears the same words in every window, evenly spread over it.

    Attributes:
        text: What it hears.
        language: In which language.
        confidence: How sure it is of each word.
        draft: Whether it calls its words a draft.
    """

    text: str
    language: str = "eng_Latn"
    confidence: float = 0.9
    draft: bool = False
    name: str = "double/listener"

    def language_of(self, windows: Sequence[Window]) -> str | None:
        return self.language

    def hear(self, windows: Sequence[Window], *, language: str, progress: Progress = no_progress) -> list[HeardWindow]:
        return [HeardWindow(language, self._words(window), log_prob=-0.2, no_speech=0.0) for window in windows]

    def _words(self, window: Window) -> tuple[Word, ...]:
        words = self.text.split()
        step_s = (window.end_s - window.start_s) / len(words)
        return tuple(
            Word(word, window.start_s + nth * step_s, window.start_s + (nth + 0.9) * step_s, self.confidence)
            for nth, word in enumerate(words)
        )


@dataclass
class SubtitleHouse:
    """A studio with one film, and Dagster's memory of it."""

    studio: Studio
    instance: dg.DagsterInstance
    film: Path
    title: str = ""

    def make(
        self,
        *codes: str,
        studio: Studio | None = None,
        language: str | None = None,
        corrections: Path | None = None,
    ) -> TitleReport:
        """As the command does it, through Dagster."""
        wanted = [f"subtitles/{code}" for code in codes]
        handed = Handed(language=language, corrections=corrections)
        report = make_title(self.film, wanted, studio or self.studio, self.instance, handed=handed)
        self.title = report.title
        return report

    def just(self, *codes: str, studio: Studio | None = None) -> list[Made]:
        """Only the languages, by their family's function: of what is published of everything before them."""
        return list(make_subtitles(self.title, studio or self.studio, [f"subtitles/{code}" for code in codes]))

    def with_engine(self, engine: PhraseBook | None, *, listener: Listener | None = None, **settings: object) -> Studio:
        """The house with an engine in the place of NLLB, and with other settings."""
        chosen = {"translation_engine": f"nllb:{engine.name}"} if engine is not None else {}
        chosen |= {"recogniser_engine": f"whisper:{listener.name}"} if listener is not None else {}
        told = self.studio.settings.model_copy(update={**chosen, **settings})
        engines = Engines(told)
        for name, double in (("translator", engine), ("recogniser", listener)):
            if double is not None:
                engines.__dict__[name] = double
        return replace(self.studio, settings=told, engines=engines)

    def key(self, asset: str) -> ArtifactKey:
        return ArtifactKey.of_asset(self.title, f"subtitles/{asset}" if asset in languages() else asset)

    def row(self, asset: str) -> LedgerRow:
        row = self.studio.ledger.row(self.key(asset))
        assert row is not None, f"{asset} was never tried"
        return row

    def manifest(self, asset: str) -> Manifest:
        found = self.studio.store.manifest(self.key(asset))
        assert found is not None, f"{asset} is not published"
        return found

    def file(self, asset: str, name: str) -> Path:
        return self.studio.store.fetch(self.manifest(asset), name)

    def text(self, asset: str, name: str) -> str:
        return self.file(asset, name).read_text(encoding="utf-8-sig")

    def told(self, asset: str, name: str = "quality.json") -> dict[str, Any]:
        return json.loads(self.text(asset, name))

    def track(self, code: str) -> CueTrack:
        return CueTrack.from_json(self.told(code, "cues.json"))

    def cues(self, code: str) -> dict[str, str]:
        """Its lines by the ids of their cues, in order."""
        track = self.track(code)
        return {name: " ".join(cue.lines) for name, cue in zip(cue_ids(track), track.cues, strict=True)}

    def lines(self, code: str, tag: str) -> list[str]:
        """What stands in its SRT, read by another library, each cue in one line."""
        return [" ".join(cue.text.split()) for cue in pysrt.from_string(self.text(code, f"{tag}.srt"))]

    def sheet(self, code: str, tag: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.text(code, f"{tag}.csv"))))

    def forget(self) -> None:
        """As if no language was made, and nobody had said a word of it."""
        with self.studio.database.connection() as connection:
            connection.execute("TRUNCATE translations, corrections, speaker_names, reviews, requests CASCADE")
            connection.execute("DELETE FROM ledger WHERE artifact = 'subtitles'")
        shutil.rmtree(self._shelf / "subtitles", ignore_errors=True)

    def keep(self) -> None:
        """Remember how everything stands, for `restore`."""
        shutil.copytree(self._shelf, self._kept)
        with self.studio.database.connection() as connection:
            for table in _MADE:
                connection.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")

    def restore(self) -> None:
        """As it stood, and as if nobody had said a word since."""
        shutil.rmtree(self._shelf)
        shutil.copytree(self._kept, self._shelf)
        with self.studio.database.connection() as connection:
            connection.execute("TRUNCATE corrections, speaker_names, reviews, requests, handed_texts CASCADE")
            connection.execute("UPDATE titles SET language = NULL")
            for table in _MADE:
                connection.execute(f"DELETE FROM {table}")
                connection.execute(f"INSERT INTO {table} TABLE kept_{table}")

    @property
    def _shelf(self) -> Path:
        return self.studio.settings.home / "store" / self.title

    @property
    def _kept(self) -> Path:
        return self.studio.settings.home / "kept"


@contextmanager
def open_subtitle_house(home: Path, film: Path, **settings: object) -> Iterator[SubtitleHouse]:
    """A house of its own, in which nothing is made yet."""
    told: Mapping[str, Any] = {"database_url": None, "inbox_settle_s": 0.0, **settings}
    with open_studio(load_settings(home, **told)) as studio, dg.DagsterInstance.ephemeral() as instance:
        yield SubtitleHouse(studio, instance, film)
