"""How the network is looked at: filter, levels, overlays, breadcrumbs, and what a project keeps of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication, QMenu, QToolButton

from designer.gui.editing.canvas.content import TALL, WIDTH
from designer.gui.editing.canvas.hiding_menu import HiddenChip, toggled
from designer.gui.editing.canvas.marks import Overlay
from designer.network.document import Document
from designer.network.edits import RemoveLayer, SetPlaces
from designer.network.groups import GROUP
from designer.network.network import Layer, Place
from designer.session.results import Problem


def lines(canvas):
    return {(line.source, line.target) for line in canvas.picture.arrangement.lines}


def row(menu, text):
    return next(action for action in menu.actions() if action.text().startswith(text))


def test_activations_are_hidden_and_shown_by_the_menu(canvas, qtbot):
    menu, chip = canvas.furniture.hiding_menu, canvas.findChild(HiddenChip)
    assert not chip.isVisible()
    high = canvas.furniture.bar.height()
    menu.fill()
    assert row(menu, "Activation").text() == "Activation (1)"
    with qtbot.waitSignal(canvas.arranged):
        row(menu, "Activation").trigger()
    assert "stem.relu" not in canvas.picture.keys
    assert ("stem.bn", "block.conv") in lines(canvas)
    assert chip.isVisible()
    assert chip.text() == "1 layer hidden - show"
    # What is seen does not jump.
    assert canvas.furniture.bar.height() == canvas.furniture.bar.sizeHint().height() == high
    assert chip.height() >= chip.fontMetrics().height() + 8
    menu.fill()
    assert row(menu, "Activation").isChecked()
    with qtbot.waitSignal(canvas.arranged):
        chip.click()
    assert "stem.relu" in canvas.picture.keys
    assert not chip.isVisible()


def test_one_kind_is_hidden_alone(canvas, qtbot):
    menu = canvas.furniture.hiding_menu
    menu.fill()
    by_kind = row(menu, "By kind").menu()
    texts = [action.text() for action in by_kind.actions()]
    assert "Flatten (1)" in texts
    assert not any(text.startswith("Addition") for text in texts)
    with qtbot.waitSignal(canvas.arranged):
        row(by_kind, "Flatten").trigger()
    assert canvas.mirror.sight.hidden == {"Flatten"}


def test_hiding_and_showing_a_category():
    assert toggled({"a"}, {"b", "c"}) == {"a", "b", "c"}
    assert toggled({"a", "b"}, {"b", "c"}) == {"a", "b", "c"}
    assert toggled({"a", "b", "c"}, {"b", "c"}) == {"a"}


def test_a_network_with_hidden_layers_can_be_edited(canvas, qtbot, tiny_network):
    with qtbot.waitSignal(canvas.arranged):
        canvas.set_hidden({"ReLU", "BatchNorm2d", "Flatten"})
    after = RemoveLayer("drop").apply(tiny_network)
    with qtbot.waitSignal(canvas.arranged):
        canvas.update_network(after, True)
    assert "drop" not in canvas.picture.view.shown
    assert set(canvas.picture.view.shown) == set(after.layers)
    assert "stem.bn" not in canvas.picture.keys
    # It leads nowhere now, so it is seen.
    assert "flatten" in canvas.picture.keys


def test_levels(canvas, qtbot):
    with qtbot.waitSignal(canvas.arranged):
        canvas.mirror.collapse_level()
    assert {GROUP + "stem", GROUP + "block"} <= set(canvas.picture.keys)
    with qtbot.waitSignal(canvas.arranged):
        canvas.mirror.expand_level()
    assert "stem.bn" in canvas.picture.keys


def test_what_a_project_keeps_is_seen_again(make_canvas, qtbot, tiny_network, facts):
    one = make_canvas(tiny_network, facts)
    with qtbot.waitSignal(one.arranged):
        one.set_direction("right")
    with qtbot.waitSignal(one.arranged):
        one.toggle("stem")
    with qtbot.waitSignal(one.arranged):
        one.set_hidden({"Flatten"})
    one.furniture.overlaying.choose("macs")
    one.furniture.minimap.want(False)
    one.view.zoom_to(1.5)
    one.view.reveal(one.picture.rectangle("fc"))
    state = json.loads(json.dumps(one.view_state()))
    other = make_canvas(tiny_network, facts)
    with qtbot.waitSignal(other.arranged):
        other.restore_view(state)
    assert other.mirror.sight == one.mirror.sight
    assert other.furniture.overlaying.key == "macs"
    assert not other.furniture.minimap.wanted
    assert other.view.scale_now == pytest.approx(1.5)
    before, after = one.view.seen, other.view.seen
    assert (after.x, after.y) == (pytest.approx(before.x, abs=3), pytest.approx(before.y, abs=3))
    assert other.view_state()["expanded"] == ["block"]


def test_it_can_be_restored_while_the_network_is_still_being_arranged(make_canvas, qtbot, tiny_network):
    canvas = make_canvas(tiny_network)
    state = {**canvas.view_state(), "look": {"scale": 1.25, "key": "fc", "x": 10.0, "y": 10.0}}
    with qtbot.waitSignal(canvas.arranged):
        canvas.open(tiny_network)
        canvas.restore_view(state)
    assert canvas.view.scale_now == pytest.approx(1.25)
    there = canvas.picture.rectangle("fc")
    seen = canvas.view.seen
    assert seen.x + seen.width / 2 == pytest.approx(there.x + 10, abs=2)
    assert seen.y + seen.height / 2 == pytest.approx(there.y + 10, abs=2)


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"overlay": "nonsense", "map": "yes", "expanded": 3, "direction": None},
        {"overlay": ["macs"], "look": {"scale": "1"}},
        {"overlay": "time"},
        {"look": {"scale": 1e9, "key": "gone", "x": -1e9, "y": 1e9}},
    ],
)
def test_rubbish_in_a_project_is_passed_over(canvas, qtbot, state):
    sight = canvas.mirror.sight
    with qtbot.assertNotEmitted(canvas.failed):
        canvas.restore_view(state)
    assert canvas.furniture.overlaying.key == ""
    assert canvas.mirror.sight == sight
    assert 0 < canvas.view.scale_now <= 3


def test_an_overlay_is_chosen_shown_and_closed(canvas):
    menu, legend = canvas.furniture.overlay_menu, canvas.furniture.legend
    assert not legend.isVisible()
    row(menu, "Parameters").trigger()
    assert legend.isVisible()
    assert "Parameters" in legend.accessibleName()
    assert canvas.view.item.tints.boxes["block.conv"].share == 1.0
    legend.closed.emit()
    assert not legend.isVisible()
    assert canvas.view.item.tints is None
    assert row(menu, "Category").isChecked()


def test_the_legend_has_room_for_its_marks(canvas, qtbot):
    legend = canvas.furniture.legend
    canvas.furniture.overlaying.choose("parameters")
    before = legend.sizeHint().height()
    canvas.furniture.overlaying.choose("frozen")
    rows = [legend._marks.itemAt(n).widget() for n in range(legend._marks.count())]
    assert len(rows) == 1
    qtbot.waitUntil(lambda: all(row.isVisible() for row in rows))
    assert legend.sizeHint().height() != before
    assert all(legend.rect().contains(row.geometry()) for row in rows)


def test_a_comparison_can_be_chosen_while_there_is_one(canvas):
    menu = canvas.furniture.overlay_menu
    canvas.set_overlay(Overlay("Compared with the original", marks={"fc": "changed"}))
    chosen = row(menu, "Compared with the original")
    assert chosen.isVisible()
    assert chosen.isChecked()
    assert canvas.view.item.tints.boxes["fc"].mark == "changed"
    row(menu, "Parameters").trigger()
    chosen.trigger()
    assert canvas.view.item.tints.title == "Compared with the original"
    canvas.set_overlay(None)
    assert not chosen.isVisible()
    assert canvas.view.item.tints is None


def test_an_overlay_follows_groups_facts_and_edits(canvas, qtbot, tiny_network, facts):
    canvas.furniture.overlaying.choose("frozen")
    canvas.update_network(tiny_network.with_layers(replace(tiny_network["fc"], frozen=True)), False)
    assert canvas.view.item.tints.boxes["fc"].mark == "frozen"
    with qtbot.waitSignal(canvas.arranged):
        canvas.toggle("stem")
    assert canvas.view.item.tints.boxes[GROUP + "stem"].mark == "trainable"


def test_measured_time_is_asked_for_once_and_told_when_it_is_old(canvas, qtbot, tiny_network):
    overlaying = canvas.furniture.overlaying
    with qtbot.waitSignal(overlaying.times_asked):
        overlaying.choose("time")
    assert overlaying.tints.note == "Measuring ..."
    overlaying.set_times({"fc": 0.004, "pool": 0.001}, tiny_network)
    assert overlaying.tints.boxes["pool"].share == 0.5
    assert overlaying.tints.boxes["fc"].label == "4.00 ms"
    with qtbot.assertNotEmitted(overlaying.times_asked):
        overlaying.choose("time")
    canvas.update_network(tiny_network.with_layers(replace(tiny_network["fc"], settings={})), False)
    assert "before the last edits" in overlaying.tints.note
    with qtbot.waitSignal(overlaying.times_asked):
        overlaying.choose("time")
    canvas.open(tiny_network)
    assert overlaying.key == ""


def test_breadcrumbs_lead_to_groups_and_back(canvas, selection):
    crumbs = canvas.furniture.crumbs
    selection.select(["stem.bn"])
    assert [crumb.text for crumb in crumbs.way] == ["tiny", "stem", "bn"]
    canvas.view.zoom_to(3.0)
    crumbs.chosen.emit(crumbs.way[1])
    assert selection.layers == ("stem.conv", "stem.bn", "stem.relu")
    seen, frame = canvas.view.seen, canvas.picture.rectangle(GROUP + "stem")
    assert seen.x <= frame.x
    assert seen.bottom >= frame.bottom
    assert [crumb.text for crumb in crumbs.way] == ["tiny", "stem"]
    crumbs.chosen.emit(crumbs.way[0])
    assert selection.layers == ()
    assert canvas.view.seen.bottom >= canvas.picture.arrangement.height


def test_what_stands_beside_a_crumb_is_listed_and_leads_there(canvas, selection):
    crumbs = canvas.furniture.crumbs
    selection.select(["stem.bn"])
    menu = QMenu(canvas)
    crumbs._fill(menu, crumbs.way[2])
    assert [action.text() for action in menu.actions()] == ["conv", "bn", "relu"]
    assert row(menu, "bn").isChecked()
    row(menu, "relu").trigger()
    assert selection.layers == ("stem.relu",)


def deep(network, names):
    """The small network with its last layers in groups within groups."""
    inside = {"block.add": 1, "pool": 2, "flatten": 3, "drop": 4, "fc": 4}
    groups = {layer_id: ".".join(names[:depth]) for layer_id, depth in inside.items()}
    return network.with_layers(
        *(replace(network[i], name=f"{group}.{i.split('.')[-1]}", group=group) for i, group in groups.items())
    )


def test_narrow_breadcrumbs_fold_the_middle_into_a_menu_and_keep_the_last(
    make_canvas, tiny_network, selection
):
    names = ["backbone", "features", "denseblock", "denselayer"]
    canvas = make_canvas(deep(tiny_network, names), selection=selection)
    crumbs = canvas.furniture.crumbs
    selection.select(["drop"])
    texts = ["tiny", *names, "drop"]
    assert [crumb.text for crumb in crumbs.way] == texts

    def read() -> list[str]:
        steps = [button for button in crumbs.findChildren(QToolButton) if button.isVisibleTo(crumbs)]
        for button in steps:
            # Nothing is squeezed but the last one where it stands alone.
            assert button.width() >= button.sizeHint().width() or len(crumbs.shown) == 1
        return [button.text() for button in steps if button.text()]

    def in_menu() -> list[str]:
        menu = crumbs._more.menu()
        menu.aboutToShow.emit()
        return [action.text() for action in menu.actions()]

    seen = set()
    for width in range(1000, 200, -20):
        canvas.resize(width, 700)
        QApplication.sendPostedEvents()
        shown = read()
        seen.add(tuple(shown))
        assert shown[-1] == "drop"
        if len(shown) == len(texts):
            assert not crumbs._more.isVisibleTo(crumbs)
            continue
        assert crumbs._more.isVisibleTo(crumbs)
        assert sorted([*shown, *in_menu()]) == sorted(texts)
        # What is left is the end of the way, and the network before it for as long as two steps fit.
        last = shown[1:] if shown[0] == "tiny" else shown
        assert last == texts[len(texts) - len(last) :]
    assert tuple(texts) in seen
    assert ("tiny", "denselayer", "drop") in seen
    assert ("denselayer", "drop") in seen
    assert ("drop",) in seen
    chosen = []
    crumbs.chosen.connect(chosen.append)
    row(crumbs._more.menu(), "features").trigger()
    assert [crumb.path for crumb in chosen] == ["backbone.features"]
    canvas.resize(1000, 700)
    QApplication.sendPostedEvents()
    # One is there now.
    assert read() == texts[:3]


def test_where_only_the_network_has_no_room_the_way_begins_with_the_menu(
    make_canvas, tiny_network, selection
):
    canvas = make_canvas(replace(tiny_network, name="a network of some length"), selection=selection)
    crumbs = canvas.furniture.crumbs
    selection.select(["stem.bn"])
    seen = {}
    for width in range(700, 200, -10):
        canvas.resize(width, 700)
        QApplication.sendPostedEvents()
        buttons = [button for button in crumbs.findChildren(QToolButton) if button.isVisibleTo(crumbs)]
        buttons.sort(key=lambda button: button.x())
        seen[crumbs.shown] = ["..." if b is crumbs._more else b.text() or ">" for b in buttons]
    assert seen[0, 1, 2] == ["a network of some length", ">", "stem", ">", "bn"]
    assert seen[1, 2] == ["...", ">", "stem", ">", "bn"]


def test_the_selection_is_shown_as_a_whole(canvas, selection):
    selection.select(["fc", "output"])
    canvas.view.zoom_to(0.1)
    canvas.furniture.actions["show_selection"].trigger()
    seen = canvas.view.seen
    for key in ("fc", "output"):
        box = canvas.picture.rectangle(key)
        assert seen.y <= box.y
        assert box.bottom <= seen.bottom
    assert canvas.view.scale_now == pytest.approx(1.0)


def on_screen(canvas, key):
    box = canvas.picture.rectangle(key)
    return canvas.view.viewportTransform().map(QPointF(box.x + box.width / 2, box.y))


def test_what_did_not_change_stays_on_the_screen(canvas, qtbot, tiny_network):
    canvas.view.zoom_to(1.0)
    canvas.view.reveal(canvas.picture.rectangle("block.conv"))
    seen = [key for key in canvas.picture.boxes_in(canvas.view.seen) if key != "drop"]
    first = min(seen, key=lambda key: canvas.picture.rectangle(key).y)
    before = on_screen(canvas, first)
    document = Document(tiny_network)
    network = document.apply(RemoveLayer("drop")).after
    for now in (network, tiny_network, network):
        with qtbot.waitSignal(canvas.arranged):
            canvas.update_network(now, True)
        assert (on_screen(canvas, first) - before).manhattanLength() <= 2


def test_moving_a_box_moves_no_other_on_the_screen(canvas, qtbot, tiny_network):
    canvas.view.zoom_to(0.8)
    canvas.view.reveal(canvas.picture.rectangle("input"))
    first = "input"
    before = on_screen(canvas, "stem.conv")
    moved = SetPlaces({first: Place("", -400.0, -300.0)}, "Move").apply(tiny_network)
    with qtbot.waitSignal(canvas.arranged):
        canvas.update_network(moved, False)
    assert (on_screen(canvas, "stem.conv") - before).manhattanLength() <= 2


def test_another_kind_is_arranged_anew_when_its_box_is_higher(canvas, qtbot, tiny_network):
    assert canvas.picture.rectangle("stem.relu").height < TALL
    other = Layer("stem.relu", "stem.relu", "Dropout", {"p": 0.5}, "stem")
    with qtbot.waitSignal(canvas.arranged):
        canvas.update_network(tiny_network.with_layers(other), False)
    assert canvas.picture.rectangle("stem.relu").height == TALL


@pytest.mark.parametrize(
    "name",
    ["x" * 500, "اسم الطبقة " * 50, "層の名前" * 120, "🙂👩‍👩‍👧‍👦" * 100, "a\nb\tc" * 100, " ", "&<>\"'"],
)
@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_no_name_leaves_its_box(make_canvas, tiny_network, facts, name, scale):
    network = tiny_network.with_layers(replace(tiny_network["fc"], name=name))
    problem = Problem("error", "fc", "x")
    canvas = make_canvas(network, replace(facts, problems=(problem,)))
    canvas.view.zoom_to(scale)
    box = canvas.picture.rectangle("fc")
    # The border between its box and the window, left and right of it.
    canvas.view.bring(
        QPointF(box.x + box.width / 2, box.y + box.height / 2),
        QPointF(canvas.view.viewport().rect().center()),
    )
    shot = canvas.view.viewport().grab().toImage()
    corner = canvas.view.viewportTransform().map(QPointF(box.x, box.y)).toPoint()
    height, width = round(box.height * scale), round(WIDTH * scale)
    window = canvas.look.colours.window
    for y in range(corner.y() + 8, corner.y() + height - 8):
        for x in (corner.x() - 6, corner.x() - 12, corner.x() + width + 6, corner.x() + width + 14):
            assert shot.pixelColor(x, y).name() == window, (x, y)


def test_every_button_over_the_canvas_has_a_name(canvas):
    bar = canvas.furniture.bar
    for button in bar.buttons.values():
        assert button.accessibleName()
        assert button.toolTip()
        assert not button.icon().isNull()
    assert canvas.furniture.minimap.accessibleName()
    assert canvas.furniture.crumbs.accessibleName()


@pytest.mark.parametrize("width", [420, 460, 900])
def test_map_and_legend_do_not_lie_over_one_another(make_canvas, tiny_network, facts, width, qtbot):
    canvas = make_canvas(tiny_network, facts, size=(width, 500))
    canvas.view.zoom_to(2.0)
    legend, minimap = canvas.furniture.legend, canvas.furniture.minimap
    alone, height = minimap.geometry(), canvas.view.height()
    for key in ("parameters", "frozen"):
        canvas.furniture.overlaying.choose(key)
        assert legend.isVisible()
        qtbot.waitUntil(lambda: canvas.view.height() < height)
        assert minimap.isVisible()
        assert not legend.geometry().intersects(canvas.view.geometry())
        assert canvas.view.viewport().geometry().contains(minimap.geometry())
        assert minimap.height() > 40
    canvas.furniture.overlaying.clear()
    qtbot.waitUntil(lambda: minimap.geometry() == alone)


def test_a_long_title_of_a_legend_breaks(canvas, qtbot):
    legend = canvas.furniture.legend
    canvas.furniture.overlaying.choose("parameters")
    canvas.set_overlay(Overlay("Compared with ResNet-18, as it was opened " * 2, marks={"fc": "changed"}))
    title = legend._title
    qtbot.waitUntil(lambda: title.height() >= title.heightForWidth(title.width()))
    assert title.heightForWidth(title.width()) > title.fontMetrics().height()
    assert legend.width() <= canvas.width()
