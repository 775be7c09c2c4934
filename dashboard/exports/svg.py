"""A picture as SVG: shapes and over them texts, all in points. Texts stay texts, in one font that the picture names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Literal

SIZE = 9.0  # of the texts
ABOVE, CENTRE = 0.88 * SIZE, 0.38 * SIZE  # of a text over its base line: all of it, and its middle
LINE = 1.45 * SIZE
Anchor = Literal["start", "middle", "end"]
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Svg:
    """A picture being drawn; ``family`` is the font of its texts."""

    width: float
    height: float
    family: str
    shapes: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def whole(self) -> str:
        """The picture as one element."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width:.2f}pt" height="{self.height:.2f}pt"'
            f' viewBox="0 0 {self.width:.2f} {self.height:.2f}">{"".join(self.shapes)}'
            f'<g font-family="{escape(self.family)}" font-size="{SIZE:g}">{"".join(self.texts)}</g></svg>'
        )

    def shape(self, path: str, **look: object) -> None:
        """A path with its attributes, ``stroke_width`` for stroke-width; nothing where there is no path."""
        if path:
            said = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in look.items())
            self.shapes.append(f'<path d="{path}"{said}/>')

    def line(self, points: Points, colour: str, width: float, dash: Sequence[float] = ()) -> None:
        """A line through points; its dashes are told in its width."""
        look = {"stroke_dasharray": " ".join(f"{part * width:g}" for part in dash)} if dash else {}
        self.shape(path(points), fill="none", stroke=colour, stroke_width=width, stroke_linejoin="round", **look)

    def text(
        self,
        x: float,
        y: float,
        said: str,
        colour: str,
        anchor: Anchor = "start",
        *,
        bold: bool = False,
        slant: float = 0.0,
    ) -> None:
        """A text whose first base line stands at the point, further lines below; a slanting one rises to the point."""
        look = ' font-weight="bold"' if bold else ""
        if slant:
            look += f' transform="rotate({-slant:g} {x:.2f} {y:.2f})"'
            y += ABOVE
        for place, one in enumerate(said.split("\n")):
            self.texts.append(
                f'<text x="{x:.2f}" y="{y + place * LINE:.2f}" text-anchor="{anchor}" fill="{colour}"{look}>'
                f"{escape(one)}</text>"
            )


def path(points: Points, *, closed: bool = False) -> str:
    """A path through points; "" without any."""
    through = "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
    return f"M{through}{'Z' if closed else ''}" if through else ""


def circle(x: float, y: float, radius: float) -> str:
    halves = (f"a{radius:g} {radius:g} 0 0 1 {across:g} 0" for across in (2 * radius, -2 * radius))
    return f"M{x - radius:.2f} {y:.2f}{''.join(halves)}"
