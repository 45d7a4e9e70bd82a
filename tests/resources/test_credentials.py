"""Published pictures carry credentials that a validator accepts, and say how they came about."""

from __future__ import annotations

import io
import json
import stat
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from c2pa import Reader
from PIL import Image

from ops.errors import SettingsError
from ops.thumbnails.saving import DigitalSource, save_picture, saved_source
from resources.credentials import Credentials
from resources.settings import load_settings
from resources.signing_chain import read_chain, self_made_chain
from resources.store.model import ArtifactKey, MadeBy, Manifest
from resources.store.opening import open_store

KEY = ArtifactKey("sintel", "thumbnails", "16x9")
MADE = MadeBy("3", engine="embedded/composition")
CODES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
MOST_BYTES = 20_000


def a_picture(path: Path, source: DigitalSource = DigitalSource.ENHANCED) -> Path:
    across, down = np.meshgrid(np.linspace(0, 255, 640), np.linspace(0, 255, 360))
    noise = np.random.default_rng(1).integers(0, 30, (360, 640))
    rgb = np.stack([across, down, noise * 4], axis=-1).astype(np.uint8)
    save_picture(Image.fromarray(rgb), path, source=source)
    return path


def publish(home: Path, files: dict[str, Path], **settings: Any) -> tuple[Manifest, dict[str, bytes]]:
    opened = load_settings(home, **settings)
    store = open_store(opened)
    seal = Credentials(opened).seal(KEY, MADE, {"keyframes": "k1"})
    manifest = store.publish(KEY, files, made_by=MADE, inputs={}, seal=seal)
    return manifest, {file.name: store.fetch(manifest, file.name).read_bytes() for file in manifest.files}


def told(picture: bytes) -> dict[str, Any]:
    with Reader("image/jpeg", io.BytesIO(picture)) as reader:
        return json.loads(reader.json())


def codes(report: dict[str, Any]) -> list[str]:
    return [each["code"] for each in report.get("validation_status", [])]


def actions(report: dict[str, Any]) -> list[dict[str, Any]]:
    [assertion] = report["manifests"][report["active_manifest"]]["assertions"]
    return assertion["data"]["actions"]


@pytest.mark.parametrize(
    ("source", "verbs", "ingredients"),
    [
        (DigitalSource.ENHANCED, ["c2pa.opened", "c2pa.edited"], ["parentOf"]),
        (DigitalSource.COMPOSITE, ["c2pa.created", "c2pa.placed"], ["componentOf"]),
        (DigitalSource.GENERATED, ["c2pa.created"], []),
        (DigitalSource.GENERATED_COMPOSITE, ["c2pa.created", "c2pa.placed"], ["componentOf"]),
    ],
)
def test_a_published_picture_is_valid_but_for_its_untrusted_signer_and_names_its_source_type(
    tmp_path: Path, source: DigitalSource, verbs: list[str], ingredients: list[str]
):
    plain = a_picture(tmp_path / "thumbnail.jpg", source)
    _, published = publish(tmp_path / "home", {"thumbnail.jpg": plain})
    report = told(published["thumbnail.jpg"])
    active = report["manifests"][report["active_manifest"]]
    assert report["validation_state"] == "Valid"
    assert codes(report) == ["signingCredential.untrusted"]
    assert [each["action"] for each in actions(report)] == verbs
    assert [each["digitalSourceType"] for each in actions(report) if "digitalSourceType" in each] == [
        f"{CODES}{source}"
    ]
    assert [each["relationship"] for each in active.get("ingredients", [])] == ingredients
    assert active["claim_generator_info"][0]["name"] == "Showrunner"
    assert active["signature_info"]["alg"] == "Es256"


def test_xmp_and_pixels_survive_and_little_is_added(tmp_path: Path):
    plain = a_picture(tmp_path / "thumbnail.jpg")
    _, published = publish(tmp_path / "home", {"thumbnail.jpg": plain})
    signed = tmp_path / "signed.jpg"
    signed.write_bytes(published["thumbnail.jpg"])
    assert saved_source(signed) is DigitalSource.ENHANCED
    with Image.open(signed) as after, Image.open(plain) as before:
        assert np.array_equal(np.asarray(after), np.asarray(before))
    assert 0 < len(published["thumbnail.jpg"]) - plain.stat().st_size <= MOST_BYTES


def test_tampering_with_pixels_is_detected(tmp_path: Path):
    plain = a_picture(tmp_path / "thumbnail.jpg")
    _, published = publish(tmp_path / "home", {"thumbnail.jpg": plain})
    tampered = bytearray(published["thumbnail.jpg"])
    tampered[-200] ^= 0x01
    report = told(bytes(tampered))
    assert report["validation_state"] == "Invalid"
    assert "assertion.dataHash.mismatch" in codes(report)


def test_two_runs_have_one_data_version_and_one_version(tmp_path: Path):
    plain = a_picture(tmp_path / "thumbnail.jpg")
    first, _ = publish(tmp_path / "home", {"thumbnail.jpg": plain})
    again, _ = publish(tmp_path / "home", {"thumbnail.jpg": plain})
    elsewhere, other = publish(tmp_path / "other", {"thumbnail.jpg": plain})
    unsigned, bare = publish(tmp_path / "off", {"thumbnail.jpg": plain}, credentials="off")
    assert (again.version, again.files) == (first.version, first.files)
    assert first.data_version == elsewhere.data_version == unsigned.data_version
    assert bare["thumbnail.jpg"] == plain.read_bytes()
    assert other["thumbnail.jpg"] != plain.read_bytes()


def test_files_that_name_no_source_type_are_left_alone(tmp_path: Path):
    frame = tmp_path / "0001.jpg"
    Image.new("RGB", (64, 36), "teal").save(frame)
    notes = tmp_path / "variants.json"
    notes.write_text("{}")
    _, published = publish(tmp_path / "home", {"0001.jpg": frame, "variants.json": notes})
    assert published == {"0001.jpg": frame.read_bytes(), "variants.json": b"{}"}


def test_the_self_made_chain_is_made_once_and_its_key_is_the_owners_alone(tmp_path: Path):
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(self_made_chain(tmp_path / "credentials").certificates))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    key = tmp_path / "credentials" / "key.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    chain = self_made_chain(tmp_path / "credentials")
    assert chain.self_made
    assert chain.key not in repr(chain)
    assert "PRIVATE" not in repr(chain)


def test_an_operators_chain_signs_whether_its_key_is_a_file_or_the_pem_itself(tmp_path: Path):
    made = self_made_chain(tmp_path / "ca")
    plain = a_picture(tmp_path / "thumbnail.jpg")
    for number, key in enumerate((str(tmp_path / "ca" / "key.pem"), made.key)):
        home = tmp_path / f"home{number}"
        _, published = publish(
            home, {"thumbnail.jpg": plain}, c2pa_certificate=tmp_path / "ca" / "chain.pem", c2pa_key=key
        )
        assert codes(told(published["thumbnail.jpg"])) == ["signingCredential.untrusted"]
        assert not (home / "credentials").exists()


def test_a_chain_that_cannot_sign_is_told_and_never_the_key(tmp_path: Path):
    one, two = self_made_chain(tmp_path / "one"), self_made_chain(tmp_path / "two")
    chain = tmp_path / "one" / "chain.pem"
    with pytest.raises(SettingsError, match="not that of the first certificate") as wrong:
        read_chain(chain, two.key)
    assert two.key[40:80] not in str(wrong.value)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_chain(tmp_path / "nowhere.pem", one.key)
    with pytest.raises(SettingsError, match="neither a readable file nor PEM") as pasted:
        read_chain(chain, "MIGHAgEAMBMGByqGSM49")
    assert "MIGH" not in str(pasted.value)
    parts = chain.read_text().split("-----END CERTIFICATE-----\n")
    foreign = (tmp_path / "two" / "chain.pem").read_text().split("-----END CERTIFICATE-----\n")
    mixed = tmp_path / "mixed.pem"
    mixed.write_text("-----END CERTIFICATE-----\n".join([parts[0], foreign[1], ""]))
    with pytest.raises(SettingsError, match="did not issue"):
        read_chain(mixed, one.key)
    root = tmp_path / "root.pem"
    root.write_text(parts[1] + "-----END CERTIFICATE-----\n")
    with pytest.raises(SettingsError, match="not that of the first"):
        read_chain(root, one.key)


def test_half_a_pair_of_settings_is_refused(tmp_path: Path):
    with pytest.raises(SettingsError, match="C2PA_KEY"):
        load_settings(tmp_path, c2pa_certificate=tmp_path / "chain.pem")
    settings = load_settings(tmp_path, c2pa_certificate=tmp_path / "chain.pem", c2pa_key="secret-text")
    assert "secret-text" not in repr(settings)
    with pytest.raises(SettingsError, match="C2PA_CERTIFICATE"):
        Credentials(settings)
