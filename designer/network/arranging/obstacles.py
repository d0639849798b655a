"""Boxes by where they lie, to find those that a line would pass through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from designer.network.arranging.drawing import Point, Rectangle

_SIDE = 320.0
"""Side of the squares by which boxes are found."""
TOUCH = 0.5
"""A line may come this far into a box."""


class Obstacles:
    """Boxes that lines must not pass through."""

    def __init__(self, boxes: Mapping[int, Rectangle]) -> None:
        self._squares: dict[tuple[int, int], list[int]] = {}
        self.boxes = boxes
        for number, box in boxes.items():
            for x in range(int(box.x // _SIDE), int(box.right // _SIDE) + 1):
                for y in range(int(box.y // _SIDE), int(box.bottom // _SIDE) + 1):
                    self._squares.setdefault((x, y), []).append(number)

    def within(self, left: float, top: float, right: float, bottom: float) -> Iterator[int]:
        """Numbers of the boxes that an area would meet by more than a touch; some may come twice."""
        squares, boxes = self._squares, self.boxes
        left, right, top, bottom = left + TOUCH, right - TOUCH, top + TOUCH, bottom - TOUCH
        for x in range(int(min(left, right) // _SIDE), int(max(left, right) // _SIDE) + 1):
            for y in range(int(min(top, bottom) // _SIDE), int(max(top, bottom) // _SIDE) + 1):
                for number in squares.get((x, y), ()):
                    box = boxes[number]
                    if (
                        left < box.x + box.width
                        and box.x < right
                        and top < box.y + box.height
                        and box.y < bottom
                    ):
                        yield number

    def on(self, start: Point, end: Point) -> Iterator[int]:
        """Numbers of the boxes that a level or upright line would pass through."""
        (x0, y0), (x1, y1) = start, end
        squares, boxes = self._squares, self.boxes
        left, right = (x0, x1) if x0 < x1 else (x1, x0)
        top, bottom = (y0, y1) if y0 < y1 else (y1, y0)
        for x in range(int(left // _SIDE), int(right // _SIDE) + 1):
            for y in range(int(top // _SIDE), int(bottom // _SIDE) + 1):
                for number in squares.get((x, y), ()):
                    box = boxes[number]
                    if (
                        left < box.x + box.width - TOUCH
                        and box.x + TOUCH < right
                        and top < box.y + box.height - TOUCH
                        and box.y + TOUCH < bottom
                    ):
                        yield number

    def free(self, points: Sequence[Point]) -> bool:
        """Whether a line passes through no box; its ends may lie on the borders of theirs."""
        return not any(True for start, end in pairwise(points) for _ in self.on(start, end))
