"""What engines invent is taken out, and what people say stays: each layer by a fault put into good words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.transcript.hallucination import (
    implausibly_fast_or_slow,
    known_phrases,
    layered,
    no_speech,
    outside_speech,
)
from ops.transcript.loops import loops
from ops.transcript.model import Timing, Word
from ops.transcript.recognition import HeardWindow

GOOD = (
    "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country.",
    "He was not an ill disposed young man, unless to be rather cold hearted and rather selfish is to be ill disposed.",
    "Mrs. Allen, said Catherine the next morning, will there be any harm in my calling on Miss Tilney today?",
    "No, no, no. I shall not be easy till I have explained everything.",
    "Thank you for watching. It was kind of you, and I shall not forget it.",
    "Row, row, row your boat, gently down the stream. Row, row, row your boat, gently down the stream.",
    "Let it be, let it be, let it be, let it be. Whisper words of wisdom, let it be.",
)


def window(
    text: str,
    start_s: float = 0.0,
    *,
    each_s: float = 0.35,
    sure: float = 0.9,
    language: str = "eng_Latn",
    **told: float,
) -> HeardWindow:
    words = tuple(
        Word(word, start_s + at * each_s, start_s + (at + 0.95) * each_s, confidence=sure)
        for at, word in enumerate(text.split())
    )
    return HeardWindow(language, words, **({"log_prob": -0.2, "no_speech": 0.05} | told))  # type: ignore[arg-type]


def end_of(heard: HeardWindow) -> float:
    return heard.words[-1].end_s


def text_of(heard: Sequence[HeardWindow]) -> str:
    return " ".join(word.text for each in heard for word in each.words)


def test_words_where_nobody_speaks_go_and_the_others_stay():
    good = window(GOOD[0])
    invented = window("I will see you there", end_of(good) + 3)

    kept, dropped = outside_speech([good, invented], [(0.0, end_of(good))])

    assert text_of(kept) == GOOD[0]
    assert dropped[0][0] == "I will see you there"
    assert "nobody speaks" in dropped[0][1]


def test_a_word_that_a_detector_clips_stays():
    kept, dropped = outside_speech([window("Yes. Of course.")], [(0.12, 0.9)])

    assert text_of(kept) == "Yes. Of course."
    assert not dropped


@pytest.mark.parametrize(
    ("silent", "log_prob", "stays"), [(0.9, -1.4, False), (0.9, -0.3, True), (0.2, -1.4, True), (0.2, -0.3, True)]
)
def test_a_window_goes_only_where_the_engine_both_hears_nobody_and_is_unsure(
    silent: float, log_prob: float, stays: bool
):
    kept, dropped = no_speech([window(GOOD[1], no_speech=silent, log_prob=log_prob)])

    assert (text_of(kept) == GOOD[1]) is stays
    assert bool(dropped) is not stays


def test_an_engine_that_tells_no_figures_is_not_judged_by_them():
    heard = HeardWindow("eng_Latn", window(GOOD[0]).words)

    assert no_speech([heard]) == ([heard], [])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thank you for watching!", "eng_Latn"),
        ("Untertitel der Amara.org-Community", "deu_Latn"),
        ("Sous-titres réalisés par la communauté d'Amara.org", "fra_Latn"),
        ("ご視聴ありがとうございました。", "jpn_Jpan"),
        ("धन्यवाद", "hin_Deva"),
        ("Subtitles by John Smith", "eng_Latn"),
        ("Untertitel von Anna Müller und Peter Schmidt", "deu_Latn"),
        ("字幕 by 索兰娅", "zho_Hans"),
        ("謝謝觀看", "zho_Hans"),
        ("中文字幕志願者 楊棟樑", "zho_Hans"),
        ("謝謝觀看", "yue_Hant"),
        ("谢谢观看", "zho_Hant"),
        ("Subtitles by the Amara.org community", "nob_Latn"),
    ],
)
def test_a_phrase_that_engines_invent_goes_where_nobody_speaks_and_where_the_engine_is_unsure(text: str, language: str):
    invented = window(text, 10.0, language=language)
    spoken, apart = [(9.0, 15.0)], [(0.0, 5.0)]

    assert text_of(known_phrases([invented], apart)[0]) == ""
    assert text_of(known_phrases([window(text, 10.0, language=language, sure=0.2)], spoken)[0]) == ""
    assert text_of(known_phrases([invented], spoken)[0]) == text


def test_a_phrase_without_a_stop_is_found_in_its_breath():
    spoken = signs("เราจะไปที่บ้าน", language="tha_Thai")
    invented = signs("ขอบคุณที่รับชม", 4.0, language="tha_Thai")
    both = replace(spoken, words=spoken.words + invented.words[:0] + tuple(
        replace(word, start_s=word.start_s - 1.0, end_s=word.end_s - 1.0) for word in invented.words
    ))  # fmt: skip

    kept, _ = known_phrases([both], [(0.0, 2.2)])

    assert written(kept) == "เราจะไปที่บ้าน"


def test_bare_words_between_pauses_are_no_phrase_that_engines_invent():
    words = [*window("we went home", sure=0.4).words, *window("so", 2.0, sure=0.4).words]
    heard = HeardWindow("eng_Latn", (*words, *window("he was there", 3.2, sure=0.4).words))

    assert known_phrases([heard], [(0.0, 5.0)])[0] == [heard]


def test_who_speaks_of_subtitles_in_a_long_sentence_is_no_credit():
    said = window("Subtitles by somebody who has never heard the language are worse than none at all.", sure=0.2)

    assert known_phrases([said], [])[0] == [said]


def test_a_phrase_within_a_longer_sentence_is_nobodys_invention():
    said = window("I thank you for watching over her.", sure=0.2)

    assert known_phrases([said], [])[0] == [said]


def test_a_loop_within_a_window_keeps_its_first_time():
    looped = window("We went home. " + "It was a cold night " * 7, sure=0.9)

    kept, dropped = loops([looped])

    assert text_of(kept) == "We went home. It was a cold night"
    assert "repeated 7 times" in dropped[0][1]


def test_a_loop_over_windows_keeps_its_first_time():
    heard = [window("It was a cold night.", 30.0 * at, sure=0.3) for at in range(5)]

    kept, dropped = loops([window(GOOD[0]), *heard])

    assert text_of(kept) == f"{GOOD[0]} It was a cold night."
    assert len(dropped) == 4


def signs(text: str, start_s: float = 0.0, *, each_s: float = 0.15, language: str = "jpn_Jpan", **told: float):
    """As Whisper writes a script without spaces: sign by sign."""
    words = tuple(
        Word(
            sign, start_s + at * each_s, start_s + (at + 0.95) * each_s, confidence=told.get("sure", 0.9), spaced=False
        )
        for at, sign in enumerate(text)
    )
    figures = {"log_prob": -0.2, "no_speech": 0.05} | {key: value for key, value in told.items() if key != "sure"}
    return HeardWindow(language, words, **figures)  # type: ignore[arg-type]


def written(heard: Sequence[HeardWindow]) -> str:
    return "".join(word.text for each in heard for word in each.words)


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("ご視聴ありがとうございました", "jpn_Jpan"),
        ("我们明天早上八点在学校门口见面", "zho_Hans"),
        ("เราจะไปที่บ้านของเขาในวันพรุ่งนี้", "tha_Thai"),
    ],
)
def test_a_loop_of_a_script_without_spaces_keeps_its_first_time(said: str, language: str):
    looped = signs("はい。" + said * 8 + said[:4], language=language)

    kept, dropped = loops([looped])

    assert written(kept) == "はい。" + said
    assert "repeated 8 times" in dropped[0][1]


def test_a_loop_of_a_long_sentence_keeps_its_first_time():
    said = GOOD[1].rsplit(" ", 2)[0]

    kept, _ = loops([window(f"{said} " * 8)])

    assert text_of(kept) == said


@pytest.mark.parametrize("each_s", [0.01, 0.025, 0.15])
def test_a_loop_written_faster_than_anyone_speaks_leaves_one_saying_with_time_for_it(each_s: float):
    said = "我们明天早上八点在学校门口见面"
    looped = signs(said * 8, 3.0, each_s=each_s, language="zho_Hans")
    spans = [(0.0, 30.0)]

    (kept,), _ = layered([replace(looped, words=looped.words[:-3])], spans)

    assert written([kept]) == said
    assert kept.words[0].start_s == 3.0
    assert kept.words[-1].end_s - 3.0 == pytest.approx(15 * (0.15 if each_s > 0.1 else 25 / 12 / 15), abs=0.02)
    assert kept.words[0].timing is (Timing.HEARD if each_s > 0.1 else Timing.SHARED)


def test_what_is_left_of_a_loop_ends_where_the_next_words_begin():
    looped, after = signs("我们明天早上八点在学校门口见面" * 8, 3.0, each_s=0.01), signs("はい。", 4.5)

    kept, _ = loops([looped, after])

    assert kept[0].words[-1].end_s == 4.5


def test_windows_that_take_turns_in_a_loop_are_said_once_each():
    heard = [window(("We went home again.", "It was a cold night.")[at % 2], 10.0 * at) for at in range(20)]

    kept, dropped = loops(heard)

    assert text_of(kept[:2]) == "We went home again. It was a cold night."
    assert text_of(kept[6:]) == ""
    assert len(dropped) == 14
    doubted = loops([replace(each, no_speech=0.9) for each in heard])[0]
    assert text_of(doubted) == "We went home again. It was a cold night."


def test_an_engine_that_finds_its_own_text_repetitive_is_believed():
    text = "and so we all went down to the river " * 4

    assert len(loops([window(text, repetition=2.0)])[0][0].words) == 9
    assert len(loops([window(text, repetition=1.0)])[0][0].words) == 36


@pytest.mark.parametrize(
    "said", ["はい、はい、はい。", "そうですね。", "ありがとう、ありがとう、ありがとうございます。"]
)
def test_people_who_repeat_themselves_in_a_script_without_spaces_are_heard_out(said: str):
    heard = [signs(said, 30.0 * at) for at in range(3)]

    assert layered(heard, [(0.0, 100.0)]) == (heard, [])


@given(st.lists(st.sampled_from("abcあい。"), max_size=60))
def test_the_first_of_any_loop_is_its_shortest_that_covers_most(said: list[str]):
    from ops.transcript.loops import _repeats

    sizes, reaches = _repeats(said)

    for place in range(len(said)):
        best = (1, 1)
        for size in range(1, (len(said) - place) // 2 + 1):
            unit, times = said[place : place + size], 1
            while said[place + size * times : place + size * (times + 1)] == unit:
                times += 1
            if times > 1 and size * times > best[0] * best[1]:
                best = (size, times)
        assert (sizes[place], reaches[place] // sizes[place]) == best


@pytest.mark.parametrize("text", GOOD)
def test_people_who_repeat_themselves_are_heard_out(text: str):
    heard = [window(text), window(text, 30.0), window(text, 60.0)]

    assert loops(heard) == (heard, [])


def test_words_faster_than_anyone_speaks_go():
    kept, dropped = implausibly_fast_or_slow([window(GOOD[1], each_s=0.05), window(GOOD[0], 10.0)], [(0.0, 30.0)])

    assert text_of(kept) == GOOD[0]
    assert "characters a second" in dropped[0][1]


def test_a_lone_word_over_long_speech_goes():
    kept, dropped = implausibly_fast_or_slow([window("you", each_s=12.0)], [(0.0, 12.0)])

    assert text_of(kept) == ""
    assert dropped


def test_a_word_that_lingers_over_a_pause_stays():
    heard = window("country", each_s=9.0)

    assert implausibly_fast_or_slow([heard], [(0.0, 0.8)]) == ([heard], [])


def test_chinese_signs_are_weighed_by_what_they_say():
    fast = HeardWindow(
        "zho_Hans",
        tuple(Word(sign, at * 0.05, at * 0.05 + 0.04, spaced=False) for at, sign in enumerate("砸自己的脚" * 3)),
    )
    slow = HeardWindow(
        "zho_Hans",
        tuple(Word(sign, at * 0.2, at * 0.2 + 0.15, spaced=False) for at, sign in enumerate("砸自己的脚" * 3)),
    )

    quick = replace(
        slow,
        words=tuple(Word(sign.text, at * 0.09, at * 0.09 + 0.08, spaced=False) for at, sign in enumerate(slow.words)),
    )

    assert text_of(implausibly_fast_or_slow([fast], [(0.0, 9.0)])[0]) == ""
    assert implausibly_fast_or_slow([quick], [(0.0, 9.0)]) == ([quick], [])  # 11 signs a second: fast, and said
    assert implausibly_fast_or_slow([slow], [(0.0, 9.0)]) == ([slow], [])


FAULTS: dict[str, Callable[[HeardWindow], HeardWindow]] = {
    "outside speech": lambda good: window("and then they all went away", end_of(good) + 4),
    "phrase on silence": lambda good: window("Thanks for watching!", end_of(good) + 4),
    "phrase, unsure": lambda good: window("Please subscribe.", end_of(good) + 0.2, sure=0.3),
    "no speech": lambda good: window("I am going to the store", end_of(good) + 0.2, no_speech=0.8, log_prob=-1.3),
    "loop": lambda good: window("to be ill " * 8, end_of(good) + 0.2),
    "unsure loop": lambda good: window("to be ill " * 3, end_of(good) + 0.2, sure=0.3),
    "too fast": lambda good: window("they were all going to the same place again", end_of(good) + 0.2, each_s=0.05),
    "too slow": lambda good: window("you", end_of(good) + 0.2, each_s=11.0),
}


def test_of_the_injected_faults_nearly_all_go_and_of_the_good_words_nearly_none():
    gone = invented = lost = said = 0
    for text in GOOD:
        for name, make in FAULTS.items():
            good = window(text)
            fault = make(good)
            silent = name in ("outside speech", "phrase on silence")
            spans = [(0.0, end_of(good) if silent else end_of(fault))]

            kept, _ = layered([good, fault], spans)

            first_time = 3 if "loop" in name else 0  # a loop's first time may have been said
            invented += len(fault.words) - first_time
            gone += len(fault.words) - max(len(kept[1].words), first_time)
            said += len(good.words)
            lost += len(good.words) - len(kept[0].words)

    recall, precision = gone / invented, gone / (gone + lost)
    assert recall > 0.95, f"{gone} of {invented}"
    assert precision > 0.99, f"{lost} of {said} good words lost"


def test_nothing_is_taken_out_of_good_words():
    for text in GOOD:
        heard = [window(text), replace(window(text, 40.0), log_prob=None, no_speech=None)]

        assert layered(heard, [(0.0, 30.0), (40.0, 70.0)]) == (heard, [])
