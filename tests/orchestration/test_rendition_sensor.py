"""Orders of renditions become partitions and runs, tick by tick."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from ops.style.catalogue import house_styles
from ops.style.model import Look, Recipe, look_of
from orchestration.sensors.renditions import renditions_ordered
from resources.catalogue import Catalogue
from resources.rendition_orders import OrderState, RenditionOrders
from resources.store.model import ArtifactKey, MadeBy
from resources.studio import Studio

TITLE = "sintel"


@pytest.fixture
def orders(studio: Studio) -> RenditionOrders:
    Catalogue(studio.database).deliver(TITLE, sha256="0" * 64, uri="/none", size_bytes=1)
    return RenditionOrders(studio.database)


def cut(studio: Studio, folder: Path) -> None:
    for asset in ("source_video", "shots"):
        file = folder / f"{asset}.json"
        file.write_text("{}")
        key = ArtifactKey(TITLE, asset)
        manifest = studio.store.publish(key, {file.name: file}, made_by=MadeBy("1", "test"), inputs={})
        studio.ledger.ready(key, input_hash="as made", manifest=manifest)


def mix() -> Look:
    return look_of([(Recipe("noir"), 0.5), (Recipe("pastel"), 0.5)], house_styles())


def tick(studio: Studio, instance: dg.DagsterInstance) -> dg.SensorResult:
    context = dg.build_sensor_context(instance=instance, resources={"studio": studio})
    result = renditions_ordered(context)
    assert isinstance(result, dg.SensorResult)
    return result


def test_an_order_becomes_a_partition_and_one_run_however_often_the_sensor_looks(
    studio: Studio, instance: dg.DagsterInstance, orders: RenditionOrders, tmp_path: Path
):
    cut(studio, tmp_path)
    order = orders.order(TITLE, mix(), "a test")

    first, second = tick(studio, instance), tick(studio, instance)

    [run] = first.run_requests or []
    assert (run.partition_key, run.run_key) == (order.id, order.run_key)
    assert run.asset_selection == [dg.AssetKey(["ordered_rendition"])]
    [partitions] = first.dynamic_partitions_requests or []
    assert list(partitions.partition_keys) == [order.id]
    assert [each.run_key for each in second.run_requests or []] == [run.run_key]


def test_an_order_of_a_title_that_is_not_analysed_yet_has_that_done_first(
    studio: Studio, instance: dg.DagsterInstance, orders: RenditionOrders
):
    orders.order(TITLE, mix(), "a test")
    assert not tick(studio, instance).run_requests
    [batch] = studio.orders.batch(9, 9)
    assert batch.artifacts == ("shots", "source_video")


def test_an_order_of_a_house_style_as_it_is_orders_its_asset_and_ends_with_it(
    studio: Studio, instance: dg.DagsterInstance, orders: RenditionOrders, tmp_path: Path
):
    order = orders.order(TITLE, look_of([(Recipe("noir"), 1.0)], house_styles()), "a test")
    assert not tick(studio, instance).run_requests
    [batch] = studio.orders.batch(9, 9)
    assert batch.artifacts == ("rendition/noir",)

    key = ArtifactKey(TITLE, "rendition", "noir")
    file = tmp_path / "noir.mp4"
    file.write_text("made")
    manifest = studio.store.publish(key, {file.name: file}, made_by=MadeBy("1", "test"), inputs={})
    studio.ledger.ready(key, input_hash="as made", manifest=manifest)
    tick(studio, instance)

    done = orders.find(order.id)
    assert done is not None and done.state is OrderState.DONE


def test_an_order_whose_run_was_killed_is_begun_again_under_another_key(
    studio: Studio, instance: dg.DagsterInstance, orders: RenditionOrders, tmp_path: Path
):
    cut(studio, tmp_path)
    order = orders.order(TITLE, mix(), "a test")
    orders.start(order.id)
    instance.add_run(
        dg.DagsterRun(job_name="any", status=dg.DagsterRunStatus.FAILURE, tags={"dagster/run_key": order.run_key})
    )

    [run] = tick(studio, instance).run_requests or []

    assert run.run_key != order.run_key


def test_an_order_whose_look_is_no_look_any_more_fails_in_words(
    studio: Studio, instance: dg.DagsterInstance, orders: RenditionOrders, tmp_path: Path
):
    cut(studio, tmp_path)
    order = orders.order(TITLE, mix(), "a test")
    with studio.database.connection() as connection:
        connection.execute("""UPDATE rendition_orders SET look = '{"parts": [{"style": "given_up"}]}'""")
    tick(studio, instance)
    failed = orders.find(order.id)
    assert failed is not None and failed.state is OrderState.FAILED
    assert "given_up" in failed.last_error
