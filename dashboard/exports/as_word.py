"""A PDF that looks as the Word document does: LibreOffice turns the one into the other, one document at a time, with a
profile of its own and a hard end."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from xml.sax.saxutils import escape

from dashboard.exports import apart
from dashboard.exports.fonts import chinese_fonts
from rules.errors import PoolwatchError

SECONDS = 60.0
ALIASES = Path(__file__).with_name("font_aliases.conf")
# What stands in for a style that is not here, the best first.
INSTEAD = {
    "fang": ("fang", "song", "any"),
    "kai": ("kai", "song", "any"),
    "song": ("song", "any"),
    "hei": ("hei", "any"),
}


class NotConverted(PoolwatchError):
    """LibreOffice gave no PDF, or took too long."""

    code = "not_converted"


def same_as_word(docx: bytes, office: str, lock: Path) -> bytes:
    """The document as PDF by LibreOffice at a path; who holds the ``lock`` goes first. Raises NotConverted."""
    with tempfile.TemporaryDirectory(prefix="poolwatch-office-") as name, _alone(lock):
        folder = Path(name)
        (folder / "document.docx").write_bytes(docx)
        (folder / "fonts.conf").write_text(aliases(), encoding="utf-8")
        profile = (folder / "profile").as_uri()
        _run([office, "--headless", "--norestore", "--nologo", "--nolockcheck", f"-env:UserInstallation={profile}",
              "--convert-to", "pdf", "--outdir", name, str(folder / "document.docx")], folder)  # fmt: skip
        made = folder / "document.pdf"
        if not made.is_file():
            raise NotConverted("LibreOffice wrote no PDF")
        return made.read_bytes()


def _run(command: list[str], folder: Path) -> None:
    given = apart.environment() | {"FONTCONFIG_FILE": str(folder / "fonts.conf"), "HOME": str(folder)}
    process = subprocess.Popen(
        command, cwd=folder, env=given, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        raise NotConverted(f"LibreOffice took more than {SECONDS:.0f} seconds") from None
    finally:
        # The start script's own child is the one that works.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One conversion at a time; others wait their turn."""
    with lock.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def aliases() -> str:
    """The font configuration that gives the fonts a Word document names those that this machine has."""
    found = chinese_fonts()
    families = {
        style: dict.fromkeys(found[one].family for one in instead if one in found) for style, instead in INSTEAD.items()
    }
    elements = {
        style: "".join(f"<family>{escape(name)}</family>" for name in names) for style, names in families.items()
    }
    text = ALIASES.read_text(encoding="utf-8")
    for style, element in elements.items():
        text = text.replace(f"{{{style}}}", element)
    return text
