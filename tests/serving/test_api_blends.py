"""Blends over HTTP: pictures in, recipes published, opinions kept."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
import requests
from PIL import Image

from resources.api_keys import Scope
from resources.blends import Blends
from resources.store.model import ArtifactKey, MadeBy
from resources.store.opening import open_store
from tests.serving.live import Live, open_live


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with open_live(tmp_path_factory.mktemp("live") / "home") as opened:
        yield opened


def png(grey: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (grey, grey, grey)).save(out, "PNG")
    return out.getvalue()


def upload(live: Live, content: bytes, query: str = "") -> requests.Response:
    return live.call("POST", f"/v1/blend-sources{query}", data=content)


@pytest.fixture(scope="module")
def recipe(live: Live) -> dict[str, object]:
    cat, night = (upload(live, png(grey)).json()["sha256"] for grey in (40, 200))
    return {"target": cat, "sources": [{"picture": night, "style": 0.7}], "size": 128}


def test_a_picture_is_taken_by_its_bytes(live: Live):
    answer = upload(live, png(90), "?name=cat.png")
    assert (answer.status_code, answer.json()) == (
        201,
        {"sha256": sha256(png(90)).hexdigest(), "width": 40, "height": 30},
    )


@pytest.mark.parametrize(("content", "told"), [(b"", "empty"), (b"<svg/>", "no picture")])
def test_what_is_no_picture_is_refused_in_words(live: Live, content: bytes, told: str):
    answer = upload(live, content)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]


def test_a_recipe_is_published_once_and_tells_where_its_picture_is(live: Live, recipe, tmp_path: Path):
    first, again = (live.post("/v1/blends", {"recipe": recipe, "name": "Cat"}) for _ in range(2))
    assert first.status_code == 201
    assert again.json() == first.json()
    blend = first.json()
    assert (blend["state"], blend["picture"]) == ("open", None)

    files = {name: tmp_path / name for name in ("blend.png", "blend.jpg")}
    for file in files.values():
        file.write_bytes(png(7))
    store = open_store(live.settings)
    store.publish(ArtifactKey(blend["id"], "blended_image"), files, made_by=MadeBy("1", "x", "net"), inputs={})
    Blends(live.database).finish(blend["id"], made_from="x")

    done = live.get(f"/v1/blends/{blend['id']}").json()
    assert (done["state"], done["engine"]) == ("done", "net")
    assert requests.get(live.url + done["picture"], timeout=10).content == png(7)


def test_opinions_and_edits_are_kept(live: Live, recipe):
    blend = live.post("/v1/blends", {"recipe": recipe | {"seed": 5}}).json()["id"]
    live.post(f"/v1/blends/{blend}/feedback", {"kind": "dislike"})
    liked = live.post(f"/v1/blends/{blend}/feedback", {"kind": "like"}).json()
    assert liked["feedback"] == {"like": 1, "dislike": 0, "re-edit": 0}
    live.post("/v1/blends", {"recipe": recipe | {"seed": 6}, "edited_from": blend})
    assert live.get(f"/v1/blends/{blend}").json()["feedback"]["re-edit"] == 1


def test_what_is_not_there_is_told(live: Live, recipe):
    assert live.get("/v1/blends/blend-0000000000000000").status_code == 404
    assert live.post("/v1/blends", {"recipe": recipe | {"target": "0" * 64}}).status_code == 404
    assert upload(live, png(91), "?replaces=" + "0" * 64).status_code == 404
    assert live.post("/v1/blends", {"recipe": recipe | {"size": 9}}).status_code == 422
    assert (
        live.post("/v1/blends", {"recipe": recipe | {"sources": [{"picture": "0" * 64, "style": 0}]}}).status_code
        == 422
    )


@pytest.fixture
def waiting(live: Live, recipe, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The id of a blend that a check held."""
    seed = sha256(request.node.name.encode()).digest()[0] + 100
    blend = live.post("/v1/blends", {"recipe": recipe | {"seed": seed}}).json()["id"]
    hold(live, blend, tmp_path, png(8))
    return blend


def hold(live: Live, blend: str, folder: Path, picture: bytes) -> None:
    """A check holds this picture of a blend."""
    (folder / "blend.png").write_bytes(picture)
    files = {"blend.png": folder / "blend.png"}
    place = open_store(live.settings).hold(ArtifactKey(blend, "blended_image"), files, why="flat", made_by=MadeBy("1"))
    Blends(live.database).hold(blend, "it is flat", place=place, made_from="x")


def test_a_held_blend_is_shown_to_reviewers_and_approved_once(live: Live, waiting: str):
    told = live.get(f"/v1/blends/{waiting}").json()
    assert (told["state"], told["why"]) == ("held", "waits for a person: it is flat")
    assert live.get(told["held"]).content == png(8)
    word = {"approved": True, "note": "it is meant so"}
    judged = live.post(f"/v1/blends/{waiting}/approval", word)
    assert (judged.status_code, judged.json()["state"], judged.json()["held"]) == (200, "open", None)
    assert judged.json()["why"].endswith(": it is meant so")
    assert live.post(f"/v1/blends/{waiting}/approval", word).status_code == 409
    assert live.get(told["held"]).status_code == 404


def test_a_held_blend_is_rejected_with_the_reason(live: Live, waiting: str):
    assert live.post(f"/v1/blends/{waiting}/approval", {"approved": False}).status_code == 422
    assert live.post(f"/v1/blends/{waiting}/approval", {"approved": False, "note": " "}).status_code == 422
    word = {"approved": False, "note": "too flat"}
    assert live.post(f"/v1/blends/{waiting}/approval", word).json()["state"] == "rejected"
    assert live.get(f"/v1/blends/{waiting}").json()["picture"] is None


def test_a_word_is_of_the_picture_that_was_seen(live: Live, waiting: str, tmp_path: Path):
    seen = live.get(f"/v1/blends/{waiting}").json()["held"]
    hold(live, waiting, tmp_path, png(9))

    word = {"approved": True, "seen": seen}
    refused = live.post(f"/v1/blends/{waiting}/approval", word)

    assert (refused.status_code, "another picture" in refused.json()["detail"]) == (409, True)
    assert live.get(seen).status_code == 404
    now = live.get(f"/v1/blends/{waiting}").json()["held"]
    assert live.get(now).content == png(9)
    assert live.post(f"/v1/blends/{waiting}/approval", word | {"seen": now}).json()["state"] == "open"


def test_a_blend_whose_picture_is_not_kept_any_more_is_approved_by_nobody_unseen(live: Live, waiting: str):
    found = Blends(live.database).get(waiting)
    assert found is not None
    shutil.rmtree(live.settings.home / "store" / found.held)

    refused = live.post(f"/v1/blends/{waiting}/approval", {"approved": True})

    assert (refused.status_code, "not kept any more" in refused.json()["detail"]) == (409, True)
    word = {"approved": False, "note": "nothing to see"}
    assert live.post(f"/v1/blends/{waiting}/approval", word).json()["state"] == "rejected"


def test_only_reviewers_judge_blends(live: Live, waiting: str):
    editor = live.new_key(Scope.BLENDS)
    assert live.post(f"/v1/blends/{waiting}/approval", {"approved": True}, key=editor).status_code == 403
    assert live.get(f"/v1/blends/{waiting}/held", key=editor).status_code == 403
    assert live.post("/v1/blends/blend-0000000000000000/approval", {"approved": True}).status_code == 404


def test_blends_need_their_own_scope(live: Live, recipe):
    other = live.new_key(Scope.THUMBNAILS)
    assert live.post("/v1/blends", {"recipe": recipe}, key=other).status_code == 403
