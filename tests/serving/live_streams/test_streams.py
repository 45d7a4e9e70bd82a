"""The stream's addresses, asked as a player asks: looks, grants, seeking, profiles, and a worker that is killed."""

from __future__ import annotations

import base64
import io
import os
import signal
import time
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import uuid4

import av
import numpy as np
import psutil
import pytest
import requests

from ops.ladder.rungs import Rung
from ops.style.catalogue import house_styles
from ops.style.model import Recipe, look_of
from ops.tastes.content import Content, Pace, SceneContent, Tone
from ops.tastes.evidence import DeedKind, Fading
from resources.api_keys import Scope
from resources.catalogue import Catalogue
from resources.rendition_orders import RenditionOrders
from resources.settings import load_settings
from resources.style_events import StyleEvent
from resources.taste_counts import fold
from resources.tastes import Tastes
from resources.title_contents import TitleContents
from serving.auth import Gatekeeper
from serving.live.film import Film
from serving.live.grants import Grant, Grants
from serving.live.house import LiveHouse
from serving.live.segments import Delivered
from serving.live.stream import Stream
from serving.live.wire import Busy
from serving.problems import ProblemError
from serving.pseudonyms import Pseudonyms, edge_secret
from tests.serving.live import Live


def playlist(live: Live, query: str) -> str:
    """The first picture playlist of a stream, as an address."""
    answer = live.get(f"/v1/titles/bunny/stream?{query}")
    assert answer.status_code == 200, answer.text
    return next(line for line in answer.text.splitlines() if line.startswith("/live/"))


def _master(live: Live) -> str:
    return Catalogue(live.database).master("bunny").sha256


def plain(live: Live, path: str) -> requests.Response:
    """Asked without any key, as a player does."""
    return requests.get(live.url + path, timeout=60)


def colour(init: bytes, segment: bytes) -> float:
    """How colourful the segment's first picture is."""
    with av.open(io.BytesIO(init + segment), "r") as container:
        rgb = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    return float((rgb.max(axis=2) - rgb.min(axis=2)).mean())


def test_a_player_needs_no_key_for_what_the_playlist_leads_to(live: Live) -> None:
    assert requests.get(f"{live.url}/v1/titles/bunny/stream?style=noir", timeout=20).status_code == 401
    assert live.get("/v1/titles/bunny/stream", key=live.new_key(Scope.EVENTS)).status_code == 403
    media = playlist(live, "style=noir")
    folder = media.rpartition("/")[0]

    listed = plain(live, media)
    init, segment, sound = (plain(live, f"{folder}/{name}") for name in ("90p/init.mp4", "90p/3.m4s", "sound/3.m4s"))

    assert listed.text.count("#EXTINF:2.000000,") == 11 and listed.text.endswith("#EXT-X-ENDLIST\n")
    assert colour(init.content, segment.content) < 4
    assert segment.headers["X-Quality"].startswith("90p")
    assert sound.headers["Content-Type"] == "audio/mp4" and len(sound.content) > 5_000
    assert plain(live, f"{folder}/90p/13.m4s").status_code == 404
    assert plain(live, f"{folder}/1080p/0.m4s").status_code == 404


def test_grants_that_were_changed_or_have_ended_open_nothing(live: Live) -> None:
    media = playlist(live, "style=none")
    sealed = media.split("/")[2]

    forged = Grants(load_settings(live.settings.home.parent / "other", database_url=None)).seal(
        Grant("bunny", "0" * 64, None)
    )
    tried = [f"{sealed[:-4]}AAAA", f"AAAA{sealed[4:]}", sealed[:20], forged, "x", "." + sealed, "é" * 20]
    assert {plain(live, f"/live/{each}/90p/0.m4s").status_code for each in tried} == {403}

    late = Grants(live.settings, clock=lambda: time.time() + 10 * 86_400)
    assert Grants(live.settings).open(sealed) is not None
    assert late.open(sealed) is None


def test_an_address_does_not_tell_who_watches(live: Live) -> None:
    kim = Pseudonyms(edge_secret(live.settings)).of("kim")
    address = playlist(live, "viewer=kim")
    sealed = address.split("/")[2]

    content = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))

    assert kim.encode() not in content and bytes.fromhex(kim) not in content and b"bunny" not in content
    assert playlist(live, "viewer=kim") == address, "the same for whoever asks again: caches can work"
    assert Grants(live.settings).open(sealed) == Grant("bunny", _master(live), None, kim)


@pytest.mark.parametrize("style", ["no_such", "noir:0", "noir@7", "noir:.", "noir,noir,noir,noir,noir", "NOIR", "a'b"])
def test_a_style_that_cannot_be_is_said_to_be(live: Live, style: str) -> None:
    answer = live.get("/v1/titles/bunny/stream", params={"style": style})

    assert answer.status_code == 422
    assert "Traceback" not in answer.text


def test_a_viewers_stream_follows_the_profile_from_one_segment_to_the_next(live: Live) -> None:
    tastes = Tastes(live.database)
    ada = Pseudonyms(edge_secret(live.settings)).of("ada")
    tastes.choose(ada, look_of([(Recipe("noir"), 1.0)], house_styles()))
    folder = playlist(live, "viewer=ada").rpartition("/")[0]
    init = plain(live, f"{folder}/90p/init.mp4").content
    before = plain(live, f"{folder}/90p/4.m4s")

    tastes.choose(ada, look_of([(Recipe("golden_hour"), 1.0)], house_styles()))
    time.sleep(1.1)
    after = plain(live, f"{folder}/90p/5.m4s")

    assert colour(init, before.content) < 4
    assert colour(init, after.content) > 12
    assert before.headers["X-Look"] != after.headers["X-Look"]
    assert "no-store" in after.headers["Cache-Control"]
    with av.open(io.BytesIO(init + before.content + after.content), "r") as joined:  # one decoder, no discontinuity
        times = [(frame.pts or 0) * Fraction(frame.time_base or 1) for frame in joined.decode(video=0)]
    assert times == [7 + Fraction(number, 24) for number in range(96)]


def test_what_a_viewer_likes_of_each_kind_of_scene_decides_scene_by_scene(live: Live) -> None:
    dark, bright = Content(Tone.DARK, Pace.CALM), Content(Tone.BRIGHT, Pace.LIVELY)
    TitleContents(live.database).write("bunny", "1", "", dark, (SceneContent(9.0, dark), SceneContent(24.0, bright)))
    tastes, ida = Tastes(live.database), Pseudonyms(edge_secret(live.settings)).of("ida")
    told = [("noir", 5.0, DeedKind.LIKE), ("noir", 20.0, DeedKind.DISLIKE)]
    told += [("golden_hour", 20.0, DeedKind.LIKE), ("golden_hour", 5.0, DeedKind.DISLIKE)]
    tastes.record(
        [
            StyleEvent(uuid4(), kind, datetime.now(UTC), ida, title="bunny", weights={style: 1.0}, place_s=place_s)
            for style, place_s, kind in told
            for _ in range(30)
        ]
    )
    fold(live.database, Fading())
    folder = playlist(live, "viewer=ida").rpartition("/")[0]
    init = plain(live, f"{folder}/90p/init.mp4").content

    early, late = (plain(live, f"{folder}/90p/{number}.m4s") for number in (1, 11))

    assert early.headers["X-Look"] != late.headers["X-Look"]
    assert colour(init, early.content) < 5 and colour(init, late.content) > 20
    tastes.choose(ida, look_of([(Recipe("noir"), 1.0)], house_styles()))
    time.sleep(1.1)
    chosen = [plain(live, f"{folder}/90p/{number}.m4s").headers["X-Look"] for number in (2, 10)]
    assert chosen[0] == chosen[1]
    tastes.erase(ida)


def test_a_segment_is_made_once_for_everybody(live: Live) -> None:
    folder = playlist(live, "style=noir:0.5,pastel:0.5").rpartition("/")[0]

    first = plain(live, f"{folder}/90p/7.m4s")
    again = plain(live, f"{folder}/90p/7.m4s")

    assert first.content == again.content
    assert again.headers["X-Source"] == "cache"


def test_one_file_begins_where_it_is_asked_to_with_its_sound(live: Live) -> None:
    answer = live.get("/v1/titles/bunny/stream.mp4", params={"style": "noir", "start": 19.3, "quality": "90p"})

    with av.open(io.BytesIO(answer.content), "r") as container:
        pictures = [(frame.pts or 0) * Fraction(frame.time_base or 1) for frame in container.decode(video=0)]
    with av.open(io.BytesIO(answer.content), "r") as container:
        sound = [(frame.pts or 0) * Fraction(frame.time_base or 1) for frame in container.decode(audio=0)]
    assert answer.headers["X-Starts-At"] == "19.000000"
    assert pictures == [Fraction(number, 24) for number in range(5 * 24)]
    assert 0 <= sound[0] < 0.05 and 4.8 < sound[-1] < 5.1


def test_a_file_waits_where_the_workers_are_busy_and_does_not_break_off(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, refused = LiveHouse.pictures, []

    async def busy(house: LiveHouse, stream: Stream, rung: Rung, number: int, **more: Any) -> Delivered:
        if number == 12 and len(refused) < 2:
            refused.append(number)
            raise Busy("5 tasks wait already", 0.05)
        return await made(house, stream, rung, number, **more)

    monkeypatch.setattr(LiveHouse, "pictures", busy)
    answer = live.get("/v1/titles/bunny/stream.mp4", params={"style": "none", "start": 19.3, "quality": "90p"})

    with av.open(io.BytesIO(answer.content), "r") as container:
        assert sum(1 for _ in container.decode(video=0)) == 5 * 24
    assert refused == [12, 12]


@pytest.mark.parametrize("path", ["master.m3u8", "90p.m3u8", "90p/init.mp4", "90p/0.m4s", "sound/0.m4s"])
def test_who_asks_without_a_key_is_counted(live: Live, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = playlist(live, "style=none").rpartition("/")[0]
    left = [1]

    def count(*_: object) -> None:
        if not left:
            raise ProblemError(429, "Too many requests.")
        left.pop()

    monkeypatch.setattr(Gatekeeper, "count_anonymous", count)

    assert [plain(live, f"{folder}/{path}").status_code for _ in range(2)] == [200, 429]


def test_a_film_is_read_once_for_all_that_is_asked_of_it(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = playlist(live, "style=none").rpartition("/")[0]
    read = []
    monkeypatch.setattr(Film, "from_json", read.append)

    answers = [plain(live, f"{folder}/{name}") for name in ("90p.m3u8", "master.m3u8", "90p/init.mp4")]

    assert [each.status_code for each in answers] == [200] * 3
    assert read == []


def test_what_many_watch_is_ordered_once(live: Live) -> None:
    key = look_of([(Recipe("day_for_night"), 1.0)], house_styles())
    tastes, names = Tastes(live.database), Pseudonyms(edge_secret(live.settings))
    for viewer in ("eve", "bob"):
        tastes.choose(names.of(viewer), key)
        folder = playlist(live, f"viewer={viewer}").rpartition("/")[0]
        for number in (0, 1):
            assert plain(live, f"{folder}/90p/{number}.m4s").status_code == 200

    orders = [each for each in RenditionOrders(live.database).of_title("bunny") if each.look_key == key.key]
    assert len(orders) == 1


def workers_of(live: Live) -> list[int]:
    children = [(each.pid, each.cmdline()) for each in psutil.Process().children()]
    return [pid for pid, command in children if "serving.live.worker" in command and str(live.settings.home) in command]


def test_a_worker_killed_in_the_middle_of_a_stream_is_replaced_and_the_stream_goes_on(live: Live) -> None:
    folder = playlist(live, "style=bleach_bypass").rpartition("/")[0]
    assert plain(live, f"{folder}/90p/0.m4s").status_code == 200
    before = workers_of(live)
    assert before

    for process in before:
        os.kill(process, signal.SIGKILL)
    after = [plain(live, f"{folder}/90p/{number}.m4s") for number in (5, 6)]

    assert [each.status_code for each in after] == [200, 200]
    assert set(workers_of(live)) - set(before)
    assert np.all([len(each.content) > 500 for each in after])


def test_titles_that_are_not_there_are_not_found(live: Live) -> None:
    assert live.get("/v1/titles/nobody/stream").status_code == 404
    assert live.get("/v1/titles/nobody/stream.mp4?style=noir").status_code == 404


def test_a_film_that_cannot_be_read_is_told_and_takes_nobody_with_it(live: Live, tmp_path: Path) -> None:
    from hashlib import sha256

    path = tmp_path / "broken.mp4"
    path.write_bytes(b"\0\0\0\x18ftypisom" + os.urandom(3000))
    told = sha256(path.read_bytes()).hexdigest()
    Catalogue(live.database).deliver("Broken", sha256=told, uri=str(path), size_bytes=path.stat().st_size)

    answer = live.get("/v1/titles/broken/stream?style=noir")

    assert answer.status_code == 409
    assert "broken.mp4" in answer.json()["detail"]
    assert plain(live, playlist(live, "style=noir")).status_code == 200
