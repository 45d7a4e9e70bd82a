"""Orders of renditions become partitions and runs, tick by tick."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from assets.ordered_rendition import order_artifact
from ops.style.catalogue import house_styles
from ops.style.model import Look, Recipe, look_of
from orchestration.sensors.renditions import renditions_ordered
from resources.catalogue import Catalogue
from resources.ledger import input_hash
from resources.rendition_orders import OrderState, RenditionOrders, rendition_key
from resources.store.model import ArtifactKey, MadeBy
from resources.studio import Studio
from resources.work_orders import MAX_ATTEMPTS

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


def mix(pastel: float = 0.5) -> Look:
    return look_of([(Recipe("noir"), 1 - pastel), (Recipe("pastel"), pastel)], house_styles())


def noir() -> Look:
    return look_of([(Recipe("noir"), 1.0)], house_styles())


def render(studio: Studio, folder: Path, look: Look) -> None:
    """What a run leaves of a look that it made of today's inputs."""
    artifact = order_artifact(look, house_styles())
    rows = {name: studio.ledger.row(ArtifactKey(TITLE, name)) for name in artifact.upstream}
    versions = {name: row.data_version for name, row in rows.items() if row is not None and row.data_version}
    file = folder / "made.mp4"
    file.write_text("made")
    key, made_by = rendition_key(TITLE, look), MadeBy(artifact.code_version, artifact.engine)
    manifest = studio.store.publish(key, {file.name: file}, made_by=made_by, inputs=versions)
    made_of = input_hash(versions, code_version=artifact.code_version, engine=artifact.engine)
    studio.ledger.ready(key, input_hash=made_of, manifest=manifest)


def state_of(orders: RenditionOrders, order: str) -> OrderState:
    found = orders.find(order)
    assert found is not None
    return found.state


def failure_of(orders: RenditionOrders, order: str) -> str:
    found = orders.find(order)
    assert found is not None and found.state is OrderState.FAILED
    return found.last_error


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
    cut(studio, tmp_path)
    order = orders.order(TITLE, noir(), "a test")
    assert not tick(studio, instance).run_requests
    [batch] = studio.orders.batch(9, 9)
    assert batch.artifacts == ("rendition/noir",)

    studio.orders.start(batch.id, run_id="a run")
    tick(studio, instance)
    assert state_of(orders, order.id) is OrderState.RUNNING

    render(studio, tmp_path, noir())
    tick(studio, instance)

    assert state_of(orders, order.id) is OrderState.DONE


def test_an_order_of_a_house_style_that_failed_once_is_not_failed_by_that_again(
    studio: Studio, instance: dg.DagsterInstance, orders: RenditionOrders, tmp_path: Path
):
    cut(studio, tmp_path)
    key = rendition_key(TITLE, noir())
    studio.ledger.failed(key, "the disk was full")
    order = orders.order(TITLE, noir(), "a test").id
    tick(studio, instance)
    for _ in range(MAX_ATTEMPTS):
        tick(studio, instance)
        assert state_of(orders, order) is OrderState.RUNNING
        [batch] = studio.orders.batch(9, 9)
        studio.ledger.failed(key, "the disk is full anew")
        studio.orders.finish(batch.id, failed={TITLE: "the disk is full anew"})

    tick(studio, instance)

    assert failure_of(orders, order) == "the disk is full anew"


def test_a_rendition_that_went_stale_does_not_end_the_order_to_make_it_anew(
    studio: Studio, instance: dg.DagsterInstance, orders: RenditionOrders, tmp_path: Path
):
    cut(studio, tmp_path)
    render(studio, tmp_path, noir())
    studio.ledger.outdate(rendition_key(TITLE, noir()), "made anew by hand")
    order = orders.order(TITLE, noir(), "a test").id

    tick(studio, instance)
    tick(studio, instance)
    assert orders.running()[0].runs == 0

    [batch] = studio.orders.batch(9, 9)
    render(studio, tmp_path, noir())
    studio.orders.finish(batch.id)
    tick(studio, instance)
    assert state_of(orders, order) is OrderState.DONE


def test_an_order_of_a_house_style_whose_work_ended_without_it_fails(
    studio: Studio, instance: dg.DagsterInstance, orders: RenditionOrders, tmp_path: Path
):
    cut(studio, tmp_path)
    order = orders.order(TITLE, noir(), "a test").id
    tick(studio, instance)
    [batch] = studio.orders.batch(9, 9)
    studio.orders.finish(batch.id)

    tick(studio, instance)

    assert failure_of(orders, order) == "rendition/noir was not made"


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
    assert "given_up" in failure_of(orders, order.id)


def test_a_finished_order_of_a_house_style_rests_until_its_film_changes(
    studio: Studio, instance: dg.DagsterInstance, orders: RenditionOrders, tmp_path: Path
):
    cut(studio, tmp_path)
    order = orders.order(TITLE, noir(), "a test").id
    render(studio, tmp_path, noir())
    orders.finish(order)

    tick(studio, instance)
    assert state_of(orders, order) is OrderState.DONE
    assert studio.orders.batch(9, 9) == []

    (tmp_path / "shots.json").write_text('{"shots": []}')
    key = ArtifactKey(TITLE, "shots")
    files = {"shots.json": tmp_path / "shots.json"}
    anew = studio.store.publish(key, files, made_by=MadeBy("2", "test"), inputs={})
    studio.ledger.ready(key, input_hash="anew", manifest=anew)
    tick(studio, instance)
    [batch] = studio.orders.batch(9, 9)
    assert batch.artifacts == ("rendition/noir",)


def test_an_order_of_a_house_style_that_is_there_and_fresh_ends_at_once(
    studio: Studio, instance: dg.DagsterInstance, orders: RenditionOrders, tmp_path: Path
):
    cut(studio, tmp_path)
    render(studio, tmp_path, noir())
    order = orders.order(TITLE, noir(), "a test").id

    tick(studio, instance)

    assert state_of(orders, order) is OrderState.DONE
    assert studio.orders.batch(9, 9) == []


def test_orders_that_wait_for_their_film_keep_no_later_one_back(
    studio: Studio,
    instance: dg.DagsterInstance,
    orders: RenditionOrders,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("orchestration.sensors.renditions._MOST", 2)
    monkeypatch.setattr("orchestration.sensors.renditions._PAGE", 2)
    for number in range(3):
        Catalogue(studio.database).deliver(f"raw-{number}", sha256=f"{number + 1}" * 64, uri="/none", size_bytes=1)
        orders.order(f"raw-{number}", mix(), "a test")
    cut(studio, tmp_path)
    ready = [orders.order(TITLE, mix(pastel), "a test").id for pastel in (0.5, 0.25, 0.125)]

    requested = [each.partition_key for each in tick(studio, instance).run_requests or []]

    assert requested == ready[:2]


def test_what_an_order_waits_for_is_asked_for_once(
    studio: Studio, instance: dg.DagsterInstance, orders: RenditionOrders
):
    orders.order(TITLE, mix(), "a test")
    tick(studio, instance)
    [batch] = studio.orders.batch(9, 9)
    studio.orders.start(batch.id, run_id="a run")

    tick(studio, instance)

    assert studio.orders.batch(9, 9) == []


def test_an_order_fails_with_what_it_waits_for_once_that_is_given_up(
    studio: Studio, instance: dg.DagsterInstance, orders: RenditionOrders
):
    studio.ledger.failed(ArtifactKey(TITLE, "shots"), "failed long ago")
    order = orders.order(TITLE, mix(), "a test").id
    for _ in range(MAX_ATTEMPTS):
        tick(studio, instance)
        assert state_of(orders, order) is OrderState.OPEN
        [batch] = studio.orders.batch(9, 9)
        studio.ledger.failed(ArtifactKey(TITLE, "shots"), "no picture in it")
        studio.orders.finish(batch.id, failed={TITLE: "no picture in it"})

    tick(studio, instance)

    assert failure_of(orders, order) == "needs shots, which is failed: no picture in it"


@pytest.mark.parametrize("state", ["held", "skipped"])
def test_an_order_does_not_wait_for_what_a_gate_holds_back_or_does_not_apply(
    studio: Studio, instance: dg.DagsterInstance, orders: RenditionOrders, state: str
):
    key = ArtifactKey(TITLE, "shots")
    if state == "held":
        studio.ledger.held(key, "one shot of an hour", place="held/1")
    else:
        studio.ledger.skipped(key, input_hash="as made", why="one shot of an hour")
    order = orders.order(TITLE, mix(), "a test").id

    tick(studio, instance)

    assert failure_of(orders, order) == f"needs shots, which is {state}: one shot of an hour"
    assert studio.orders.batch(9, 9) == []
