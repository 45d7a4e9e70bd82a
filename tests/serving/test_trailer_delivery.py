"""A ladder over HTTP: every address it gives leads to the right bytes, and a signed one opens nothing else."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import pytest
import requests

from resources.api_keys import Scope
from resources.store.model import ArtifactKey, MadeBy
from resources.store.opening import open_store
from tests.serving.live import Live, open_live
from tests.support.ladders import FinishedLadder, finished, publish_ladder

CUT = "teaser_15"
NAMESPACE = "{urn:mpeg:dash:schema:mpd:2011}"


@pytest.fixture(scope="module")
def made(data: Path, tmp_path_factory: pytest.TempPathFactory) -> FinishedLadder:
    return finished(data, tmp_path_factory)


@pytest.fixture(scope="module")
def live(made: FinishedLadder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with open_live(tmp_path_factory.mktemp("open") / "home") as opened:
        publish_ladder(opened.settings, made)
        yield opened


@pytest.fixture(scope="module")
def signed(made: FinishedLadder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with open_live(tmp_path_factory.mktemp("signed") / "home", media_secret="m" * 40) as opened:
        publish_ladder(opened.settings, made)
        yield opened


def stream(live: Live) -> dict[str, Any]:
    answer = live.get(f"/v1/titles/sintel/trailer?cut={CUT}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def until(live: Live, there: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The entry once it is so: what stands is known anew within some seconds."""
    deadline = time.monotonic() + 30
    while not there(told := stream(live)):
        assert time.monotonic() < deadline, told
        time.sleep(0.2)
    return told


def fetched(address: str, **headers: str) -> requests.Response:
    return requests.get(address, headers=headers, timeout=20)


def uris(playlist: str) -> set[str]:
    lines = {line for line in playlist.splitlines() if line and not line.startswith("#")}
    return lines | set(re.findall(r'URI="([^"]*)"', playlist))


def everything(live: Live) -> dict[str, requests.Response]:
    """Every file that the entry leads to, by its name, each fetched at the address that led there."""
    told = stream(live)
    found: dict[str, requests.Response] = {}
    waiting = [urljoin(live.url, told[part]) for part in ("hls", "dash", "mp4", "poster", "storyboard")]
    while waiting:
        address = waiting.pop()
        name = urlsplit(address).path.rsplit("/", 1)[1]
        if name in found:
            continue
        found[name] = fetched(address)
        text = found[name].text if name.endswith((".m3u8", ".mpd", ".vtt")) else ""
        if name.endswith(".m3u8"):
            leads = uris(text)
        elif name.endswith(".mpd"):
            leads = {each.text or "" for each in ElementTree.fromstring(text).iter(f"{NAMESPACE}BaseURL")}
        else:
            leads = {line.partition("#xywh=")[0] for line in text.splitlines() if "#xywh=" in line}
        waiting += [urljoin(address, each) for each in leads]
    return found


@pytest.mark.parametrize("house", ["live", "signed"])
def test_every_file_is_reached_and_is_the_one_that_was_made(
    request: pytest.FixtureRequest, made: FinishedLadder, house: str
):
    found = everything(request.getfixturevalue(house))
    assert set(found) == {*made.ladder.files, "trailer.mp4"} - {"ladder.json"}
    for name, answer in found.items():
        assert answer.status_code == 200, name
        if name.endswith((".mp4", ".jpg")):
            path = made.film if name == "trailer.mp4" else made.ladder.files[name]
            assert answer.content == path.read_bytes(), name


def test_media_types_and_caching_are_what_players_and_caches_go_by(live: Live):
    types = {
        "master.m3u8": "application/vnd.apple.mpegurl",
        "manifest.mpd": "application/dash+xml",
        "storyboard.vtt": "text/vtt",
        "video_480p.mp4": "video/mp4",
        "poster.jpg": "image/jpeg",
    }
    found = everything(live)
    for name, expected in types.items():
        assert found[name].headers["content-type"].partition(";")[0] == expected
        assert found[name].headers["cache-control"] == "public, max-age=31536000, immutable"
        assert found[name].headers["access-control-allow-origin"] == "*"
        again = fetched(found[name].url, **{"If-None-Match": found[name].headers["etag"]})
        assert again.status_code == 304


def test_a_segments_range_is_answered_with_that_range_alone(live: Live, made: FinishedLadder):
    film = everything(live)["video_480p.mp4"]
    segment = made.ladder.rungs[0].track.segments[3]
    last = segment.offset + segment.size - 1
    answer = fetched(film.url, Range=f"bytes={segment.offset}-{last}")
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {segment.offset}-{last}/{len(film.content)}"
    assert answer.content == film.content[segment.offset : last + 1]
    assert answer.content[4:8] == b"moof"


def test_a_player_on_another_site_may_ask_for_ranges(live: Live):
    asked = {"Origin": "https://player.example", "Access-Control-Request-Method": "GET"}
    asked["Access-Control-Request-Headers"] = "range"
    answer = requests.options(urljoin(live.url, stream(live)["hls"]), headers=asked, timeout=20)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "range" in answer.headers["access-control-allow-headers"].lower()


def test_the_entry_lives_briefly_and_is_answered_304_while_nothing_changed(live: Live):
    answer = live.get(f"/v1/titles/sintel/trailer?cut={CUT}")
    assert answer.headers["cache-control"] == "public, max-age=60"
    known = {"If-None-Match": answer.headers["etag"]}
    assert live.get(f"/v1/titles/sintel/trailer?cut={CUT}", headers=known).status_code == 304
    told = answer.json()
    assert (told["title"], told["cut"], told["duration_s"]) == ("sintel", CUT, 15.0)
    assert (told["width"], told["height"]) == (854, 480)
    assert (told["source"], told["experiment"], told["arm"], told["propensity"]) == ("artifact", None, None, None)
    assert told["content"] == told["mp4"].split("/")[2]


def test_the_entry_needs_the_same_key_as_a_thumbnail(live: Live):
    path = f"/v1/titles/sintel/trailer?cut={CUT}"
    assert live.get(path, key="").status_code == 401
    assert live.get(path, key=live.new_key(Scope.EVENTS)).status_code == 403
    assert live.get(path, key=live.new_key(Scope.THUMBNAILS)).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/titles/nobody/trailer", 404),
        ("/v1/titles/sintel/trailer?cut=trailer_60", 404),
        ("/v1/titles/cosmos/trailer", 404),
        ("/v1/titles/sintel/trailer?cut=master", 422),
    ],
)
def test_what_is_not_there_is_told(live: Live, path: str, status: int):
    assert live.get(path).status_code == status


def test_a_signed_playlist_opens_what_it_lists_until_it_ends_itself_and_nothing_else(signed: Live):
    found = everything(signed)
    ends = {re.search(r"expires=(\d+)", answer.url)[1] for answer in found.values()}  # type: ignore[index]
    assert len(ends) == 1
    film = found["video_360p.mp4"].url
    plain = film.partition("?")[0]
    assert fetched(plain).status_code == 403
    assert fetched(film.replace(min(ends), str(int(min(ends)) + 86400))).status_code == 403
    facts = plain.replace("video_360p.mp4", "ladder.json")
    assert fetched(f"{facts}?{film.partition('?')[2]}").status_code == 403
    master = found["master.m3u8"]
    age = int(re.search(r"max-age=(\d+)", master.headers["cache-control"])[1])  # type: ignore[index]
    assert 86_400 - 60 <= age <= 2 * 86_400
    assert fetched(master.url).content == master.content  # a cache may keep it: the address fixes the text


def test_a_ladder_of_another_film_is_not_given_out_and_comes_back_with_its_own(
    live: Live, made: FinishedLadder, tmp_path: Path
):
    store, key = open_store(live.settings), ArtifactKey("sintel", "trailer", CUT)
    before = store.manifest(key)
    assert before is not None
    newer = tmp_path / "newer.mp4"
    newer.write_bytes(made.film.read_bytes() + b"\0\0\0\x08free")
    store.publish(key, {"trailer.mp4": newer}, made_by=MadeBy("1", "test"), inputs={})

    told = until(live, lambda told: told["content"] == sha256(newer.read_bytes()).hexdigest()[:32])

    assert fetched(urljoin(live.url, told["mp4"])).content == newer.read_bytes()
    assert [told[part] for part in ("hls", "dash", "poster", "storyboard", "duration_s")] == [None] * 5
    store.rollback(key, before.version)
    told = until(live, lambda told: told["content"] == sha256(made.film.read_bytes()).hexdigest()[:32])
    assert fetched(urljoin(live.url, told["hls"])).status_code == 200
