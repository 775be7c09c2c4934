"""The installation without its store: settings, rights of files, Python and packages, disk, exports."""

from __future__ import annotations

import os
import platform
import re
import shutil
import stat
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from dashboard.exports.probe import FONT_PACKAGE, OFFICE_PACKAGE, PDF_PACKAGES, Environment
from dashboard.pages.admin.health import SCARCE_BYTES, SCARCE_SHARE
from dashboard.site.chart_library import prepared
from doctor.finding import Finding, fail, warn, well
from settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
KEYS = ("secret_key", "seal_key", "person_key")
FEWEST_CHARACTERS = 8  # different ones: a key by chance has more
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[a-z,]+\])?==(\S+)", re.M)
_EVERYBODY, _OTHERS = stat.S_IRWXO, stat.S_IRWXG | stat.S_IRWXO


def settings_findings(settings: Settings) -> Iterator[Finding]:
    """What the settings say together; each alone is checked at every start."""
    served = settings.proxies > 0 or not settings.loopback or bool(settings.hosts)
    if served and settings.demo != "off":
        yield fail("settings", f"Readers come from elsewhere and sign-in by role may be open: set {PREFIX}DEMO=off.")
    if served and not settings.proxies:
        yield warn(
            "settings",
            f"No proxy is set to be believed, so nothing is encrypted and whoever comes by one counts as one address: put nginx before the site and set {PREFIX}PROXIES=1.",
        )
    if settings.proxies and not settings.hosts:
        yield warn("settings", f"The site knows no name but this machine's and refuses any other: set {PREFIX}HOSTS.")
    if settings.demo == "off" and settings.province is None:
        yield warn(
            "settings",
            f"Whose installation this is is not said, ledgers of any province are shown: set {PREFIX}PROVINCE.",
        )
    for name in KEYS:
        value = getattr(settings, name)
        if value and len(set(value)) < FEWEST_CHARACTERS:
            yield fail("settings", f"{PREFIX}{name.upper()} is no key by chance: make one by secrets.token_hex(32).")
    if settings.database_url and not settings.seal_key:
        yield warn(
            "settings",
            f"The key of the seals lies under {PREFIX}VAR: set {PREFIX}SEAL_KEY from a place that who administers the database does not reach.",
        )
    yield well("settings", f"The settings can be used; the site answers as {', '.join(sorted(settings.known_hosts))}.")


def file_findings(settings: Settings) -> Iterator[Finding]:
    """Who may read and write the installation's own folder and its keys."""
    var = settings.var
    if not var.is_dir():
        yield fail("files", f"There is no folder {var}: run flask init, or set {PREFIX}VAR.")
        return
    if not os.access(var, os.W_OK | os.X_OK):
        yield fail(
            "files", f"{var} cannot be written by this user ({os.geteuid()}): chown it to the user of the service."
        )
    about = var.stat()
    if about.st_uid != os.geteuid():
        yield warn(
            "files",
            f"{var} belongs to user {about.st_uid}, this command runs as {os.geteuid()}: run it as the service's user.",
        )
    if about.st_mode & _EVERYBODY:
        yield warn("files", f"Every user of this machine can look into {var}: chmod 700 {var}.")
    secret = [var / name for name in KEYS]
    if settings.oidc_client_secret_file is not None:
        secret.append(settings.oidc_client_secret_file)
    for path in secret:
        if path.exists() and path.stat().st_mode & _OTHERS:
            yield fail("files", f"Others than its owner can read the key {path}: chmod 600 {path}.")
    if not about.st_mode & _OTHERS:
        yield well("files", f"{var} is its owner's alone.")


def program_findings(requirements: str) -> Iterator[Finding]:
    """Python and the packages beside those that this release is tested with; ``requirements``: the text that pins them."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    low, high = (tuple(map(int, one.split("."))) for one in re.findall(r"\d+\.\d+", wanted))
    if not low <= sys.version_info[:2] < high:
        yield fail("program", f"Python {platform.python_version()} is none of {wanted}: make .venv with another.")
    missing, other = [], []
    for name, version in PINNED.findall(requirements):
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
        else:
            other += [f"{name} {found} instead of {version}"] if found != version else []
    remedy = "run pip install -r requirements.txt"
    if missing:
        yield fail("program", f"Packages are missing: {', '.join(missing)}; {remedy}.")
    if other:
        yield warn("program", f"Packages are not those of this release: {', '.join(other)}; {remedy}.")
    yield well("program", f"Python {platform.python_version()} on {platform.system()} {platform.machine()}.")


def disk_findings(var: Path, free: int, total: int, store: int) -> Iterator[Finding]:
    """Whether the disk of the folder has room; ``store``: the bytes of the store, 0 where it is elsewhere."""
    told = f"{free / 1e9:,.1f} GB of {total / 1e9:,.1f} GB are free where {var} is"
    if free < SCARCE_BYTES // 8:
        yield fail("disk", f"{told}: deliveries are soon refused; make room.")
    elif free < max(SCARCE_BYTES, total * SCARCE_SHARE):
        yield warn("disk", f"{told}: make room.")
    elif free < store:
        yield warn(
            "disk", f"{told}, less than the store of {store / 1e9:,.1f} GB: a backup or an upgrade has no room there."
        )
    else:
        yield well("disk", f"{told}.")


def disk_of(var: Path) -> tuple[int, int]:
    """Free and total bytes."""
    usage = shutil.disk_usage(var if var.is_dir() else Path.cwd())
    return usage.free, usage.total


def export_findings(found: Environment, var: Path) -> Iterator[Finding]:
    """What exports and charts need of the machine."""
    if not found.fonts:
        yield warn("exports", f"No font writes Chinese, so there is no PDF: install {FONT_PACKAGE}.")
    elif not found.weasyprint:
        yield warn("exports", f"PDF cannot be set: install {PDF_PACKAGES}.")
    if not found.office:
        yield warn(
            "exports", f"There is no LibreOffice, so no PDF that looks as the Word file does: install {OFFICE_PACKAGE}."
        )
    if not prepared(var):
        yield warn(
            "exports",
            f"The full chart library is served, three times as large: npm ci, then python -m tools.chart_library {var}.",
        )
    if found.fonts and found.weasyprint:
        yield well("exports", f"PDF is set with {found.fonts.get('song') or next(iter(found.fonts.values()))}.")
