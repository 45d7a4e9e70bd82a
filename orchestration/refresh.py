"""Batch runs: one run serves a list of titles, however sparse the list is.

Dagster batches only contiguous key ranges of a backfill, and what viewers' feedback makes stale is sparse by nature.
So `refresh_titles` takes the titles in its config: one op a family, each on its family's machine with its models
warm, and each leaves for every title the events that an asset run would have left. Somebody at the launchpad and
the sensor behind the work orders start the same job.

A title that fails keeps nobody else from being served: the ops go on, and the last one reports every failure.
"""

from collections.abc import Iterator

import dagster as dg
from pydantic import Field

from assets.events import batch_events, final, progress_log
from assets.families import FAMILIES, Family
from assets.placement import placement
from assets.planning import matching, to_make
from resources.studio import Studio

__all__ = ["REFRESH_JOB", "RefreshConfig", "refresh_titles"]

REFRESH_JOB = "refresh_titles"


class RefreshConfig(dg.Config):
    """What to refresh.

    Attributes:
        titles: Ids of the titles.
        artifacts: Shell patterns over asset names, such as "thumbnails/*"; upstreams are made as needed.
        wishes: By title, what it wants instead, where titles of one run want different artifacts.
        work_order: Id of the batch of work orders that this run serves, if it serves one.
    """

    titles: list[str] = Field(min_length=1, description="Ids of the titles to refresh.")
    artifacts: list[str] = Field(
        default=["*"], description='Patterns over asset names, such as "thumbnails/*"; upstreams as needed.'
    )
    wishes: dict[str, list[str]] = Field(default={}, description="The same for single titles that want something else.")
    work_order: str = Field(default="", description="The batch of work orders that this run serves, if any.")

    def wanted(self, title: str) -> list[str]:
        """The assets that a title wants.

        Raises:
            UsageError: A pattern matches nothing.
        """
        return matching(self.wishes.get(title, self.artifacts))


def _family_op(family: Family) -> dg.OpDefinition:
    where = placement(family.placement)
    checks = {artifact.asset: {spec.name: spec for spec in artifact.check_specs()} for artifact in family.artifacts}

    @dg.op(
        name=f"refresh_{family.name}",
        description=f"Makes what is stale of {', '.join(a.asset for a in family.artifacts)}, title by title.",
        ins={"after": dg.In(dg.Nothing)},
        out=dg.Out(dg.Nothing),
        tags=where.op_tags(),
        pool=where.pool,
        retry_policy=where.retry_policy,
    )
    def refresh(
        context: dg.OpExecutionContext, config: RefreshConfig, studio: dg.ResourceParam[Studio]
    ) -> Iterator[dg.AssetMaterialization | dg.Output[None]]:
        at_work = studio.serving(context.run_id, progress_log(context.log))
        for number, title in enumerate(config.titles, start=1):
            needed = to_make(title, config.wanted(title), studio)
            stale = [artifact.asset for artifact in family.artifacts if artifact.asset in needed]
            if not stale:
                continue
            context.log.info(f"{title} ({number} of {len(config.titles)}): {', '.join(stale)}")
            try:
                for made in family.make(title, at_work, stale):
                    yield from batch_events(context, made, checks[made.asset])
                    if made.held:
                        context.log.warning(f"{title} {made.asset} is held for review: {made.held}")
            except Exception as error:
                if not final(error):
                    raise  # the op's retry policy tries again; what is fresh by then is passed over
                context.log.warning(f"{title}: {error}")
        yield dg.Output(None)

    return refresh


@dg.op(ins={"after": dg.In(dg.Nothing)})
def close_order(context: dg.OpExecutionContext, config: RefreshConfig, studio: dg.ResourceParam[Studio]) -> None:
    """Settle the work orders and report every title that is not served.

    Raises:
        dg.Failure: If any title failed, naming each; the titles that succeeded keep what was made.
    """
    failed = {}
    for title in config.titles:
        if unserved := to_make(title, config.wanted(title), studio):
            rows = {row.key.asset: row for row in studio.ledger.rows(title)}
            errors = [f"{asset}: {rows[asset].last_error}" for asset in unserved if asset in rows]
            failed[title] = "; ".join(error for error in errors if error) or ", ".join(unserved)
    if config.work_order:
        studio.orders.finish(config.work_order, failed=failed)
    context.add_output_metadata({"titles": len(config.titles), "failed": len(failed)})
    if failed:
        raise dg.Failure(
            f"{len(failed)} of {len(config.titles)} titles failed: {', '.join(sorted(failed))}",
            metadata={title: dg.MetadataValue.text(why) for title, why in sorted(failed.items())},
            allow_retries=False,
        )


@dg.op(out=dg.Out(dg.Nothing))
def open_order(context: dg.OpExecutionContext, config: RefreshConfig, studio: dg.ResourceParam[Studio]) -> None:
    """Note that the run serves its work orders from here on, and that its titles are in use."""
    for title in config.titles:  # a pattern that means nothing fails the run before any work
        config.wanted(title)
    if config.work_order:
        studio.orders.start(config.work_order, run_id=context.run_id)
    studio.catalogue.touch(config.titles)


_OPS = [_family_op(family) for family in FAMILIES]


@dg.config_mapping
def _same_for_every_op(config: RefreshConfig) -> dict[str, object]:
    given = {"config": config.model_dump()}
    return {"ops": {op.name: given for op in [open_order, *_OPS, close_order]}}


@dg.job(name=REFRESH_JOB, config=_same_for_every_op)
def refresh_titles() -> None:
    """Make what is stale of a list of titles, in one run."""
    done = open_order()
    for op in _OPS:
        done = op(done)
    close_order(done)
