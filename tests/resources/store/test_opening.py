"""What a store that cannot be opened tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.errors import StoreError
from resources.settings import Settings, load_settings
from resources.store.opening import open_store


def test_the_settings_decide_where_the_store_lies(s3_settings: Settings, tmp_path: Path):
    assert open_store(load_settings(tmp_path)).where == str(tmp_path / "store")
    assert open_store(s3_settings).where == s3_settings.store


def test_a_folder_that_cannot_be_made_names_the_setting(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="SHOWRUNNER_STORE"):
        open_store(load_settings(tmp_path, store=str(tmp_path / "file" / "store")))


def test_a_bucket_that_does_not_exist_is_told(s3_settings: Settings):
    with pytest.raises(StoreError, match="no-such-bucket"):
        open_store(s3_settings.model_copy(update={"store": "s3://no-such-bucket/x"}))


def test_an_endpoint_out_of_reach_names_the_setting(s3_settings: Settings):
    with pytest.raises(StoreError, match="SHOWRUNNER_S3_ENDPOINT_URL"):
        open_store(s3_settings.model_copy(update={"s3_endpoint_url": "http://127.0.0.1:9"}))
