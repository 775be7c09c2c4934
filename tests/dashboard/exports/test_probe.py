"""What is missing is said and closes only what needs it: no font, no WeasyPrint, no LibreOffice, nothing at all."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from dashboard.components.environment import environment_list
from dashboard.exports import apart, as_word, fonts, pdf, probe
from dashboard.exports.probe import Environment, Kind
from dashboard.site.markup import sent
from dashboard.words.wording import in_language
from tests.dashboard.exports.briefing_sample import briefing

WHOLE = Environment({"song": "Song", "hei": "Hei", "any": "Hei"}, True, "/usr/bin/soffice", "/usr/bin/chromium")
ALWAYS: tuple[Kind, ...] = ("docx", "pptx", "xlsx")


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No programme in the path, no font that writes Chinese, no WeasyPrint."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(fonts, "FOLDERS", (str(tmp_path),))
    monkeypatch.setattr(probe, "OFFICE_PLACES", (str(tmp_path / "soffice"),))
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    _forget()
    yield
    _forget()


def _forget() -> None:
    for kept in (fonts.faces, fonts.chinese_fonts, fonts.characters, probe.environment):
        kept.cache_clear()


def test_on_a_bare_machine_word_slides_and_sheets_work_and_the_rest_says_what_to_install(bare_machine: None) -> None:
    found = probe.look()
    assert found == Environment()
    assert [found.why_not(kind) for kind in ALWAYS] == ["", "", ""]
    assert "fonts-noto-cjk" in found.why_not("pdf") and "fonts-noto-cjk" in found.why_not("pdf-as-word")
    with pytest.raises((ImportError, RuntimeError)):
        pdf.pdf_bytes(briefing())


def test_each_missing_part_closes_only_what_needs_it() -> None:
    without_pdf = Environment(WHOLE.fonts, False, WHOLE.office)
    assert "libpangoft2" in without_pdf.why_not("pdf") and without_pdf.why_not("pdf-as-word") == ""
    without_office = Environment(WHOLE.fonts, True)
    assert without_office.why_not("pdf") == "" and "libreoffice-writer" in without_office.why_not("pdf-as-word")
    every: tuple[Kind, ...] = (*ALWAYS, "pdf", "pdf-as-word")
    assert {WHOLE.why_not(kind) for kind in every} == {""}


def test_a_library_of_weasyprint_that_is_missing_is_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango')", encoding="utf-8")
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert not probe._sets_pdf()
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)


def test_a_font_that_lacks_a_sign_of_documents_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    poor, good = fonts.Face("KaiTi", "poor", 0, False), fonts.Face("FangSong", "good", 0, False)
    monkeypatch.setattr(fonts, "faces", lambda: (poor, good))
    monkeypatch.setattr(fonts, "characters", lambda face: fonts.ASKED - ({"〇"} if face is poor else set()))
    fonts.chinese_fonts.cache_clear()
    assert fonts.chinese_fonts() == {"fang": good, "any": good}
    assert "<family>仿宋_GB2312</family><prefer><family>FangSong</family></prefer>" in as_word.aliases()
    assert "<family>楷体</family><prefer><family>FangSong</family></prefer>" in as_word.aliases()
    fonts.chinese_fonts.cache_clear()


def test_fonts_are_found_without_fontconfig_too(monkeypatch: pytest.MonkeyPatch) -> None:
    _forget()
    known = fonts.chinese_fonts()
    fonts.faces.cache_clear()
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert {one.family for one in known.values()} <= {one.family for one in fonts.faces()}
    fonts.faces.cache_clear()


def test_a_process_of_exports_starts_without_the_site_and_its_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POOLWATCH_SECRET_KEY", "x" * 40)
    assert "POOLWATCH_SECRET_KEY" not in apart.environment()
    code = apart.START.replace("runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)", "import dashboard.exports.probe; print('dash' in sys.modules, 'dashboard.pages' in sys.modules)")  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=apart.ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert said.stdout.split() == ["False", "False"]


def test_looking_that_goes_wrong_finds_nothing_and_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "START", "raise SystemExit(3)")
    probe.environment.cache_clear()
    found = probe.environment()
    assert found.fonts == {} and not found.weasyprint and found.why_not("docx") == ""
    probe.environment.cache_clear()


def test_the_list_says_what_works_and_what_to_install_in_both_languages() -> None:
    made = sent(environment_list(Environment({"song": "Noto Serif", "any": "Noto Serif"}, True)), ()).html
    assert "用 Noto Serif 代替；可安装 fonts-lxgw-wenkai" in made and "libreoffice-writer" in made
    with in_language("en"):
        made = sent(environment_list(Environment()), ()).html
    assert made.count("fonts-noto-cjk") == 6 and not any(one > "\u2e7f" for one in made)


def test_a_programme_that_hangs_is_ended_with_its_children(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    office = tmp_path / "soffice"
    office.write_text(f"#!/bin/sh\nsleep 60 & echo $! > {tmp_path}/child\nwait\n", encoding="utf-8")
    office.chmod(0o700)
    monkeypatch.setattr(as_word, "SECONDS", 0.4)
    with pytest.raises(as_word.NotConverted):
        as_word.same_as_word(b"", str(office), tmp_path / "lock")
    child = int((tmp_path / "child").read_text(encoding="utf-8"))
    for _look in range(200):
        if _dead(child):
            break
        time.sleep(0.01)
    assert _dead(child)


def _dead(process: int) -> bool:
    """Gone, or not yet buried by whoever inherits orphans."""
    try:
        return psutil.Process(process).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
