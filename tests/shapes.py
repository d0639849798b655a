"""Drawn pictures with several labels each: circles, squares and bars, there or not, and a table of them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

NAMES = ("bar", "circle", "square")
COLOURS = {"bar": (70, 90, 220), "circle": (220, 60, 60), "square": (60, 190, 80)}
LIKELY = {"bar": 0.25, "circle": 0.5, "square": 0.6}
"""How often each is there."""


def draw(shown: frozenset[str], generator: np.random.Generator, side: int = 32) -> Image.Image:
    """A grey picture with noise and these shapes, each at a place of its own."""
    noise = generator.normal(0, 12, (side, side, 3))
    picture = Image.fromarray(np.clip(150 + noise, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    for name in sorted(shown):
        size = int(generator.integers(side // 4, side // 3 + 1))
        x, y = (int(value) for value in generator.integers(1, side - size - 1, 2))
        if name == "circle":
            pen.ellipse((x, y, x + size, y + size), fill=COLOURS[name])
        elif name == "square":
            pen.rectangle((x, y, x + size, y + size), fill=COLOURS[name])
        else:
            pen.rectangle((x, 1, x + 4, side - 2), fill=COLOURS[name])
    return picture


def make_shapes(
    folder: Path, count: int, seed: int = 0, *, columns: bool = False
) -> dict[str, frozenset[str]]:
    """Draw `count` pictures into `folder` with their table; returns what each shows, by file name."""
    generator = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    truth: dict[str, frozenset[str]] = {}
    for number in range(count):
        shown = frozenset(name for name in NAMES if generator.random() < LIKELY[name])
        truth[f"{number:03}.png"] = shown
        draw(shown, generator).save(folder / f"{number:03}.png")
    write_table(folder, truth, columns=columns)
    return truth


def write_table(folder: Path, truth: dict[str, frozenset[str]], *, columns: bool = False) -> None:
    """Write 'labels.csv': labels in one column, or a column for each class."""
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("file", *NAMES) if columns else ("file", "labels"))
        for name, shown in truth.items():
            marks = [int(label in shown) for label in NAMES]
            writer.writerow((name, *marks) if columns else (name, ";".join(sorted(shown))))
