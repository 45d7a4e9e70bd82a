"""Lines end where a subtitler would end them, in every kind of script, and no text is lost to them."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from ops.languages.table import language, languages
from ops.subtitles.grammar import FORBIDDEN
from ops.subtitles.linebreak import BAD_BREAK, break_points, joined, line_break_penalty, lines_of, space_penalty
from ops.subtitles.measure import length
from ops.subtitles.profile import profile_named
from ops.subtitles.unspaced import UNSPACED

NETFLIX = profile_named("netflix")


def broken(text: str, code: str) -> tuple[str, ...]:
    return lines_of(text, NETFLIX.limits(code))


def test_the_trailer_of_sintel_is_broken_as_its_makers_broke_it(data):
    subtitles = (data / "subtitles" / "sintel_trailer_en.srt").read_text(encoding="utf-8")
    cues = [block.splitlines()[2:] for block in subtitles.strip().split("\n\n")]

    assert cues
    for lines in cues:
        assert list(broken(" ".join(lines), "eng_Latn")) == lines


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("deu_Latn", ("Ich habe dir doch gesagt,", "dass der alte Mann nicht mehr hier wohnt.")),
        ("fra_Latn", ("Je ne savais pas que tu étais", "déjà revenu de Paris avec elle !")),
        ("rus_Cyrl", ("Когда я была маленькой девочкой,", "отец рассказал мне,")),
        ("jpn_Jpan", ("思い出せる限り、", "ずっと一人だった。")),
        ("zho_Hans", ("我一直都是一个人，", "从我记事起就是这样。")),
        ("kor_Hang", ("아무도 그가 왜 말을", "하지 않는지 몰랐다.")),
        ("tha_Thai", ("อะไรนำคุณมาสู่ดินแดนของผู้เฝ้าประตู", "ฉันกำลังตามหาใครบางคนอยู่ที่นี่")),
        ("eng_Latn", ("We have not seen Doctor Martha Jones", "since the 1 000 days of rain began.")),
    ],
)
def test_lines_end_after_phrases(code, lines):
    assert broken(joined(lines, code), code) == lines


def test_what_fits_one_line_stays_on_it():
    assert broken("Was führt dich in das Land der Torwächter?", "deu_Latn") == (
        "Was führt dich in das Land der Torwächter?",
    )


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("I saw the", "dragon", "eng_Latn"),
        ("She was", "waiting", "eng_Latn"),
        ("I did not", "know", "eng_Latn"),
        ("with Martha", "Jones", "eng_Latn"),
        ("more than 20", "000", "eng_Latn"),
        ("it weighs 3", "kg", "eng_Latn"),
        ("I met Dr.", "Jones", "eng_Latn"),
        ("Wir sahen den", "Drachen", "deu_Latn"),
        ("Je ne", "sais", "fra_Latn"),
        ("C'est vrai", "?", "fra_Latn"),
        ("Я не", "знаю", "rus_Cyrl"),
        ("सड़क", "के", "hin_Deva"),
        ("جاء في", "الليل", "arb_Arab"),
        ("할", "수", "kor_Hang"),
        ("ちょ", "っと", "jpn_Jpan"),
        ("彼は「", "はい」", "jpn_Jpan"),
        ("そうです", "。", "jpn_Jpan"),
        ("コンピュ", "ーター", "jpn_Jpan"),
        ("我", "的书", "zho_Hans"),
        ("他说“", "好”", "zho_Hans"),
        ("เ", "ด็ก", "tha_Thai"),
        ("จ", "ะไป", "tha_Thai"),
        ("ရောက", "်လာ", "mya_Mymr"),
        ("ក្", "រុង", "khm_Khmr"),
    ],
)
def test_no_line_ends_between_what_belongs_together(before, after, code):
    assert line_break_penalty(before, after, code) >= BAD_BREAK


def test_a_no_break_space_holds_its_words_together():
    text = "Elle m'a demandé si tu viendrais « demain\u00a0soir\u00a0»"

    assert all(not text[each.at : each.resume].count("\u00a0") for each in break_points(text, "fra_Latn"))


def test_text_from_right_to_left_keeps_its_order():
    text = "ما الذي أتى بك إلى أرض حراس البوابة في هذا الوقت من السنة؟"

    lines = broken(text, "arb_Arab")

    assert len(lines) == 2
    assert " ".join(lines) == text


def test_a_word_longer_than_a_line_has_one_to_itself():
    lines = broken("See https://example.org/a/very/long/address/that/no/line/holds today", "eng_Latn")

    assert "https://example.org/a/very/long/address/that/no/line/holds" in lines


def test_a_text_for_three_lines_takes_three_and_loses_nothing():
    text = "When I was young my father told me of a dragon that lived beyond the hills, and of all who went there."

    lines = broken(text, "eng_Latn")

    assert len(lines) == 3
    assert " ".join(lines) == text
    assert max(len(line) for line in lines) <= 42


_ALPHABETS = {
    "eng_Latn": "abc DEF,.?!-'0123 \u00a0",
    "jpn_Jpan": "今日はっァー、。「」公園ABC 1年",
    "zho_Hans": "我的书，。“”一二三 A1",
    "tha_Thai": "กขคเแโะาำิ่้๊์ๆ 12",
    "khm_Khmr": "កខគ្ាិុំះ។ \u200b",
    "mya_Mymr": "ကခဂ်္ာို့း။ ",
    "bod_Tibt": "ཀཁག་།ིུ ",
    "arb_Arab": "ابتثج َُِّ،؟ 12",
    "hin_Deva": "कखग्ािी्ं। ",
    "kor_Hang": "가나다라 .?12",
}
_TEXTS = st.sampled_from(sorted(_ALPHABETS)).flatmap(
    lambda code: st.tuples(st.just(code), st.text(alphabet=_ALPHABETS[code], min_size=1, max_size=90))
)


@given(_TEXTS)
def test_lines_hold_all_that_is_read_and_split_no_character(case):
    code, text = case

    lines = broken(text, code)

    spaceless = regex.compile(r"[\s\u200b]+")
    assert spaceless.sub("", "".join(lines)) == spaceless.sub("", text)
    assert all(line.strip() for line in lines)
    if len(lines) > 1:
        assert all(not unicodedata.category(line[0]).startswith("M") for line in lines[1:])


@given(_TEXTS)
def test_breaks_lie_between_characters_in_order(case):
    code, text = case
    edges = {0}
    for cluster in regex.finditer(r"\X", text):
        edges.add(cluster.end())

    points = break_points(text, code)

    assert all(point.at <= point.resume for point in points)
    assert all(one.resume <= other.at for one, other in pairwise(points))
    if language(code).script in UNSPACED:
        assert all(point.at in edges for point in points if point.at == point.resume)


@given(_TEXTS)
def test_two_lines_are_kept_to_where_two_lines_can_hold_the_text(case):
    code, text = case
    limits = NETFLIX.limits(code)
    whole = joined([text], code)
    can = any(
        length(whole[: point.at].strip(), wide=limits.wide) <= limits.chars
        and length(whole[point.resume :].strip(), wide=limits.wide) <= limits.chars
        for point in break_points(whole, code)
        if point.penalty < FORBIDDEN
    )

    lines = broken(text, code)

    if can or length(whole, wide=limits.wide) <= limits.chars:
        assert len(lines) <= 2
        assert all(length(line, wide=limits.wide) <= limits.chars for line in lines)


@pytest.mark.parametrize(
    "text",
    [
        "I met him there. Have you not seen Doctor John Jacob Astor?",
        "For our friend Doctor Martha Louise Jones, anyway.",
        "It was in Paris. Maria Anna Luisa Lopez Garcia Romero",
    ],
)
def test_ted_has_no_line_below_half_of_the_other(text):
    lines = lines_of(text, profile_named("ted").limits("eng_Latn"))

    assert len(lines) == 2 and " ".join(lines) == text
    assert 2 * min(map(len, lines)) >= max(map(len, lines))


def test_every_language_breaks_a_long_text():
    for code in languages():
        lines = lines_of("aa bb cc dd ee " * 6, NETFLIX.limits(code))
        assert len(lines) >= 2


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("with the old Capt.", "Miller", "eng_Latn"),
        ("near the U.S.", "embassy", "eng_Latn"),
        ("in room No.", "5 of the house", "eng_Latn"),
        ("ตั้งแต่ พ.ศ.", "2530", "tha_Thai"),
        ("Wir sehen uns am 3.", "Oktober", "deu_Latn"),
        ("five hundred and twenty-", "three million", "eng_Latn"),
        ("in Saint-", "Jean-de-Luz", "fra_Latn"),
        ("by 21", "- 17", "eng_Latn"),
        ("by 21 -", "17", "eng_Latn"),
        ("a well-", "known man", "eng_Latn"),
        ("ولم", "نجد", "arb_Arab"),
        ("qu'il viendrait", "pas", "fra_Latn"),
        ("som han inte", "berättade", "swe_Latn"),
        ("by Leonardo", "da Vinci", "eng_Latn"),
        ("by Leonardo da", "Vinci", "eng_Latn"),
        ("Osama bin", "Laden", "eng_Latn"),
    ],
)
def test_names_numbers_compounds_and_negations_stay_whole(before, after, code):
    assert line_break_penalty(before, after, code) >= BAD_BREAK


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("It was neither you nor I.", "They had already known", "eng_Latn"),
        ("And he said No.", "They had already known", "eng_Latn"),
        ("Bread, wine, etc.", "They had enough", "eng_Latn"),
        ("We lived in the U.S.", "They did not", "eng_Latn"),
        ("We came at 5 p.m.", "and left", "eng_Latn"),
        ("I was going to-", "Stop!", "eng_Latn"),
        ("die Vor-", "und Nachteile", "deu_Latn"),
    ],
)
def test_a_line_may_end_with_a_sentence_or_a_clause_whatever_its_last_word(before, after, code):
    assert line_break_penalty(before, after, code) <= 5


@pytest.mark.parametrize(
    ("code", "whole"),
    [
        ("eng_Latn", "twenty-three"),
        ("eng_Latn", "jean-pierre.dupont@my-company.example.com"),
        ("eng_Latn", "https://my-company.example.com/a-long-way"),
        ("fra_Latn", "Saint-Jean-de-Luz"),
        ("fra_Latn", "quatre-vingt-dix"),
    ],
)
def test_no_line_ends_within_a_number_an_address_or_a_name(code, whole):
    assert break_points(whole, code) == []


def test_a_number_and_its_hyphen_stay_on_one_line():
    lines = broken("And in the very last minute of the game they won it by 21 - 17 in front of all", "eng_Latn")

    assert any("21 - 17" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "part"),
    [("นักเรียน 15 คนเดินทางไป New York เมื่อปีที่แล้ว", "15 คน"), ("พ่อกับแม่ย้ายมาอยู่ที่นี่ด้วยกันในปี 2021 หลังจากน้ำท่วม", "ปี 2021")],
)
def test_thai_spaces_around_digits_and_latin_letters_part_no_phrase(text, part):
    lines = broken(text, "tha_Thai")

    assert len(lines) == 2
    assert any(part in line for line in lines)


def test_a_thai_year_stays_with_its_number():
    assert space_penalty("ในปี", "2021", "tha_Thai") >= BAD_BREAK
    assert space_penalty("นักเรียน", "15", "tha_Thai") < BAD_BREAK


@pytest.mark.parametrize(
    ("code", "text", "part"),
    [
        ("jpn_Jpan", "東京スカイツリーへ行きました。", "スカイツリー"),
        ("zho_Hans", "著名科学家爱因斯坦的好朋友昨天来了。", "科学家"),
        ("zho_Hans", "我们都很喜欢这位著名历史学家写的新书。", "历史学家"),
    ],
)
def test_no_word_is_parted_where_a_whole_one_fits(code, text, part):
    lines = broken(text, code)

    assert len(lines) == 2
    assert any(part in line for line in lines)
