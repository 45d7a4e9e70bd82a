"""What waits for a person is shown to nobody else, and their word has its consequences, asked of the live app."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from resources.experiment_agenda import ExperimentAgenda, Flagged
from resources.ledger import Ledger
from resources.published_variants import VARIANTS_FILE
from resources.reviews import Question, Reviews
from resources.store.artifact_store import ArtifactStore
from resources.store.model import ArtifactKey, MadeBy, Manifest
from resources.store.opening import open_store
from tests.serving.live import ARMS, Live, open_live, variants_json

SQUARE = ArtifactKey("cosmos", "thumbnails", "1x1")
FRAME, PAINTED = "a0000001", "b0000002"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with open_live(tmp_path_factory.mktemp("live") / "home") as opened:
        yield opened


@pytest.fixture(scope="module")
def painted(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """A title with a picture that a model painted and that nobody has looked at."""
    folder, store = tmp_path_factory.mktemp("painted"), open_store(live.settings)
    files: dict[str, Path] = {}
    for shade, name in enumerate(("16x9.jpg", f"variant-{FRAME}.jpg", f"variant-{PAINTED}.jpg")):
        files[name] = folder / name
        Image.new("RGB", (32, 32), (shade * 90, 40, 40)).save(files[name])
    files[VARIANTS_FILE] = variants_json((FRAME, PAINTED), folder)
    withheld = {f"variant-{PAINTED}.jpg": PAINTED}
    ask(live, store, files[f"variant-{PAINTED}.jpg"])
    return store.publish(SQUARE, files, made_by=MadeBy("1", engine="sdxl-turbo:tiny"), inputs={}, withheld=withheld)


def ask(live: Live, store: ArtifactStore, picture: Path) -> None:
    place = store.hold(SQUARE, {picture.name: picture}, why="waits")
    Reviews(live.database).ask(SQUARE, Question.GENERATED, PAINTED, why="generated picture", held=place)


def address(manifest: Manifest, file: str) -> str:
    sha = manifest.file(file).sha256
    return f"/media/{sha[:32]}/{manifest.key.path}/{manifest.version}/{file}"


def draft() -> dict[str, object]:
    arms = [
        {"id": FRAME, "file": f"variant-{FRAME}.jpg", "role": "incumbent"},
        {"id": PAINTED, "file": f"variant-{PAINTED}.jpg", "role": "challenger"},
    ]
    return {"title": "cosmos", "aspect": "1x1", "arms": arms}


def review_of(live: Live, recipe: str) -> dict[str, object]:
    [found] = [each for each in live.get("/v1/reviews").json()["reviews"] if each["recipe"] == recipe]
    return found


def test_a_generated_picture_is_shown_to_nobody_and_tested_nowhere_until_a_person_approves_it(
    live: Live, painted: Manifest
):
    assert live.get(address(painted, f"variant-{FRAME}.jpg"), key="").status_code == 200
    refused = live.get(address(painted, f"variant-{PAINTED}.jpg"), key="")
    assert (refused.status_code, refused.headers["Cache-Control"]) == (404, "no-store")
    assert "waits for a person" in live.post("/v1/experiments", draft()).json()["detail"]
    assert live.post("/v1/experiments", draft()).status_code == 409

    review = review_of(live, PAINTED)
    assert review["asks"] == "generated"
    [picture] = review["files"]  # type: ignore[misc]
    assert live.get(str(picture)).status_code == 200, "the reviewer sees it"
    assert live.get(str(picture), key="").status_code == 401
    assert live.post(f"/v1/reviews/{review['id']}/approve", {}).status_code == 200

    assert live.get(address(painted, f"variant-{PAINTED}.jpg"), key="").status_code == 200
    assert live.post("/v1/experiments", draft()).status_code == 201


@pytest.mark.parametrize("asks", ["held", "generated"])
def test_what_is_not_kept_any_more_is_approved_by_nobody_unseen(live: Live, tmp_path: Path, asks: str):
    key, store = ArtifactKey("cosmos", "thumbnails", "2x3"), open_store(live.settings)
    picture = tmp_path / "variant-c0000003.jpg"
    Image.new("RGB", (32, 32), (9, 40, 40)).save(picture)
    place = store.hold(key, {picture.name: picture}, why="waits")
    if asks == "held":
        Ledger(live.database).held(key, "waits", place=place)
    else:
        Reviews(live.database).ask(key, Question.GENERATED, "c0000003", why="generated picture", held=place)
    review = live.get("/v1/reviews").json()["reviews"][-1]
    shutil.rmtree(live.settings.home / "store" / place)

    refused = live.post(f"/v1/reviews/{review['id']}/approve", {})
    assert (refused.status_code, "not kept any more" in refused.json()["detail"]) == (409, True)
    assert live.get("/v1/reviews").json()["reviews"][-1]["id"] == review["id"], "it waits on"
    assert live.post(f"/v1/reviews/{review['id']}/reject", {"reason": "nothing to see"}).status_code == 200


def test_a_rejected_picture_is_seen_no_more_at_once_even_by_those_who_were_dealt_it(live: Live):
    flagged = ARMS[1]

    def arms_seen() -> set[object]:
        answers = [
            live.get(
                f"/v1/titles/sintel/thumbnail?aspect=16x9&viewer=v{number}", headers={"Accept": "application/json"}
            ).json()
            for number in range(60)
        ]
        return {answer["arm"] for answer in answers if answer["source"] == "experiment"}

    assert flagged in arms_seen()
    asked = Flagged(live.experiment, "sintel", "16x9", flagged, live.manifest.version, f"variant-{flagged}.jpg", 3)
    ExperimentAgenda(live.database).ask(asked, held="")
    review = review_of(live, flagged)
    answer = live.post(f"/v1/reviews/{review['id']}/reject", {"reason": "it gives the ending away"})
    assert (answer.status_code, answer.json()["asks"]) == (200, "flagged")

    assert arms_seen() <= set(ARMS) - {flagged}
    told = live.get(f"/v1/experiments/{live.experiment}").json()
    assert (told["state"], {arm["id"] for arm in told["arms"]}) == ("running", set(ARMS) - {flagged})
    assert sum(arm["weight"] for arm in told["arms"]) == pytest.approx(1)


def test_a_rejected_picture_comes_back_by_no_request(live: Live):
    """After the rejection above: neither by its old address nor as an arm nor out of its old test."""
    gone = ARMS[1]
    refused = live.get(address(live.manifest, f"variant-{gone}.jpg"), key="")
    assert (refused.status_code, refused.headers["Cache-Control"]) == (404, "no-store")
    assert live.get(address(live.manifest, f"variant-{ARMS[0]}.jpg"), key="").status_code == 200
    arms = [{"id": arm, "file": f"variant-{arm}.jpg", "role": "challenger"} for arm in ARMS[:2]]
    arms[0]["role"] = "incumbent"
    again = live.post("/v1/experiments", {"title": "sintel", "aspect": "16x9", "arms": arms})
    assert (again.status_code, "rejected" in again.json()["detail"]) == (409, True)

    live.post(f"/v1/experiments/{live.experiment}/transitions", {"to": "retired", "why": "over"})
    wish = {"experiment": live.experiment, "arm": gone, "why": "I liked it"}
    assert live.post("/v1/titles/sintel/promotions", wish).status_code == 404
    assert live.post("/v1/titles/sintel/promotions", {**wish, "arm": ARMS[2]}).status_code == 200


LINE = ArtifactKey("cosmos", "subtitles", "arb_Arab")
OF_SUBTITLES = (Question.LINE, Question.SUBTITLES)
WHY = "“أنا <b>sh!t</b>” (for “I am here.”) holds 'shit' (strong), and its source nothing of the kind"


def test_a_line_in_doubt_is_shown_as_words_and_decided_like_the_others(live: Live):
    Reviews(live.database).ask(LINE, Question.LINE, "arb_Arab:0123456789ab", why=WHY)
    Reviews(live.database).ask(ArtifactKey("cosmos", "trailer"), Question.SHOT, "0-25", why="a weapon")

    line, shot = live.get("/v1/reviews").json()["reviews"][-2:]
    assert (line["asset"], line["asks"], line["why"]) == ("subtitles/arb_Arab", "line", WHY)
    assert (line["recipe"], line["files"], shot["recipe"]) == (None, [], None)

    told = live.post(f"/v1/reviews/{line['id']}/reject", {"reason": "nobody says that"}).json()
    assert (told["verdict"], told["recipe"]) == ("rejected", None)
    assert live.get("/v1/reviews").json()["reviews"][-1]["id"] == shot["id"]


@pytest.mark.parametrize("asks", list(Question))
def test_the_queue_asks_in_words_whatever_is_asked(live: Live, asks: Question):
    key = ArtifactKey("cosmos", "subtitles", "fra_Latn") if asks in OF_SUBTITLES else SQUARE
    Reviews(live.database).ask(key, asks, f"of {asks}", why=f"about <i>{asks}</i>")

    signed_in = live.call("POST", "/login", key="", data={"key": live.key, "then": "/"}).headers["Set-Cookie"]
    page = live.get("/reviews", key="", headers={"Cookie": signed_in.partition(";")[0]})

    assert page.status_code == 200
    about = page.text[: page.text.index(f"about &lt;i&gt;{asks}&lt;/i&gt;")].rpartition("<li")[2]
    assert "?</p>" in about
    assert ("No picture was kept" in about) is (asks not in OF_SUBTITLES)
