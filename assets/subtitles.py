"""Subtitles: one asset a language, made together: the film's words are read and its sentences understood once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import dagster as dg

from assets.artifact import Artifact, keyed
from assets.captions import Captions, publish_captions
from assets.events import AssetEvent, asset_events, final
from assets.making import Made, making
from assets.partitions import titles
from assets.placement import placement
from assets.subtitle_languages import subtitles_in
from assets.subtitle_room import SubtitleRoom, open_room
from ops.errors import ModelUnavailable, ShowrunnerError, StoreError
from ops.languages.table import by_reach, languages
from resources.ledger import LedgerState, input_hash
from resources.settings import variable_of
from resources.store.model import ArtifactKey
from resources.studio import Studio

if TYPE_CHECKING:
    from ops.translation.translator import Translator

__all__ = ["SUBTITLES", "make_subtitles", "subtitles"]

SUBTITLES = tuple(
    Artifact(
        subtitles_in(code),
        upstream=("source_video", "shots", "speech", "transcript"),
        code_version="1",
        engine="house/cues",
        family="subtitles",
        group="subtitles",
        kinds=frozenset({"text"}),
        uses=("translation_engine", "subtitle_rewriter"),
        shaped_by=("subtitle_profile", "subtitle_audience", "subtitle_formality", "subtitle_terms"),
        on_demand=True,
    )
    for code in languages()
)
_OF = keyed(SUBTITLES)


class LanguagesFailed(ShowrunnerError):
    """Some of the languages could not be made; the others are."""


def make_subtitles(title: str, studio: Studio, wanted: Sequence[str]) -> Iterator[Made]:
    """Make the wanted languages: what is spoken, those that came with the film, and the others translated.

    A language that cannot be made keeps no other back, whatever is wrong with it.

    Raises:
        LanguagesFailed: When all others are made, for those that could not be.
        StoreError, OSError, psycopg.OperationalError: The store, a disk or the database is away.
    """
    codes = [each.code for each in by_reach() if subtitles_in(each.code) in wanted]
    if not codes:
        return
    with open_room(title, studio, _OF[subtitles_in(codes[0])]) as room:
        desk = _Desk(title, studio, room)
        at_hand = [code for code in codes if code == room.spoken or code in room.texts]
        for code in sorted(at_hand, key=lambda code: code != room.spoken):
            yield from desk.make(code, partial(_at_hand, room, code))
        others = [code for code in codes if code not in at_hand]
        if others:
            yield from _translated(desk, others)
    if desk.failed:
        reasons = {code: _in_words(error) for code, error in desk.failed.items()}
        defect = next((error for error in desk.failed.values() if not isinstance(error, ShowrunnerError)), None)
        raise LanguagesFailed(_told(reasons), where=title) from defect


@dataclass(frozen=True)
class _Desk:
    """Where a title's languages are made, and what went wrong with them."""

    title: str
    studio: Studio
    room: SubtitleRoom
    failed: dict[str, Exception] = field(default_factory=dict)

    def make(self, code: str, captions: Callable[[], Captions], *, took_s: float = 0.0) -> Iterator[Made]:
        """Make one language; what goes wrong with it is noted, and is its own affair."""
        if self._made_by_this_run(code):
            return
        try:
            with making(self.title, _OF[subtitles_in(code)], self.studio) as work:
                work.started -= took_s
                if not self.room.agrees_with(work):
                    raise StoreError("what its subtitles are made from was published anew meanwhile", where=self.title)
                yield publish_captions(work, self.room, captions())
        except Exception as error:
            if not final(error):
                raise
            self.failed[code] = error

    def _made_by_this_run(self, code: str) -> bool:
        """Whether a step of this run, which was stopped since, published the language: it was told of then."""
        row = self.studio.ledger.row(ArtifactKey.of_asset(self.title, subtitles_in(code)))
        if row is None or row.state is not LedgerState.READY or not row.run_id or row.run_id != self.studio.run_id:
            return False
        versions = {name: each.data_version for name, each in self.room.work.inputs.items()}
        artifact = _OF[subtitles_in(code)].under(self.studio.settings)
        return row.input_hash == input_hash(versions, code_version=artifact.code_version, engine=artifact.engine)


def _at_hand(room: SubtitleRoom, code: str) -> Captions:
    """What is spoken, or a language that came with the film: nothing is translated."""
    if code == room.spoken:
        return Captions(code, room.track, room.transcript.source, written=bool(room.transcript.cues))
    text = room.texts[code]
    return Captions(code, room.of_cues(text.file, code), text.source, written=True)


def _translated(desk: _Desk, codes: Sequence[str]) -> Iterator[Made]:
    """Every other language, each published as soon as it is whole; an engine that breaks down fails what is left."""
    from assets.translating import translations

    studio, left = desk.studio, dict.fromkeys(codes)
    try:
        translator = _translator(studio)
        for result in translations(desk.room, translator, codes, progress=lambda done: studio.watch("subtitles", done)):
            del left[result.language]
            yield from desk.make(result.language, result.captions, took_s=result.took_s)
    except Exception as error:
        if not final(error):
            raise
        for code in left:
            yield from desk.make(code, partial(_fail, error))


def _translator(studio: Studio) -> "Translator":
    translator = studio.engines.translator
    if translator is None:
        raise ModelUnavailable(
            "no translator is set, so subtitles are made in the language that is spoken alone",
            where=variable_of("translation_engine"),
            fix=f"Set {variable_of('translation_engine')}=nllb, madlad or apertium; showrunner doctor tells what it"
            " needs.",
        )
    return translator


def _fail(error: Exception) -> NoReturn:
    raise error


def _in_words(error: Exception) -> str:
    return str(error) if isinstance(error, ShowrunnerError) else f"{type(error).__name__}: {error}"


def _told(failed: Mapping[str, str]) -> str:
    """Each reason once, with the languages it holds for."""
    reasons: dict[str, list[str]] = {}
    for code, why in failed.items():
        reasons.setdefault(why, []).append(code)
    return "; ".join(
        f"{', '.join(codes[:8])}{f' and {len(codes) - 8} more' if len(codes) > 8 else ''}: {why}"
        for why, codes in reasons.items()
    )


_WHERE = placement("subtitles")


@dg.multi_asset(
    name="subtitles",
    specs=[
        artifact.spec(f"Subtitles in {each.name}: SRT, VTT and ASS, the table of cues, and what was measured of them.")
        for artifact, each in zip(SUBTITLES, languages().values(), strict=True)
    ],
    check_specs=[check for artifact in SUBTITLES for check in artifact.check_specs()],
    partitions_def=titles,
    can_subset=True,
    op_tags=_WHERE.op_tags(),
    pool=_WHERE.pool,
    retry_policy=_WHERE.retry_policy,
)
def subtitles(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
    """The title's subtitles, one asset a language; a run of any of them loads the translator once."""
    wanted = [key.to_user_string() for key in context.selected_asset_keys]
    yield from asset_events(context, studio, lambda title, at_work: make_subtitles(title, at_work, wanted))
