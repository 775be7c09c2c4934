"""The structure of the project, read from its sources: who imports whom, sizes, texts, requirements, no machine named."""

from __future__ import annotations

import ast
import json
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from plotly.offline import get_plotlyjs_version

ROOT = Path(__file__).parent.parent
PACKAGES = ("rules", "data_access", "workflows", "monitoring", "demonstration", "dashboard")
# Folders that tools make beside the sources.
MADE = {".venv", "venv", "node_modules", "var", ".git", "__pycache__", "build", "dist", "htmlcov"}
CATALOGUE = ROOT / "dashboard" / "words" / "translations" / "en.po"


@cache
def files(*suffixes: str) -> tuple[Path, ...]:
    found = []
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT).parts
        if any(part in MADE or part.startswith((".pytest", ".mypy", ".ruff", ".hypothesis")) for part in inside):
            continue
        if path.is_file() and (not suffixes or path.suffix in suffixes):
            found.append(path)
    return tuple(found)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def parts(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file, parents first: walking them anew for each rule takes a second each time."""
    return tuple(ast.walk(tree(path)))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules(*packages: str) -> list[Path]:
    return [path for path in files(".py") if path.relative_to(ROOT).parts[0] in packages]


def product() -> list[Path]:
    """The project's modules, without tests."""
    return [path for path in files(".py") if path.relative_to(ROOT).parts[0] != "tests"]


def imports(path: Path) -> Iterator[tuple[int, str, str]]:
    """(line, module, imported name) of every import, wherever it stands; the name is empty for ``import module``."""
    for node in parts(path):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                above = path.relative_to(ROOT).with_suffix("").parts[: -node.level]
                module = ".".join((*above, *([module] if module else [])))
            yield from ((node.lineno, module, alias.name) for alias in node.names)


def top(module: str) -> str:
    return module.partition(".")[0]


def report(found: list[str]) -> str:
    return "\n" + "\n".join(found)


# --- who may import whom

OWN = {
    *PACKAGES,
    "app",
    "audit_commands",
    "backup_commands",
    "commands",
    "account_commands",
    "token_commands",
    "persons_commands",
    "demonstration_briefings",
    "doctor",
    "logs",
    "settings",
    "terminal",
    "tests",
    "tools",
    "benchmarks",
}
MAY_IMPORT = {
    "rules": {"rules"},
    "data_access": {"rules", "data_access"},
    "workflows": {"rules", "data_access", "workflows"},
    "monitoring": {"rules", "data_access", "workflows", "monitoring"},
    "demonstration": {"rules", "data_access", "workflows", "monitoring", "demonstration"},
    "dashboard": {"rules", "data_access", "workflows", "dashboard"},
}
NEVER = {
    "data_access": {"dash", "plotly", "flask"},
    "workflows": {"dash", "plotly", "flask"},
    "demonstration": {"dash", "plotly", "flask"},
    "monitoring": {"dash", "plotly", "flask"},
    "dashboard": {"psycopg", "sqlite3", "alembic", "duckdb", "apscheduler", "requests", "httpx", "urllib3"},
}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_the_packages_the_table_allows(package: str) -> None:
    wrong = [
        f"{name(path)}:{line} imports {module}"
        for path in modules(package)
        for line, module, _what in imports(path)
        if top(module) in OWN - MAY_IMPORT[package]
    ]
    assert not wrong, report(wrong)


@pytest.mark.parametrize("package", sorted(NEVER))
def test_a_package_never_imports_the_libraries_the_table_forbids(package: str) -> None:
    wrong = [
        f"{name(path)}:{line} imports {module}"
        for path in modules(package)
        for line, module, _what in imports(path)
        if top(module) in NEVER[package]
    ]
    assert not wrong, report(wrong)


DEMONSTRATION_ROOTS = {"app.py", "demonstration_briefings.py"}


def test_nothing_of_the_product_imports_the_demonstration() -> None:
    wrong = [
        f"{name(path)}:{line}"
        for path in product()
        for line, module, _what in imports(path)
        if top(module) == "demonstration"
        and top(path.relative_to(ROOT).parts[0]) not in ("demonstration", "benchmarks")
        and name(path) not in DEMONSTRATION_ROOTS
    ]
    assert not wrong, report(wrong)


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_no_modules_import_one_another_in_a_circle() -> None:
    """Also not by way of imports inside functions or for types alone."""
    known = {_module(path): path for path in product()}
    graph: dict[str, set[str]] = {}
    for module, path in known.items():
        named = {f"{source}.{what}" if f"{source}.{what}" in known else source for _line, source, what in imports(path)}
        graph[module] = {one for one in named if one in known} - {module}
    # What nobody of the rest imports, or imports nobody of the rest, is in no circle.
    while True:
        imported = {one for targets in graph.values() for one in targets}
        rest = {one: targets & graph.keys() for one, targets in graph.items() if one in imported}
        rest = {one: targets for one, targets in rest.items() if targets}
        if rest == graph:
            break
        graph = rest
    assert not graph, report([f"{one} imports {', '.join(sorted(targets))}" for one, targets in graph.items()])


FOLDER_MODULES = 25


def test_no_folder_holds_more_modules_than_one_can_look_over() -> None:
    folders: dict[str, int] = {}
    for path in files(".py"):
        folder = path.relative_to(ROOT).parent.as_posix()
        folders[folder] = folders.get(folder, 0) + (path.name != "__init__.py")
    wide = [f"{folder}: {count} modules" for folder, count in folders.items() if count > FOLDER_MODULES]
    assert not wide, report(wide)


def test_the_rules_need_the_standard_library_alone() -> None:
    allowed = (sys.stdlib_module_names | {"rules"}) - {"sqlite3", "urllib", "socket", "http", "threading", "subprocess"}
    wrong = [
        f"{name(path)}:{line} imports {module}"
        for path in modules("rules")
        for line, module, _what in imports(path)
        if top(module) not in allowed
    ]
    assert not wrong, report(wrong)


def test_the_rules_never_ask_the_clock() -> None:
    asked = {"now", "today", "utcnow", "time_ns", "monotonic"}
    wrong = [
        f"{name(path)}:{node.lineno} calls {node.func.attr}"
        for path in modules("rules")
        for node in parts(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in asked
    ]
    assert not wrong, report(wrong)


def test_the_dashboard_knows_of_the_database_only_the_types_it_is_handed() -> None:
    wrong = [
        f"{name(path)}:{line} imports {what or module} of {module}"
        for path in modules("dashboard")
        for line, module, what in imports(path)
        if top(module) == "sqlalchemy"
        and (name(path), what)
        not in {
            ("dashboard/site/site.py", "Engine"),
            ("dashboard/site/act.py", "Connection"),
            ("dashboard/site/reading.py", "Connection"),
            ("dashboard/pages/briefings/opening.py", "Connection"),
            ("dashboard/pages/briefings/scheduled.py", "Engine"),
        }
    ]
    assert not wrong, report(wrong)


def test_a_web_worker_does_without_the_machinery_of_imports_and_refreshes_until_it_is_asked_for_it() -> None:
    heavy = ("pyarrow", "openpyxl", "pandas", "statsmodels", "scipy", "ibis", "duckdb", "pyspark", "monitoring")
    found = subprocess.run(
        [sys.executable, "-c", f"import sys, app; print(*(name for name in {heavy} if name in sys.modules))"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert found.stdout.split() == []


def test_the_dashboard_holds_no_sql() -> None:
    statement = re.compile(r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s.+\sSET|DELETE\s+FROM)\b", re.S)
    wrong = [
        f"{name(path)}:{node.lineno}"
        for path in modules("dashboard")
        for node in parts(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and statement.search(node.value)
    ]
    wrong += [
        f"{name(path)}:{node.lineno} executes a statement"
        for path in modules("dashboard")
        for node in parts(path)
        if isinstance(node, ast.Attribute) and node.attr in ("execute", "exec_driver_sql")
    ]
    assert not wrong, report(wrong)


def test_nobody_imports_the_composition_root() -> None:
    wrong = [
        f"{name(path)}:{line}"
        for path in files(".py")
        for line, module, what in imports(path)
        if module == "app" or (not module and what == "app")
    ]
    assert not wrong, report(wrong)


def test_charts_and_components_are_plain_builders_without_callbacks_or_data_access() -> None:
    wrong = [
        f"{name(path)}:{line} imports {what or module}"
        for path in modules("dashboard")
        if path.parent.name in ("charts", "components")
        for line, module, what in imports(path)
        if (module == "data_access.books.published" and what == "Published")
        or module == "data_access.store.engine"
        or what in ("callback", "Input", "Output", "State")
    ]
    assert not wrong, report(wrong)


def test_no_callback_is_registered_at_import_nor_shares_an_output() -> None:
    wrong = []
    for path in modules("dashboard"):
        for _line, module, what in imports(path):
            if module == "dash" and what == "callback":
                wrong.append(f"{name(path)} imports dash.callback")
        wrong += [
            f"{name(path)}:{node.value.lineno} allow_duplicate"
            for node in parts(path)
            if isinstance(node, ast.keyword) and node.arg == "allow_duplicate"
        ]
    assert not wrong, report(wrong)


def test_only_the_graph_factory_configures_a_graph() -> None:
    """plotly.js offers a cloud button by default, so every graph takes the factory's configuration."""
    wrong = []
    for path in modules("dashboard"):
        for node in parts(path):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "Graph":
                config = next((word.value for word in node.keywords if word.arg == "config"), None)
                if config is None or ("CONFIG" not in ast.unparse(config) and ast.unparse(config) != "config"):
                    wrong.append(f"{name(path)}:{node.lineno}")
    assert not wrong, report(wrong)


# --- names and sizes

MODULE_LINES, FUNCTION_LINES = 400, 60
LONG_MODULES = {
    "data_access/store/migrations/versions/0001_initial.py": "written by Alembic",
}
LONG_FUNCTIONS = {
    "data_access/store/migrations/versions/0001_initial.py:upgrade": "written by Alembic",
}


def test_no_module_is_called_utils_helpers_or_common() -> None:
    banned = {"utils", "util", "helpers", "helper", "common", "misc"}
    wrong = [name(path) for path in files(".py") if {path.stem, *path.relative_to(ROOT).parts[:-1]} & banned]
    assert not wrong, report(wrong)


def test_long_modules_are_few_and_have_a_reason() -> None:
    long = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in product()}
    long = {path: lines for path, lines in long.items() if lines > MODULE_LINES}
    assert not long.keys() - LONG_MODULES.keys(), report([f"{path}: {lines} lines" for path, lines in long.items()])
    assert not LONG_MODULES.keys() - long.keys(), f"short again, strike them off the list: {LONG_MODULES.keys() - long}"


def test_long_functions_are_few_and_have_a_reason() -> None:
    long = {}
    for path in product():
        for node in parts(path):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = _own_lines(node)
                if lines > FUNCTION_LINES:
                    long[f"{name(path)}:{node.name}"] = lines
    assert not long.keys() - LONG_FUNCTIONS.keys(), report([f"{where}: {lines} lines" for where, lines in long.items()])
    assert not LONG_FUNCTIONS.keys() - long.keys(), f"short again: {LONG_FUNCTIONS.keys() - long}"


def _own_lines(function: ast.AST) -> int:
    """Lines of a function; functions defined inside it count for themselves."""
    lines = function.end_lineno - function.lineno + 1  # type: ignore[attr-defined]
    for node in ast.iter_child_nodes(function):
        inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        lines -= (node.end_lineno - node.lineno + 1) if inside else 0  # type: ignore[attr-defined]
    return int(lines)


# --- texts

IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
# Modules of names that are data, in their own language everywhere.
OWN_MODULES = {
    "dashboard/exports/office/fonts.py": "names of fonts",
    "dashboard/exports/titles.py": "where a Chinese title is parted",
}
# Names that are data, in their own language everywhere.
OWN_WORDS = {
    ("dashboard/words/wording.py", "中文"): "the language's own name",
    ("dashboard/pages/sign_in/page.py", "中文"): "the language's own name, on the link to it",
    ("dashboard/exports/workbook.py", "宋体"): "the name of a font",
    ("dashboard/exports/sheet_charts.py", "微软雅黑"): "the name of a font",
    ("dashboard/exports/fonts.py", "简报基金〔〕〇－％亿"): "characters that a font is asked for",
    ("dashboard/__init__.py", "基金运行监测"): "the title before the page's own is known",
    ("dashboard/pages/briefings/compose.py", "〇一二三四五六七八九"): "the digits of Chinese numbers",
    (
        "dashboard/pages/briefings/edits.py",
        "年|月|日|期|条|项|个|件|次|人|家|户|类|级|号|季|位|段|节",
    ): "what Chinese counts with",
    ("dashboard/pages/briefings/compose.py", "十"): "the ten of Chinese numbers",
}


def _texts_not_marked(path: Path) -> Iterator[tuple[int, str]]:
    """String literals with ideographs that are neither in a call of ``_`` or ``N_`` nor docstrings."""
    module = tree(path)
    spared: set[int] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "N_"):
            spared.update(id(part) for argument in node.args for part in ast.walk(argument))
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            spared.add(id(body[0].value))
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spared:
            text = node.value
            if IDEOGRAPH.search(text) and name(path) not in OWN_MODULES and (name(path), text) not in OWN_WORDS:
                yield node.lineno, text


def test_every_chinese_text_of_the_dashboard_is_marked_for_translation() -> None:
    wrong = [f"{name(path)}:{line} {text!r}" for path in modules("dashboard") for line, text in _texts_not_marked(path)]
    assert not wrong, report(wrong)


def test_monitoring_words_nothing_for_a_reader() -> None:
    """What is said outside the system is worded by functions that the composition root hands in."""
    wrong = [
        f"{name(path)}:{line} {text!r}" for path in modules("monitoring") for line, text in _texts_not_marked(path)
    ]
    assert not wrong, report(wrong)


@cache
def extracted() -> dict[str, str]:
    """Every marked text of the dashboard → the first module that says it."""
    found: dict[str, str] = {}
    for path in modules("dashboard"):
        for node in parts(path):  # also calls within f-strings, which extraction by tokens misses on 3.11
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "N_"):
                text = node.args[0]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    found.setdefault(text.value, name(path))
    return found


@cache
def english() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(message.id): str(message.string or "") for message in read_po(file) if message.id}


def _placeholders(text: str) -> list[str]:
    return sorted({field for _literal, field, _spec, _conversion in string.Formatter().parse(text) if field})


def test_every_text_has_an_english_translation() -> None:
    missing = [f"{module}: {text}" for text, module in extracted().items() if not english().get(text)]
    assert not missing, f"{len(missing)} without a translation:" + report(missing)


def test_a_translation_names_the_same_figures_as_its_text() -> None:
    wrong = [
        f"{text} → {said}" for text, said in english().items() if said and _placeholders(text) != _placeholders(said)
    ]
    assert not wrong, report(wrong)


# Shown with decimals, a calendar year, or a limit of thousands: never a bare 1.
NEVER_ONE = {"value", "change", "score", "points", "mean", "median", "possible", "months", "year", "limit", "insured"}


def test_a_count_in_english_bends_the_word_beside_it() -> None:
    """「{count}个地区」 is not 1 regions: {count:region|regions} stands where a measure word follows the count."""
    counted = re.compile(r"\{(\w+)\} ?(?:个|项|条|件|人|行|天|次|地|批|笔|处|列|年|位)")
    wrong = []
    for text, said in english().items():
        for figure in {found[1] for found in counted.finditer(text)} - NEVER_ONE:
            plural = re.search(rf"\{{{figure}\}} (?!is\b|was\b|has\b|days on average)[a-z-]+s\b", said)
            if plural and f"{{{figure}:" not in said:
                wrong.append(f"{text} → {said}")
    assert not wrong, report(wrong)


def test_the_catalogue_holds_no_text_that_nothing_says() -> None:
    stale = sorted(english().keys() - extracted().keys())
    assert not stale, f"{len(stale)} stale:" + report(stale)


def test_no_translation_is_left_in_chinese() -> None:
    # Documents are cited by number and article in every language.
    cited = re.compile(
        r"[苏晋吉国]政?发〔\d{4}〕\d+号|附件\d|[一二三四五六七八九十]?（[一二三四五六七八九十]）|(?<=附件\d )[一二三四五六七八九十]|(?<= )[一二三四五六七八九十](?=（|\{|$|\)|,|\.)"
    )
    wrong = [f"{text} → {said}" for text, said in english().items() if IDEOGRAPH.search(cited.sub("", said))]
    assert not wrong, report(wrong)


def test_every_department_that_indicators_and_sources_name_has_a_name() -> None:
    from dashboard.words.departments import NAMES
    from data_access.intake.reference import reference_rows
    from rules.department import Department
    from rules.indicators import INDICATORS

    assert NAMES.keys() == {*Department, "source"}  # the department of the source: said in words
    assert {row["department"] for row in reference_rows("sources")} <= {*Department}
    assert {one for indicator in INDICATORS.values() for one in indicator.responsible} <= NAMES.keys()


def test_a_department_is_named_in_words_where_it_is_shown_and_where_files_are_read() -> None:
    """Elsewhere it is a code; a text of the dashboard may of course speak of one."""
    spoken = {"人社", "财政", "税务", "人行"}
    naming = {"dashboard/words/departments.py", "data_access/intake/importers/tables/declaration.py"}
    found = {
        name(path)
        for path in modules(*PACKAGES)
        for node in parts(path)
        if isinstance(node, ast.Constant) and node.value in spoken
    }
    assert found == naming


# --- sources and requirements


def test_every_open_names_its_encoding() -> None:
    wrong = []
    for path in files(".py"):
        for node in parts(path):
            if isinstance(node, ast.Call) and not _encoded(node):
                wrong.append(f"{name(path)}:{node.lineno} {ast.unparse(node)[:80]}")
    assert not wrong, report(wrong)


def _encoded(call: ast.Call) -> bool:
    """Whether a call that opens or reads text names its encoding; true for calls that do neither."""
    if isinstance(call.func, ast.Name) and call.func.id == "open":
        mode = call.args[1] if len(call.args) > 1 else None
    elif isinstance(call.func, ast.Attribute) and call.func.attr == "open":
        if ast.unparse(call.func.value) in (
            "os",
            "webbrowser",
            "tarfile",
            "zipfile",
            "archive",
            "pdfplumber",
            "_opener",
        ):
            return True
        mode = call.args[0] if call.args else None
    elif isinstance(call.func, ast.Attribute) and call.func.attr in ("read_text", "write_text"):
        return any(word.arg == "encoding" for word in call.keywords)
    else:
        return True
    mode = next((word.value for word in call.keywords if word.arg == "mode"), mode)
    if isinstance(mode, ast.Constant) and "b" in str(mode.value):
        return True
    return any(word.arg == "encoding" for word in call.keywords)


REQUIREMENT = re.compile(r"^[A-Za-z0-9_.-]+(\[[a-z,]+\])?==[0-9][0-9A-Za-z.]*\s+# \S.+$")


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt", "requirements-cluster.txt"])
def test_every_requirement_is_pinned_and_says_why(file: str) -> None:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    needed = [line for line in lines if line.strip() and not line.startswith(("#", "-r "))]
    wrong = [line for line in needed if not REQUIREMENT.match(line)]
    assert needed and not wrong, report(wrong)


def _requirements(file: str) -> Iterator[tuple[str, str]]:
    """(distribution, comment) of every line that requires something."""
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if REQUIREMENT.match(line):
            yield re.split(r"[\[=]", line)[0], line.partition("#")[2].strip()


def _modules_of(distribution: str) -> set[str]:
    """The modules and packages that a distribution brings; of stubs, the library they type."""
    sources = [file for file in metadata.files(distribution) or () if file.suffix in (".py", ".pyi")]
    return {file.parts[0].removesuffix(file.suffix).removesuffix("-stubs") for file in sources}


# What nothing here imports says in its comment who does: [loaded by DISTRIBUTION], or where it is started: [run in FILE].
LOADED = re.compile(r"\[(loaded by|run in) ([\w./-]+)\]$")


def _is_loaded(distribution: str, brings: set[str], comment: str) -> bool:
    marked = LOADED.search(comment)
    if marked is None:
        return False
    if marked[1] == "run in":
        return re.search(rf"\b{distribution}\b", (ROOT / marked[2]).read_text(encoding="utf-8")) is not None
    if any(point.group.startswith(marked[2]) for point in metadata.distribution(distribution).entry_points):
        return True
    load = re.compile(rf"^\s*(import|from) ({'|'.join(brings)})\b", re.M)
    sources = [file for file in metadata.files(marked[2]) or () if file.suffix == ".py"]
    return any(load.search(file.read_text(encoding="utf-8")) for file in sources)


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_imported_or_says_what_loads_it(file: str) -> None:
    from_here = product() if file == "requirements.txt" else list(files(".py"))
    imported = {top(module) for path in from_here for _line, module, _what in imports(path)}
    wrong = []
    for distribution, comment in _requirements(file):
        brings = _modules_of(distribution)
        if not brings & imported and not _is_loaded(distribution, brings, comment):
            wrong.append(f"{distribution}: nothing imports {', '.join(sorted(brings))}")
    assert not wrong, report(wrong)


def test_every_library_imported_is_required() -> None:
    listed = (ROOT / "requirements.txt").read_text(encoding="utf-8").lower()
    listed += (ROOT / "requirements-cluster.txt").read_text(encoding="utf-8")  # asked for only where it is configured
    known = {
        "ibis": "ibis-framework",
        "dotenv": "python-dotenv",
        "yaml": "pyyaml",
        "pydantic_settings": "pydantic-settings",
    }
    known |= {"charset_normalizer": "charset-normalizer", "python_calamine": "python-calamine"}
    known |= {"pptx": "python-pptx", "docx": "python-docx", "argon2": "argon2-cffi"}
    known |= {"flask_limiter": "flask-limiter", "prometheus_client": "prometheus-client"}
    brought = {
        "flask": "dash",
        "werkzeug": "dash",
        "click": "dash",
        "itsdangerous": "dash",
        "pydantic": "pydantic-settings",
    }
    wrong = []
    for path in modules(*PACKAGES) + [
        ROOT / one
        for one in (
            "app.py",
            "audit_commands.py",
            "backup_commands.py",
            "commands.py",
            "account_commands.py",
            "token_commands.py",
            "persons_commands.py",
            "demonstration_briefings.py",
            "settings.py",
            "terminal.py",
        )
    ]:
        for line, module, _what in imports(path):
            library = top(module).lower()
            package = brought.get(library, known.get(library, library))
            if library not in sys.stdlib_module_names and library not in OWN and f"\n{package}" not in "\n" + listed:
                wrong.append(f"{name(path)}:{line} {module}")
    assert not wrong, report(wrong)


TEXT = (
    ".py",
    ".js",
    ".css",
    ".md",
    ".toml",
    ".txt",
    ".json",
    ".csv",
    ".po",
    ".yml",
    ".yaml",
    ".cfg",
    ".svg",
    ".html",
    "",
)
# Written apart, so that this file is not one of those it looks for.
MACHINE = re.compile(
    r"(?<![\w.])(/" + r"work/|/" + r"shared/|/" + r"home/\w|/" + r"Users/\w|/" + r"root/)|[A-Z]:\\" + r"Users"
)
LOOPBACK = {"127.0.0.1", "0.0.0.0", "255.255.255.255"}
# Networks that documents and tests may name: loopback, the private ten and the three set aside for examples.
EXAMPLE = ("127.", "10.", "203.0.113.", "192.0.2.", "198.51.100.")
ADDRESS = re.compile(r"(?<![\d.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d.])")


def _lines() -> Iterator[tuple[Path, int, str]]:
    for path in files(*TEXT):
        if path.name == "package-lock.json" or path.stat().st_size > 4_000_000:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            yield path, number, line


def test_nothing_in_the_tree_names_a_place_on_somebodys_machine() -> None:
    wrong = [f"{name(path)}:{number} {line.strip()[:100]}" for path, number, line in _lines() if MACHINE.search(line)]
    assert not wrong, report(wrong)


def test_nothing_in_the_tree_names_a_host_by_its_number() -> None:
    wrong = []
    for path, number, line in _lines():
        if path.suffix in (".py", ".js", ".toml", ".txt", ".md", ".yml", "") and "==" not in line:
            hosts = [one for one in ADDRESS.findall(line) if one not in LOOPBACK and not one.startswith(EXAMPLE)]
            wrong += [f"{name(path)}:{number} {host}" for host in hosts]
    assert not wrong, report(wrong)


def test_the_site_and_its_assets_name_no_other_site() -> None:
    allowed = ("http://www.w3.org/", "http://127.0.0.1", "http://{")
    wrong = []
    for path in [
        *modules("dashboard"),
        *(p for p in files(".js", ".css", ".svg") if p.relative_to(ROOT).parts[0] == "assets"),
    ]:
        for address in re.findall(r"(?:https?:)?//[A-Za-z0-9{][^\s\"')]*", path.read_text(encoding="utf-8")):
            if address.startswith("http") and not address.startswith(allowed):
                wrong.append(f"{name(path)}: {address}")
    assert not wrong, report(wrong)


def test_the_partial_chart_library_is_the_one_plotly_carries() -> None:
    manifest = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    (version,) = manifest["dependencies"].values()
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert version == get_plotlyjs_version()
    assert [one["version"] for path, one in locked.items() if path] == [version]
