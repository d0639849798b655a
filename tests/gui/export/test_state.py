from dataclasses import replace
from pathlib import Path

import pytest

from designer.gui.export.state import check_pictures, resolve
from designer.session.data import ImageData, Picture
from designer.session.options import ExportOptions
from designer.session.results import Facts, Problem

PICTURES = tuple(Picture(Path(f"{i}.png"), i % 3) for i in range(30))
DATA = ImageData(Path(), ("cat", "dog", "owl"), PICTURES, (), tuple(range(20)), tuple(range(20, 30)), 0.3, 0)
OPTIONS = ExportOptions(check_pictures=4)


def test_a_sound_network_can_be_exported(tiny_network):
    state = resolve(tiny_network, None, DATA, OPTIONS)
    assert state.can_export
    assert state.hint == "The file is compared with the network on 4 of your pictures."


@pytest.mark.parametrize(("count", "wanted"), [(0, "made-up"), (1, "one of your")])
def test_the_hint_tells_what_is_compared(tiny_network, count, wanted):
    assert wanted in resolve(tiny_network, None, DATA, ExportOptions(check_pictures=count)).hint
    assert "made-up" in resolve(tiny_network, None, None, OPTIONS).hint


def test_what_keeps_it_from_starting(tiny_network):
    assert resolve(None, None, None, OPTIONS).need == "Open a network"
    wrong = Facts(problems=(Problem("error", "fc", "fc is bad."),))
    assert resolve(tiny_network, wrong, DATA, OPTIONS).reason == "fc is bad."
    assert "Training" in resolve(tiny_network, None, DATA, OPTIONS, busy_with="Training").reason
    assert resolve(tiny_network, None, DATA, OPTIONS, running=True).can_cancel


def test_pictures_are_spread_over_the_validation_pictures():
    assert check_pictures(DATA, OPTIONS) == (20, 22, 25, 27)
    assert check_pictures(DATA, ExportOptions(check_pictures=99)) == tuple(range(20, 30))
    assert check_pictures(replace(DATA, validation=()), ExportOptions(check_pictures=2)) == (0, 15)
    assert check_pictures(None, OPTIONS) == ()
