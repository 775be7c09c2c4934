"""The documents name what there is, and only that: commands, settings, codes, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from flask import Flask

from commands import register_commands
from data_access.intake.reference import reference_rows
from rules.indicators import INDICATORS
from rules.movements import MOVEMENTS, Account
from rules.scheme import load_scheme, scheme_codes
from settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh.md")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "examples" / "README.md"])
# Folders that are made: by make screenshots, and under POOLWATCH_VAR.
MADE = {"screenshots/", "inbox/"}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def text(path: Path | str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every flask command with its full name, those of groups included."""
    app = Flask("documentation")
    register_commands(app, Settings())
    for name, command in app.cli.commands.items():
        if isinstance(command, click.Group):
            yield from ((f"{name} {sub}", found) for sub, found in command.commands.items())
        else:
            yield name, command


@pytest.mark.parametrize("readme", READMES)
def test_every_command_stands_in_the_readme(readme: str) -> None:
    said = text(readme)
    missing = []
    for name, _command in commands():
        group, _, sub = name.partition(" ")
        row = next((line for line in said.splitlines() if line.startswith(f"| `flask {group}")), "")
        if not row or (sub and not re.search(rf"`(flask {group} )?{sub}`", row)):
            missing.append(name)
    assert missing == []


@pytest.mark.parametrize("readme", READMES)
def test_every_option_of_a_command_stands_in_the_readme_or_its_help(readme: str) -> None:
    said = text(readme)
    for name, command in commands():
        if " " in name:
            continue
        for option in (parameter for parameter in command.params if isinstance(parameter, click.Option)):
            assert f"{option.opts[0]}" in said, (name, option.opts)


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_stands_in_the_readme_with_its_default(readme: str) -> None:
    rows = {
        match[1]: match[2]
        for match in re.finditer(rf"^\| `{PREFIX}([A-Z_]+)` \| ([^|]*) \|", text(readme), re.MULTILINE)
    }
    assert list(rows) == [name.upper() for name in Settings.model_fields]
    defaults = {name: field.get_default(call_default_factory=True) for name, field in Settings.model_fields.items()}
    plain = {name: default for name, default in defaults.items() if default}
    assert {name: f"`{default}`" for name, default in plain.items()} == {name: rows[name.upper()] for name in plain}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_variable_named_exists(document: Path) -> None:
    named = set(re.findall(rf"{PREFIX}([A-Z_]+)", document.read_text(encoding="utf-8")))
    assert named <= {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_flask_command_named_exists(document: Path) -> None:
    known = {name.split(" ")[0] for name, _command in commands()}
    named = re.findall(r"(?:`|^ {4})flask ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) <= known


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_inside_the_project_lead_somewhere(document: Path) -> None:
    broken = []
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = unquote(target).partition("#")
        there = (document.parent / path).resolve() if path else document
        if not there.is_file() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as they are made for Markdown on the web."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("readme", READMES)
def test_every_document_is_linked_from_the_readme(readme: str) -> None:
    linked = {(ROOT / target).resolve() for target in LINK.findall(text(readme)) if ":" not in target}
    assert [path for path in DOCUMENTS if path.name not in READMES and path not in linked] == []


@pytest.mark.parametrize("readme", READMES)
def test_every_package_and_program_named_in_the_tree_exists(readme: str) -> None:
    tree = re.findall(r"^ {4}([a-z_]+(?:\.py|/)) {2,}\S", text(readme), re.MULTILINE)
    assert len(tree) >= 13
    assert [name for name in tree if name != "var/" and not (ROOT / name).exists()] == []
    packages = {f"{path.parent.name}/" for path in ROOT.glob("*/__init__.py")}
    assert packages <= set(tree)


@pytest.mark.parametrize("document", ["CONTRIBUTING.md", "SECURITY.md", "docs/style.md"])
def test_every_file_and_folder_named_exists(document: str) -> None:
    # Names in capitals stand for any: pages/PAGE/acts.py.
    named = set(re.findall(r"`([a-z_0-9]+/[a-z_0-9./-]*)`", text(document)))
    assert named and [name for name in sorted(named) if name not in MADE and not (ROOT / name).exists()] == []


def test_every_line_of_the_examples_of_style_stands_in_the_file_named() -> None:
    file, lost = "", []
    for line in text("docs/style.md").splitlines():
        if heading := re.fullmatch(r"`([a-z_0-9./]+)`", line):
            file = heading[1]
        elif line.startswith("    ") and line.strip() not in map(str.strip, text(file).splitlines()):
            lost.append((file, line.strip()))
    assert file and lost == []


def test_every_benchmark_is_named_and_every_named_one_exists() -> None:
    named = set(re.findall(r"python -m benchmarks\.(\w+)", text("docs/performance.md")))
    no_benchmarks = {"__init__", "__main__", "measured"}
    assert named == {path.stem for path in (ROOT / "benchmarks").glob("*.py")} - no_benchmarks


def test_what_was_changed_on_purpose_names_tests_and_functions_that_there_are() -> None:
    _, _, table = text("tests/README.md").partition("## Changed on purpose")
    rows = [row.split("|")[1:-1] for row in table.splitlines() if row.startswith("| ")][1:]
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    missing = []
    for _changed, where, named in rows:
        missing += [name for name in re.findall(r"`(test_\w+)`", named) if f"def {name}(" not in tests]
        missing += [path for path in re.findall(r"`([\w/]+/\w+\.py)`", where) if not (ROOT / path).exists()]
        functions = re.findall(r"`(\w+)`", where)
        code = "\n".join(text(path) for path in re.findall(r"`([\w/]+/\w+\.py)`", where))
        missing += [name for name in functions if f"def {name}(" not in code]
    assert rows and missing == []


def test_both_readmes_have_the_same_shape() -> None:
    shapes = [
        [(line.count("|"), line.count("`")) for line in text(readme).splitlines() if line.startswith(("| `", "## "))]
        for readme in READMES
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize(
    "pair", [("docs/guide/en.md", "docs/guide/zh.md"), ("docs/operations.md", "docs/operations.zh.md")]
)
def test_documents_in_two_languages_have_the_same_sections_and_commands(pair: tuple[str, str]) -> None:
    def shape(path: str) -> list[str]:
        lines = text(path).splitlines()
        blocks = [line.split("  #")[0].rstrip() for line in lines if line.startswith("    ")]
        return ["#" * (len(line) - len(line.lstrip("#"))) for line in lines if line.startswith("#")] + blocks

    assert shape(pair[0]) == shape(pair[1])


def test_the_glossary_names_every_account_movement_item_and_indicator() -> None:
    glossary = text("docs/glossary.md")
    ledgers = [load_scheme(code) for code in scheme_codes() if load_scheme(code).kind == "ledger"]
    declared = {item.code: item.name for scheme in ledgers for item in scheme.items}
    declared |= {code: movement.name for code, movement in MOVEMENTS.items()}
    declared |= {code: indicator.name for code, indicator in INDICATORS.items()}
    lost = [code for code, name in declared.items() if f"| `{code}` | {name} |" not in glossary]
    assert lost == [] and all(f"| `{account}` |" in glossary for account in Account)


def test_the_guide_counts_regions_and_sources_as_they_are() -> None:
    counted = [str(len(list(reference_rows(name)))) for name in ("regions", "sources")]
    for language in ("en", "zh"):
        assert all(count in text(f"docs/guide/{language}.md") for count in counted)


def test_the_licence_is_the_one_declared() -> None:
    assert 'license = "Apache-2.0"' in text("pyproject.toml")
    assert "Apache License\n                           Version 2.0, January 2004" in text("LICENSE")
    assert "END OF TERMS AND CONDITIONS" in text("LICENSE")


def test_every_test_that_the_table_of_security_names_is_there() -> None:
    """And no line without one."""
    there = set(re.findall(r"^def (test_\w+)", "\n".join(map(text, (ROOT / "tests").rglob("test_*.py"))), re.MULTILINE))
    lines = text(ROOT / "docs" / "security.md").partition("## Met")[2].partition("## Not met")[0].splitlines()
    rows = [line for line in lines if line.startswith("| V")]
    assert len(rows) > 20
    for row in rows:
        shown = row.split("|")[-2]
        named = set(re.findall(r"test_\w+", shown))
        assert named <= there, named - there
        assert named or "`make check`" in shown, row
