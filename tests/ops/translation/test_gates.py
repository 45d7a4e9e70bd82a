"""Each gate by itself, and what they have in common; how many faults they find in all is in test_faults."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics.chrf import CHRF

from ops.languages.table import languages
from ops.translation.adapt import adapted
from ops.translation.chrf import chrf
from ops.translation.gates import Fault, Judgement, judged
from ops.translation.gates.figures import wrong_numbers
from ops.translation.gates.length import sentences_in
from ops.translation.terms import Term, Terms
from ops.translation.translator import Pair
from tests.ops.translation.good import TARGETS, good

GERMAN = good("deu_Latn")


def among(source: str, target: str, code: str = "deu_Latn", **told) -> Judgement:
    """The judgement of one sentence among good ones."""
    run = [*good(code), Pair(source, target)]
    return judged(run, "eng_Latn", code, **told)[-1]


def alone(source: str, target: str, code: str = "deu_Latn") -> tuple[Fault, ...]:
    return judged([Pair(source, target)], "eng_Latn", code)[0].faults


@pytest.mark.parametrize("words", [0, 2])
@pytest.mark.parametrize("target", TARGETS)
def test_chrf_is_sacrebleus(target: str, words: int):
    theirs = CHRF(word_order=words)
    texts = [pair.target for pair in good(target)]
    for one, other in zip(texts, [*texts[1:], 'Nein, nein: "ja".'], strict=True):
        assert 100 * chrf(one, other, words=words) == pytest.approx(theirs.sentence_score(one, [other]).score, abs=1e-6)


def test_a_translation_that_is_empty_has_dropped_its_source():
    assert alone("Where are you?", "") == (Fault.DROPPED,)
    assert alone("♪", "♪") == ()
    assert alone("", "") == ()


@pytest.mark.parametrize(
    ("source", "target", "wrong"),
    [
        ("There are 25.", "Es sind 25.", False),
        ("There are 25.", "Es sind 26.", True),
        ("There are 25.", "Es sind viele.", True),
        ("There are 3 of 25.", "Es sind drei von 25.", False),
        ("There are twenty.", "Es sind 20.", False),
        ("It's 1,500.75.", "Es sind 1.500,75.", False),
        ("It's 1,500.75.", "Es sind 1.500,57.", True),
        ("It's 1,000,000.", "Es ist 1 Million.", False),
        ("It's 1,000,000.", "100万だ", False),
        ("It's 25.", "यह २५ है।", False),
        ("It's 25.", "٢٥", False),
        ("It's 25.", "二十五です", False),
        ("In 2026.", "在二〇二六年", False),
        ("At 5:30 p.m.", "Um 17:30 Uhr.", False),
        ("It's 5 miles.", "Es sind 8 km.", False),
        ("It's 5 miles.", "Es sind 9 km.", True),
        ("On 12/25/2020.", "Am 25.12.2020.", False),
    ],
)
def test_a_number_is_the_same_in_other_numerals_words_units_and_clocks(source: str, target: str, wrong: bool):
    assert wrong_numbers(Pair(source, target), "eng_Latn") is wrong


@pytest.mark.parametrize(
    ("text", "count"),
    [("Hi.", 1), ("Hi", 1), ("Hi, George. Roy is here.", 2), ("It's 3.5 metres.", 1), ("Well... no.", 1), ("", 1),
     ("你好。我来了。", 2), ("Τι; Όχι.", 2), ("रुको! धीरे से।", 2), ("What?! Go!", 2)],
)  # fmt: skip
def test_sentences_are_counted_in_any_script(text: str, count: int):
    assert sentences_in(text) == count


def test_a_loop_is_one_and_what_the_source_says_again_is_none():
    assert Fault.REPEATED in alone("I want to go home.", "Ich will nach Hause nach Hause nach Hause.")
    assert Fault.REPEATED in alone("私は帰りたい", "I want I want I want I want to go", "eng_Latn")
    assert Fault.REPEATED not in alone("No, no, no, no!", "Nein, nein, nein, nein!")
    assert Fault.REPEATED not in alone("Ha ha ha ha ha!", "Ha ha ha ha ha!")
    assert Fault.REPEATED in alone("I want to go home.", "我想回家回家回家回家回家", "zho_Hans")


def test_a_name_or_a_short_word_alone_is_no_copy():
    assert among("Marta Weber!", "Marta Weber!").faults == ()
    assert among("No.", "No.", "spa_Latn").faults == ()
    assert Fault.COPIED in among("Wake up now!", "Wake up now!").faults
    kept = judged(
        [*GERMAN, Pair("Blender Studio.", "Blender Studio.")],
        "eng_Latn",
        "deu_Latn",
        terms=Terms(keep=("Blender Studio",)),
    )
    assert kept[-1].passed


def test_languages_that_are_alike_may_keep_a_sentence():
    danish = ["Hvor er du?", "Jeg er her.", "Det er godt.", "Kom nu!", "Hun ser mig.", "Vi skal hjem.", "Han er syg.",
              "Tak for alt.", "Jeg vil ikke."]  # fmt: skip
    bokmaal = ["Hvor er du?", "Jeg er her.", "Det er bra.", "Kom nå!", "Hun ser meg.", "Vi skal hjem.", "Han er syk.",
               "Takk for alt.", "Jeg vil ikke."]  # fmt: skip
    run = [Pair(one, other) for one, other in zip(danish, bokmaal, strict=True)]
    assert all(each.passed for each in judged(run, "dan_Latn", "nob_Latn"))


def test_all_sentences_copied_are_copies_whatever_is_usual():
    run = [Pair(pair.source, pair.source) for pair in GERMAN if len(pair.source) > 10]
    assert all(Fault.COPIED in each.faults for each in judged(run, "eng_Latn", "deu_Latn"))


def test_simplified_and_traditional_chinese_are_told_apart():
    traditional = "我一輩子都在等待這一刻，謝謝你們。"
    assert Fault.WRONG_SCRIPT in alone("I've waited for this, thank you.", traditional, "zho_Hans")
    assert alone("I've waited my whole life for this moment, thank you.", traditional, "zho_Hant") == ()


def test_a_file_name_in_a_chinese_sentence_is_no_wrong_script():
    assert alone("Open the character-1 folder.", "打开character-1文件夹。", "zho_Hans") == ()


def test_santali_is_asked_for_in_its_own_script():
    assert Fault.WRONG_SCRIPT in alone("I am going home.", "আমি বাড়ি যাচ্ছি।", "sat_Beng")


def test_a_question_that_is_none_any_more_is_told_of_and_fails_nothing():
    judgement = among("Where are the keys?", "Wo die Schlüssel sind.")
    assert judgement.faults == (Fault.PUNCTUATION,)
    assert judgement.passed


def test_thai_asks_without_a_mark():
    assert Fault.PUNCTUATION not in alone("Where are you?", "คุณอยู่ที่ไหน", "tha_Thai")
    assert Fault.PUNCTUATION not in alone("Where are you?", "Πού είσαι;", "ell_Grek")


def test_what_the_engine_cut_short_fails():
    told = [False] * len(GERMAN) + [True]
    assert Fault.CUT_SHORT in among("Where are you?", "Wo bist du?", cut_short=told).faults


def test_a_sentence_that_its_source_hardly_follows_from_says_something_else():
    usual = [-0.6 - 0.02 * (place % 5) for place in range(len(GERMAN))]

    far = among("The bridge was closed.", "Mein Bruder kam heim.", forward=[*usual, -0.8], backward=[*usual, -4.0])
    fluent = among("The bridge was closed.", "Mein Bruder kam heim.", forward=[*usual, -0.8])

    assert {Fault.DETACHED, Fault.UNLIKELY} <= set(far.faults)
    assert not far.passed
    assert fluent.faults == ()  # without the way back a fluent lie cannot be told


def test_a_run_of_equal_scores_makes_no_outlier_of_the_next():
    assert among("Come in.", "Komm rein.", forward=[-0.5] * len(GERMAN) + [-0.7]).faults == ()


def test_an_unlikely_sentence_that_does_not_come_back_is_detached():
    scores = [-0.6] * len(GERMAN) + [-1.6]
    back: list[str | None] = [None] * len(GERMAN) + ["My brother has come home."]

    judgement = among("The bridge was closed.", "Mein Bruder ist heim.", backward=scores, round_trip=back)

    assert {Fault.DETACHED, Fault.ROUND_TRIP} <= set(judgement.faults)
    assert judgement.scores["round_trip"] < 0.2


def test_a_glossarys_term_may_be_bent_and_must_be_there():
    terms = Terms((Term("gatekeeper", "Torwächter", "deu_Latn", ("Hüter",)),))
    run = [
        Pair("Ask the gatekeepers.", "x"),
        Pair("Ask the gatekeeper.", "Frag den Pförtner."),
        Pair("The gatekeeper's son.", "Der Sohn des Torwächters."),
        Pair("A gatekeeper came.", "Ein Hüter kam."),
    ]

    faults = [Fault.TERMS in each.faults for each in judged(run, "eng_Latn", "deu_Latn", terms=terms)]

    assert faults == [False, True, False, False]


def test_what_was_lost_in_protection_is_told_of():
    lost = [()] * len(GERMAN) + [("Sintel",)]
    assert Fault.TERMS in among("Where is Sintel?", "Wo ist sie?", lost=lost).faults


def test_a_name_that_the_language_has_its_own_word_for_is_no_fault():
    run = [
        *GERMAN,
        Pair("We live in Germany.", "Wir wohnen in Deutschland."),
        Pair("Is Germany cold?", "Ist Deutschland kalt?"),
    ]
    assert all(Fault.NAMES not in each.faults for each in judged(run, "eng_Latn", "deu_Latn"))


def test_every_component_is_stored():
    told = len(GERMAN) + 1
    scores = among(
        "Come in.", "Komm rein.", forward=[-0.5] * told, backward=[-0.6] * told, confidences=[0.4] * told
    ).scores
    assert scores["forward"] == -0.5
    assert scores["backward"] == -0.6
    assert scores["source_confidence"] == 0.4
    assert {"length_ratio", "likeness_to_source", "own_script", "numbers_kept", "names_kept", "compression"} <= set(
        scores
    )


def test_what_is_told_of_other_sentences_is_refused():
    with pytest.raises(ValueError, match="another length"):
        judged(GERMAN, "eng_Latn", "deu_Latn", forward=[-0.5])


TEXT = st.text(max_size=60)


@given(
    pairs=st.lists(st.builds(Pair, TEXT, TEXT), max_size=10),
    source=st.sampled_from(sorted(languages())),
    target=st.sampled_from(sorted(languages())),
)
def test_no_text_breaks_the_gates(pairs: list[Pair], source: str, target: str):
    judgements = judged(pairs, source, target)
    assert len(judgements) == len(pairs)
    assert all(each.passed == (not any(fault.fails for fault in each.faults)) for each in judgements)


@given(order=st.permutations(range(len(GERMAN))))
def test_the_order_of_a_run_does_not_matter(order: list[int]):
    straight = judged(GERMAN, "eng_Latn", "deu_Latn")
    assert judged([GERMAN[place] for place in order], "eng_Latn", "deu_Latn") == [straight[place] for place in order]


@pytest.mark.parametrize(
    "text",
    [
        "9" * 6000,
        "一" * 6000,
        "億" * 3000,
        "9,999" * 2000,
        "a" * 20_000,
        "ab " * 8000,
        "你好" * 8000,
        "." * 20_000,
        "¿?" * 5000,
    ],
)
def test_a_hostile_text_is_judged_and_adapted_all_the_same(text: str):
    assert judged([Pair(text, text), Pair("9 miles", text)], "eng_Latn", "zho_Hans")
    assert adapted(f"{text} miles", source_text=f"{text} miles", source="eng_Latn", target="spa_Latn")[0]
