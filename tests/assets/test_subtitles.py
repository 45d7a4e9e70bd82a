"""Subtitles through the house: kept, translated, judged, and made again where something touches them.

One film in one house for the whole module, analysed once; every test begins with no language made.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import pysrt
import pysubs2
import pytest
import webvtt
from PIL import Image

from assets.checks.subtitles import SUBTITLES_PROMISES
from assets.making import Made
from assets.planning import verdicts_of
from assets.staleness import Verdict
from ops.errors import ModelUnavailable, ShowrunnerError
from ops.media.ffmpeg import run_ffmpeg
from ops.translation.translator import Candidate, Decoding, TranslatorRow
from orchestration.cli import main
from resources.ledger import LedgerState, Showing
from resources.reviews import Question
from resources.reviews import Verdict as Word
from tests.ops.translation.doubles import KilledPhraseBook, PhraseBook
from tests.support.subtitled_film import LINES, SubtitleHouse, open_subtitle_house, phrase_book, sintel

FILES = {"cues.json", "quality.json", "reading_speed.png", "conformance.png"}


@pytest.fixture(scope="module")
def built(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SubtitleHouse]:
    film = sintel(data, tmp_path_factory.mktemp("film"))
    with open_subtitle_house(tmp_path_factory.mktemp("subtitles") / "home", film) as house:
        house.make("*")
        yield house


@pytest.fixture
def house(built: SubtitleHouse) -> SubtitleHouse:
    """The film with its transcript, and no language made."""
    built.forget()
    return built


def outcomes(made: Made) -> dict[str, bool]:
    return {check.name: check.passed for check in made.checks}


def as_it_came(film: Path, stream: int) -> pysrt.SubRipFile:
    """A subtitle stream as FFmpeg reads it."""
    out = run_ffmpeg(["-i", film, "-map", f"0:s:{stream}", "-f", "srt", "-"], timeout_s=60)
    return pysrt.from_string(out.stdout.decode())


def seconds(time: pysrt.SubRipTime) -> float:
    return time.ordinal / 1000


# -- what came with the film
# ---------------------------------------------------------------------------------------------------------------------


def test_the_films_own_subtitles_are_kept_word_for_word_and_retimed(house: SubtitleHouse):
    [made] = house.just("eng_Latn")

    kept, came = pysrt.from_string(house.text("eng_Latn", "en.srt")), as_it_came(house.film, 0)
    assert [cue.text for cue in kept] == [cue.text for cue in came]
    for ours, theirs in zip(kept, came, strict=True):
        assert abs(seconds(ours.start) - seconds(theirs.start)) <= 0.5
        assert seconds(ours.end) >= seconds(theirs.end) - 0.5
        frame = seconds(ours.start) * 24
        assert abs(frame - round(frame)) < 0.03, "a cue comes with a picture"
    assert house.told("eng_Latn")["origin"] == "subtitle stream 2 (eng)"
    assert house.row("eng_Latn").showing is Showing.PUBLISHED
    assert made.held == "" and all(outcomes(made).values())


def test_a_language_is_published_with_its_files_its_measures_and_its_pictures(house: SubtitleHouse, tmp_path: Path):
    [made] = house.just("eng_Latn")

    assert {file.name for file in house.manifest("eng_Latn").files} == FILES | {
        f"en.{kind}" for kind in ("srt", "vtt", "ass", "csv")
    }
    (tmp_path / "en.vtt").write_text(house.text("eng_Latn", "en.vtt"))
    read = {
        "srt": [cue.text for cue in pysrt.from_string(house.text("eng_Latn", "en.srt"))],
        "vtt": [cue.text for cue in webvtt.read(str(tmp_path / "en.vtt")).captions],
        "ass": [line.plaintext for line in pysubs2.SSAFile.from_string(house.text("eng_Latn", "en.ass"))],
        "csv": [row["text"] for row in house.sheet("eng_Latn", "en")],
        "json": [cue.text for cue in house.track("eng_Latn").cues],
    }
    assert all(lines == read["srt"] for lines in read.values()), read
    for picture in ("reading_speed.png", "conformance.png"):
        with Image.open(house.file("eng_Latn", picture)) as opened:
            assert opened.width > 400
    assert {check.name for check in made.checks} == {promise.name for promise in SUBTITLES_PROMISES}
    assert set(house.told("eng_Latn")["conforming"]) == {"netflix", "bbc", "ted", "amazon", "shorts"}
    assert {"reading_speeds", "profiles", "shown", "origin", "cues"} <= set(made.metadata)


def test_a_second_make_of_unchanged_subtitles_does_nothing(house: SubtitleHouse):
    assert house.make("*").artifacts

    assert house.make("*").unchanged


def test_a_language_that_came_with_the_film_is_not_translated(house: SubtitleHouse):
    engine = phrase_book()

    house.just("deu_Latn", "fra_Latn", studio=house.with_engine(engine))

    assert [cue.text for cue in pysrt.from_string(house.text("deu_Latn", "de.srt"))] == [
        cue.text for cue in as_it_came(house.film, 1)
    ]
    assert house.told("deu_Latn")["origin"] == "subtitle stream 3 (deu)"
    assert {target for call in engine.asked for target in call.targets if call.decoding == Decoding()} == {"fra_Latn"}


# -- languages that are translated
# ---------------------------------------------------------------------------------------------------------------------


def test_without_a_translator_what_is_spoken_ships_and_the_rest_says_what_to_set(house: SubtitleHouse):
    report = house.make("eng_Latn", "fra_Latn", "spa_Latn")

    assert "SHOWRUNNER_TRANSLATION_ENGINE" in report.failed["subtitles/fra_Latn"]
    assert set(report.failed) == {"subtitles/fra_Latn", "subtitles/spa_Latn"} and report.troubled
    assert house.row("eng_Latn").showing is Showing.PUBLISHED


def test_the_command_exits_1_where_a_language_could_not_be_made(
    house: SubtitleHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    home = house.studio.settings.home
    monkeypatch.setattr("orchestration.make_command.local_instance", lambda settings: house.instance)
    monkeypatch.setattr("orchestration.make_command.write_gallery", lambda report, studio: home)
    code = main(["make", str(house.film), "--languages", "eng_Latn,fra_Latn", "--only", "shots", "--home", str(home)])

    said = capsys.readouterr()
    assert code == 1
    assert "subtitles/fra_Latn: SHOWRUNNER_TRANSLATION_ENGINE" in said.err and "Traceback" not in said.err
    assert "subtitles/eng_Latn" in said.out


def test_a_translators_words_stand_in_cues_of_the_film(house: SubtitleHouse):
    [made] = house.just("fra_Latn", studio=house.with_engine(phrase_book()))

    assert house.lines("fra_Latn", "fr") == [" ".join(line["fra_Latn"].split()) for line in LINES.values()]
    assert house.row("fra_Latn").showing is Showing.PUBLISHED
    assert house.told("fra_Latn")["origin"] == "translated from eng_Latn by double:phrase-book"
    assert [each["text"] for each in house.told("fra_Latn")["sentences"]] == [
        line["fra_Latn"] for line in LINES.values()
    ]
    assert all(outcomes(made).values())


def test_any_languages_in_one_run_load_the_translator_once_and_leave_one_materialisation_each(
    house: SubtitleHouse, monkeypatch: pytest.MonkeyPatch
):
    loaded: list[PhraseBook] = []

    def load(*_: object, **__: object) -> PhraseBook:
        loaded.append(phrase_book())
        return loaded[-1]

    monkeypatch.setattr("resources.models.translation.nllb.load_nllb", load)
    codes = ["fra_Latn", "spa_Latn", "eng_Latn", "ita_Latn", "deu_Latn"]
    runs = {run.run_id for run in house.instance.get_runs()}

    report = house.make(*codes, studio=house.with_engine(None, translation_engine="nllb:double"))

    assert {made.asset for made in report.artifacts if not made.reused} == {f"subtitles/{code}" for code in codes}
    [engine] = loaded
    assert [call.targets for call in engine.asked if call.decoding == Decoding() and not any(call.before)] == [
        ("spa_Latn", "fra_Latn", "ita_Latn")
    ]
    for code in codes:
        of_title = dg.AssetRecordsFilter(dg.AssetKey(["subtitles", code]), asset_partitions=[house.title])
        records = house.instance.fetch_materializations(of_title, limit=100).records
        assert len([made for made in records if made.run_id not in runs]) == 1


@dataclass
class Spoilt(PhraseBook):
    """An engine that says something else than a translation into some languages, however it is asked."""

    says: Mapping[str, Callable[[str], str]] = field(default_factory=dict)

    def _said(self, row: TranslatorRow, source: str, target: str, decoding: Decoding) -> Candidate:
        if target in self.says:
            return Candidate(self.says[target](row.text), -3.0)
        return super()._said(row, source, target, decoding)


BAD: dict[str, Callable[[str], str]] = {
    "spa_Latn": lambda text: "",
    "por_Latn": lambda text: text,
    "ita_Latn": lambda text: "la la la la " * 40,
    "jpn_Jpan": lambda text: "�\x00\x07 --> {\\an8}<i>",
    "arb_Arab": lambda text: "00:00:01,000 --> 00:00:02,000\n\n1\n\n& </c><v Bob>",
    "rus_Cyrl": lambda text: "слово" * 900,
}


def test_a_language_that_turns_out_badly_is_not_shown_and_keeps_no_other_back(house: SubtitleHouse):
    engine = Spoilt(phrases=LINES, says=BAD)

    report = house.make("fra_Latn", *BAD, studio=house.with_engine(engine))

    assert not report.troubled, (report.failed, report.held, report.waiting)
    assert house.row("fra_Latn").showing is Showing.PUBLISHED
    for code in BAD:
        assert house.row(code).showing is not Showing.PUBLISHED, code
        assert house.told(code)["pass_rate"] < 0.5, code
    made = {each.asset: each.manifest for each in report.artifacts}
    failing = {
        check["name"] for code in BAD for check in made[f"subtitles/{code}"].quality["checks"] if not check["passed"]
    }
    assert "sentences_pass" in failing
    assert not any(promise.blocking for promise in SUBTITLES_PROMISES if promise.name in failing)


def test_a_language_that_the_engine_does_not_speak_fails_alone(house: SubtitleHouse):
    engine = phrase_book(deaf_to=frozenset({"fij_Latn"}))

    report = house.make("fra_Latn", "fij_Latn", studio=house.with_engine(engine))

    assert list(report.failed) == ["subtitles/fij_Latn"]
    assert "does not translate from English into Fijian (fij_Latn)" in report.failed["subtitles/fij_Latn"]
    assert house.row("fra_Latn").showing is Showing.PUBLISHED


def test_a_model_that_cannot_be_loaded_fails_each_language_with_the_reason_and_not_what_is_spoken(
    house: SubtitleHouse, monkeypatch: pytest.MonkeyPatch
):
    def load(*_: object, **__: object) -> PhraseBook:
        raise ModelUnavailable("holds no model", where="/nowhere")

    monkeypatch.setattr("resources.models.translation.nllb.load_nllb", load)

    report = house.make("eng_Latn", "fra_Latn", studio=house.with_engine(None, translation_engine="nllb:/nowhere"))

    assert list(report.failed) == ["subtitles/fra_Latn"]
    assert "/nowhere" in report.failed["subtitles/fra_Latn"]
    assert house.row("eng_Latn").state is LedgerState.READY


@pytest.mark.parametrize(
    "dying", [phrase_book(dies_after=2), KilledPhraseBook(phrases=LINES)], ids=["out of memory", "killed"]
)
def test_what_dies_in_the_third_language_keeps_two_and_the_next_run_translates_only_the_rest(
    house: SubtitleHouse, dying: PhraseBook
):
    codes = ["fra_Latn", "ita_Latn", "spa_Latn", "por_Latn"]
    with pytest.raises((ShowrunnerError, KeyboardInterrupt)):
        house.just(*codes, studio=house.with_engine(dying))
    [first] = [call.targets for call in dying.asked if len(call.targets) > 1]
    whole = [code for code in codes if house.studio.store.manifest(house.key(code))]
    assert sorted(whole) == sorted(first[:2])

    engine = phrase_book()
    house.make(*codes, studio=house.with_engine(engine))

    assert {target for call in engine.asked for target in call.targets if target != "eng_Latn"} == set(first[2:])
    assert engine.asked_first(first[2]) == list(LINES)
    assert all(house.row(code).state is LedgerState.READY for code in codes)


def test_an_engine_that_breaks_down_is_told_of_every_language_that_it_owes(house: SubtitleHouse):
    report = house.make("fra_Latn", "ita_Latn", "spa_Latn", studio=house.with_engine(phrase_book(dies_after=1)))

    assert len(report.failed) == 2 and report.waiting == ()
    assert all("out of memory" in why for why in report.failed.values()), report.failed


def test_a_defect_in_one_language_is_its_own_affair(house: SubtitleHouse, monkeypatch: pytest.MonkeyPatch):
    import assets.translating

    whole = assets.translating.Translation.captions

    def captions(self):
        if self.language == "ita_Latn":
            raise KeyError("no such word")
        return whole(self)

    monkeypatch.setattr(assets.translating.Translation, "captions", captions)

    report = house.make("fra_Latn", "ita_Latn", "spa_Latn", studio=house.with_engine(phrase_book()))

    assert list(report.failed) == ["subtitles/ita_Latn"]
    assert {house.row(code).showing for code in ("fra_Latn", "spa_Latn")} == {Showing.PUBLISHED}


# -- what is remembered
# ---------------------------------------------------------------------------------------------------------------------


def test_another_profile_times_a_language_anew_and_translates_nothing_again(house: SubtitleHouse):
    engine = phrase_book()
    house.just("fra_Latn", studio=house.with_engine(engine))
    calls = len(engine.asked)
    bbc = house.with_engine(engine, subtitle_profile="bbc")
    assert verdicts_of(house.title, bbc)["subtitles/fra_Latn"] is Verdict.STALE

    house.just("fra_Latn", studio=bbc)

    assert len(engine.asked) == calls
    assert house.told("fra_Latn")["profile"] == "bbc"
    assert verdicts_of(house.title, bbc)["subtitles/fra_Latn"] is Verdict.FRESH


def test_another_engine_translates_anew(house: SubtitleHouse):
    house.just("fra_Latn", studio=house.with_engine(phrase_book()))
    other = phrase_book()
    other.name = "double:another"
    studio = house.with_engine(other)
    assert verdicts_of(house.title, studio)["subtitles/fra_Latn"] is Verdict.STALE

    house.just("fra_Latn", studio=studio)

    assert other.asked_first("fra_Latn") == list(LINES)


# -- lines that a person is asked about
# ---------------------------------------------------------------------------------------------------------------------

OURS, UNSAFE = "I'm searching for someone.", "Je cherche, fuck, quelqu'un."


def questions(house: SubtitleHouse) -> list[int]:
    return [review.id for review in house.studio.reviews.queue() if review.asks is Question.LINE]


def test_an_unsafe_line_asks_a_person_once_and_holds_the_language_until_they_approve(house: SubtitleHouse):
    studio = house.with_engine(phrase_book(wrong={(OURS, "fra_Latn"): UNSAFE}, stubborn=True))
    [made] = house.just("fra_Latn", studio=studio)
    house.just("fra_Latn", studio=studio)

    [review] = questions(house)
    assert house.row("fra_Latn").showing is Showing.DRAFT
    assert outcomes(made)["lines_are_safe"] is False and made.held == ""
    assert "1 of its lines wait for a person" in house.told("fra_Latn")["why"]
    assert verdicts_of(house.title, studio)["subtitles/fra_Latn"] is Verdict.FRESH

    studio.reviews.decide(review, Word.APPROVED, who="ada", note="it is a film for adults")
    assert verdicts_of(house.title, studio)["subtitles/fra_Latn"] is Verdict.STALE
    [made] = house.just("fra_Latn", studio=studio)

    assert house.row("fra_Latn").showing is Showing.PUBLISHED
    assert outcomes(made)["lines_are_safe"] and questions(house) == []


def test_a_line_that_a_person_refused_keeps_the_language_a_draft_until_it_is_corrected(
    house: SubtitleHouse,
):
    from ops.subtitles.corrections import Correction
    from resources.subtitles.corrections import Corrections

    studio = house.with_engine(phrase_book(wrong={(OURS, "fra_Latn"): UNSAFE}, stubborn=True))
    house.just("fra_Latn", studio=studio)
    studio.reviews.decide(questions(house)[0], Word.REJECTED, who="ada", note="nobody says so")
    house.just("fra_Latn", studio=studio)
    assert house.row("fra_Latn").showing is Showing.DRAFT
    assert "a person refused it" in house.told("fra_Latn")["waiting"][0]

    [cue] = [name for name, text in house.cues("fra_Latn").items() if "fuck" in text]
    mended = Correction("fra_Latn", cue, house.cues("fra_Latn")[cue], "Je cherche quelqu'un.")
    Corrections(studio.database).hand_in(house.title, [mended], who="ada", spoken="eng_Latn")
    house.just("fra_Latn", studio=studio)

    assert house.row("fra_Latn").showing is Showing.PUBLISHED
    assert "Je cherche quelqu'un." in house.lines("fra_Latn", "fr")


def test_nobody_is_asked_about_the_lines_of_a_language_that_is_withheld(house: SubtitleHouse):
    engine = Spoilt(phrases=LINES, says={"fra_Latn": lambda text: text})

    house.just("fra_Latn", studio=house.with_engine(engine))

    assert house.row("fra_Latn").showing is Showing.WITHHELD
    assert questions(house) == []


# -- a model's own way, end to end
# ---------------------------------------------------------------------------------------------------------------------


def test_a_checkpoint_of_nllbs_kind_goes_the_whole_way(house: SubtitleHouse, tmp_path: Path):
    from tests.resources.models.translation.tiny_nllb import save_tiny_nllb

    folder = save_tiny_nllb(tmp_path / "tiny")

    house.just("jpn_Jpan", studio=house.with_engine(None, translation_engine=f"nllb:{folder}", device="cpu"))

    # its weights are drawn by lot, and so are its words
    assert house.row("jpn_Jpan").showing is Showing.WITHHELD
    assert str(folder) in house.told("jpn_Jpan")["origin"]
    assert len(house.told("jpn_Jpan")["sentences"]) == len(LINES)


# -- films of another shape
# ---------------------------------------------------------------------------------------------------------------------


def test_what_is_said_after_the_last_picture_is_subtitled_too(data: Path, tmp_path: Path):
    film = Path(shutil.copy(data / "broken" / "audio_longer_than_video.mp4", tmp_path / "speech.mp4"))
    film.with_name("speech.en.srt").write_text(
        "1\n00:00:00,400 --> 00:00:01,800\nAnd so,\n\n"
        "2\n00:00:08,000 --> 00:00:10,500\nwhat you can do for your country.\n"
    )

    with open_subtitle_house(tmp_path / "home", film) as house:
        house.make("eng_Latn")  # two seconds of picture under eleven of sound

        assert house.row("eng_Latn").showing is Showing.PUBLISHED
        assert house.lines("eng_Latn", "en") == ["And so,", "what you can do for your country."]
        assert seconds(pysrt.from_string(house.text("eng_Latn", "en.srt"))[-1].end) == pytest.approx(10.5, abs=0.05)
