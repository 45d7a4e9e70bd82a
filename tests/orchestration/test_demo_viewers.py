"""The demo title's experiment: simulated viewers see what the edge would show, and what they do is counted."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from ops.experiments.model import totals
from orchestration.demo import DEMO_TITLE
from orchestration.demo_viewers import simulate_demo
from orchestration.ingest import deliver
from resources.studio import Studio
from tests.orchestration.test_experiments import ARMS, publish


@pytest.fixture
def demo(studio: Studio, instance: dg.DagsterInstance, data: Path, tmp_path: Path) -> Studio:
    film = tmp_path / f"{DEMO_TITLE}.mp4"
    film.write_bytes((data / "video" / "one_frame.mp4").read_bytes())
    assert deliver(str(film), studio, instance).title == DEMO_TITLE
    publish(studio, DEMO_TITLE, data, ARMS)
    return studio


def test_the_demo_has_a_running_experiment_with_data_and_a_second_demo_adds_none(demo: Studio):
    experiment = simulate_demo(demo)

    assert experiment is not None
    counts = totals(demo.experiments.counts(experiment.id))
    shown = sum(each.impressions for each in counts)
    assert 12_000 * 0.93 < shown < 12_000 * 0.97  # a twentieth is held out
    assert all(0.01 < each.rate < 0.10 for each in counts)
    assert experiment.policy == "thompson"
    assert simulate_demo(demo) is None
