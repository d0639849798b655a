"""The canvas during training: told only while somebody looks, and what stays afterwards."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from designer.gui.editing.page import NetworkPage
from designer.network.edits import Rename, SetSettings
from designer.progress import LAYERS, LayerReading, LayersNews, StageNews

PLAIN = LayerReading(0.0, 1.0, None, 8, 0.001, 0.1, 1e-3)


class Run:
    """A stand-in for training: tells what it is given, and notes whether anybody wants to hear of layers."""

    def __init__(self):
        self.news = []
        self.wanted = False
        self.end = threading.Event()

    def __call__(self, progress):
        while not self.end.is_set():
            self.wanted = progress.wanted(LAYERS)
            while self.news:
                progress.report(self.news.pop(0))
            progress.raise_if_cancelled()
            self.end.wait(0.002)


@pytest.fixture
def run(context):
    made = Run()
    yield made
    made.end.set()


@pytest.fixture
def overlaying(page):
    return page.canvas.furniture.overlaying


def told(iteration, **values):
    ids = {name.replace("_", "."): replace(PLAIN, gradient=value) for name, value in values.items()}
    return LayersNews(iteration, 1, ids)


def hear(qtbot, page, run, *news):
    run.news.extend(news)
    last = [n for n in news if isinstance(n, LayersNews)]
    if last:
        qtbot.waitUntil(lambda: page.watching.live.iteration == last[-1].iteration)
    else:
        qtbot.waitUntil(lambda: page.watching.live.stage == news[-1])


def begin(qtbot, context, page, run):
    context.runner.start("Training", run)
    hear(qtbot, page, run, StageNews(1, 2, "Head", frozenset({"fc"})))


def finish(qtbot, context, run):
    run.end.set()
    qtbot.waitUntil(lambda: not context.runner.running())


def test_layers_are_told_of_only_while_the_overlay_is_seen(page, qtbot, context, run, overlaying):
    begin(qtbot, context, page, run)
    assert not run.wanted
    overlaying.choose("gradient")
    qtbot.waitUntil(lambda: run.wanted)
    page.hide()
    qtbot.waitUntil(lambda: not run.wanted)
    page.show()
    qtbot.waitUntil(lambda: run.wanted)
    overlaying.choose("parameters")
    qtbot.waitUntil(lambda: not run.wanted)
    overlaying.choose("learning")
    assert not page.watching._job._worker.mail.wanted(LAYERS)


def test_an_overlay_chosen_before_holds_for_the_run_that_begins(page, qtbot, context, run, overlaying):
    overlaying.choose("update")
    assert "while the network is trained" in overlaying.tints.note
    begin(qtbot, context, page, run)
    qtbot.waitUntil(lambda: run.wanted)
    assert "next batches" in overlaying.tints.note


def test_values_come_live_without_a_new_arrangement(page, qtbot, context, run, overlaying):
    overlaying.choose("gradient")
    arranged, recoloured = [], []
    page.canvas.arranged.connect(lambda: arranged.append(1))
    overlaying.recoloured.connect(lambda: recoloured.append(1))
    begin(qtbot, context, page, run)
    picture = page.canvas.picture
    hear(qtbot, page, run, told(10, fc=0.5, stem_conv=0.25))
    assert overlaying.tints.boxes["fc"].label == "0.5"
    hear(qtbot, page, run, told(20, fc=0.125))
    assert overlaying.tints.boxes["fc"].label == "0.125"
    assert "stem.conv" not in overlaying.tints.boxes
    assert page.canvas.view.item.tints is overlaying.tints
    assert page.canvas.furniture.legend.isVisible()
    assert recoloured
    assert not arranged
    assert page.canvas.picture is picture


def test_the_last_values_stay_when_training_is_over(page, qtbot, context, run, overlaying):
    overlaying.choose("gradient")
    begin(qtbot, context, page, run)
    hear(qtbot, page, run, told(30, fc=0.5))
    finish(qtbot, context, run)
    assert overlaying.tints.boxes["fc"].label == "0.5"
    assert "As of iteration 30" in overlaying.tints.note
    overlaying.choose("learning")
    assert overlaying.tints.boxes == {}


def test_values_of_edited_layers_are_not_shown_until_that_is_undone(page, qtbot, context, run, overlaying):
    overlaying.choose("gradient")
    begin(qtbot, context, page, run)
    hear(qtbot, page, run, told(10, fc=0.5, block_conv=0.25))
    before = context.session.network["block.conv"].settings
    context.session.apply(SetSettings("block.conv", {"padding": 2}))
    assert set(overlaying.tints.boxes) == {"fc"}
    hear(qtbot, page, run, told(20, fc=0.5, block_conv=0.25))
    assert set(overlaying.tints.boxes) == {"fc"}
    context.session.apply(SetSettings("block.conv", {"padding": before["padding"]}))
    context.session.apply(Rename("fc", "head"))
    assert set(overlaying.tints.boxes) == {"fc", "block.conv"}


def test_another_network_has_none_of_these_values(page, qtbot, context, run, overlaying, tiny_network):
    overlaying.choose("gradient")
    begin(qtbot, context, page, run)
    hear(qtbot, page, run, told(10, fc=0.5))
    with qtbot.waitSignal(page.canvas.arranged):
        context.session.open(tiny_network, None)
    assert overlaying.tints.boxes == {}
    qtbot.waitUntil(lambda: not run.wanted)
    # What the former run still tells concerns nobody.
    run.news.append(told(20, fc=0.5))
    qtbot.waitUntil(lambda: not run.news)
    finish(qtbot, context, run)
    assert overlaying.tints.boxes == {}


def test_a_new_run_begins_without_the_values_of_the_last(page, qtbot, context, run, overlaying):
    overlaying.choose("gradient")
    begin(qtbot, context, page, run)
    hear(qtbot, page, run, told(10, fc=0.5))
    finish(qtbot, context, run)
    run.end.clear()
    begin(qtbot, context, page, run)
    assert overlaying.tints.boxes == {}


def test_the_current_stage_is_shown(page, qtbot, context, run, overlaying):
    overlaying.choose("learning")
    begin(qtbot, context, page, run)
    assert overlaying.tints.boxes["fc"].mark == "trainable"
    assert overlaying.tints.boxes["block.conv"].mark == "frozen"
    hear(qtbot, page, run, StageNews(2, 2, "Block", frozenset({"fc", "block.conv"})))
    assert overlaying.tints.boxes["block.conv"].mark == "trainable"
    assert "Stage 2 of 2: Block." in overlaying.tints.note


def test_a_page_that_is_made_during_training_knows_the_stage(qtbot, context, run, tiny_network):
    context.session.open(tiny_network, None)
    job = context.runner.start("Training", run)
    run.news.append(StageNews(1, 1, "", frozenset({"fc"})))
    qtbot.waitUntil(lambda: job.stage is not None)
    page = NetworkPage(context)
    page.resize(900, 600)
    page.show()
    page.canvas.furniture.overlaying.choose("learning")
    qtbot.waitUntil(lambda: page.canvas.furniture.overlaying.tints is not None)
    assert page.canvas.furniture.overlaying.tints.boxes["fc"].mark == "trainable"


def test_the_menu_offers_them_where_the_network_can_be_trained(page, overlaying, qapp):
    menu = page.canvas.furniture.overlay_menu
    rows = {action.text(): action for action in menu.actions()}
    assert rows["Gradient norm"].isVisible()
    rows["Dead activations"].trigger()
    assert overlaying.key == "dead"
    assert rows["Dead activations"].isChecked()


def test_the_comparison_does_not_offer_them(qtbot, context):
    from designer.gui.editing.canvas.canvas import Canvas
    from designer.gui.editing.selection import Selection

    canvas = Canvas(context.runner, context.look, Selection())
    menu = canvas.furniture.overlay_menu
    assert "Gradient norm" not in [action.text() for action in menu.actions() if action.isVisible()]
    canvas.furniture.overlaying.choose("gradient")
    assert canvas.furniture.overlaying.key == ""
    canvas.deleteLater()
