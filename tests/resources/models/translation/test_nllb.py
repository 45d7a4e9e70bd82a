"""NLLB as the translator: its own library's one-by-one output as the reference, context, lengths, crashes, refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import M2M100ForConditionalGeneration, NllbTokenizer

from ops.errors import ModelUnavailable, UsageError
from ops.languages.table import languages
from ops.translation.translator import Decoding, Pair, Revised, Spelling, TranslatorRow
from resources.models.choice import EngineChoice
from resources.models.translation import lengthy, planning
from resources.models.translation.batching import Room
from resources.models.translation.encoding import Kept
from resources.models.translation.nllb import load_nllb
from tests.resources.models.translation.tiny_nllb import OTHERS, SENTENCES, save_tiny_nllb

GREEDY = Decoding(beams=1)
ROWS = [TranslatorRow(sentence) for sentence in SENTENCES]
TARGETS = ["fra_Latn", "jpn_Jpan", "arb_Arab", "sat_Beng", "tha_Thai"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_nllb(tmp_path_factory.mktemp("nllb") / "nllb-200-tiny")


@pytest.fixture(scope="module")
def nllb(folder: Path) -> Any:
    return load(folder)


@pytest.fixture(scope="module")
def reference(folder: Path) -> tuple[Any, Any]:
    return M2M100ForConditionalGeneration.from_pretrained(folder).eval(), NllbTokenizer.from_pretrained(folder)


def load(folder: Path, room: Room | None = None) -> Any:
    return load_nllb(EngineChoice("translation_engine", "nllb", str(folder)), device="cpu", room=room)


def one_by_one(reference: tuple[Any, Any], text: str, target: str, **how: Any) -> str:
    """What transformers itself makes of one sentence in one language, as its documentation tells."""
    model, tokenizer = reference
    tokenizer.src_lang = "eng_Latn"
    inputs = tokenizer(text, return_tensors="pt")
    pieces = inputs["input_ids"].shape[1] - 2
    with torch.inference_mode():
        said = model.generate(
            **inputs,
            forced_bos_token_id=tokenizer.convert_tokens_to_ids(target),
            max_new_tokens=1 + min(256, int(1.5 * pieces) + 20),
            do_sample=False,
            **{"num_beams": 1, **how},
        )
    return tokenizer.decode(said[0], skip_special_tokens=True).strip()


def test_many_languages_in_one_batch_say_what_each_says_alone(nllb: Any, reference: tuple[Any, Any]):
    found = dict(nllb.translate(ROWS, "eng_Latn", TARGETS, decoding=GREEDY))
    assert list(found) == TARGETS
    for target in TARGETS:
        expected = [one_by_one(reference, sentence, target) for sentence in SENTENCES]
        assert [row[0].text for row in found[target]] == expected
    assert len({row[0].text for rows in found.values() for row in rows}) > len(SENTENCES)  # it is not one noise


def test_with_beams_what_is_found_is_at_least_as_probable_as_greedily(nllb: Any):
    beams = dict(nllb.translate(ROWS, "eng_Latn", TARGETS[:2], decoding=Decoding(beams=4, candidates=3)))
    for rows in beams.values():
        for several in rows:
            assert len(several) == 3
            # a search orders by the mean without the end's rules; the best is never far from the most probable
            assert several[0].log_prob >= several[-1].log_prob - 0.2
    greedy = dict(nllb.translate(ROWS, "eng_Latn", TARGETS[:2], decoding=GREEDY))
    mean = [sum(row[0].log_prob for rows in each.values() for row in rows) for each in (beams, greedy)]
    assert mean[0] > mean[1]


def test_a_candidates_log_probability_is_that_of_the_librarys_own_scores(folder: Path, reference: tuple[Any, Any]):
    model, tokenizer = reference
    inputs = tokenizer(SENTENCES[5], return_tensors="pt")
    prompt = torch.tensor([[2, tokenizer.convert_tokens_to_ids("fra_Latn")]])
    said = model.generate(
        **inputs, decoder_input_ids=prompt, max_new_tokens=23, return_dict_in_generate=True, output_scores=True
    )
    steps = model.compute_transition_scores(said.sequences, said.scores, normalize_logits=True)[0]
    ((_, [[candidate]]),) = load(folder).translate(
        [TranslatorRow(SENTENCES[5])], "eng_Latn", ["fra_Latn"], decoding=GREEDY
    )
    pieces = len(tokenizer(SENTENCES[5])["input_ids"]) - 2
    own = steps[: int(1.5 * pieces) + 20] if candidate.cut_short else steps[: (said.sequences[0, 2:] != 1).sum()]
    assert candidate.log_prob == pytest.approx(float(own.mean()), abs=1e-4)


def test_a_source_is_encoded_once_for_all_languages(folder: Path):
    nllb: Any = load(folder, Room(rows=4, positions=100_000))  # so small that languages fall into several groups
    read: list[int] = []
    nllb._model.get_encoder().register_forward_pre_hook(
        lambda _, __, kwargs: read.append(len(kwargs["input_ids"])), with_kwargs=True
    )
    list(nllb.translate([*ROWS, ROWS[0]], "eng_Latn", TARGETS, decoding=GREEDY))
    assert sum(read) == len(SENTENCES)  # the one that stands twice is read once, too


def test_languages_come_whole_and_one_after_the_other(folder: Path):
    nllb = load(folder, Room(rows=8, positions=100_000))
    asked: list[float] = []
    targets = sorted(languages())[:12]
    told = nllb.translate(ROWS, "eng_Latn", targets, decoding=GREEDY, progress=asked.append)
    first, rows = next(told)
    assert (first, len(rows)) == (targets[0], len(ROWS))
    assert asked[-1] < 0.5  # the rest is still to do: who stops here loses a few languages and not all
    assert [target for target, rows in told if len(rows) == len(ROWS)] == targets[1:]
    assert asked == sorted(asked)
    assert asked[-1] == 1


def test_who_stops_midway_has_the_languages_that_were_given_as_they_would_have_been(nllb: Any, folder: Path):
    small = load(folder, Room(rows=8, positions=100_000))
    kept: dict[str, list[str]] = {}
    for target, rows in small.translate(ROWS, "eng_Latn", TARGETS, decoding=GREEDY):
        kept[target] = [row[0].text for row in rows]
        if len(kept) == 2:
            break
    whole = dict(nllb.translate(ROWS, "eng_Latn", TARGETS, decoding=GREEDY))
    assert kept == {target: [row[0].text for row in whole[target]] for target in TARGETS[:2]}


def test_the_same_call_gives_the_same(nllb: Any):
    decoding = Decoding(beams=4, candidates=4, shortest=0.5, repetition_penalty=1.2)
    once, again = (list(nllb.translate(ROWS, "eng_Latn", TARGETS, decoding=decoding)) for _ in range(2))
    assert once == again


def test_a_least_length_holds_for_each_row_by_its_own_source(nllb: Any):
    def lengths(shortest: float) -> list[int]:
        found = dict(nllb.translate(ROWS, "eng_Latn", TARGETS, decoding=Decoding(beams=1, shortest=shortest)))
        return [len(nllb._dialect.vocabulary.ids(row[0].text)) for rows in found.values() for row in rows]

    assert sum(lengths(1.4)) > sum(lengths(0.0))
    task = planning.Plan.of(nllb._dialect, ROWS, "eng_Latn", Decoding(shortest=0.8)).tasks(["fra_Latn"])[5]
    assert task.least == -(-8 * (len(task.source) - 2) // 10)


def test_what_had_no_more_room_is_marked_as_cut_short(nllb: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(planning, "_MOST", 2)
    found = dict(nllb.translate(ROWS, "eng_Latn", TARGETS, decoding=GREEDY))
    assert any(row[0].cut_short for rows in found.values() for row in rows)
    monkeypatch.setattr(planning, "_MOST", 256)
    found = dict(nllb.translate(ROWS, "eng_Latn", TARGETS, decoding=GREEDY))
    assert not all(row[0].cut_short for rows in found.values() for row in rows)


def test_with_context_only_what_follows_the_accepted_translation_is_given(nllb: Any, reference: tuple[Any, Any]):
    model, tokenizer = reference
    row = TranslatorRow("No.", before="The cat sat on the mat.", before_targets={"fra_Latn": "Le chat dort"})
    found = dict(nllb.translate([row, ROWS[0]], "eng_Latn", ["fra_Latn", "jpn_Jpan"], decoding=GREEDY))

    inputs = tokenizer("The cat sat on the mat. No.", return_tensors="pt")
    accepted = tokenizer("Le chat dort", add_special_tokens=False)["input_ids"]
    prompt = torch.tensor([[2, tokenizer.convert_tokens_to_ids("fra_Latn"), *accepted]])
    said = model.generate(**inputs, decoder_input_ids=prompt, max_new_tokens=23)
    expected = tokenizer.decode(said[0, prompt.shape[1] :], skip_special_tokens=True).strip()
    assert found["fra_Latn"][0][0].text == expected
    assert found["jpn_Jpan"][0][0].text == one_by_one(reference, "No.", "jpn_Jpan")  # nothing was accepted there
    assert found["fra_Latn"][1][0].text == one_by_one(reference, SENTENCES[0], "fra_Latn")


def test_beams_keep_to_the_accepted_translation_too(nllb: Any):
    row = TranslatorRow("No.", before="The cat sat on the mat.", before_targets={"fra_Latn": "Le chat dort déjà."})
    ((_, [several]),) = nllb.translate([row], "eng_Latn", ["fra_Latn"], decoding=Decoding(beams=4, candidates=4))
    assert len({candidate.log_prob for candidate in several}) == 4  # four that differ, by words or by tokens
    assert all(-20 < candidate.log_prob < 0 for candidate in several)


def test_the_score_of_a_pair_is_the_models_own_loss(nllb: Any, reference: tuple[Any, Any]):
    model, tokenizer = reference
    pairs = [Pair(one, other) for one, other in zip(SENTENCES, OTHERS, strict=False)]
    scores = nllb.score(pairs, "eng_Latn", "spa_Latn")
    language = tokenizer.convert_tokens_to_ids("spa_Latn")
    for pair, score in zip(pairs, scores, strict=True):
        inputs = tokenizer(pair.source, return_tensors="pt")
        said = tokenizer(pair.target, add_special_tokens=False)["input_ids"]
        with torch.inference_mode():
            loss = model(
                **inputs,
                decoder_input_ids=torch.tensor([[2, language, *said]]),
                labels=torch.tensor([[-100, *said, 2]]),
            ).loss
        assert score == pytest.approx(-float(loss), abs=1e-4)


def test_a_sentence_that_names_tokens_is_read_as_letters(nllb: Any):
    for text in ("fra_Latn", "</s>", "a </s> b", "<unk><pad>fra_Latn deu_Latn", "<mask>"):
        ids = nllb._dialect.vocabulary.ids(text)
        assert not set(ids) & {0, 1, 2, *nllb._dialect.tokens.values()}


def test_it_tells_which_characters_it_cannot_write(nllb: Any):
    assert isinstance(nllb, Spelling)
    assert nllb.unwritable("The cat ♪ sat 🎵 on 漢 the ♪ mat.", "eng_Latn") == "♪🎵漢"
    assert nllb.unwritable("The cat sat.", "eng_Latn") == ""


@pytest.mark.parametrize("text", ["", " ", "🎵", "\x00", "\u202e", "x" * 400, "</s>", "▁" * 30, "ｆｕｌｌ"])
def test_any_sentence_is_translated(nllb: Any, text: str):
    ((_, [[candidate]]),) = nllb.translate([TranslatorRow(text)], "eng_Latn", ["fra_Latn"], decoding=GREEDY)
    assert candidate.log_prob < 0


def test_nothing_to_translate_is_no_error(nllb: Any):
    assert list(nllb.translate([], "eng_Latn", TARGETS, decoding=GREEDY)) == [(target, []) for target in TARGETS]
    assert list(nllb.translate(ROWS, "eng_Latn", [], decoding=GREEDY)) == []
    assert nllb.score([], "eng_Latn", "fra_Latn") == []
    assert nllb.attention([], "eng_Latn", "fra_Latn") == []


@pytest.mark.parametrize("code", ["xxx_Latn", "arb_Latn", "sat_Olck", "french", ""])
def test_a_code_that_the_model_does_not_know_is_refused_before_anything_runs(nllb: Any, code: str):
    with pytest.raises(UsageError):
        nllb.translate(ROWS, "eng_Latn", ["fra_Latn", code], decoding=GREEDY)
    assert not nllb.speaks("eng_Latn", code)


def test_all_202_languages_are_spoken_and_none_into_itself(nllb: Any):
    assert all(nllb.speaks("eng_Latn", code) for code in languages() if code != "eng_Latn")
    assert not nllb.speaks("eng_Latn", "eng_Latn")


@pytest.mark.parametrize(
    "text", ["cat " * 600, "the cat, " * 300, "x" * 1500, "猫" * 700, " \u3000" * 600 + "cat" * 600], ids=str.__len__
)
def test_a_sentence_too_long_for_the_model_is_read_in_parts_and_costs_the_others_nothing(nllb: Any, text: str):
    long, short = TranslatorRow(text), TranslatorRow("No.")

    found = dict(nllb.translate([short, long, ROWS[0]], "eng_Latn", TARGETS[:2], decoding=GREEDY))
    alone = dict(nllb.translate([short, ROWS[0]], "eng_Latn", TARGETS[:2], decoding=GREEDY))

    for target in TARGETS[:2]:
        assert [found[target][place][0].text for place in (0, 2)] == [row[0].text for row in alone[target]]
        [whole] = found[target][1]
        assert -20 < whole.log_prob < 0
    parts = lengthy.readable([long], nllb._dialect.vocabulary)[0]
    assert "".join("".join(part.text.split()) for part in parts) == "".join(text.split())
    assert all(planning.fits(nllb._dialect.vocabulary, part.text) for part in parts)


def test_of_what_is_longer_than_the_model_reads_it_judges_and_aligns_what_it_reads(nllb: Any):
    pair = Pair("the cat sat " * 300, "le chat dort " * 300)

    [score], [weights] = nllb.score([pair], "eng_Latn", "fra_Latn"), nllb.attention([pair], "eng_Latn", "fra_Latn")

    assert -20 < score < 0
    assert weights.shape == (900, 900)
    assert weights.sum(1) == pytest.approx(1, abs=1e-4)


def counted(nllb: Any) -> list[int]:
    """How many sentences each pass of the encoder reads from now on."""
    read: list[int] = []
    nllb._model.get_encoder().register_forward_pre_hook(
        lambda _, __, kwargs: read.append(len(kwargs["input_ids"])), with_kwargs=True
    )
    return read


def test_scores_alignments_and_context_read_no_sentence_of_the_title_again(folder: Path):
    nllb = load(folder)
    read = counted(nllb)
    for target in TARGETS:
        ((_, found),) = nllb.translate(ROWS, "eng_Latn", [target], decoding=GREEDY)
        pairs = [Pair(row.text, own[0].text or "x") for row, own in zip(ROWS, found, strict=True)]
        nllb.score(pairs, "eng_Latn", target)
        nllb.attention(pairs, "eng_Latn", target)
        lamp = TranslatorRow("No.", before=SENTENCES[0], before_targets={target: "x"})
        list(nllb.translate([lamp], "eng_Latn", [target], decoding=GREEDY))

    assert sum(read) == len(SENTENCES) + 1  # and the two that are read as one


def test_the_way_back_reads_what_its_score_has_read(folder: Path):
    nllb = load(folder)
    read = counted(nllb)
    back = [Pair(text, SENTENCES[0]) for text in OTHERS]

    nllb.score(back, "spa_Latn", "eng_Latn")
    list(nllb.translate([TranslatorRow(text) for text in OTHERS[:3]], "spa_Latn", ["eng_Latn"], decoding=GREEDY))

    assert sum(read) == len(OTHERS)


def test_what_is_kept_of_the_encoder_has_bounds_and_changes_nothing(folder: Path, nllb: Any):
    state = torch.zeros((10, 4))
    kept = Kept(most=3 * state.nbytes)
    for place in range(5):
        kept.put((place,), state)
        kept.get((0,))
    assert [place for place in range(5) if kept.get((place,)) is not None] == [0, 3, 4]

    small: Any = load(folder)
    small._kept = Kept(most=0)
    pairs = [Pair(one, other) for one, other in zip(SENTENCES, OTHERS, strict=False)]
    assert small.score(pairs, "eng_Latn", "spa_Latn") == nllb.score(pairs, "eng_Latn", "spa_Latn")


def test_the_weights_are_not_read_before_a_sentence_comes(folder: Path):
    nllb: Any = load(folder)
    assert nllb.speaks("eng_Latn", "fra_Latn") and nllb.unwritable("No.", "eng_Latn") == "" and nllb.revision
    assert "_opened" not in vars(nllb)

    nllb.score([Pair("No.", "Non.")], "eng_Latn", "fra_Latn")

    assert "_opened" in vars(nllb)


def test_damaged_weights_are_told_of_each_time_and_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    broken = save_tiny_nllb(tmp_path / "broken")
    (broken / "model.safetensors").write_bytes(b"not weights")
    nllb: Any = load(broken)
    tried: list[int] = []
    read = nllb._read
    monkeypatch.setattr(nllb, "_read", lambda: tried.append(1) or read())

    for _ in range(3):
        with pytest.raises(ModelUnavailable):
            nllb.score([Pair("No.", "Non.")], "eng_Latn", "fra_Latn")

    assert tried == [1]


def test_other_weights_or_another_vocabulary_at_the_same_place_are_another_revision(tmp_path: Path):
    there = tmp_path / "nllb"
    first = load(save_tiny_nllb(there)).revision
    again = load(save_tiny_nllb(tmp_path / "elsewhere")).revision
    tuned = load(save_tiny_nllb(there, seed=8)).revision
    fewer = load(save_tiny_nllb(there, seed=8, codes=sorted(languages())[:150])).revision

    assert first == again
    assert len({first, tuned, fewer}) == 3
    assert isinstance(load(there), Revised)


def test_of_a_hubs_snapshot_the_commit_is_the_revision(tmp_path: Path, folder: Path):
    snapshot = tmp_path / "models--a--b" / "snapshots" / ("0123456789" * 4)
    snapshot.parent.mkdir(parents=True)
    snapshot.symlink_to(folder)

    assert load(snapshot).revision == "0123456789" * 4


def test_context_too_long_for_the_model_is_left_out(nllb: Any):
    row = TranslatorRow("No.", before="cat " * 600, before_targets={"fra_Latn": "Le chat."})
    found, alone = (
        dict(nllb.translate([each], "eng_Latn", ["fra_Latn"], decoding=GREEDY)) for each in (row, TranslatorRow("No."))
    )
    assert found == alone


def test_a_device_short_of_memory_gets_smaller_batches_that_say_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch):
    expected = list(load(folder).translate(ROWS, "eng_Latn", TARGETS, decoding=GREEDY))
    short: Any = load(folder)
    generate = short._model.generate

    def cramped(*, decoder_input_ids: Any, **how: Any) -> Any:
        if len(decoder_input_ids) > 3:
            raise torch.cuda.OutOfMemoryError("no room")
        return generate(decoder_input_ids=decoder_input_ids, **how)

    monkeypatch.setattr(short._model, "generate", cramped)
    found = list(short.translate(ROWS, "eng_Latn", TARGETS, decoding=GREEDY))
    assert [(target, [row[0].text for row in rows]) for target, rows in found] == [
        (target, [row[0].text for row in rows]) for target, rows in expected
    ]


def test_a_vocabulary_with_some_languages_speaks_those_alone(tmp_path: Path):
    some = sorted(languages())[:150]
    nllb = load(save_tiny_nllb(tmp_path / "some", codes=some))
    assert nllb.speaks(some[0], some[1])
    assert not nllb.speaks(some[0], "zul_Latn")


def test_a_model_of_the_same_kind_with_other_languages_is_refused(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match="tokens for 2 of"):
        load(save_tiny_nllb(tmp_path / "m2m", codes=["eng_Latn", "fra_Latn", "__de__"]))


@pytest.mark.parametrize("damage", ["empty", "no tokenizer", "weights", "part", "another", "no folder", "tokenizer"])
def test_what_is_no_nllb_is_refused_and_the_setting_is_named(tmp_path: Path, folder: Path, damage: str):
    broken = tmp_path / "broken"
    if damage not in {"empty", "no folder"}:
        save_tiny_nllb(broken)
    if damage == "empty":
        broken.mkdir()
    if damage == "no tokenizer":
        (broken / "tokenizer.json").unlink()
    if damage == "tokenizer":
        (broken / "tokenizer.json").write_text("{")
    if damage == "weights":
        (broken / "model.safetensors").write_bytes(b"not weights")
    if damage == "part":
        weights = load_file(broken / "model.safetensors")
        del weights["model.decoder.layers.0.fc1.weight"]
        save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    if damage == "another":
        config = broken / "config.json"
        config.write_text(config.read_text().replace('"m2m_100"', '"bart"'))
    with pytest.raises(ModelUnavailable, match="SHOWRUNNER_TRANSLATION_ENGINE"):
        load(broken).score([Pair("No.", "Non.")], "eng_Latn", "fra_Latn")


def test_pytorchs_own_files_are_read_as_the_publisher_gives_them_and_run_no_code(tmp_path: Path, folder: Path):
    plain = save_tiny_nllb(tmp_path / "plain")
    weights = load_file(plain / "model.safetensors")
    (plain / "model.safetensors").unlink()
    torch.save(weights, plain / "pytorch_model.bin")
    found, expected = (
        list(load(each).translate(ROWS[:2], "eng_Latn", ["fra_Latn"], decoding=GREEDY)) for each in (plain, folder)
    )
    assert found == expected
    proof = tmp_path / "proof"
    torch.save({"x": _Opens(proof)}, plain / "pytorch_model.bin")
    with pytest.raises(ModelUnavailable):
        load(plain).score([Pair("No.", "Non.")], "eng_Latn", "fra_Latn")
    assert not proof.exists()


class _Opens:
    """Pickled, it makes a file where it is read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self._path,)


def test_the_licence_is_that_of_nllb_whatever_the_folder_is_called(nllb: Any, folder: Path):
    assert "CC-BY-NC-4.0" in nllb.licence
    assert nllb.name == f"nllb:{folder}"
