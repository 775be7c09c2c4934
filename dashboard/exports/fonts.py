"""Which fonts of this machine can write Chinese, by style. None comes with the project and none is guessed: a font is
taken only when its own table of characters holds what official documents need."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# What a font is asked for: it may be big and lack the full-width signs or 〇.
ASKED = frozenset("简报基金〔〕〇－％亿")
SECONDS = 20.0
# Names of the same style, the best first; the last are what stands in for it.
STYLES: Mapping[str, Sequence[str]] = {
    "song": ("SimSun", "NSimSun", "Songti SC", "FandolSong", "Source Han Serif SC", "Noto Serif CJK SC", "Noto Serif SC"),
    "hei": (
        "SimHei", "Microsoft YaHei", "PingFang SC", "STHeiti", "FandolHei", "Source Han Sans SC", "Noto Sans CJK SC",
        "Noto Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback",
    ),
    "kai": ("KaiTi_GB2312", "KaiTi", "STKaiti", "FZKai-Z03", "FandolKai", "LXGW WenKai", "AR PL KaitiM GB", "AR PL UKai CN"),
    "fang": ("FangSong_GB2312", "FangSong", "STFangsong", "FZFangSong-Z02", "FandolFang"),
}  # fmt: skip
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/Library/Fonts", "/System/Library/Fonts")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font file."""

    family: str
    path: str
    number: int
    bold: bool


@cache
def chinese_fonts() -> Mapping[str, Face]:
    """The regular face of each style that there is here; ``any`` is one that can write Chinese whatever its style. Empty
    where none can."""
    known: dict[str, list[Face]] = {}
    for one in faces():
        if not one.bold:
            known.setdefault(one.family, []).append(one)
    found = {}
    for style, names in STYLES.items():
        face = next((one for name in names for one in known.get(name, ()) if characters(one) >= ASKED), None)
        if face is not None:
            found[style] = face
    others = (one for faces_of in known.values() for one in faces_of if characters(one) >= ASKED)
    stands_in = found.get("hei") or found.get("song") or next(iter(found.values()), None) or next(others, None)
    return {**found, "any": stands_in} if stands_in is not None else {}


@cache
def characters(face: Face) -> frozenset[str]:
    """What a face can write; nothing where its file cannot be read."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(face.path, fontNumber=face.number, lazy=True) as font:
            return frozenset(map(chr, font.getBestCmap() or ()))
    except (OSError, TTLibError, KeyError):
        return frozenset()


@cache
def faces() -> tuple[Face, ...]:
    """The faces of this machine that may write Chinese, by fontconfig, or from the usual folders where it is not there."""
    command = shutil.which("fc-list")
    return tuple(_listed(command) if command else _found())


def _listed(command: str) -> Iterator[Face]:
    form = "%{file}\t%{index}\t%{family}\t%{weight}\n"
    named = {name for names in STYLES.values() for name in names}
    try:
        listed = subprocess.run(
            [command, ":lang=zh-cn", "--format", form],
            capture_output=True,
            timeout=SECONDS,
            encoding="utf-8",
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return
    for line in sorted(set(listed.splitlines())):
        path, number, families, weight = [*line.split("\t"), "", "", ""][:4]
        names = families.split(",")
        family = next((name for name in names if name in named), names[0])
        # Numbers above 65535 are instances of a variable font.
        if family and number.isdigit() and int(number) < 1 << 16 and weight.isdigit() and int(weight) in (80, 100, 200):
            yield Face(family, path, int(number), int(weight) == 200)


def _found() -> Iterator[Face]:
    folders = FOLDERS if sys.platform != "win32" else (f"{os.environ.get('WINDIR', '')}/Fonts",)
    for folder in folders:
        for path in sorted(Path(folder).expanduser().rglob("*")):
            if path.suffix.lower() in (".ttf", ".ttc", ".otf", ".otc"):
                yield from _faces_of(path)


def _faces_of(path: Path) -> Iterator[Face]:
    from fontTools.ttLib import TTCollection, TTFont, TTLibError

    try:
        collection = path.suffix.lower() in (".ttc", ".otc")
        fonts = TTCollection(str(path), lazy=True).fonts if collection else [TTFont(str(path), lazy=True)]
        for number, font in enumerate(fonts):
            family = font["name"].getDebugName(1) or ""
            yield Face(family, str(path), number, (font["name"].getDebugName(2) or "").startswith("Bold"))
    except (OSError, TTLibError, KeyError):
        return
