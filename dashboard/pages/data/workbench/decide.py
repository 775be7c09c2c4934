"""对应: what a person decides on a file: which table, what is the same for every row, what each name stands for."""

from __future__ import annotations

from collections.abc import Mapping as Map, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import forms
from dashboard.components.parts import Child
from dashboard.pages.data.workbench.bench import OnBench
from dashboard.pages.data.workbench.rows import said
from dashboard.site.act import Act, Deed, Part
from dashboard.site.fields import Choice, Field, Sent, Text, Tick, blank
from dashboard.site.reading import Reading
from dashboard.words.problems import column_name, table_name
from dashboard.words.published import UNITS, measure_name, unit_words
from dashboard.words.rejections import FORMS
from dashboard.words.wording import N_, _, language, name_of
from data_access.intake.importers.tables import TABLES
from data_access.intake.sources.status import every_source
from rules.movements import MOVEMENTS, Account
from rules.published import MEASURES
from rules.scheme import Scheme, load_scheme, scheme_codes
from workflows.people.rights import uploadable

if TYPE_CHECKING:
    from data_access.intake.workbench.mapping import Mapping
    from data_access.intake.workbench.offer import Offer
    from data_access.intake.workbench.reading import Guess

NOT_TAKEN = "-"
SAME = "same"
# Guesses that concern every row: the column that they fill in.
OF_ALL = {"department": "department", "report": "form", "account": "account"}
MOST_TEXT = 200
MOST_LISTED = 400
ENCODINGS = ("utf-8", "gb18030", "big5", "shift_jis", "euc_kr", "latin-1", "utf-16")
TOLD_BY = {
    "alias": N_("常用的别称"),
    "short": N_("省内只此一处"),
    "code": N_("代码的另一种写法"),
    "of_which": N_("是另一行的其中数，不再相加"),
    "beside": N_("旁边都是这一级的地区"),
    "form": N_("写法不同，数值不变"),
    "decided": N_("由人认定"),
    "unknown": N_("不认识这个名称"),
}
AXES = {
    "region": N_("地区"),
    "item": N_("项目"),
    "measure": N_("指标"),
    "span": N_("期间"),
    "year": N_("年度"),
    "month": N_("月份"),
    "form": N_("数字写法"),
    "date": N_("日期写法"),
    "column": N_("列"),
}


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a file: on which ``axis`` (empty: not known), its ``text``, the ``code`` it is taken for (empty: none),
    by what, and in how many cells."""

    axis: str
    text: str
    code: str
    told_by: str
    cells: int


@dataclass(frozen=True, eq=False)
class Told(Field[list[tuple[str, str]]]):
    """For each name listed what it stands for: (text, AXIS:CODE)."""

    def _read(self, sent: Sent) -> list[tuple[str, str]]:
        texts, codes = sent.all(f"{self.name}-text"), sent.all(f"{self.name}-code")
        return [(text[:MOST_TEXT], code[:MOST_TEXT]) for text, code in zip(texts, codes, strict=False) if code]

    def recorded(self, value: list[tuple[str, str]]) -> Map[str, object]:
        return {self.name: dict(value)}


@dataclass(frozen=True, eq=False)
class Constants(Field[dict[str, str]]):
    """What every row says in a column: by the column's code."""

    def _read(self, sent: Sent) -> dict[str, str]:
        names, values = sent.all(f"{self.name}-column"), sent.all(f"{self.name}-value")
        known = {column.code for table in TABLES.values() for column in table.columns}
        return {
            name: value.strip()[:MOST_TEXT]
            for name, value in zip(names, values, strict=False)
            if name in known and value.strip()
        }

    def recorded(self, value: dict[str, str]) -> Map[str, object]:
        return {self.name: value}


def _targets(reading: Reading) -> Sequence[tuple[str, str]]:
    return [("", _("按内容判断")), *((name, table_name(name)) for name in uploadable(reading.scope))]


def _schemes(_reading: Reading) -> Sequence[tuple[str, str]]:
    return [(code, name_of(load_scheme(code))) for code in scheme_codes()]


def _units(_reading: Reading) -> Sequence[tuple[str, str]]:
    return [("", _("按表上所写")), ("fen", _("分")), *((code, unit_words(code)) for code in UNITS)]


def _encodings(_reading: Reading) -> Sequence[tuple[str, str]]:
    return [("", _("按内容判断")), *((code, code) for code in ENCODINGS)]


TARGET = blank(Choice("target", N_("归入的表"), options=_targets))
SCHEME = Choice("scheme", N_("统筹制度"), options=_schemes)
UNIT = blank(Choice("unit", N_("单位"), options=_units))
ENCODING = blank(Choice("encoding", N_("文字编码"), options=_encodings))
COMMA = Tick("decimal_comma", N_("小数点写成逗号（1234,56）"))
DAY_FIRST = Tick("day_first", N_("日期按日、月、年写（15/02/2025）"))
WITHOUT_HIDDEN = Tick("without_hidden", N_("隐藏的行不取"))
TOLD = Told("told", N_("名称"), required=False)
CONSTANTS = Constants("constant", N_("各行相同"), required=False)
VERSION = Text("version", N_("版本"), hidden=True, kept=False)
FIELDS = (TARGET, SCHEME, UNIT, ENCODING, COMMA, DAY_FIRST, WITHOUT_HIDDEN, TOLD, CONSTANTS, VERSION)


def names_on(on: OnBench) -> list[Name]:
    """The names that are guessed or unknown, and those that a person told before: unknown ones first."""
    found: dict[str, Name] = {}
    for offer in on.examined.previewed.offers:
        for question in offer.questions:
            if question.about == "name" and not asked_column(offer, question.text):
                found.setdefault(question.text, Name("", question.text, "", "unknown", len(question.addresses)))
        if offer.understood is None:
            # Each column is a field, or not taken.
            found |= {head: Name("column", head, "", "unknown", offer.rows) for head in offer.left_out}
    for axis, told in on.draft.mapping.names.items():
        found |= {text: Name(axis, text, code, "decided", 0) for text, code in told.items()}
    for text in on.draft.mapping.left_out:
        found[text] = Name("", text, NOT_TAKEN, "decided", 0)
    for guess in guesses(on):
        if not guess.written:
            found.setdefault(guess.text, Name(guess.axis, guess.text, guess.code, guess.told_by, guess.cells))
    return [*found.values()][:MOST_LISTED]


def guesses(on: OnBench) -> list[Guess]:
    """What was told by itself, over all sheets."""
    return [guess for offer in on.examined.previewed.offers for guess in offer.guesses]


def asked_column(offer: Offer, text: str) -> str:
    """The column that a question asks to fill in, "" where it asks what a name on the sheet stands for."""
    column = text.partition(" ")[0]  # "movement premium": which one carries this item
    return column if column in columns_of(offer) else ""


def columns_of(offer: Offer) -> frozenset[str]:
    """The columns of the table that a sheet offers rows of."""
    return frozenset(column.code for column in TABLES[offer.target].columns) if offer.target in TABLES else frozenset()


def code_name(on: OnBench, axis: str, code: str) -> str:
    """What a guess is taken for, as it is called."""
    scheme = on.draft.mapping.constants.get("scheme", "")
    if axis == "item" and scheme in scheme_codes() and code in {one.code for one in load_scheme(scheme).items}:
        return name_of(load_scheme(scheme).item(code))
    if axis == "region":
        found = on.examined.previewed.regions.get(code)
        return code if found is None else f"{name_of(found)} {code}"
    if axis == "measure":
        return measure_name(code)
    return _(FORMS[code][0]) if code in FORMS else said(on.examined, axis, code)


def missing(on: OnBench) -> list[str]:
    """The columns that nobody says what stands in."""
    asked: dict[str, None] = {}
    for offer in on.examined.previewed.offers:
        for question in offer.questions:
            if question.about == "name" and (column := asked_column(offer, question.text)):
                asked[column] = None
            if question.about == "period":
                asked["year"] = None
    return [*asked]


def form(reading: Reading, on: OnBench, act: Act) -> Component:
    """The decisions on a file, each with what it is now, in the form of the act that takes them."""
    mapping = on.draft.mapping
    scheme = _scheme(reading, mapping)
    constants = dict.fromkeys(missing(on), "") | {
        name: value for name, value in mapping.constants.items() if name != "scheme"
    }
    values: dict[Field[Any], Any] = {
        TARGET: mapping.target,
        SCHEME: scheme.code,
        UNIT: mapping.unit or "",
        ENCODING: mapping.encoding or "",
        COMMA: mapping.decimal_comma,
        DAY_FIRST: mapping.day_first,
        WITHOUT_HIDDEN: mapping.without_hidden,
        VERSION: str(on.draft.version),
    }
    shown: list[Part] = [
        (TARGET, SCHEME, UNIT, ENCODING),
        (COMMA, DAY_FIRST, WITHOUT_HIDDEN),
        *_constants(reading, on, constants, scheme),
    ]
    shown += [_names(on, scheme), VERSION]
    return act.form(reading, values, shown, button=_("按此重读"))


def _scheme(reading: Reading, mapping: Mapping) -> Scheme:
    code = mapping.constants.get("scheme", "")
    return load_scheme(code) if code in scheme_codes() else reading.scheme


def _constants(reading: Reading, on: OnBench, constants: Map[str, str], scheme: Scheme) -> list[Child]:
    made: list[Component] = []
    for name, value in constants.items():
        options = _options_of(reading, on, name, scheme)
        value_field = (
            forms.control("select", "constant-value", value, options=[("", _("未定")), *options])
            if options
            else forms.control("text", "constant-value", value)
        )
        table = on.draft.mapping.target or on.examined.target
        label = column_name(table, name) if table else name
        made.append(html.Div([forms.hidden("constant-column", name), forms.field(label, value_field)]))
    return [forms.row(*made)] if made else []


def _options_of(reading: Reading, on: OnBench, column: str, scheme: Scheme) -> list[tuple[str, str]]:
    """What may stand in a column that takes codes; nothing for free text."""
    match column:
        case "region":
            return _regions(on, scheme)
        case "item":
            return [(item.code, name_of(item)) for item in scheme.items]
        case "source":
            return [(code, f"{name_of(one)} {code}") for code, one in reading.ask(every_source).items()]
        case "movement":
            return [(code, one.name if language() == "zh" else code) for code, one in MOVEMENTS.items()]
        case "account":
            return [(str(one), str(one)) for one in Account]
    return []


def _regions(on: OnBench, scheme: Scheme) -> list[tuple[str, str]]:
    """Those of the scheme's province; of a published table the nation, provinces and cities."""
    regions = on.examined.previewed.regions.items()
    if scheme.kind == "ledger":
        chosen = [(code, one) for code, one in regions if one.province == scheme.province]
    else:
        chosen = [(code, one) for code, one in regions if one.level not in ("county", "district")]
    return [(code, f"{name_of(one)} {code}") for code, one in sorted(chosen)]


def _names(on: OnBench, scheme: Scheme) -> Component:
    """One line a name: what it is taken for, by what, in how many cells."""
    names = names_on(on)
    if not names:
        return html.P(_("表上的名称都认识，没有推断。"), className="dim")
    offered: dict[str, list[tuple[str, str]]] = {
        "region": [(f"region:{code}", name) for code, name in _regions(on, scheme)],
        "item": [(f"item:{item.code}", name_of(item)) for item in scheme.items],
        "measure": _measures(),
        "column": _columns_offered(on),
        **{axis: _same(on, column) for axis, column in OF_ALL.items()},
        "span": [("span:month", _("本月数")), ("span:to_date", _("累计数")), ("span:earlier", _("上年或其他期，不取"))],
    }
    head = html.Thead(html.Tr([html.Th(text, scope="col") for text in (_("表上"), _("读作"), _("依据"), _("格数"))]))
    body = []
    for name in names:
        axes = [name.axis] if name.axis in offered else [axis for axis in offered if axis not in OF_ALL]
        options = [(NOT_TAKEN, _("不取"))] + [pair for axis in axes for pair in offered[axis]]
        axis = f"{SAME}:{OF_ALL[name.axis]}" if name.axis in OF_ALL else name.axis
        value = NOT_TAKEN if name.code == NOT_TAKEN else f"{axis}:{name.code}" if name.code else ""
        if value and value not in {code for code, _text in options}:
            options.append((value, name.code))
        cells = [
            html.Td([forms.hidden("told-text", name.text), name.text]),
            html.Td(forms.control("select", "told-code", value, options=[("", _("未定")), *options])),
            html.Td(_(TOLD_BY.get(name.told_by, name.told_by)), className="dim"),
            html.Td(str(name.cells) if name.cells else "", className="r n"),
        ]
        body.append(html.Tr(cells))
    return html.Div(html.Table([head, html.Tbody(body)], className="t told"), className="scroll")


def _columns_offered(on: OnBench) -> list[tuple[str, str]]:
    table = TABLES.get(on.draft.mapping.target or on.examined.target)
    return (
        [(f"column:{one.code}", _("列：{name}", name=column_name(table.name, one.code))) for one in table.columns]
        if table
        else []
    )


def _same(on: OnBench, code: str) -> list[tuple[str, str]]:
    """What every row may say in a column of choices."""
    table = TABLES.get(on.draft.mapping.target or on.examined.target)
    column = next((one for one in table.columns if one.code == code), None) if table else None
    choices = [str(one) for one in Account] if code == "account" else column.choices if column else ()
    return [(f"{SAME}:{code}:{choice}", said(on.examined, code, choice)) for choice in choices]


def _measures() -> list[tuple[str, str]]:
    return [(f"measure:{code}", measure_name(code)) for code in MEASURES]


def mapping_from(was: Mapping, deed: Deed) -> Mapping:
    """The mapping that a form decides. A guess that was agreed to is a decision from then on."""
    told: dict[str, dict[str, str]] = {}
    left_out: list[str] = []
    constants: dict[str, str] = deed[CONSTANTS]
    for text, code in deed[TOLD]:
        axis, _mark, value = code.partition(":")
        if code == NOT_TAKEN:
            left_out.append(text)
        elif axis == SAME:
            column, _mark, same = value.partition(":")
            constants[column] = same
        elif axis in AXES and value:
            told.setdefault(axis, {})[text] = value
    return replace(
        was,
        target=deed[TARGET] or "",
        unit=deed[UNIT],
        constants={"scheme": deed[SCHEME], **constants},
        names=told,
        left_out=tuple(left_out),
        encoding=deed[ENCODING],
        decimal_comma=deed[COMMA],
        day_first=deed[DAY_FIRST],
        without_hidden=deed[WITHOUT_HIDDEN],
    )
