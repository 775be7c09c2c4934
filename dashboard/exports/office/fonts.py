"""The faces named in office files. Names only: none is shipped, and a reader's machine takes what it has for one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces of one language in slides and charts: Latin and East Asian."""

    latin: str
    east_asian: str = "微软雅黑"

    @property
    def pair(self) -> tuple[str, str]:
        return self.latin, self.east_asian


SLIDES = {"zh": Faces("Microsoft YaHei"), "en": Faces("Arial")}
