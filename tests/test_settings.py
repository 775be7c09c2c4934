"""A bad setting stops the start with one sentence; the secret is made and kept only where nobody else can reach."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from rules.errors import SettingsError
from settings import load_settings

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("POOLWATCH_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("POOLWATCH_VAR", str(tmp_path / "var"))


def test_without_any_setting_it_is_a_site_of_this_machine_on_sqlite(tmp_path: Path) -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.demo, settings.language) == ("127.0.0.1", 8050, "auto", "zh_CN")
    assert settings.store_url == f"sqlite:///{tmp_path}/var/poolwatch.db"
    assert settings.refresh_cron == "*/15 * * * *"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("IDLE_MINUTES", "0"),
        ("OIDC_ISSUER", "http://id.example"),
        ("OIDC_ISSUER", "https://id.example"),  # alone
        ("OIDC_ROLES", '{"watch": "king/320000"}'),
        ("OIDC_ROLES", '{"watch": "monitor/jiangsu"}'),
        ("PORT", "65536"),
        ("PROVINCE", "32"),
        ("PROVINCE", "320100"),
        ("REFRESH_CRON", "every day"),
        ("REFRESH_CRON", "61 * * * *"),
        ("DEMO", "perhaps"),
        ("TIMEZONE", "Mars/Olympus"),
        ("LANGUAGE", "fr"),
        ("WATERMARK", "yes"),
        ("FONTS", "comic"),
        ("DATABASE_URL", "mysql://user:hunter2@host/db"),
        ("DATABASE_URL", "no url"),
    ],
)
def test_a_bad_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"POOLWATCH_{name}", value)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert str(refusal.value).startswith(f"POOLWATCH_{name}")
    assert "\n" not in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_the_process_ends_with_the_sentence_and_no_traceback() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import settings; settings.settings_or_exit()"],
        env={**os.environ, "POOLWATCH_PORT": "abc"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "POOLWATCH_PORT='abc'" in ended.stderr


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    made = load_settings().secret()
    path = tmp_path / "var" / "secret_key"
    assert len(made) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_settings().secret() == made
    assert sorted(kept.name for kept in path.parent.iterdir()) == ["seal_key", "secret_key"]


def test_the_key_of_the_seals_is_made_once_and_may_be_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = load_settings().sealing()
    assert len(made) >= 32 and load_settings().sealing() == made
    assert stat.S_IMODE((tmp_path / "var" / "seal_key").stat().st_mode) == 0o600
    monkeypatch.setenv("POOLWATCH_SEAL_KEY", "x" * 31)
    with pytest.raises(SettingsError, match="POOLWATCH_SEAL_KEY needs at least 32"):
        load_settings()
    monkeypatch.setenv("POOLWATCH_SEAL_KEY", "x" * 32)
    assert load_settings().sealing() == b"x" * 32


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_every_loopback_address_may_do_without_a_set_secret(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("POOLWATCH_HOST", host)
    assert load_settings().loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "::", "poolwatch.example"])
def test_served_beyond_this_machine_the_secret_must_be_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str
) -> None:
    monkeypatch.setenv("POOLWATCH_HOST", host)
    with pytest.raises(SettingsError, match="POOLWATCH_SECRET_KEY must be set"):
        load_settings()
    assert not (tmp_path / "var").exists()
    monkeypatch.setenv("POOLWATCH_SECRET_KEY", "x" * 31)
    with pytest.raises(SettingsError, match="at least 32"):
        load_settings()
    monkeypatch.setenv("POOLWATCH_SECRET_KEY", "x" * 32)
    assert load_settings().secret() == "x" * 32


def test_a_site_is_asked_by_the_names_that_are_set_its_address_and_this_machines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = {"localhost", "127.0.0.1", "[::1]"}
    assert load_settings().known_hosts == own
    monkeypatch.setenv("POOLWATCH_HOST", "::1")
    monkeypatch.setenv("POOLWATCH_HOSTS", "pool.example, Pool.Example,[2001:db8::1]")
    assert load_settings().known_hosts == own | {"pool.example", "Pool.Example", "[2001:db8::1]"}
    for wrong in ("pool.example:8443", "https://pool.example", "pool example"):
        monkeypatch.setenv("POOLWATCH_HOSTS", wrong)
        with pytest.raises(SettingsError, match="no host name without port"):
            load_settings()
