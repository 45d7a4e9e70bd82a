"""What the environment may say, and what is told where it cannot be used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ops.errors import SettingsError
from resources.settings import S3Location, Settings, load_settings

SECRET = "hunter2"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", *(f"SHOWRUNNER_{field.upper()}" for field in Settings.model_fields)):
        monkeypatch.delenv(name, raising=False)


def test_nothing_set_means_everything_embedded_below_the_home(tmp_path: Path):
    settings = load_settings(tmp_path)
    assert settings.database_url is None
    assert settings.store_place == tmp_path / "store"
    assert settings.inbox_place is None
    assert settings.executor == "multiprocess"


def test_a_relative_home_is_taken_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings(Path("here")).home == tmp_path / "here"


def test_a_flag_wins_over_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHOWRUNNER_HOME", "/elsewhere")
    assert load_settings(tmp_path).home == tmp_path
    assert load_settings().home == Path("/elsewhere")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("s3://media/show/runner/", S3Location("media", "show/runner")),
        ("s3://media", S3Location("media", "")),
        ("/data/store", Path("/data/store")),
    ],
)
def test_a_store_is_a_folder_or_a_place_in_s3(text: str, place: object, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHOWRUNNER_STORE", text)
    assert load_settings().store_place == place


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SHOWRUNNER_KEEP_VERSIONS", "0"),
        ("SHOWRUNNER_KEEP_VERSIONS", "many"),
        ("SHOWRUNNER_EXECUTOR", "kubernetes"),
        ("SHOWRUNNER_STORE", "gs://media"),
        ("SHOWRUNNER_STORE", "s3:///prefix"),
        ("SHOWRUNNER_STORE", "s3://media/../other"),
        ("SHOWRUNNER_INBOX", " "),
        ("SHOWRUNNER_INBOX_SETTLE_S", "-1"),
        ("SHOWRUNNER_HOT_TITLES", "1000000"),
        ("SHOWRUNNER_TEST_ASPECTS", "16x9,16x10"),
        ("SHOWRUNNER_ALERT_WEBHOOK_URL", "hooks.example/x"),
        ("SHOWRUNNER_S3_ENDPOINT_URL", "not an address"),
        ("SHOWRUNNER_DATABASE_CONNECTIONS", "1"),
        ("DATABASE_URL", f"mysql://user:{SECRET}@host/db"),
        ("DATABASE_URL", f"postgresql://user:{SECRET}@host"),
        ("DATABASE_URL", SECRET),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_its_variables_name(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert caught.value.where == variable
    assert SECRET not in str(caught.value)


def test_a_misspelt_variable_is_not_ignored(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHOWRUNNER_KEEP_VERSION", "3")
    with pytest.raises(SettingsError, match="Did you mean SHOWRUNNER_KEEP_VERSIONS"):
        load_settings()


def test_what_kubernetes_sets_for_a_service_of_our_name_is_no_misspelling(monkeypatch: pytest.MonkeyPatch):
    for name in ("SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "PORT", "PORT_80_TCP_ADDR"):
        monkeypatch.setenv(f"SHOWRUNNER_{name}", "tcp://10.0.0.1:80")
    load_settings()


def test_half_a_pair_of_keys_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHOWRUNNER_S3_ACCESS_KEY_ID", "AKIA")
    with pytest.raises(SettingsError, match="SHOWRUNNER_S3_SECRET_ACCESS_KEY"):
        load_settings()


def test_secrets_show_in_no_text_form(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", f"postgresql://user:{SECRET}@host/db")
    monkeypatch.setenv("SHOWRUNNER_S3_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("SHOWRUNNER_S3_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("SHOWRUNNER_ALERT_WEBHOOK_URL", f"https://hooks.example/{SECRET}")
    settings = load_settings()
    for text in (repr(settings), str(settings), settings.model_dump_json(), f"{settings.database_url}"):
        assert SECRET not in text


def test_an_address_made_for_sqlalchemy_is_understood(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg2://user:pw@host:5433/db?sslmode=require")
    url = load_settings().database_url
    assert url is not None
    assert url.get_secret_value() == "postgresql://user:pw@host:5433/db?sslmode=require"


def test_a_home_that_is_a_file_is_refused(tmp_path: Path):
    (tmp_path / "home").touch()
    with pytest.raises(SettingsError, match="is a file"):
        load_settings(tmp_path / "home")


def test_reading_settings_imports_neither_a_database_nor_dagster():
    heavy = {"psycopg", "sqlalchemy", "alembic", "boto3", "dagster", "numpy"}
    code = f"import sys, resources.settings; print(sorted({heavy!r} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "[]"
