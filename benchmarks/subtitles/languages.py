"""All languages of a title in one run against a run for each, and where the time of the one run goes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.subtitles.material import long_film
from benchmarks.subtitles.stopwatch import Stopwatch
from benchmarks.trailers.costs import cpu_s
from ops.languages.table import by_reach

__all__ = ["tell_languages"]

_SPOKEN = "eng_Latn"
_SAMPLE = 4
"""Runs of one language each that stand for all: the first of them, one of the middle, and so on."""

_PARTS = {
    "the model": tuple(
        f"resources.models.translation.engine:SequenceTranslator.{each}" for each in ("translate", "score", "attention")
    ),
    "gates, mending, memory": ("ops.translation.pipeline:translate_title",),
    "cues": ("ops.translation.cueing:cued",),
    "rules": ("ops.subtitles.conform:conformance",),
    "files, read back": ("assets.captions:_written", "ops.subtitles.files.verify:verified"),
    "tables": ("assets.captions:_json", "assets.captions:_cue_sheet"),
    "plots": ("assets.captions:_plots",),
    "checks": ("assets.captions:run_checks",),
    "publishing": ("assets.making:Work.publish",),
    "loading the model": ("resources.models.translation.nllb:load_nllb",),
}
_REST = "Dagster and the rest of the house"


def tell_languages(data: Path, folder: Path, *, seconds: float, count: int, full: bool = True) -> dict[str, float]:
    """Make a film's subtitles in many languages, once together and some of them apart.

    Args:
        data: The open test set.
        folder: To work in.
        seconds: Length of the film.
        count: Languages, those with most readers first.
        full: Whether runs of one language are made for comparison.

    Returns:
        Processor seconds by part of the one run.
    """
    import torch

    from tests.resources.models.translation.tiny_nllb import save_tiny_nllb

    torch.set_num_threads(1)  # for so small a model, threads wait for each other longer than they work
    model = save_tiny_nllb(folder / "nllb")
    film = long_film(data, folder, seconds)
    spoken = film.with_suffix(".en.srt").read_text(encoding="utf-8").count("-->")
    codes = [each.code for each in by_reach() if each.code != _SPOKEN][: count - 1]
    watch = Stopwatch(time.process_time)
    with _house(folder / "together", model) as house:
        house.make(film, [_SPOKEN])
        with watch.watching(_PARTS):
            start = time.perf_counter()
            with watch.part(_REST):
                house.make(film, codes)
            wall_s = time.perf_counter() - start
    together_s = sum(watch.spent.values())
    film_told = f"a film of {seconds:g} s with {spoken} cues"
    print(f"\n{len(codes)} languages of {film_told}, tiny NLLB, one run", flush=True)
    print(f"  {together_s:.1f} s of processor, PostgreSQL's not counted, and {wall_s:.1f} s of wall; of processor:")
    for part, spent in sorted(watch.spent.items(), key=lambda each: -each[1]):
        print(f"  {part:34} {spent:8.1f} s  {spent / together_s:6.1%}  {1000 * spent / len(codes):8.0f} ms a language")
    if full:
        _tell_apart(film, model, folder, codes, together_s)
    return watch.spent


def _tell_apart(film: Path, model: Path, folder: Path, codes: Sequence[str], together_s: float) -> None:
    sample = codes[:: max(1, len(codes) // _SAMPLE)][:_SAMPLE]
    apart: list[float] = []
    with _house(folder / "apart", model) as house:
        house.make(film, [_SPOKEN])
    for code in sample:
        with _house(folder / "apart", model) as house:  # as a process of its own: the model is loaded anew
            start = time.process_time()
            house.make(film, [code])
            apart.append(time.process_time() - start)
    each_s, begun_s = sum(apart) / len(apart), _start_s()
    whole_s = each_s * len(codes)
    print(f"  a run of one language: {each_s:.1f} s (mean of {len(apart)}: {', '.join(f'{one:.1f}' for one in apart)})")
    print(f"  {len(codes)} such runs, extrapolated: {whole_s:.0f} s, {whole_s / together_s:.1f} times the one run")
    whole_s, one_s = whole_s + begun_s * len(codes), together_s + begun_s
    print(f"  and the program's start counted ({begun_s:.1f} s each): {whole_s:.0f} s, {whole_s / one_s:.1f} times")


def _start_s() -> float:
    """Processor seconds until a new process has the definitions and what loads the model."""
    start = cpu_s()
    needed = "import orchestration.definitions, torch; from transformers import M2M100ForConditionalGeneration"
    subprocess.run([sys.executable, "-c", needed], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return cpu_s() - start


class _House:
    """A house that makes subtitles as the command line does."""

    def __init__(self, studio: object, instance: object) -> None:
        self._studio, self._instance = studio, instance

    def make(self, film: Path, codes: Sequence[str]) -> None:
        """Make a film's subtitles in some languages; every one of them is published, or it is told."""
        from assets.subtitle_languages import subtitles_in
        from orchestration.handing_in import Handed
        from orchestration.make import make_title

        wanted = [subtitles_in(code) for code in codes]
        report = make_title(film, wanted, self._studio, self._instance, handed=Handed(None, _SPOKEN, None))  # pyright: ignore
        made = {each.asset for each in report.artifacts}
        missing = [asset for asset in wanted if asset not in made]
        if missing:
            why = [*report.failed.values(), *report.held.values(), *report.skipped.values()]
            print(f"  {len(missing)} of {len(wanted)} languages were not made: {'; '.join(dict.fromkeys(why))[:600]}")


@contextmanager
def _house(home: Path, model: Path):
    from orchestration.local_instance import local_instance
    from orchestration.make_command import _hush
    from resources.settings import load_settings
    from resources.studio import open_studio

    _hush()
    chosen = {"translation_engine": f"nllb:{model}", "language": _SPOKEN, "device": "cpu"}
    settings = load_settings(home, database_url=None, **chosen)
    with open_studio(settings) as studio:
        yield _House(studio, local_instance(settings))
