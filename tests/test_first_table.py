"""The chapter “Your first table” of the user guide, done as it is written: each command prints the lines below it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from commands import register_commands
from settings import load_settings

ROOT = Path(__file__).parents[1]
CHAPTER = {"zh": "## 5 您的第一张表", "en": "## 5 Your first table"}


def steps(language: str) -> list[tuple[str, list[str]]]:
    """Each command of the chapter with the lines that it prints."""
    text = (ROOT / "docs" / "guide" / f"{language}.md").read_text(encoding="utf-8")
    chapter = text.partition(CHAPTER[language])[2].partition("\n## ")[0]
    blocks = re.findall(r"(?:^    .*\n?)+", chapter, re.MULTILINE)
    found: list[tuple[str, list[str]]] = []
    for block in blocks:
        lines = [line[4:] for line in block.splitlines()]
        if lines[0].startswith("flask "):
            found.append((lines[0], []))
        else:
            found[-1][1].extend(lines)
    return found


def test_both_languages_do_the_same() -> None:
    assert steps("zh") == steps("en")
    assert len(steps("zh")) == 5 and all(lines for _command, lines in steps("zh"))


def test_the_chapter_comes_out_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POOLWATCH_VAR", str(tmp_path / "var"))
    monkeypatch.chdir(ROOT)
    app = Flask("poolwatch")
    register_commands(app, load_settings())

    def run(*arguments: str) -> Result:
        return app.test_cli_runner().invoke(args=list(arguments), catch_exceptions=False)

    assert run("init").exit_code == 0
    for command, lines in steps("zh"):
        said = run(*shlex.split(command)[1:]).output.splitlines()
        assert [line for line in lines if line not in said] == [], (command, said)
