"""Publishing what a person approved: one run takes a list of approvals."""

from collections.abc import Iterator

import dagster as dg
from pydantic import Field

from assets.events import batch_events, final
from assets.placement import placement
from assets.release import release_approved
from resources.studio import Studio

__all__ = ["RELEASE_JOB", "ReleaseConfig", "release_held"]

RELEASE_JOB = "release_held"


class ReleaseConfig(dg.Config):
    """Which approvals to act on."""

    reviews: list[int] = Field(min_length=1, description="Ids of approved reviews.")


_WHERE = placement("experiments")  # copies files and writes rows, as judging does


@dg.op(tags=_WHERE.op_tags(), pool=_WHERE.pool, retry_policy=_WHERE.retry_policy)
def release(
    context: dg.OpExecutionContext, config: ReleaseConfig, studio: dg.ResourceParam[Studio]
) -> Iterator[dg.AssetMaterialization | dg.Output[None]]:
    """Publish review by review; one that cannot be published keeps no other from it.

    Raises:
        dg.Failure: Naming the reviews that could not be published, after all others were.
    """
    failed = {}
    for review in (each for each in studio.reviews.to_release() if each.id in config.reviews):
        try:
            made = release_approved(review, studio)
            if made is None:
                context.log.info(f"review {review.id}: {review.key} is not published")
                continue
            yield from batch_events(context, made, {})
            studio.reviews.settle(review.id, how="published")
            context.log.info(f"review {review.id}: {review.key} is published, approved by {review.reviewer}")
        except Exception as error:
            if not final(error):
                raise  # the op's retry policy tries again; what is published by then is passed over
            failed[str(review.id)] = f"{type(error).__name__}: {error}"
    if failed:
        raise dg.Failure(
            f"{len(failed)} approved results could not be published",
            metadata={review: dg.MetadataValue.text(why) for review, why in sorted(failed.items())},
            allow_retries=False,
        )
    yield dg.Output(None)


@dg.config_mapping
def _for_the_op(config: ReleaseConfig) -> dict[str, object]:
    return {"ops": {release.name: {"config": config.model_dump()}}}


@dg.job(name=RELEASE_JOB, config=_for_the_op)
def release_held() -> None:
    """Publish approved results as the gates held them."""
    release()
