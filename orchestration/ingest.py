"""How a film becomes a title: hashed, entered in the catalogue, given its partition, ordered to be made.

The inbox sensor only looks; hashing a master of many gigabytes does not fit its minute, so a run does it.
"""

import logging
from collections.abc import Iterable

import dagster as dg
from pydantic import Field

from assets.partitions import TITLES
from ops.errors import ShowrunnerError
from ops.subtitles.files.decoding import MAX_BYTES
from ops.subtitles.files.sidecars import not_understood, sidecars_of
from resources.catalogue import Delivery, Outcome
from resources.studio import Studio
from resources.subtitles.spoken import declare_language
from resources.subtitles.texts import HandedText, HandedTexts, TextKind

__all__ = ["INGEST_JOB", "IngestConfig", "deliver", "ingest"]

INGEST_JOB = "ingest"

_log = logging.getLogger(__name__)


class IngestConfig(dg.Config):
    """Films to take in."""

    films: list[str] = Field(min_length=1, description="Paths or s3:// addresses of delivered films.")


def deliver(film: str, studio: Studio, instance: dg.DagsterInstance) -> Delivery:
    """Enter a film in the catalogue, and its title in the partitions; the coldest title makes room where there is none.

    Raises:
        MediaError: If the file cannot be read.
    """
    delivery = studio.masters.deliver(film, studio.catalogue)
    if delivery.language is not None:
        declare_language(studio.database, delivery.title, delivery.language)
    HandedTexts(studio.database).lie_beside(delivery.title, _texts_beside(film, studio))
    drop_partitions(instance, studio.catalogue.warm(delivery.title))
    instance.add_dynamic_partitions(TITLES, [delivery.title])
    return delivery


def _texts_beside(film: str, studio: Studio) -> list[HandedText]:
    """Subtitles and scripts that lie beside a film and are named after it, those that tell no sounds first.

    Not those of the foreign lines alone, nor what is too large for a text. A warning names those whose language is not
    understood.
    """
    with studio.masters.neighbourhood(film) as place:
        for path in not_understood(place):
            _log.warning(f"{path.name} is not used: between the film's name and its suffix stands no known language")
        return [
            HandedText(
                TextKind.SCRIPT if each.is_script else TextKind.SUBTITLES,
                each.language or "",
                each.path.name,
                each.path.read_bytes(),
            )
            for each in sorted(sidecars_of(place), key=lambda each: each.hearing_impaired)
            if not each.forced and each.path.stat().st_size <= MAX_BYTES
        ]


def drop_partitions(instance: dg.DagsterInstance, titles: Iterable[str]) -> None:
    """Take titles out of the partition set; what was made of them and what Dagster knows of them stays."""
    for title in titles:
        if instance.has_dynamic_partition(TITLES, title):
            instance.delete_dynamic_partition(TITLES, title)


@dg.op
def take_in(context: dg.OpExecutionContext, config: IngestConfig, studio: dg.ResourceParam[Studio]) -> None:
    """Take in films one by one and order their artifacts; a film that cannot be read holds up no other.

    Raises:
        dg.Failure: If any film could not be read, naming each.
    """
    failed = {}
    for film in config.films:
        try:
            delivery = deliver(film, studio, context.instance)
        except ShowrunnerError as error:
            failed[film] = str(error)
            continue
        context.log.info(f"{film}: {delivery.outcome.value} {delivery.title}")
        if delivery.outcome is not Outcome.KNOWN:
            studio.orders.request(delivery.title, ["*"], reason=f"delivered: {delivery.outcome.value}")
    if failed:
        raise dg.Failure(
            f"{len(failed)} of {len(config.films)} films could not be taken in: {'; '.join(failed.values())}",
            allow_retries=False,
        )


@dg.job(name=INGEST_JOB)
def ingest() -> None:
    """Take delivered films into the catalogue."""
    take_in()
