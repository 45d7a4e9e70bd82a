"""The thumbnail that a viewer sees, asked of the live app."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from scipy import stats

from resources.api_keys import Scope
from resources.experiments import Experiments
from tests.serving.live import ARMS, Live, open_live

THUMBNAIL = "/v1/titles/sintel/thumbnail?aspect=16x9"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with open_live(tmp_path_factory.mktemp("live") / "home") as opened:
        yield opened


def decision(live: Live, viewer: str) -> dict[str, object]:
    answer = live.get(f"{THUMBNAIL}&viewer={viewer}", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    return answer.json()


def test_a_viewer_is_sent_to_an_address_that_carries_the_pictures_hash(live: Live):
    answer = live.get(f"{THUMBNAIL}&viewer=v1")
    assert answer.status_code == 302
    picture = live.get(answer.headers["Location"], key="")
    digest = hashlib.sha256(picture.content).hexdigest()
    assert digest[:32] in answer.headers["Location"]
    assert picture.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cache-Control"].startswith("private")


def test_bytes_are_given_where_no_redirect_is_wanted(live: Live):
    answer = live.get(f"{THUMBNAIL}&viewer=v1&redirect=false")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'


def test_a_viewer_keeps_their_picture(live: Live):
    assert len({decision(live, "faithful")["url"] for _ in range(5)}) == 1


def test_viewers_are_split_as_planned_with_the_exact_propensity(live: Live):
    seen = [decision(live, f"split-{number}") for number in range(600)]
    held = [each for each in seen if each["source"] == "holdout"]
    dealt = Counter(each["arm"] for each in seen if each["source"] == "experiment")
    assert {each["arm"] for each in held} == {ARMS[0]}
    assert stats.binomtest(len(held), 600, 0.1).pvalue > 1e-4
    assert stats.chisquare(list(dealt.values())).pvalue > 1e-4
    assert {round(float(str(each["propensity"])), 12) for each in seen if each["source"] == "experiment"} == {
        round(1 / 3, 12)
    }


def test_without_a_viewer_no_test_decides(live: Live):
    answer = live.get(THUMBNAIL)
    assert answer.headers["X-Showrunner-Source"] == "artifact"
    assert "X-Showrunner-Arm" not in answer.headers
    assert answer.headers["Cache-Control"].startswith("public")


def test_a_title_without_pictures_gets_a_stand_in_and_an_unknown_one_is_told(live: Live):
    answer = live.get("/v1/titles/cosmos/thumbnail?aspect=9x16&viewer=v1")
    assert answer.headers["X-Showrunner-Source"] == "fallback"
    picture = live.get(answer.headers["Location"], key="")
    assert picture.content.startswith(b"\xff\xd8")
    unknown = live.get("/v1/titles/nobody/thumbnail")
    assert (unknown.status_code, unknown.headers["Content-Type"]) == (404, "application/problem+json")


def test_a_key_is_needed_and_its_scope(live: Live):
    assert live.get(THUMBNAIL, key="").status_code == 401
    assert live.get(THUMBNAIL, key="sr_0123456789ab_" + "x" * 43).status_code == 401
    assert live.get(THUMBNAIL, key=live.new_key(Scope.EVENTS)).status_code == 403


def test_who_asks_too_often_is_told_when_to_come_back(live: Live):
    key = live.new_key(Scope.THUMBNAILS, rate_per_s=1)
    answers = [live.get(THUMBNAIL, key=key) for _ in range(4)]
    assert [answer.status_code for answer in answers][-1] == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1


@pytest.mark.parametrize("aspect", ["3x2", "", "16x9%0d%0aX-Evil: 1"])
def test_an_unknown_shape_is_refused_and_reaches_no_header(live: Live, aspect: str):
    answer = live.get(f"/v1/titles/sintel/thumbnail?aspect={aspect}")
    assert answer.status_code == 422
    assert "X-Evil" not in answer.headers


# -- media


def media_path(live: Live) -> str:
    return live.get(THUMBNAIL).headers["Location"]


def test_a_part_of_a_file_can_be_asked_for(live: Live):
    path = media_path(live)
    whole = live.get(path, key="").content
    part = live.get(path, key="", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    assert live.get(path, key="", headers={"Range": "bytes=99999999-"}).status_code == 416


def test_who_has_a_file_is_not_sent_it_again(live: Live):
    path = media_path(live)
    etag = live.get(path, key="").headers["ETag"]
    again = live.get(path, key="", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "../../../etc/passwd",
        "sintel/thumbnails/16x9/../../../../../etc/passwd",
        "sintel/thumbnails/16x9/%2e%2e/%2e%2e/manifest.json",
        "sintel/thumbnails/16x9/manifest.json",
        "sintel/thumbnails/16x9/{version}/../manifest.json",
        "sintel/thumbnails/16x9/{version}//etc/passwd",
        "sintel%00/thumbnails/16x9/{version}/16x9.jpg",
        "",
    ],
)
def test_no_path_leads_out_of_what_is_published(live: Live, path: str):
    prefix = media_path(live).split("/")[2]
    answer = live.get(f"/media/{prefix}/{path.format(version=live.manifest.version)}", key="")
    assert answer.status_code in (404, 307, 422)
    assert b"root:" not in answer.content


def test_a_file_under_another_hash_is_not_there(live: Live):
    path = media_path(live)
    assert live.get(path.replace(path.split("/")[2], "0" * 32), key="").status_code == 404


# -- promotion, and keeping an arm while shares change


def test_a_viewer_keeps_their_arm_when_the_shares_change_and_the_process_forgets(tmp_path: Path):
    with open_live(tmp_path / "home") as live:
        before = {viewer: decision(live, viewer)["arm"] for viewer in (f"v{number}" for number in range(40))}
        database, experiments = live.database, Experiments(live.database)
        experiments.set_weights(live.experiment, {ARMS[0]: 0.01, ARMS[1]: 0.01, ARMS[2]: 0.98}, "thompson")
        wait_for_epoch(live)
        assert {viewer: decision(live, viewer)["arm"] for viewer in before} == before
        fresh = Counter(decision(live, f"new-{number}")["arm"] for number in range(60))
        assert fresh[ARMS[2]] > 40
        experiments.promote("sintel", "16x9", ARMS[1], live.manifest.version, live.experiment, "ada", "it won")
        with database.connection() as connection:
            rows = connection.execute("SELECT count(*) FROM assignments").fetchone()
        assert rows is not None
        assert rows[0] >= 40


def test_a_segment_with_a_picture_of_its_own_gets_it_and_everybody_else_the_winner(tmp_path: Path):
    with open_live(tmp_path / "home") as live:
        Experiments(live.database).promote(
            "sintel", "16x9", ARMS[1], "", live.experiment, "ada", "it won", audience={"family": ARMS[2]}
        )
        deadline = time.monotonic() + 60
        while decision(live, "v1")["source"] != "promotion":
            assert time.monotonic() < deadline
            time.sleep(0.2)
        address = "/v1/titles/sintel/thumbnail?viewer=v1&segment="
        shown = {
            segment: live.get(address + segment, headers={"Accept": "application/json"}).json()
            for segment in ("", "family", "drama")
        }
    assert {segment: (told["source"], told["arm"]) for segment, told in shown.items()} == {
        "": ("promotion", ARMS[1]),
        "family": ("audience", ARMS[2]),
        "drama": ("promotion", ARMS[1]),
    }
    assert shown["family"]["url"] != shown["drama"]["url"]


def wait_for_epoch(live: Live) -> None:
    import time

    deadline = time.monotonic() + 60
    while len({decision(live, f"probe-{number}{time.monotonic_ns()}")["arm"] for number in range(40)}) > 2:
        assert time.monotonic() < deadline
        time.sleep(0.3)
