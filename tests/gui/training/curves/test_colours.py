"""Every line can be seen, and told from the others, whatever colours one sees."""

from itertools import combinations

import numpy as np
import pytest

from designer.gui.look.tokens import DARK, LIGHT, contrast
from designer.gui.training.curves.colours import FAINT, MOST_RUNS, STYLES, line_colours, run_colours

# Machado, Oliveira and Fernandes (2009), severity 1: what people see who lack one kind of cone.
SIGHTS = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def lab(colour, sight):
    """CIE L*a*b* of '#rrggbb' as seen."""
    value = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(SIGHTS[sight]) @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ seen
    xyz = xyz / np.array([0.9505, 1, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("choose", [line_colours, run_colours])
def test_lines_stand_out_from_the_ground(colours, choose):
    assert min(contrast(line, colours.surface) for line in choose(colours)) >= 3


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_faint_lines_stand_out_too(colours):
    def mixed(line):
        pairs = [(int(line[i : i + 2], 16), int(colours.surface[i : i + 2], 16)) for i in (1, 3, 5)]
        share = FAINT / 255
        return "#" + "".join(f"{round(share * over + (1 - share) * under):02x}" for over, under in pairs)

    assert contrast(mixed(line_colours(colours)[0]), colours.surface) >= 3


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("choose", [line_colours, run_colours])
def test_lines_are_told_apart(colours, choose, sight):
    pairs = combinations(choose(colours), 2)
    # 10 is "clearly another colour"; lines are thin, so three times as much is asked for
    assert min(float(np.linalg.norm(lab(a, sight) - lab(b, sight))) for a, b in pairs) >= 29


def test_as_many_runs_as_there_are_colours_and_styles():
    assert len(set(run_colours(LIGHT))) == len(set(run_colours(DARK))) == MOST_RUNS // len(STYLES)
