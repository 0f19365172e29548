"""Where in the picture to look: polygons to look in and polygons to ignore."""

from collections.abc import Sequence
from dataclasses import dataclass

from detector.types import Box

Point = tuple[float, float]
Polygon = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Zones:
    """Polygons in shares of the frame's width and height, 0 to 1, so that they hold at any resolution.

    With no include polygon the whole picture counts; an exclude polygon wins over an include polygon. A polygon has at
    least three corners; ValueError otherwise.
    """

    include: tuple[Polygon, ...] = ()
    exclude: tuple[Polygon, ...] = ()

    def __post_init__(self) -> None:
        for polygon in (*self.include, *self.exclude):
            if len(polygon) < 3:
                raise ValueError(f"a zone needs at least three corners, got {len(polygon)}")

    def allows(self, box: Box, width: int, height: int) -> bool:
        """Whether the middle of a box, in pixels of a width by height frame, lies where plates are wanted."""
        if not self.include and not self.exclude:
            return True
        x, y = box.center
        point = (x / width, y / height)
        if any(contains(polygon, point) for polygon in self.exclude):
            return False
        return not self.include or any(contains(polygon, point) for polygon in self.include)


def zones_from_table(table: object) -> Zones:
    """Return the zones that a JSON table holds under include and exclude, either of which may be left out.

    Raises:
        ValueError: It holds something else.
    """
    if not isinstance(table, dict) or not table.keys() <= {"include", "exclude"}:
        raise ValueError("a table with include, exclude or both was expected")
    try:
        include, exclude = (_polygons(table.get(part, ())) for part in ("include", "exclude"))
    except TypeError as error:
        raise ValueError(f"a polygon is a list of corners, each a pair of numbers ({error})") from error
    return Zones(include, exclude)


def zones_to_table(zones: Zones) -> dict[str, tuple[Polygon, ...]]:
    """Return the table that zones_from_table reads."""
    return {"include": zones.include, "exclude": zones.exclude}


def _polygons(rows: Sequence[Sequence[Sequence[float]]]) -> tuple[Polygon, ...]:
    return tuple(tuple((float(x), float(y)) for x, y in polygon) for polygon in rows)


def contains(polygon: Polygon, point: Point) -> bool:
    """Whether a point lies in a polygon, by the even-odd rule."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            inside = not inside
    return inside
