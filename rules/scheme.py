"""Scheme profiles (统筹制度): one TOML file per scheme, read once, every parameter a list of dated values.

A scheme is one province, one fund and one policy profile. Adding a province needs a TOML file and region
rows, no Python.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from rules.errors import NotInForce, ProfileError
from rules.movements import MOVEMENTS, Account

HERE = Path(__file__).parent
Side = Literal["income", "expenditure"]
Status = Literal["enacted", "planned", "assumed", "adopted"]
# What a profile may say; only the province itself adopts 省定, by a decision of its own.
STATUSES = ("enacted", "planned", "assumed")
MANAGEMENT_GAP = "management_gap_from"


@dataclass(frozen=True, slots=True)
class Item:
    """One fund item.

    ``between_levels`` marks 上级补助、下级上解、补助下级、上解上级, which 收入小计/支出小计 leave out.
    """

    code: str
    side: Side
    name: str
    name_en: str
    parent: str | None = None
    between_levels: bool = False


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """One dated value of a parameter with where it comes from.

    ``source`` is the article (document and number), of a value the province adopted the number of its decision; None
    where the document leaves it open; then ``reason`` says why this value is assumed 暂定. ``unverified`` (待核) is true when it is used after the profile's ``verified_through``.
    """

    name: str
    value: object
    starts_on: date
    status: Status
    source: str | None = None
    reason: str | None = None
    region: str | None = None
    unverified: bool = False

    @property
    def assumed(self) -> bool:
        return self.status == "assumed"


@dataclass(frozen=True, slots=True)
class Parameter:
    """``settable``: an administrator may set it where it is assumed; what the books are laid out by cannot change.

    ``adoptable``: the document does not know it at all, and there is no value until the province adopts it.
    """

    code: str
    name: str
    unit: str
    values: tuple[ParameterValue, ...]
    name_en: str = ""
    settable: bool = True
    adoptable: bool = False


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme's profile. Item order is the order of the execution form.

    A ``mechanism`` works between schemes (中央调剂): it has parameters and no ledger, and nobody can select it.
    ``assessment_label`` is what the province calls its assessment: 考核 or 评估. ``plan_units`` are districts and
    functional areas that are planned for apart from their city's urban area. ``policy_side`` is what the document calls the
    first side of 四位一体, 政策 or 行政. ``articles`` says by indicator where the document speaks of it; what it does not
    speak of has none. ``currency`` is that of its money: published tables of other countries keep their own.
    """

    code: str
    kind: Literal["ledger", "published", "mechanism"]
    fund: str
    province: str
    name: str
    name_en: str
    short_name: str
    short_name_en: str
    document: str
    pooled_from: date | None
    verified_through: date | None
    items: tuple[Item, ...]
    parameters: Mapping[str, Parameter]
    assessment_label: str = "考核"
    plan_units: tuple[str, ...] = ()
    policy_side: str = "政策"
    articles: Mapping[str, str] = field(default_factory=dict)
    currency: str = "CNY"

    @property
    def local_items(self) -> tuple[str, ...]:
        """The income items that are the localities' duty; empty where there is no ledger."""
        value = self._laid_out("local_items")
        return tuple(map(str, value)) if isinstance(value, list) else ()

    @property
    def disburse_account(self) -> str:
        """The account that the province's disbursement goes to before it is paid out."""
        return str(self._laid_out("disburse_account") or Account.LOCAL_FISCAL)

    def _laid_out(self, code: str) -> object:
        return self.parameters[code].values[0].value if code in self.parameters else None

    def knows(self, concept: str | None, on: date) -> bool:
        """Whether a concept that a parameter stands for (管理性缺口) exists here on a day: laid down by the document, or
        adopted by the province. What needs no concept exists always."""
        if concept is None:
            return True
        values = self.parameters[concept].values if concept in self.parameters else ()
        decided = max((value for value in values if value.starts_on <= on), key=lambda one: one.starts_on, default=None)
        return decided is not None and isinstance(decided.value, date) and decided.value <= on

    def item(self, code: str) -> Item:
        for item in self.items:
            if item.code == code:
                return item
        raise ProfileError(f"{self.code} has no item {code}", scheme=self.code, item=code)

    def children(self, code: str) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.parent == code)

    def leaves(self, code: str | None = None, side: Side | None = None) -> tuple[str, ...]:
        """Codes of the items entries are booked on: those below ``code`` (itself if it has no children), or all."""
        if code is not None:
            below = self.children(code)
            return tuple(item.code for item in below) or (self.item(code).code,)
        parents = {item.parent for item in self.items}
        return tuple(item.code for item in self.items if item.code not in parents and side in (None, item.side))

    def parameter(self, code: str, on: date, region: str | None = None) -> ParameterValue:
        """The value in force on a day: the region's own where it has one then, else the province's.

        Raises NotInForce before the first value, ProfileError for an unknown parameter.
        """
        if code not in self.parameters:
            raise ProfileError(f"{self.code} has no parameter {code}", scheme=self.code, parameter=code)
        known = [v for v in self.parameters[code].values if v.starts_on <= on and v.region in (None, region)]
        if not known:
            raise NotInForce(f"{self.code}.{code} has no value on {on}", scheme=self.code, parameter=code, on=on)
        own = [value for value in known if value.region is not None]
        latest_own = max(own, key=lambda value: value.starts_on, default=None)
        latest = max((v for v in known if v.region is None), key=lambda value: value.starts_on, default=None)
        # A local transition ends when the province's rule has a later value.
        chosen = latest_own or latest
        if latest_own and latest and latest.starts_on > latest_own.starts_on:
            chosen = latest
        assert chosen is not None
        if self.verified_through is not None and on > self.verified_through:
            fields = {name: getattr(chosen, name) for name in chosen.__slots__}
            return ParameterValue(**{**fields, "unverified": True})
        return chosen


def _read_toml(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file, parse_float=Decimal)
    except (OSError, tomllib.TOMLDecodeError) as problem:
        raise ProfileError(f"{path.name}: {problem}", file=path.name) from problem


def _items(fund: dict[str, object]) -> tuple[Item, ...]:
    return tuple(Item(**row) for row in fund["items"])  # type: ignore[attr-defined]


def _parameter(code: str, raw: dict[str, object]) -> Parameter:
    values = []
    for row in raw["values"]:  # type: ignore[attr-defined]
        if row["status"] not in STATUSES or ("reason" if row["status"] == "assumed" else "source") not in row:
            raise ProfileError(f"parameter {code}: status or its source/reason is missing", parameter=code)
        given = {key: value for key, value in row.items() if key != "from"}
        values.append(ParameterValue(name=str(raw["name"]), starts_on=row["from"], **given))
    return Parameter(
        code,
        str(raw["name"]),
        str(raw.get("unit", "")),
        tuple(values),
        str(raw.get("name_en", "")),
        bool(raw.get("settable", True)),
        bool(raw.get("adoptable", False)),
    )


@cache
def load_scheme(code: str) -> Scheme:
    """The profile of a scheme. Raises ProfileError when there is no such file or it is malformed."""
    path = HERE / "schemes" / f"{code}.toml"
    if not path.is_file():
        raise ProfileError(f"there is no scheme {code}", scheme=code)
    raw = _read_toml(path)
    fund = _read_toml(HERE / "funds" / f"{raw['fund']}.toml")
    try:
        scheme = Scheme(
            code=str(raw["code"]),
            kind=raw["kind"],  # type: ignore[arg-type]
            fund=str(raw["fund"]),
            province=str(raw["province"]),
            name=str(raw["name"]),
            name_en=str(raw["name_en"]),
            short_name=str(fund["short_name"]),
            short_name_en=str(fund["short_name_en"]),
            document=str(raw["document"]),
            pooled_from=raw.get("pooled_from"),  # type: ignore[arg-type]
            verified_through=raw.get("verified_through"),  # type: ignore[arg-type]
            items=_items(fund),
            parameters={k: _parameter(k, v) for k, v in raw.get("parameters", {}).items()},  # type: ignore[attr-defined]
            assessment_label=str(raw.get("assessment_label", "考核")),
            plan_units=tuple(raw.get("plan_units", ())),  # type: ignore[arg-type]
            policy_side=str(raw.get("policy_side", "政策")),
            articles=raw.get("articles", {}),  # type: ignore[arg-type]
            currency=str(raw.get("currency", "CNY")),
        )
    except (KeyError, TypeError) as problem:
        raise ProfileError(f"{path.name}: {problem}", file=path.name) from problem
    if scheme.code != code:
        raise ProfileError(f"{path.name} names itself {scheme.code}", file=path.name)
    return scheme


@cache
def profile_codes() -> tuple[str, ...]:
    """Everything that has a profile, by code: the schemes and the mechanism between them."""
    return tuple(sorted(path.stem for path in (HERE / "schemes").glob("*.toml")))


@cache
def scheme_codes() -> tuple[str, ...]:
    """Every scheme that can be selected, by code."""
    return tuple(code for code in profile_codes() if load_scheme(code).kind != "mechanism")


def movements_of(scheme: Scheme) -> tuple[str, ...]:
    """The movements this scheme's ledger may use: the reserve exists in work injury only, 拨付到支出户 only where money
    reaches the expenditure account by way of another."""
    unused = {"reserve_in", "reserve_out"} if scheme.fund != "work_injury" else set()
    if scheme.disburse_account == Account.EXPENDITURE:
        unused.add("local_disburse")
    return tuple(code for code in MOVEMENTS if code not in unused)
