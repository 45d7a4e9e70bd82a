"""A test that is drafted over the API compares variants of the title, each under its own recipe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from resources.experiments import Experiments
from resources.store.model import ArtifactKey, MadeBy
from resources.store.opening import open_store
from tests.serving.live import ARMS, Live, open_live


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with open_live(tmp_path_factory.mktemp("live") / "home") as opened:
        yield opened


def draft(*arms: tuple[str, str], title: str = "sintel") -> dict[str, object]:
    told = [{"id": name, "file": file, "role": "challenger"} for name, file in arms]
    told[0]["role"] = "incumbent"
    return {"title": title, "aspect": "16x9", "arms": told}


def variant(arm: str) -> tuple[str, str]:
    return arm, f"variant-{arm}.jpg"


def test_an_arm_bears_the_recipe_and_the_traits_of_its_variant(live: Live):
    answer = live.post("/v1/experiments", draft(variant(ARMS[0]), variant(ARMS[2])))
    assert answer.status_code == 201, answer.text
    arms = Experiments(live.database).get(answer.json()["id"]).arms
    assert {arm.id: dict(arm.recipe) for arm in arms} == {
        arm: {"treatment": "clean", "traits": {"face": "one"}} for arm in (ARMS[0], ARMS[2])
    }


@pytest.mark.parametrize(
    ("arm", "why"),
    [
        (("no-recipe", f"variant-{ARMS[1]}.jpg"), "has no variant no-recipe"),
        ((ARMS[1], f"variant-{ARMS[2]}.jpg"), f"the file of {ARMS[1]} is variant-{ARMS[1]}.jpg"),
        ((ARMS[1], "16x9.jpg"), f"the file of {ARMS[1]} is variant-{ARMS[1]}.jpg"),
    ],
)
def test_an_arm_under_another_name_than_its_recipe_is_refused(live: Live, arm: tuple[str, str], why: str):
    before = Experiments(live.database).find(title="sintel")
    answer = live.post("/v1/experiments", draft(variant(ARMS[0]), arm))
    assert (answer.status_code, why in answer.json()["detail"]) == (409, True), answer.text
    assert Experiments(live.database).find(title="sintel") == before


def test_thumbnails_that_tell_of_no_variants_leave_nothing_to_compare(live: Live):
    files = {file.name: open_store(live.settings).fetch(live.manifest, file.name) for file in live.manifest.files}
    del files["variants.json"]
    key = ArtifactKey("cosmos", "thumbnails", "16x9")
    open_store(live.settings).publish(key, files, made_by=MadeBy("1", "test"), inputs={})
    answer = live.post("/v1/experiments", draft(variant(ARMS[0]), variant(ARMS[1]), title="cosmos"))
    assert (answer.status_code, "no variants" in answer.json()["detail"]) == (409, True), answer.text


def test_a_roll_back_tells_which_running_tests_it_retired(live: Live):
    experiments = Experiments(live.database)
    experiments.promote("sintel", "16x9", ARMS[0], "", live.experiment, "ada", "it won")
    drafted = live.post("/v1/experiments", draft(variant(ARMS[0]), variant(ARMS[1]))).json()["id"]
    started = live.post(f"/v1/experiments/{drafted}/transitions", {"to": "running", "why": "go"})
    assert started.status_code == 200
    answer = live.post("/v1/titles/sintel/rollback?aspect=16x9", {"why": "the wrong face"})
    assert answer.json() == {"arm": None, "experiment": None, "retired": [drafted]}
    seen = live.get("/v1/titles/sintel/thumbnail?aspect=16x9&viewer=v1", headers={"Accept": "application/json"}).json()
    assert seen["source"] != "experiment"
