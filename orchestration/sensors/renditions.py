"""From orders of renditions to runs: each is a partition with a run of its own, or an asset where there is one."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import dagster as dg

from assets.ordered_rendition import (
    NEURAL_ORDERED,
    ORDERED,
    is_fresh,
    needs_gpu,
    ordered_rendition_assets,
    outdated,
)
from assets.partitions import rendition_orders
from assets.renditions import UPSTREAM
from ops.errors import ShowrunnerError
from ops.style.model import Look, Style, look_from_json
from resources.custom_styles import style_library
from resources.ledger import LedgerRow, LedgerState
from resources.rendition_orders import RenditionOrder, RenditionOrders, plain_style, rendition_key
from resources.store.model import ArtifactKey
from resources.studio import Studio

__all__ = ["renditions_ordered"]

_MOST = 20
"""Runs that one tick asks for: each is a whole film."""

_PAGE = 100
"""Open orders that are read at a time."""

_LOOK_BACK_S = 3600
"""How often finished orders are held against today's films, styles and code."""


@dg.sensor(
    target=ordered_rendition_assets,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Makes every ordered rendition a partition and starts its run; orders again what went out of date.",
)
def renditions_ordered(context: dg.SensorEvaluationContext, studio: dg.ResourceParam[Studio]) -> dg.SensorResult:
    """Take open orders, settle those whose run died, and once an hour look for renditions that are out of date.

    Asking twice starts nothing twice: a run's key is the order's id and how often it was opened.
    """
    orders = RenditionOrders(studio.database)
    library = style_library(studio.database, studio.store)
    told = [_settled(order, library, orders, context.instance, studio) for order in orders.running()]
    now = datetime.now(UTC).timestamp()
    looked_at = float(context.cursor or 0)
    if now - looked_at >= _LOOK_BACK_S:
        looked_at = now
        for order in orders.done():
            if why := outdated(order, studio):
                orders.reopen(order.id, why)
    requests: list[dg.RunRequest] = []
    for order in _open(orders):
        request, word = _begun(order, library, orders, context.instance, studio)
        requests += [request] if request is not None else []
        told.append(word)
        if len(requests) == _MOST:
            break
    keys = [str(request.partition_key) for request in requests]
    return dg.SensorResult(
        run_requests=requests,
        dynamic_partitions_requests=[rendition_orders.build_add_request(keys)] if keys else [],
        skip_reason=None if requests else "; ".join(filter(None, told)) or "No open orders.",
        cursor=str(looked_at),
    )


def _open(orders: RenditionOrders) -> Iterator[RenditionOrder]:
    """Every open order, the oldest first: one that waits keeps no later one back."""
    page = orders.open(_PAGE)
    while page:
        yield from page
        page = orders.open(_PAGE, after=page[-1].id)


def _begun(
    order: RenditionOrder,
    library: Mapping[str, Style],
    orders: RenditionOrders,
    instance: dg.DagsterInstance,
    studio: Studio,
) -> tuple[dg.RunRequest | None, str]:
    """What starts an order, and what is to be said of it."""
    try:
        look = look_from_json(order.look, library)
    except ShowrunnerError as error:
        orders.fail(order.id, str(error), final=True)
        return None, f"{order.id}: {error}"
    if (style := plain_style(look)) is not None:
        if is_fresh(order.title, look, library, studio):
            orders.finish(order.id)
            return None, f"{order.id}: is rendition/{style}, which is there"
        studio.orders.request(order.title, [f"rendition/{style}"], reason=order.why or "ordered")
        orders.start(order.id)
        return None, f"{order.id}: is rendition/{style}, which is ordered"
    if word := _waits(order, orders, studio):
        return None, f"{order.id}: {word}"
    if _died(order, instance):
        orders.fail(order.id, "its run ended before it began", final=False)
        return None, f"{order.id}: its run ended before it began"
    asset = NEURAL_ORDERED if needs_gpu(look, library) else ORDERED
    tags = {"showrunner/title": order.title, "showrunner/look": order.look_key}
    request = dg.RunRequest(
        run_key=order.run_key, partition_key=order.id, asset_selection=[dg.AssetKey([asset])], tags=tags
    )
    return request, ""


def _settled(
    order: RenditionOrder,
    library: Mapping[str, Style],
    orders: RenditionOrders,
    instance: dg.DagsterInstance,
    studio: Studio,
) -> str:
    """See to an order at work: an asset that is made ends it, and so does a run that was killed."""
    look = _look(order, library)
    if look is not None and plain_style(look) is not None:
        return _settled_by_its_asset(order, look, library, orders, studio)
    if _died(order, instance):
        orders.fail(order.id, "its run was killed", final=False)
        return f"{order.id}: its run was killed"
    return ""


def _settled_by_its_asset(
    order: RenditionOrder, look: Look, library: Mapping[str, Style], orders: RenditionOrders, studio: Studio
) -> str:
    """End the order of a house style as its asset's work order ended: until then the ledger tells of older attempts."""
    key = rendition_key(order.title, look)
    under_way = key.asset in orders.work_under_way(order.title)  # before the row: see `_waits`
    row = studio.ledger.row(key)
    if is_fresh(order.title, look, library, studio):
        orders.finish(order.id)
    elif under_way or (row is not None and row.state is LedgerState.MAKING):
        return f"{order.id}: waits for {key.asset}"
    elif row is not None and row.state is LedgerState.READY and row.updated_at >= order.updated_at:
        orders.finish(order.id)  # its film changed meanwhile: the next look back orders it again
    else:
        why = "" if row is None else row.last_error
        orders.fail(order.id, why or f"{key.asset} was not made", final=True)
    return ""


def _look(order: RenditionOrder, library: Mapping[str, Style]) -> Look | None:
    try:
        return look_from_json(order.look, library)
    except ShowrunnerError:
        return None


def _waits(order: RenditionOrder, orders: RenditionOrders, studio: Studio) -> str:
    """See to what a rendition is made from; returns what it waits for or failed of, empty where all is there."""
    under_way = orders.work_under_way(order.title)  # before the rows: work that ended in between has left its rows
    rows = {name: studio.ledger.row(ArtifactKey.of_asset(order.title, name)) for name in UPSTREAM}
    missing = {name: row for name, row in rows.items() if row is None or row.state is not LedgerState.READY}
    idle = {name: row for name, row in missing.items() if name not in under_way}
    for name, row in idle.items():
        if row is not None and _hopeless(row, order):
            why = f"needs {name}, which is {row.state}: {row.last_error}"
            orders.fail(order.id, why, final=True)
            return why
    if idle:
        studio.orders.request(order.title, idle, reason="a rendition is ordered")
    return f"waits for {', '.join(missing)}" if missing else ""


def _hopeless(row: LedgerRow, order: RenditionOrder) -> bool:
    """Whether waiting for an asset is in vain. A failure from before the order is worth one more try."""
    failed_since = row.state is LedgerState.FAILED and row.updated_at >= order.updated_at
    return failed_since or row.state in (LedgerState.HELD, LedgerState.SKIPPED)


def _died(order: RenditionOrder, instance: dg.DagsterInstance) -> bool:
    """Whether the order's run is over, and the order does not know."""
    runs = instance.get_runs(dg.RunsFilter(tags={"dagster/run_key": order.run_key}), limit=1)
    return bool(runs) and runs[0].is_finished
