"""What an engine must not touch comes back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.translation.protect import protected
from ops.translation.terms import NO_TERMS, Term, Terms


def ready(
    text: str, *, target: str = "deu_Latn", terms: Terms = NO_TERMS, unwritable: str = "", source: str = "eng_Latn"
):
    return protected(text, terms=terms, source=source, target=target, unwritable=unwritable)


@pytest.mark.parametrize(
    ("said", "sent", "given", "shown"),
    [
        ("- Come here!", "Come here!", "Komm her!", "- Komm her!"),
        ("-Come here!", "Come here!", "Komm her!", "-Komm her!"),
        ("♪ I was walking ♪", "I was walking", "Ich ging", "♪ Ich ging ♪"),
        ('"I know."', "I know.", "Ich weiß.", '"Ich weiß."'),
        ('"I know."', "I know.", "„Ich weiß.“", '"Ich weiß."'),
        ("Great! 🎉 Let's go.", "Great! Let's go.", "Toll! Gehen wir.", "Toll! 🎉 Gehen wir."),
        ("I love you 🎉❤️", "I love you", "Ich liebe dich", "Ich liebe dich 🎉❤️"),
        ("-5 degrees", "-5 degrees", "-5 Grad", "-5 Grad"),
        ('He said "no" and left', 'He said "no" and left', 'Er sagte "nein"', 'Er sagte "nein"'),
        ("♪♪", "", "", "♪♪"),
        ("Two\nlines", "Two lines", "Zwei Zeilen", "Zwei Zeilen"),
    ],
)
def test_what_says_nothing_in_words_is_cut_out_and_put_back(said: str, sent: str, given: str, shown: str):
    sentence = ready(said)

    assert sentence.text == sent
    assert sentence.restore(given) == shown
    assert sentence.lost(shown) == []


def test_a_glyph_that_the_vocabulary_has_not_never_reaches_the_engine():
    sentence = ready("It costs 5 ₿ today, really.", unwritable="₿")

    assert "₿" not in sentence.text
    assert "₿" in sentence.restore("Es kostet heute 5, wirklich.")


def test_a_rare_letter_is_told_of_where_the_target_cannot_write_it():
    sentence = ready("陶喆来了", source="zho_Hans", target="eng_Latn", unwritable="喆")

    assert sentence.text == "陶来了"
    assert sentence.lost(sentence.restore("Tao is here")) == ["喆"]


@pytest.mark.parametrize(
    ("said", "engine", "shown"),
    [
        ("See www.blender.org now", "Siehe www. blender. org jetzt", "Siehe www.blender.org jetzt"),
        ("Ask @JohnDoe about #sintel", "Frag @ johndoe nach # Sintel", "Frag @JohnDoe nach #sintel"),
        ("Write to a.b@blender.org!", "Schreib an A.B@Blender.org!", "Schreib an a.b@blender.org!"),
        ("Go to https://a.org/x?y=1.", "Geh zu https: //a.org/x?y=1.", "Geh zu https://a.org/x?y=1."),
    ],
)
def test_an_address_is_mended_where_only_spaces_and_capitals_changed(said: str, engine: str, shown: str):
    sentence = ready(said)

    assert sentence.restore(engine) == shown
    assert sentence.lost(shown) == []


def test_an_address_that_is_gone_is_told_of():
    sentence = ready("See www.blender.org now")
    assert sentence.lost(sentence.restore("Siehe die Seite")) == ["www.blender.org"]


def test_a_name_that_is_not_to_be_translated_stays_in_the_sentence_and_is_looked_for():
    sentence = ready("Where is Sintel's dragon?", terms=Terms(keep=("Sintel",)), target="rus_Cyrl")

    assert sentence.text == "Where is Sintel's dragon?"
    assert sentence.lost(sentence.restore("Где дракон Синтел?")) == ["Sintel"]
    assert sentence.lost(sentence.restore("Где дракон sintel?")) == []
    assert sentence.restore("Где дракон sintel?") == "Где дракон Sintel?"


def test_a_glossarys_term_goes_into_the_source_where_both_share_a_script():
    terms = Terms((Term("gatekeeper", "Torwächter", "deu_Latn"), Term("gatekeeper", "門番", "jpn_Jpan")))

    assert ready("Ask the gatekeeper.", terms=terms).text == "Ask the Torwächter."
    japanese = ready("Ask the gatekeeper.", terms=terms, target="jpn_Jpan")
    assert japanese.text == "Ask the gatekeeper."
    assert japanese.restore("gatekeeper に聞いて") == "門番 に聞いて"


def test_a_glyph_goes_behind_the_mark_that_it_stood_behind():
    sentence = ready("No way. 😂 You did it, again?")
    assert sentence.restore("Auf gar keinen Fall, niemals. Schon wieder?") == (
        "Auf gar keinen Fall, niemals. 😂 Schon wieder?"
    )


@given(
    text=st.text(alphabet=st.sampled_from([*'ab .,!?-"“”«»♪🎉❤️@#:/', "你", "م", "-"]), max_size=40),
    target=st.sampled_from(["deu_Latn", "jpn_Jpan", "arb_Arab", "tha_Thai"]),
)
def test_an_engine_that_changes_nothing_changes_nothing(text: str, target: str):
    sentence = ready(text, target=target)
    visible = [each for each in sentence.restore(sentence.text) if not each.isspace()]
    assert sorted(visible) == sorted(each for each in text if not each.isspace())


@given(text=st.text(max_size=60), answer=st.text(max_size=60), unwritable=st.text(max_size=5))
def test_no_text_breaks_it(text: str, answer: str, unwritable: str):
    sentence = ready(text, unwritable=unwritable)
    sentence.lost(sentence.restore(answer))


@pytest.mark.parametrize(
    "text", ["@" * 20_000, "-" * 20_000, "🎉 a " * 3000, "a." * 9000, "\u00a0" * 9000 + "♪", '"' * 9000]
)
def test_a_hostile_text_is_protected_in_time(text: str):
    sentence = ready(text, terms=Terms(keep=("a",)))
    sentence.lost(sentence.restore(text))
