"""CloudFront's copies of aliases, against a CloudFront API on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import dagster as dg
import pytest
from moto.server import ThreadedMotoServer

from orchestration.cli import OK, UNUSABLE, main
from orchestration.ingest import deliver
from orchestration.sensors.aliases import aliases_changed
from resources.cdn import Alias, CdnError, Watched, invalidate_aliases
from resources.experiment_steps import tell
from resources.experiments import Experiments
from resources.store.model import ArtifactKey, MadeBy
from resources.studio import Studio

SHA = "a" * 64


@pytest.fixture
def cloudfront(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL_CLOUDFRONT": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, value)
    yield boto3.client("cloudfront", region_name="us-east-1")
    server.stop()


@pytest.fixture
def distribution(cloudfront: Any) -> str:
    origin = {
        "Id": "serving",
        "DomainName": "serving.example.com",
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
    }
    made = cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": uuid4().hex,
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {"TargetOriginId": "serving", "ViewerProtocolPolicy": "https-only"},
        }
    )
    return made["Distribution"]["Id"]


def invalidated(cloudfront: Any, distribution: str) -> list[list[str]]:
    """The paths of each invalidation, oldest first."""
    listed = cloudfront.list_invalidations(DistributionId=distribution)["InvalidationList"].get("Items", [])
    told = [cloudfront.get_invalidation(DistributionId=distribution, Id=each["Id"])["Invalidation"] for each in listed]
    told.sort(key=lambda each: each["CreateTime"])
    return [each["InvalidationBatch"]["Paths"]["Items"] for each in told]


@pytest.fixture
def title(studio: Studio, instance: dg.DagsterInstance, data: Path) -> str:
    return deliver(str(data / "video" / "one_frame.mp4"), studio, instance).title


def behind(studio: Studio, distribution: str) -> Studio:
    """The same studio with CloudFront before its serving."""
    return replace(studio, settings=studio.settings.model_copy(update={"cloudfront_distribution": distribution}))


def promote(studio: Studio, title: str) -> None:
    Experiments(studio.database).promote(title, "16x9", "a1", "v1", None, "ada", "better", file="a.jpg", sha256=SHA)


def test_a_promotion_and_its_rollback_each_drop_the_alias_once(
    studio: Studio, title: str, cloudfront: Any, distribution: str
) -> None:
    at_work = behind(studio, distribution)

    def tick(cursor: str | None) -> str | None:
        context = dg.build_sensor_context(cursor=cursor, resources={"studio": at_work})
        aliases_changed(context)
        return context.cursor

    promote(studio, title)
    cursor = tick(None)  # copies live for a minute; what happened before is not looked at
    assert invalidated(cloudfront, distribution) == []
    Experiments(studio.database).rollback(title, "16x9", "ada", "no")
    promote(studio, title)
    cursor = tick(cursor)
    cursor = tick(cursor)
    assert invalidated(cloudfront, distribution) == [[f"/v1/titles/{title}/thumbnail*"]]
    Experiments(studio.database).rollback(title, "16x9", "ada", "no")
    tick(cursor)
    assert len(invalidated(cloudfront, distribution)) == 2


def test_a_change_that_is_committed_after_a_later_one_is_not_missed_and_none_is_dropped_twice(
    studio: Studio, title: str, cloudfront: Any, distribution: str
) -> None:
    other = "other"
    studio.catalogue.deliver(other, sha256=SHA, uri="/other", size_bytes=1)
    at_work = behind(studio, distribution)

    def tick(cursor: str | None) -> str | None:
        context = dg.build_sensor_context(cursor=cursor, resources={"studio": at_work})
        aliases_changed(context)
        return context.cursor

    cursor = tick(None)
    with studio.database.connection() as slow:
        tell(slow, "promoted", other, "16x9")  # has its id, and is not committed
        promote(studio, title)
        cursor = tick(cursor)
    cursor = tick(cursor)
    dropped = [[f"/v1/titles/{title}/thumbnail*"], [f"/v1/titles/{other}/thumbnail*"]]
    assert invalidated(cloudfront, distribution) == dropped
    with studio.database.connection() as connection:
        connection.execute("UPDATE events SET at = at - interval '1 hour'")
    cursor = tick(tick(cursor))
    assert invalidated(cloudfront, distribution) == dropped
    assert cursor is not None
    assert Watched.from_text(cursor).done == frozenset()


def test_a_cursor_of_before_is_read(studio: Studio, title: str, cloudfront: Any, distribution: str) -> None:
    promote(studio, title)
    context = dg.build_sensor_context(cursor="0", resources={"studio": behind(studio, distribution)})
    aliases_changed(context)
    assert invalidated(cloudfront, distribution) == [[f"/v1/titles/{title}/thumbnail*"]]


def published(studio: Studio, title: str, artifact: str, content: str) -> None:
    """A version of one of the title's artifacts, as its family leaves it."""
    path = studio.settings.home / "trailer.mp4"
    path.write_text(content)
    key = ArtifactKey(title, artifact, "trailer_30")
    manifest = studio.store.publish(key, {"trailer.mp4": path}, made_by=MadeBy("1", "test"), inputs={})
    studio.ledger.ready(key, input_hash="as made", manifest=manifest)


def test_a_trailers_alias_is_dropped_when_a_cut_is_promoted_and_when_it_or_its_ladder_is_replaced(
    studio: Studio, title: str, cloudfront: Any, distribution: str
) -> None:
    at_work = behind(studio, distribution)
    context = dg.build_sensor_context(resources={"studio": at_work})

    def dropped_since(*seen: list[str]) -> list[list[str]]:
        aliases_changed(context)
        return invalidated(cloudfront, distribution)[len(seen) :]

    assert dropped_since() == []
    published(studio, title, "trailer", "first")
    published(studio, title, "trailer_ladder", "first")
    published(studio, title, "thumbnails", "first")
    published(studio, title, "thumbnails", "second")
    assert dropped_since() == [], "the first takes nothing's place, and a picture's own minute is short enough"

    alias = [f"/v1/titles/{title}/trailer*"]
    Experiments(studio.database).promote(
        title, "trailer_30", "a1", "v1", None, "ada", "better", file="a.mp4", sha256=SHA
    )
    assert dropped_since() == [alias]
    published(studio, title, "trailer", "second")
    published(studio, title, "trailer_ladder", "second")
    promote(studio, title)
    assert dropped_since(alias) == [[f"/v1/titles/{title}/thumbnail*", *alias]]
    published(studio, title, "trailer", "second")
    assert len(dropped_since()) == 2, "the same again replaces nothing"


def test_more_addresses_than_cloudfront_takes_are_one_wildcard(
    studio: Studio, cloudfront: Any, distribution: str
) -> None:
    aliases = [Alias(f"title-{number}", "thumbnail") for number in range(40)]

    invalidate_aliases(behind(studio, distribution).settings, aliases, "1-2")

    assert invalidated(cloudfront, distribution) == [["/v1/titles/*"]]


def test_a_distribution_that_is_not_there_is_told_with_its_setting(studio: Studio, cloudfront: Any) -> None:
    with pytest.raises(CdnError, match="SHOWRUNNER_CLOUDFRONT_DISTRIBUTION"):
        invalidate_aliases(behind(studio, "E1234567890").settings, [Alias("sintel", "trailer")], "1-2")


# -- the command


def test_one_command_takes_a_promotion_back(studio: Studio, title: str, capsys: pytest.CaptureFixture[str]) -> None:
    promote(studio, title)
    command = ["rollback", title, "--why", "wrong face", "--home", str(studio.settings.home)]

    assert main(command) == OK

    assert "own first choice stands again" in capsys.readouterr().out
    assert Experiments(studio.database).current(title, "16x9") is None
    assert main(command) == UNUSABLE
    assert "nothing is promoted" in capsys.readouterr().err
