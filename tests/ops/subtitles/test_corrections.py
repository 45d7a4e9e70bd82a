"""Corrections stand after every re-run, or are shown as conflicts; nothing is applied to what nobody looked at."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ops.errors import UsageError
from ops.subtitles.corrections import (
    Correction,
    apply_corrections,
    corrected_words,
    corrections_by_origin,
    corrections_of_edited,
    cue_table,
    marked_origin,
    read_corrections,
)
from ops.subtitles.corrections.spoken import SpokenWords
from ops.subtitles.cue import Cue, CueTrack, Reason
from ops.subtitles.files.ass import write_ass
from ops.subtitles.files.reading import read_subtitles
from ops.subtitles.files.srt import write_srt
from ops.subtitles.files.subtitle_file import Format
from ops.subtitles.files.vtt import write_vtt
from ops.subtitles.identity import cue_ids
from ops.transcript.model import Timing, Word
from ops.translation.sentences import sentences_of

RATE = Fraction(24000, 1001)
SAID = ("This blade has a dark past.", "It has shed much\ninnocent blood.", "Thank you.", "Why are you here?")


def track_of(*texts: str, language: str = "eng_Latn", names: Sequence[str] = ()) -> CueTrack:
    """Cues of two seconds; each is one sentence, by its text where `names` says nothing."""
    return CueTrack(
        language,
        RATE,
        tuple(
            Cue(k * 60, k * 60 + 48, tuple(text.split("\n")), sentences=((names[k] if names else f"s{k}"),))
            for k, text in enumerate(texts)
        ),
    )


def correcting(track: CueTrack, place: int, text: str, **more) -> Correction:
    cue = track.cues[place]
    return Correction(track.language, cue_ids(track)[place], cue.text, text, at_s=float(track.start_s(cue)), **more)


def test_a_correction_of_a_text_that_stands_is_applied_and_told_of():
    track = track_of(*SAID)

    done = apply_corrections(track, [correcting(track, 0, "This sword\nhas a dark past.")])

    assert done.track.cues[0].lines == ("This sword", "has a dark past.")
    assert done.track.cues[0].changes[-1].reason is Reason.CORRECTED
    assert done.track.cues[1:] == track.cues[1:]
    assert not done.conflicts


def test_a_re_run_with_other_line_breaks_is_the_same_text():
    correction = correcting(track_of(*SAID), 1, "It drank innocent blood.")

    done = apply_corrections(track_of(SAID[0], "It has shed\nmuch innocent blood."), [correction])

    assert done.track.cues[1].text == "It drank innocent blood."


def test_where_the_text_has_changed_both_are_shown_and_nothing_is_applied():
    correction = correcting(track_of(*SAID), 0, "This sword has a dark past.")
    track = track_of("That blade is old.", *SAID[1:])

    done = apply_corrections(track, [correction])

    assert done.track == track
    assert not done.applied
    assert [(each.correction, each.now) for each in done.conflicts] == [(correction, "That blade is old.")]


def test_a_text_that_moved_takes_its_correction_along():
    correction = correcting(track_of(*SAID), 1, "It drank innocent blood.")
    track = track_of("New here.", SAID[0], SAID[1], names=["n0", "n1", "n2"])

    done = apply_corrections(track, [correction])

    assert [cue.text for cue in done.track.cues] == ["New here.", SAID[0], "It drank innocent blood."]


def test_a_short_text_far_away_is_not_taken_for_the_one_that_was_corrected():
    correction = correcting(track_of("Thank you.", "No."), 0, "Thanks.")
    track = track_of("No.", "I see.", "He left.", "Thank you.", names=list("abcd"))

    done = apply_corrections(track, [correction])

    assert done.track == track
    assert len(done.conflicts) == 1


def test_of_several_equal_texts_the_one_at_that_time_is_meant():
    correction = correcting(track_of("Yes.", "No.", "Yes."), 2, "Yeah.")

    done = apply_corrections(track_of("Yes.", "No.", "Yes.", names=list("abc")), [correction])

    assert [cue.text for cue in done.track.cues] == ["Yes.", "No.", "Yeah."]


def repeated(*starts_s: int, text: str = "Oui.") -> CueTrack:
    """Cues of the same words at these seconds; their sentences' ids count them."""
    cues = [
        Cue(round(start_s * RATE), round((start_s + 1) * RATE), (text,), sentences=(f"5e2f-{nth}",))
        for nth, start_s in enumerate(starts_s)
    ]
    return CueTrack("fra_Latn", RATE, tuple(cues))


@pytest.mark.parametrize(
    ("now", "corrected"),
    [
        ((10, 100, 200), 100),
        ((10, 50, 100, 200), 100),  # one more before it: its id is another's
        ((100, 200), 100),  # one less before it
        ((10, 98, 100, 102, 200), 100),
        ((10, 200), None),  # it is gone: no other becomes it
        ((10, 99, 101, 200), None),  # either may be it
        ((10,), None),
    ],
)
def test_of_cues_of_the_same_words_the_one_that_came_then_is_corrected_whatever_they_are_numbered(
    now: tuple[int, ...], corrected: int | None
):
    correction = correcting(repeated(10, 100, 200), 1, "Si.")

    done = apply_corrections(repeated(*now), [correction])

    assert [start_s for start_s, cue in zip(now, done.track.cues, strict=True) if cue.text == "Si."] == (
        [] if corrected is None else [corrected]
    )
    assert [each.correction for each in done.conflicts] == ([correction] if corrected is None else [])


def test_a_cue_that_a_correction_moved_is_known_by_when_people_saw_it():
    track = repeated(10, 100, 200)
    moved = correcting(track, 1, "Si.", start_s=104.0, end_s=105.0, when="2026-01-01")
    once = apply_corrections(track, [moved]).track
    again = correcting(once, 1, "Si, si.", when="2026-01-02")

    done = apply_corrections(track, [moved, again])

    assert [cue.text for cue in done.track.cues] == ["Oui.", "Si, si.", "Oui."]
    assert not done.conflicts


def test_two_corrections_whose_cues_had_the_same_id_in_turn_both_stand():
    early = correcting(repeated(10, 100, 200), 1, "Si.", when="2026-01-01")
    late = correcting(repeated(10, 50, 100, 200), 1, "Ja.", when="2026-01-02")
    assert early.cue == late.cue

    done = apply_corrections(repeated(10, 50, 100, 200), [early, late])

    assert [cue.text for cue in done.track.cues] == ["Oui.", "Ja.", "Si.", "Oui."]


def test_a_correction_that_found_no_cue_is_not_settled_by_one_far_away():
    track = repeated(10, 100, 200)
    lost = correcting(track, 1, "Si.", when="2026-01-01")
    elsewhere = replace(correcting(track, 2, "Ja.", when="2026-01-02"), base_text="Si.")

    done = apply_corrections(repeated(10, 200), [lost, elsewhere])

    assert lost in [each.correction for each in done.conflicts]


def test_moving_every_cue_but_the_last_is_refused_only_where_cues_would_overlap():
    track = track_of(*(f"This is line number {k}." for k in range(200)))
    step_s = float(60 / RATE)
    shifted = [
        correcting(
            track, k, cue.text, start_s=float(track.start_s(cue)) + step_s, end_s=float(track.end_s(cue)) + step_s
        )
        for k, cue in enumerate(track.cues[:-1])
    ]

    done = apply_corrections(track, shifted)

    assert done.track.cues == track.cues  # each one's new place is the old one of the next, which had to stay
    assert len(done.conflicts) == len(shifted)
    assert len(apply_corrections(track, shifted[:50]).conflicts) == 50


def test_a_chain_of_corrections_holds_on_every_re_run():
    track = track_of(*SAID)
    first = correcting(track, 2, "Thanks.", when="2026-01-01T10:00:00")
    once = apply_corrections(track, [first]).track
    second = correcting(once, 2, "Many thanks.", when="2026-01-02T10:00:00")

    again = apply_corrections(track, [second, first])

    assert again.track.cues[2].text == "Many thanks."
    assert not again.conflicts
    assert apply_corrections(again.track, [first, second]).track == again.track


def test_the_later_of_two_corrections_of_the_same_text_counts():
    track = track_of(*SAID)
    early, late = (
        correcting(track, 2, text, when=when) for text, when in (("Thanks.", "2026-01-01"), ("Ta.", "2026-01-02"))
    )

    done = apply_corrections(track, [late, early])

    assert done.track.cues[2].text == "Ta."
    assert done.applied == (late,)


def test_an_emptied_text_takes_its_cue_away():
    track = track_of(*SAID)

    done = apply_corrections(track, [correcting(track, 2, "")])

    assert [cue.text for cue in done.track.cues] == [SAID[0], SAID[1], SAID[3]]


def test_times_move_to_the_frame():
    track = track_of(*SAID)
    moved = correcting(track, 1, SAID[1], start_s=float(65 / RATE), end_s=float(110 / RATE))

    cue = apply_corrections(track, [moved]).track.cues[1]

    assert (cue.start, cue.end) == (65, 110)
    assert [(each.edge, each.before, each.after) for each in cue.changes] == [("in", 60, 65), ("out", 108, 110)]


def test_two_cues_may_move_together_where_either_alone_would_overlap():
    track = track_of(*SAID)
    longer = correcting(track, 0, SAID[0], end_s=float(70 / RATE))
    later = correcting(track, 1, SAID[1], start_s=float(72 / RATE))

    both = apply_corrections(track, [longer, later])
    alone = apply_corrections(track, [longer])

    assert [(cue.start, cue.end) for cue in both.track.cues[:2]] == [(0, 70), (72, 108)]
    assert alone.track == track
    assert "overlap" in alone.conflicts[0].why


def test_a_cue_that_somebody_added_stands_where_nothing_else_does():
    track = track_of(*SAID)
    free = Correction("eng_Latn", "", "", "[DOOR]", start_s=float(49 / RATE), end_s=float(58 / RATE))
    taken = replace(free, text="[BELL]", start_s=float(70 / RATE), end_s=float(80 / RATE))

    done = apply_corrections(track, [free, taken])

    assert done.track.cues[1].text == "[DOOR]"
    assert done.applied == (free,)
    assert done.conflicts[0].correction == taken


def test_a_cue_that_somebody_added_may_be_corrected_itself():
    track = track_of(*SAID)
    added = Correction("eng_Latn", "", "", "[DOOR]", start_s=2.05, end_s=2.4, at_s=2.05, when="2026-01-01")
    once = apply_corrections(track, [added]).track
    corrected = correcting(once, 1, "[GATE]", when="2026-01-02")

    done = apply_corrections(track, [corrected, added])

    assert [cue.text for cue in done.track.cues[:3]] == [SAID[0], "[GATE]", SAID[1]]
    assert not done.conflicts


def test_corrections_of_another_language_are_none_of_this_tracks():
    track = track_of(*SAID)

    done = apply_corrections(track, [replace(correcting(track, 0, "X"), language="deu_Latn")])

    assert (done.track, done.applied, done.conflicts) == (track, (), ())


@given(
    st.lists(
        st.tuples(
            st.integers(0, 5),
            st.sampled_from(["", "Yes.", "No.", "A new text that is long enough.", "-Two\n-lines"]),
            st.one_of(st.none(), st.floats(-1, 20)),
            st.one_of(st.none(), st.floats(-1, 20)),
            st.sampled_from(["Yes.", "No.", "Other."]),
        ),
        max_size=8,
    )
)
def test_every_correction_is_applied_or_shown_and_cues_never_overlap(drawn):
    track = track_of("Yes.", "No.", "Yes.", "Other.", "No.")
    names = [*cue_ids(track), ""]
    corrections = [
        Correction("eng_Latn", names[place], base if names[place] else "", text, start_s, end_s, at_s=place * 2.5)
        for place, text, start_s, end_s, base in drawn
    ]

    done = apply_corrections(track, corrections)

    told = {*done.applied, *(each.correction for each in done.conflicts)}
    latest = {(each.cue, each.base, None if each.cue else each.start_s): each for each in corrections}
    assert told == set(latest.values())
    assert all(before.end <= after.start for before, after in zip(done.track.cues, done.track.cues[1:], strict=False))


# --- what is spoken


def spoken(text: str, **more) -> list[Word]:
    return [
        Word(each, k * 0.5, k * 0.5 + 0.4, confidence=0.6, speaker="S1", **more) for k, each in enumerate(text.split())
    ]


def test_a_correction_of_the_source_changes_its_words_and_no_others_time():
    words = spoken("I saw the see. It was cold. Then we left.")
    correction = Correction("eng_Latn", "x.0", "I saw the see.", "I saw the wide sea.", at_s=0.0)

    done = corrected_words(words, [correction])

    assert " ".join(word.text for word in done.words) == "I saw the wide sea. It was cold. Then we left."
    assert done.words[5:] == tuple(words[4:])
    assert [(word.start_s, word.end_s) for word in done.words[:3]] == [(word.start_s, word.end_s) for word in words[:3]]
    assert all(word.timing is Timing.SHARED and word.speaker == "S1" for word in done.words[3:5])
    assert (done.words[3].start_s, done.words[4].end_s) == (words[3].start_s, words[3].end_s)
    assert done.places[4:] == (5, 6, 7, 8, 9, 10, 11)


def test_only_the_corrected_sentence_has_another_id():
    words = spoken("I saw the see. It was cold. Then we left.")
    before = sentences_of(words, "eng_Latn")

    done = corrected_words(words, [Correction("eng_Latn", "x.0", "It was cold.", "It was colder.", at_s=2.0)])
    after = sentences_of(done.words, "eng_Latn")

    assert [one.id == other.id for one, other in zip(before, after, strict=True)] == [True, False, True]


def test_the_run_nearest_to_where_it_was_corrected_is_meant():
    words = spoken("Yes. " + "and so on and so forth " * 5 + "Yes.")

    done = corrected_words(words, [Correction("eng_Latn", "x.0", "Yes.", "Yeah.", at_s=words[-1].start_s)])

    assert (done.words[0].text, done.words[-1].text) == ("Yes.", "Yeah.")


def test_short_words_far_from_where_they_were_corrected_are_not_touched():
    words = [Word("Oui.", 106.0, 106.4), Word("Peut-être.", 110.0, 110.5)]
    correction = Correction("fra_Latn", "5e-1.0", "Oui.", "Si.", at_s=100.0)

    done = corrected_words(words, [correction])

    assert [word.text for word in done.words] == ["Oui.", "Peut-être."]
    assert [each.correction for each in done.conflicts] == [correction]


def test_dashes_and_dots_that_a_cue_adds_do_not_become_words():
    words = spoken("You? Me. And then we went")
    dual = Correction("eng_Latn", "x.0", "-You?\n-Me.", "-You?\n-Not me.", at_s=0.0)
    going_on = Correction("eng_Latn", "y.0", "And then we went…", "And so we went…", at_s=1.0)

    done = corrected_words(words, [dual, going_on])

    assert [word.text for word in done.words] == ["You?", "Not", "me.", "And", "so", "we", "went"]


def test_words_without_spaces_keep_what_the_correction_keeps():
    words = [
        Word(each, k, k + 0.9, spaced=False)
        for k, each in enumerate(["今日は", "天気が", "悪いので、", "行きましょう。"])
    ]

    done = corrected_words(
        words,
        [
            Correction(
                "jpn_Jpan",
                "x.0",
                "今日は天気が悪いので、行きましょう。",
                "今日は天気が良いので、行きましょう。",
                at_s=0.0,
            )
        ],
    )

    assert "".join(word.text for word in done.words) == "今日は天気が良いので、行きましょう。"
    assert (done.words[0].start_s, done.words[1].start_s, done.words[-1].start_s) == (0, 1, 3)
    assert not any(word.spaced for word in done.words)


def test_words_that_are_not_said_there_any_more_are_a_conflict():
    words = spoken("Something else is said now.")

    done = corrected_words(words, [Correction("eng_Latn", "x.0", "I saw the see.", "I saw the sea.", at_s=1.0)])

    assert done.words == tuple(words)
    assert done.conflicts[0].now.startswith("Something else")
    assert "sea" in done.notes[0]


def test_a_source_that_was_corrected_shows_no_conflict_in_its_cues():
    words = spoken("I saw the see and left. It was cold.")
    base = track_of("I saw the see and left.", "It was cold.", names=["old", "b"])
    correction = correcting(base, 0, "I saw the sea and we all left.")

    heard = corrected_words(words, [correction])
    remade = track_of("I saw the sea", "and we all left.", "It was cold.", names=["new", "new", "b"])
    done = apply_corrections(remade, [correction])

    assert heard.applied == (correction,)
    assert (done.track, done.conflicts) == (remade, ())


@given(st.data())
def test_places_point_to_the_same_words_before_and_after(data):
    words = spoken(" ".join(data.draw(st.lists(st.sampled_from(["a", "b.", "c,", "d"]), min_size=1, max_size=12))))
    first = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(first + 1, len(words)))
    text = " ".join(data.draw(st.lists(st.sampled_from(["x", "y.", "a", "b."]), max_size=6)))
    base = " ".join(word.text for word in words[first:end])

    done = corrected_words(words, [Correction("eng_Latn", "x.0", base, text, at_s=words[first].start_s)])

    assert done.places[0] == 0
    assert done.places[-1] == len(done.words)
    assert list(done.places) == sorted(done.places)
    assert all(word.end_s > word.start_s for word in done.words)
    assert all(one.start_s <= other.start_s for one, other in zip(done.words, done.words[1:], strict=False))
    assert done.words[done.places[end] :] == tuple(words[end:]) or not done.applied


# --- as files


@given(st.data())
def test_words_are_found_after_any_changes_as_in_words_that_never_changed(data):
    vocabulary = ["Oui.", "oui", "Non", "?", "…", "ou", "i", "Vraiment"]
    drawn = data.draw(st.lists(st.sampled_from(vocabulary), min_size=1, max_size=12))
    words = SpokenWords([Word(text, k, k + 0.5) for k, text in enumerate(drawn)])
    for _ in range(data.draw(st.integers(1, 4))):
        first = data.draw(st.integers(0, len(words.words)))
        end = data.draw(st.integers(first, min(len(words.words), first + 3)))
        made = data.draw(st.lists(st.sampled_from(vocabulary), max_size=3))
        words.replaced((first, end), [Word(text, first, first + 0.5) for text in made])

    fresh = SpokenWords(words.words)

    assert len(words.places) == len(drawn) + 1 and 0 <= words.places[0] <= words.places[-1] <= len(words.words)
    for text in (*vocabulary, "oui non", "non ?"):
        assert words.occurrences(text) == fresh.occurrences(text)
        assert words.near(text, 3.0, 2.0) == fresh.near(text, 3.0, 2.0)


def test_a_table_that_was_not_edited_corrects_nothing(tmp_path: Path):
    table = tmp_path / "cues.csv"
    table.write_text(cue_table(track_of(*SAID, "-You?\n-Me.", "=1+1")), encoding="utf-8")

    assert read_corrections(table) == []


def test_what_was_edited_in_the_table_is_corrected(tmp_path: Path):
    track = track_of(*SAID, "-You?\n-Me.")
    rows = list(csv.DictReader(io.StringIO(cue_table(track).removeprefix("\ufeff"))))
    rows[0]["text"] = "This sword has a past, and it is dark."
    rows[2]["text"] = ""
    rows[3]["start"], rows[3]["end"] = "0:00:07.600", "9,5"
    rows[4]["text"] = "'-You?\n-Not me."
    rows.append(dict.fromkeys(rows[0], "") | {"language": "eng_Latn", "text": "New.", "start": "20", "end": "21"})
    table = tmp_path / "edited.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)

    done = apply_corrections(track, read_corrections(table))

    assert not done.conflicts
    assert [cue.text for cue in done.track.cues] == [
        "This sword has a past, and it is dark.",
        SAID[1],
        SAID[3],
        "-You?\n-Not me.",
        "New.",
    ]
    assert (done.track.cues[2].start, done.track.cues[2].end) == (round(7.6 * RATE), round(9.5 * RATE))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("language,cue\nx,y\n", "no column base, text"),
        ("language,cue,base,text\nxxx_Latn,a.0,One.,Two.\n", "not a language"),
        ("language,cue,base,text\neng_Latn,a.0,,Two.\n", "line 2"),
        ("language,cue,base,text,start\neng_Latn,a.0,One.,Two.,soon\n", "'soon'"),
        ("language,cue,base,text,start\neng_Latn,a.0,One.,Two.,999:00:00\n", "after any film"),
        ("language,cue,base,text\neng_Latn,,,New.\n", "adds no cue"),
        ("language,cue,base,text\neng_Latn,a.0,One.,Two.,three\n", "more cells"),
        ('language,cue,base,text\neng_Latn,a.0,One.,"Two\n', "cannot be read"),
    ],
)
def test_a_table_that_is_none_says_what_is_wrong_and_where(tmp_path: Path, content, told):
    table = tmp_path / "wrong.csv"
    table.write_text(content, encoding="utf-8")

    with pytest.raises(UsageError) as refused:
        read_corrections(table)

    assert told in str(refused.value)


@given(st.binary(max_size=300))
def test_a_hostile_table_is_read_or_refused(tmp_path_factory, content):
    table = tmp_path_factory.getbasetemp() / "hostile.csv"
    table.write_bytes(b"language,cue,base,text\n" + content)

    with contextlib.suppress(UsageError):
        assert isinstance(read_corrections(table), list)


@pytest.mark.parametrize("write", [write_srt, write_vtt, partial(write_ass, size=(1920, 1080))])
def test_a_file_that_was_not_edited_corrects_nothing(write):
    track = track_of(*SAID, "-You & I?\n-<Me>.")

    assert corrections_of_edited(track, read_subtitles(write(track).encode())) == []


def test_an_edited_file_becomes_the_corrections_that_make_it():
    track = track_of(*SAID, "Yes.", "Yes.")
    text = write_srt(track)
    text = text.replace("This blade", "This sword").replace("00:00:07,507", "00:00:07,924")
    text = text.replace("Thank you.", "Thank you,\nmy friend.") + "\n99\n00:00:30,000 --> 00:00:31,000\nThe end.\n"
    first, second = text.index("00:00:10"), text.rindex("00:00:12,512")
    text = text[: text.rindex("\n", 0, first - 3) + 1] + text[text.rindex("\n", 0, second - 3) + 1 :]

    corrections = corrections_of_edited(track, read_subtitles(text.encode()), who="Ana")
    done = apply_corrections(track, corrections)

    assert not done.conflicts
    assert {each.who for each in corrections} == {"Ana"}
    assert [cue.text for cue in done.track.cues] == [
        "This sword has a dark past.",
        SAID[1],
        "Thank you,\nmy friend.",
        SAID[3],
        "Yes.",
        "The end.",
    ]
    assert done.track.cues[3].start == round(Fraction("7.924") * RATE)


def test_a_line_that_is_broken_elsewhere_is_a_correction_of_the_file():
    track = track_of(*SAID)
    text = write_srt(track).replace("\r\n", "\n").replace("shed much\ninnocent", "shed\nmuch innocent")

    [correction] = corrections_of_edited(track, read_subtitles(text.encode()))

    assert apply_corrections(track, [correction]).track.cues[1].lines == ("It has shed", "much innocent blood.")


@pytest.mark.parametrize("edits", [1, 3])
@pytest.mark.parametrize("write", [write_srt, write_vtt, partial(write_ass, size=(1920, 1080))])
def test_a_file_of_an_older_version_takes_back_nothing_that_others_corrected_since(write, edits: int):
    first = track_of(*(f"This is line {k} of the film." for k in range(6)))
    since = [
        correcting(first, k, f"Others wrote line {k}.", start_s=float(first.start_s(first.cues[k])) + 0.5)
        for k in (4, 5)
    ]
    second = apply_corrections(first, since).track
    text = write(first)
    for k in range(edits):
        text = text.replace(f"line {k} of", f"verse {k} of")

    corrections = corrections_by_origin([second, first], read_subtitles(text.encode()))

    assert [each.cue for each in corrections] == cue_ids(first)[:edits]
    assert [cue.text for cue in apply_corrections(first, [*since, *corrections]).track.cues] == [
        *(f"This is {'verse' if k < edits else 'line'} {k} of the film." for k in range(4)),
        "Others wrote line 4.",
        "Others wrote line 5.",
    ]


def test_a_file_of_the_newest_version_is_held_against_that():
    first = track_of(*SAID)
    second = apply_corrections(first, [correcting(first, 0, "This sword has a dark past.")]).track
    text = write_srt(second).replace("Thank you.", "Thanks.")

    [correction] = corrections_by_origin([second, first], read_subtitles(text.encode()))

    assert (correction.base_text, correction.text) == ("Thank you.", "Thanks.")


def test_a_file_whose_own_version_is_not_kept_any_more_takes_back_nothing_either():
    first = track_of(*(f"This is line {k} of the film." for k in range(6)))
    reworded = correcting(first, 3, "Others wrote line 3.", when="2026-01-01")
    moved = correcting(
        first, 4, first.cues[4].text, start_s=float(first.start_s(first.cues[4])) + 0.5, when="2026-01-02"
    )
    gone = correcting(first, 5, "", when="2026-01-03")
    added = Correction("eng_Latn", "", "", "[thunder]", 20.0, 21.0, 20.0, when="2026-01-04")
    since = [reworded, moved, gone, added]
    now = apply_corrections(first, since).track
    text = write_srt(first).replace("line 0 of", "verse 0 of").replace("line 3 of", "line three of")

    corrections = corrections_by_origin([now], read_subtitles(text.encode()), standing=since)

    assert [each.text for each in corrections] == ["This is verse 0 of the film.", "This is line three of the film."]


def test_who_takes_back_an_older_correction_in_the_newest_file_is_heard():
    first = track_of(*SAID)
    older = correcting(first, 0, "This sword has a dark past.", when="2026-01-01")
    newer = correcting(first, 3, "Why did you come?", when="2026-01-02")
    now = apply_corrections(first, [older, newer]).track
    text = write_srt(now).replace("This sword has", "This blade has")

    [correction] = corrections_by_origin([now], read_subtitles(text.encode()), standing=[older, newer])

    assert correction.text == SAID[0]


@pytest.mark.parametrize(("write", "kind"), [(write_vtt, "vtt"), (partial(write_ass, size=(1920, 1080)), "ass")])
def test_a_file_that_tells_its_origin_is_held_against_that_whatever_it_fits_best(tmp_path: Path, write, kind: str):
    first = track_of(*SAID)
    second = apply_corrections(first, [correcting(first, 0, "This sword has a dark past.")]).track
    edited = tmp_path / f"en.{kind}"
    edited.write_text(write(second).replace("sword", "blade"), encoding="utf-8")  # as the first said, on purpose

    assert marked_origin(edited, [second, first]) == [second]
    [correction] = corrections_by_origin(marked_origin(edited, [second, first]), read_subtitles(edited))
    assert correction.text == SAID[0]
    assert marked_origin(edited, [first]) == [first]


def test_a_file_without_a_mark_may_be_of_any_version(tmp_path: Path):
    versions = [track_of(*SAID), track_of(*SAID[:2])]
    edited = tmp_path / "en.srt"
    edited.write_text(write_srt(versions[1]), encoding="utf-8")

    assert marked_origin(edited, versions) == versions


@given(st.data())
def test_whatever_was_edited_comes_out_as_it_was_edited(data):
    texts = data.draw(st.lists(st.sampled_from([*SAID, "Yes.", "No.", "-You?\n-Me."]), min_size=1, max_size=7))
    track = track_of(*texts)
    cues: list[Cue] = []
    free = 0
    for cue in track.cues:
        kind = data.draw(st.sampled_from(["keep", "keep", "text", "time", "gone", "split"]))
        start = data.draw(st.integers(max(free, cue.start - 6), cue.start)) if kind == "time" else cue.start
        end = data.draw(st.integers(cue.end - 10, cue.end + 6)) if kind == "time" else cue.end
        lines = (data.draw(st.sampled_from(["Other words.", "Yes, indeed.", "No."])),) if kind == "text" else cue.lines
        if kind == "split":
            cues += [Cue(start, start + 20, ("First half",)), Cue(start + 22, end, ("and second.",))]
        elif kind != "gone":
            cues.append(Cue(start, end, lines))
        free = end
    assume(cues)
    edited = replace(track, cues=tuple(cues))

    done = apply_corrections(
        track, corrections_of_edited(track, read_subtitles(write_srt(edited).encode(), format=Format.SRT))
    )

    assert [(cue.start, cue.end, cue.lines) for cue in done.track.cues] == [
        (cue.start, cue.end, cue.lines) for cue in edited.cues
    ]
    assert not done.conflicts


def test_a_cue_that_an_editor_splits_is_split_in_the_words_as_well():
    words = spoken("I saw the see and left. It was cold.")
    track = track_of("I saw the see and left.", "It was cold.")
    text = (
        write_srt(track)
        .replace("\r\n", "\n")
        .replace(
            "--> 00:00:02,001\nI saw the see and left.",
            "--> 00:00:01,000\nI saw the sea\n\n9\n00:00:01,100 --> 00:00:02,001\nand left.",
        )
    )

    corrections = corrections_of_edited(track, read_subtitles(text.encode()))
    heard = corrected_words(words, corrections)

    assert " ".join(word.text for word in heard.words) == "I saw the sea and left. It was cold."
    assert not heard.conflicts


def test_a_file_that_was_moved_as_a_whole_moves_every_cue():
    track = track_of(*[f"Line {k} of this film." for k in range(600)])
    later = replace(track, cues=tuple(replace(cue, start=cue.start + 9, end=cue.end + 9) for cue in track.cues))

    done = apply_corrections(track, corrections_of_edited(track, read_subtitles(write_srt(later).encode())))

    assert [(cue.start, cue.end) for cue in done.track.cues] == [(cue.start, cue.end) for cue in later.cues]
    assert not done.conflicts


def test_another_films_subtitles_are_refused():
    track = track_of(*[f"Line {k} of this film." for k in range(600)])
    other = track_of(*[f"Quite other words, number {k}." for k in range(600)])

    with pytest.raises(UsageError, match="hardly a cue"):
        corrections_of_edited(track, read_subtitles(write_srt(other).encode()))
