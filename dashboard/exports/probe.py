"""What exports can do on this machine: fonts that write Chinese, WeasyPrint, LibreOffice, a browser. Looked for at first
need, in a process of its own, as looking loads them; nothing here fails where they are missing, and Word, slides and
sheets need none of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from dashboard.exports import apart
from dashboard.exports.fonts import chinese_fonts
from dashboard.words.wording import _

Kind = Literal["docx", "docx-template", "pptx", "xlsx", "pdf", "pdf-as-word", "zip"]
SECONDS = 60.0
OFFICE = ("soffice", "libreoffice")
OFFICE_PLACES = (
    "/usr/lib/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge")
# The packages of Debian and its like that bring what is missing.
FONT_PACKAGE = "fonts-noto-cjk"
PDF_PACKAGES = "weasyprint (pip), libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0"
OFFICE_PACKAGE = "libreoffice-writer"
STYLE_PACKAGES = {"song": FONT_PACKAGE, "hei": FONT_PACKAGE, "kai": "fonts-lxgw-wenkai", "fang": "texlive-lang-chinese"}


@dataclass(frozen=True, slots=True)
class Environment:
    """What there is: the family of each style (``any``: one that writes Chinese), whether PDF can be set, the programmes
    by their paths ("" where there is none)."""

    fonts: dict[str, str] = field(default_factory=dict)
    weasyprint: bool = False
    office: str = ""
    browser: str = ""

    def why_not(self, kind: Kind) -> str:
        """Why a document cannot be had in a format here, and what to install; "" where it can."""
        if kind not in ("pdf", "pdf-as-word"):
            return ""
        if not self.fonts:
            return _("这台服务器没有中文字体，不输出PDF和图片。请安装 {packages}。", packages=FONT_PACKAGE)
        if kind == "pdf" and not self.weasyprint:
            return _("这台服务器没有PDF排版组件。请安装 {packages}。", packages=PDF_PACKAGES)
        if kind == "pdf-as-word" and not self.office:
            return _("这台服务器没有LibreOffice。请安装 {packages}。", packages=OFFICE_PACKAGE)
        return ""


@cache
def environment() -> Environment:
    """What there is here, looked for once by each process of the site. Where looking itself goes wrong there is nothing."""
    try:
        said = subprocess.run(
            apart.command(__name__), cwd=apart.ROOT, env=apart.environment(), stdin=subprocess.DEVNULL,
            capture_output=True, timeout=SECONDS, check=True,
        ).stdout  # fmt: skip
        return Environment(**json.loads(said))
    except (OSError, ValueError, TypeError, subprocess.SubprocessError):
        return Environment(office=office_program(), browser=_program(BROWSERS))


def look() -> Environment:
    """What there is, looked for in this process."""
    fonts = {style: face.family for style, face in chinese_fonts().items()}
    return Environment(fonts, _sets_pdf(), office_program(), _program(BROWSERS))


def _sets_pdf() -> bool:
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):  # its libraries are loaded with it
        return False
    return True


def office_program() -> str:
    """LibreOffice's path, "" where it is not here."""
    return _program(OFFICE) or next((place for place in OFFICE_PLACES if Path(place).is_file()), "")


def _program(names: tuple[str, ...]) -> str:
    return next((path for name in names if (path := shutil.which(name))), "")


if __name__ == "__main__":
    print(json.dumps(asdict(look())))
