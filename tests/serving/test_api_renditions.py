"""Titles in other looks, over HTTP: what there is, and orders of what there is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.style.catalogue import house_styles
from ops.style.model import Recipe, look_of
from resources.api_keys import Scope
from resources.ledger import Ledger
from resources.rendition_orders import RenditionOrders, rendition_key
from resources.store.model import MadeBy
from resources.store.opening import open_store
from tests.serving.live import Live, open_live

TITLE = "sintel"
MIX = {"parts": [{"style": "noir", "weight": 3}, {"style": "pastel", "strength": 0.5, "weight": 1}]}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with open_live(tmp_path_factory.mktemp("live") / "home") as opened:
        yield opened


def make(live: Live, order: str, folder: Path) -> None:
    """What the pipeline leaves of an order."""
    orders = RenditionOrders(live.database)
    found = orders.find(order)
    assert found is not None
    look = look_of([(Recipe("noir"), 0.75), (Recipe("pastel", strength=0.5), 0.25)], house_styles())
    assert found.look == look.to_json()
    files = {name: folder / name for name in ("mix.mp4", "before_after.jpg")}
    for file in files.values():
        file.write_bytes(b"made")
    manifest = open_store(live.settings).publish(
        rendition_key(TITLE, look),
        files,
        made_by=MadeBy("1", "test", parameters={"look": look.to_json()}),
        inputs={},
        quality={"width": 640, "height": 360, "duration_s": 52.2},
    )
    Ledger(live.database).ready(manifest.key, input_hash="as made", manifest=manifest)
    orders.finish(order)


def test_an_order_is_told_until_it_is_made_and_then_where_it_is(live: Live, tmp_path: Path):
    wish = {"title": TITLE, "look": MIX}
    first, second = live.post("/v1/renditions", wish).json(), live.post("/v1/renditions", wish).json()
    assert (first["state"], first["rendition"]) == ("open", None)
    assert second == first
    assert [each["id"] for each in live.get(f"/v1/titles/{TITLE}/renditions").json()["orders"]] == [first["id"]]

    make(live, first["id"], tmp_path)

    done = live.get(f"/v1/renditions/{first['id']}").json()
    assert (done["state"], done["rendition"]["styles"]) == ("done", ["noir", "pastel"])
    assert live.call("GET", done["rendition"]["film"], key="").content == b"made"
    told = live.get(f"/v1/titles/{TITLE}/renditions").json()
    assert [each["film"] for each in told["renditions"]] == [done["rendition"]["film"]]
    assert told["orders"] == []


def test_a_style_as_it_is_and_the_look_of_that_style_alone_are_one_order(live: Live):
    style = live.post("/v1/renditions", {"title": TITLE, "style": "noir"}).json()
    look = live.post("/v1/renditions", {"title": TITLE, "look": {"parts": [{"style": "noir"}]}}).json()
    assert style["id"] == look["id"]


@pytest.mark.parametrize(
    ("wish", "status", "told"),
    [
        ({"title": "nowhere", "style": "noir"}, 404, "not in the catalogue"),
        ({"title": TITLE, "style": "technicolour"}, 404, "noir"),
        ({"title": TITLE}, 422, ""),
        ({"title": TITLE, "style": "noir", "look": MIX}, 422, ""),
        ({"title": TITLE, "look": {"parts": []}}, 422, ""),
        ({"title": TITLE, "look": {"parts": [{"style": "noir"}] * 5}}, 422, ""),
        ({"title": TITLE, "look": {"parts": [{"style": "noir", "weight": 0}]}}, 422, ""),
        ({"title": TITLE, "look": {"parts": [{"style": "noir", "values": {"sparkle": 1}}]}}, 422, "sparkle"),
        ({"title": TITLE, "style": "../../etc"}, 422, ""),
    ],
)
def test_an_order_that_cannot_be_made_is_refused_in_words(live: Live, wish: dict, status: int, told: str):
    answer = live.post("/v1/renditions", wish)
    assert answer.status_code == status
    assert told in answer.text


def test_who_may_watch_may_not_order(live: Live):
    key = live.new_key(Scope.STREAMS)
    assert live.get(f"/v1/titles/{TITLE}/renditions", key=key).status_code == 200
    assert live.post("/v1/renditions", {"title": TITLE, "style": "noir"}, key=key).status_code == 403
    assert live.get("/v1/renditions/sintel-0123456789abcdef", key=key).status_code == 404
