"""From people's words to new subtitles: corrections, edited files, speakers' names, sidecars, and the night's orders.

One film in one house for the whole module, analysed once; every test begins with no language made and no word said.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest

from assets.correcting import order_corrected
from assets.families import ARTIFACTS, DEFAULT
from assets.making import making
from assets.planning import unsettled, verdicts_of
from assets.staleness import Verdict
from assets.subtitle_languages import is_subtitles
from ops.errors import UsageError
from ops.languages.table import TOP, by_reach
from ops.subtitles.corrections import Correction
from orchestration.build import build_defs
from orchestration.sensors.subtitles import subtitles_corrected
from resources.ledger import Showing
from resources.studio import Studio
from resources.subtitles.corrections import Corrections
from resources.subtitles.speakers import SpeakerNames
from tests.ops.translation.doubles import PhraseBook
from tests.orchestration.test_refresh import refresh, trace
from tests.support.subtitled_film import LINES, SubtitleHouse, open_subtitle_house, phrase_book, sintel

ENGLISH, QUEST = "I'm searching for someone.", "A dangerous quest for a lone hunter."
MENDED = "I'm searching for a dragon."
LANGUAGES = ("eng_Latn", "fra_Latn", "spa_Latn", "deu_Latn")


@pytest.fixture(scope="module")
def built(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SubtitleHouse]:
    """The film in what is spoken, in German as it came, and in two languages that were translated."""
    film = sintel(data, tmp_path_factory.mktemp("film"))
    with open_subtitle_house(tmp_path_factory.mktemp("loop") / "home", film) as house:
        house.make(*LANGUAGES, studio=house.with_engine(phrase_book()))
        house.keep()
        yield house


@pytest.fixture
def engine() -> PhraseBook:
    return phrase_book(
        phrases={MENDED: {"fra_Latn": "Je cherche un dragon.", "spa_Latn": "Estoy buscando a un dragón."}}
    )


@pytest.fixture
def house(built: SubtitleHouse, engine: PhraseBook) -> SubtitleHouse:
    built.restore()
    return replace(built, studio=built.with_engine(engine))


def cue_of(house: SubtitleHouse, code: str, text: str) -> str:
    [cue] = [name for name, line in house.cues(code).items() if line == text]
    return cue


def correct(house: SubtitleHouse, code: str, text: str, wanted: str, *, end_s: float | None = None) -> str:
    """A person's word on a cue, as the API writes it."""
    cue = cue_of(house, code, text)
    made = Correction(code, cue, text, wanted, end_s=end_s)
    Corrections(house.studio.database).hand_in(house.title, [made], who="ada", spoken="eng_Latn")
    return cue


def stale(house: SubtitleHouse) -> set[str]:
    return {asset for asset, verdict in verdicts_of(house.title, house.studio).items() if verdict is Verdict.STALE}


def remade(house: SubtitleHouse, *codes: str) -> set[str]:
    return {made.asset for made in house.make(*codes).artifacts if not made.reused}


def asked_anew(engine: PhraseBook) -> set[tuple[str, str]]:
    """The sentences that the engine was given to translate from English, by language."""
    return {
        (target, text)
        for call in engine.asked
        for target in call.targets
        if target != "eng_Latn"
        for text in call.texts
    }


# -- batches, before another test gives Dagster other inputs to remember
# ---------------------------------------------------------------------------------------------------------------------


def test_a_batch_run_leaves_the_trace_of_an_asset_run(house: SubtitleHouse, engine: PhraseBook):
    engine.wrong, engine.stubborn = {(QUEST, "spa_Latn"): QUEST}, True
    codes = ["eng_Latn", "fra_Latn", "spa_Latn"]
    house.forget()
    job = build_defs(resources={"studio": house.studio}, executor=dg.in_process_executor)
    by_asset_run = job.resolve_implicit_global_asset_job_def().execute_in_process(
        partition_key=house.title,
        asset_selection=[dg.AssetKey(["subtitles", code]) for code in codes],
        instance=house.instance,
    )
    house.forget()

    by_batch_run = refresh(house.studio, house.instance, [house.title], [f"subtitles/{code}" for code in codes])

    assert by_batch_run.success
    assert trace(by_batch_run) == trace(by_asset_run)
    assert {name for name in trace(by_batch_run) if " " not in name} == {f"subtitles/{code}" for code in codes}
    assert any(" sentences_pass" in name for name in trace(by_batch_run))
    assert house.row("fra_Latn").showing is Showing.PUBLISHED


# -- corrections
# ---------------------------------------------------------------------------------------------------------------------


def test_a_corrected_cue_says_what_the_person_wrote_and_no_other_language_is_touched(
    house: SubtitleHouse, engine: PhraseBook
):
    correct(house, "fra_Latn", "Je cherche quelqu'un.", "Je cherche mon ami.")
    assert stale(house) == {"subtitles/fra_Latn"}

    assert remade(house, *LANGUAGES) == {"subtitles/fra_Latn"}

    assert house.lines("fra_Latn", "fr")[1] == "Je cherche mon ami."
    assert house.told("fra_Latn")["corrections"] == {"applied": 1, "conflicts": []}
    assert asked_anew(engine) == set()


def test_a_correction_holds_under_another_profile_and_another_engine(house: SubtitleHouse):
    correct(house, "fra_Latn", "Je cherche quelqu'un.", "Je cherche mon ami.", end_s=20.5)
    for studio in (
        house.with_engine(phrase_book(), subtitle_profile="bbc"),
        house.with_engine(other_engine()),
    ):
        house.just("fra_Latn", studio=studio)

        assert house.lines("fra_Latn", "fr")[1] == "Je cherche mon ami."
        track = house.track("fra_Latn")
        assert abs(float(track.end_s(track.cues[1])) - 20.5) < 0.03


def other_engine() -> PhraseBook:
    engine = phrase_book()
    engine.name = "double:another"
    return engine


def test_a_corrected_source_re_translates_its_sentence_in_every_language_and_no_other(
    house: SubtitleHouse, engine: PhraseBook
):
    correct(house, "eng_Latn", ENGLISH, MENDED)
    assert stale(house) == {"transcript"}

    assert remade(house, *LANGUAGES) == {"transcript", *(f"subtitles/{code}" for code in LANGUAGES)}

    assert asked_anew(engine) == {("fra_Latn", MENDED), ("spa_Latn", MENDED)}
    assert house.lines("eng_Latn", "en")[1] == MENDED
    assert house.lines("fra_Latn", "fr")[1] == "Je cherche un dragon."
    assert house.lines("spa_Latn", "es")[1] == "Estoy buscando a un dragón."
    assert house.lines("deu_Latn", "de")[1] == "Ich suche jemanden."


def test_a_correction_whose_text_has_changed_is_shown_as_a_conflict_and_warns(house: SubtitleHouse):
    correct(house, "fra_Latn", "Je cherche quelqu'un.", "Je cherche mon ami.")
    other = other_engine()
    other.phrases = {**LINES, ENGLISH: {"fra_Latn": "Je suis à la recherche de quelqu'un."}}

    [made] = house.just("fra_Latn", studio=house.with_engine(other))

    [conflict] = house.told("fra_Latn")["corrections"]["conflicts"]
    assert conflict["wanted"] == "Je cherche mon ami."
    assert conflict["now"].split() == ["Je", "suis", "à", "la", "recherche", "de", "quelqu'un."]
    [check] = [check for check in made.checks if check.name == "corrections_apply"]
    assert not check.passed and not check.blocking and made.held == ""
    assert house.lines("fra_Latn", "fr")[1] != "Je cherche mon ami."

    house.just("fra_Latn")  # the old engine again: the text that it was made over stands again
    assert house.lines("fra_Latn", "fr")[1] == "Je cherche mon ami."


def test_a_correction_that_is_taken_back_leaves_what_was_translated(house: SubtitleHouse):
    cue = correct(house, "fra_Latn", "Je cherche quelqu'un.", "Je cherche mon ami.")
    house.just("fra_Latn")

    assert Corrections(house.studio.database).take_back(house.title, "fra_Latn", cue, spoken="eng_Latn") == 1
    assert stale(house) == {"subtitles/fra_Latn"}
    house.just("fra_Latn")

    assert house.lines("fra_Latn", "fr")[1] == "Je cherche quelqu'un."


# -- files that were edited
# ---------------------------------------------------------------------------------------------------------------------


def test_an_edited_srt_is_handed_back(house: SubtitleHouse, tmp_path: Path):
    edited = tmp_path / "fr.srt"
    edited.write_text(house.text("fra_Latn", "fr.srt").replace("Je cherche quelqu'un.", "Je cherche mon ami."))

    report = house.make("fra_Latn", corrections=edited)

    assert not report.troubled
    assert house.lines("fra_Latn", "fr")[1] == "Je cherche mon ami."
    assert house.told("fra_Latn")["corrections"]["applied"] == 1


def test_an_srt_of_an_older_version_takes_back_nothing_that_was_corrected_since(house: SubtitleHouse, tmp_path: Path):
    downloaded = house.text("fra_Latn", "fr.srt")
    other = house.lines("fra_Latn", "fr")[2]
    correct(house, "fra_Latn", other, "Quelqu'un d'autre l'a corrigé.")
    house.just("fra_Latn")
    edited = tmp_path / "fr.srt"
    edited.write_text(downloaded.replace("Je cherche quelqu'un.", "Je cherche mon ami."))

    house.make("fra_Latn", corrections=edited)

    lines = house.lines("fra_Latn", "fr")
    assert lines[1:3] == ["Je cherche mon ami.", "Quelqu'un d'autre l'a corrigé."]
    assert house.told("fra_Latn")["corrections"] == {"applied": 2, "conflicts": []}


def test_an_edited_srt_of_what_is_spoken_re_translates_what_it_changed(
    house: SubtitleHouse, engine: PhraseBook, tmp_path: Path
):
    edited = tmp_path / "sintel.en.srt"
    edited.write_text(house.text("eng_Latn", "en.srt").replace(ENGLISH, MENDED))

    house.make(*LANGUAGES, corrections=edited)

    assert asked_anew(engine) == {("fra_Latn", MENDED), ("spa_Latn", MENDED)}
    assert house.lines("fra_Latn", "fr")[1] == "Je cherche un dragon."


def test_an_edited_table_is_handed_back(house: SubtitleHouse, tmp_path: Path):
    rows = house.sheet("fra_Latn", "fr")
    rows[1]["text"] = "Je cherche mon ami."
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    edited = tmp_path / "fr.csv"
    edited.write_text(sheet.getvalue(), encoding="utf-8")

    report = house.make("fra_Latn", "spa_Latn", corrections=edited)

    assert {made.asset for made in report.artifacts if not made.reused} == {"subtitles/fra_Latn"}
    assert house.lines("fra_Latn", "fr")[1] == "Je cherche mon ami."


@pytest.mark.parametrize(
    ("name", "edited", "told"),
    [
        ("fr.srt", lambda srt: srt, "holds no correction"),
        ("xx.srt", lambda srt: srt, "does not tell its language"),
        ("it.srt", lambda srt: srt, "of which the title has no subtitles"),
    ],
)
def test_a_file_that_corrects_nothing_says_why(house: SubtitleHouse, tmp_path: Path, name: str, edited, told: str):
    path = tmp_path / name
    path.write_text(edited(house.text("fra_Latn", "fr.srt")))

    with pytest.raises(UsageError, match=told):
        house.make("fra_Latn", corrections=path)


# -- what the sensor orders
# ---------------------------------------------------------------------------------------------------------------------


def look(studio: Studio, cursor: str | None) -> dg.SensorResult:
    told = subtitles_corrected(dg.build_sensor_context(resources={"studio": studio}, cursor=cursor))
    assert isinstance(told, dg.SensorResult)
    return told


def ordered(studio: Studio) -> list[tuple[str, ...]]:
    with studio.database.connection() as connection:
        rows = connection.execute("SELECT artifacts FROM requests WHERE state = 'open' ORDER BY id").fetchall()
    return [tuple(row[0]) for row in rows]


def test_the_sensor_orders_what_a_correction_touches_and_nothing_else_and_twice_orders_once(house: SubtitleHouse):
    first = look(house.studio, None)
    assert ordered(house.studio) == []

    correct(house, "fra_Latn", "Je cherche quelqu'un.", "Je cherche mon ami.")
    second = look(house.studio, first.cursor)
    look(house.studio, first.cursor)
    look(house.studio, second.cursor)

    assert ordered(house.studio) == [("subtitles/fra_Latn",)]
    assert datetime.fromisoformat(str(second.cursor)) > datetime.fromisoformat(str(first.cursor))

    [batch] = house.studio.orders.batch(10, 10)
    assert refresh(house.studio, house.instance, list(batch.titles), list(batch.artifacts)).success
    house.studio.orders.finish(batch.id)
    look(house.studio, second.cursor)  # within the overlap: it is fresh, and asked for no more
    assert ordered(house.studio) == []
    assert house.lines("fra_Latn", "fr")[1] == "Je cherche mon ami."


def test_what_is_taken_back_is_ordered_without_waiting_for_a_look(house: SubtitleHouse):
    cue = correct(house, "fra_Latn", "Je cherche quelqu'un.", "Je cherche mon ami.")
    [batch] = house.studio.orders.batch(10, 10)
    assert refresh(house.studio, house.instance, list(batch.titles), list(batch.artifacts)).success
    house.studio.orders.finish(batch.id)

    Corrections(house.studio.database).take_back(house.title, "fra_Latn", cue, spoken="eng_Latn")

    assert ordered(house.studio) == [("subtitles/fra_Latn",)]


def test_a_corrected_source_orders_the_transcript_and_every_language_that_there_is(house: SubtitleHouse):
    correct(house, "eng_Latn", ENGLISH, MENDED)

    wishes = order_corrected(house.studio)

    assert wishes == {house.title: ["transcript", *sorted(f"subtitles/{code}" for code in LANGUAGES)]}


def test_a_speakers_name_is_said_in_the_voices_and_stays_with_the_voice(house: SubtitleHouse):
    turns = [
        (turn["start_s"], turn["end_s"])
        for turn in house.told("speech", "speech.json")["turns"]
        if turn["speaker"] == "S1"
    ]
    SpeakerNames(house.studio.database).call(house.title, "Ishtar", turns, who="ada")

    look(house.studio, None)
    [artifacts] = ordered(house.studio)
    assert set(artifacts) >= {f"subtitles/{code}" for code in LANGUAGES}
    assert refresh(house.studio, house.instance, [house.title], list(artifacts)).success

    assert "<v Ishtar>" in house.text("eng_Latn", "en.vtt")
    assert "<v Ishtar>" in house.text("fra_Latn", "fr.vtt")
    house.studio.ledger.outdate(house.key("speech"), "the test asks for it")
    house.make("eng_Latn")
    assert "<v Ishtar>" in house.text("eng_Latn", "en.vtt")


# -- nights
# ---------------------------------------------------------------------------------------------------------------------


def test_by_night_the_languages_with_most_readers_come_first_and_the_others_when_nothing_else_is_wanting(
    house: SubtitleHouse,
):
    studio = house.with_engine(phrase_book(), subtitle_languages="all")
    made = {f"subtitles/{code}" for code in LANGUAGES}

    top = {f"subtitles/{each.code}" for each in by_reach()[:TOP]}

    def wanted() -> set[str]:
        return set(dict(unsettled(studio))[house.title])

    def settle(assets: Iterable[str]) -> None:
        for asset in assets:
            if not verdicts_of(house.title, studio)[asset].settled:
                with making(house.title, ARTIFACTS[asset], studio) as work:
                    work.skip("it is not what is tested")

    assert {asset for asset in wanted() if is_subtitles(asset)} == top - made
    settle(asset for asset in DEFAULT if not is_subtitles(asset))
    assert wanted() == top - made
    settle(top - made)

    assert wanted() == {asset for asset in ARTIFACTS if is_subtitles(asset)} - top - made
