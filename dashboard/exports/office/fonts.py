"""The faces named in office files. Names only: none is shipped, and a reader's machine takes what it has for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.exports.blocks import FontSet


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces of one language in slides and charts: Latin and East Asian."""

    latin: str
    east_asian: str = "微软雅黑"

    @property
    def pair(self) -> tuple[str, str]:
        return self.latin, self.east_asian


SLIDES = {"zh": Faces("Microsoft YaHei"), "en": Faces("Arial")}


@dataclass(frozen=True, slots=True)
class Fonts:
    """The faces of an official document: text 仿宋, second headings 楷体, first headings 黑体, titles 小标宋, tables and page
    numbers 宋体, digits and Latin letters; ``bold_title`` where the title's face stands for 小标宋."""

    text: str
    kai: str
    hei: str
    title: str
    song: str
    latin: str = "Times New Roman"
    bold_title: bool = False


GB2312 = Fonts("仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体")
WINDOWS = Fonts("仿宋", "楷体", "黑体", "宋体", "宋体", bold_title=True)
FOUNDER = Fonts("方正仿宋_GBK", "方正楷体_GBK", "方正黑体_GBK", "方正小标宋_GBK", "方正书宋_GBK")
# What offices choose between, by the setting; the first is what most print with.
SETS: Mapping[FontSet, Fonts] = {"gb2312": GB2312, "windows": WINDOWS, "founder": FOUNDER}

# What a machine without a face may take in its place, best first.
_ALIKE = (
    ("仿宋_GB2312", "仿宋", "方正仿宋_GBK", "FangSong"),
    ("楷体_GB2312", "楷体", "方正楷体_GBK", "KaiTi"),
    ("黑体", "方正黑体_GBK", "SimHei"),
    ("方正小标宋简体", "方正小标宋_GBK", "宋体", "SimSun"),
    ("宋体", "方正书宋_GBK", "SimSun"),
    ("微软雅黑", "Microsoft YaHei", "黑体"),
)


def alternatives(face: str) -> list[str]:
    """Other faces like one; none for a face that every machine has."""
    family = next((family for family in _ALIKE if face in family), ())
    return [name for name in family if name != face]
