from __future__ import annotations

import itertools
import re

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from designer import resources
from designer.catalog.kinds import KINDS
from designer.gui.look import icons, style
from designer.gui.look.style import Look
from designer.gui.look.tokens import DARK, LIGHT, contrast, sizes


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == pytest.approx(1)


GROUNDS = ("window", "surface", "raised")
TEXTS = ("text", "text_muted", "accent", "success", "warning", "danger", "frozen")


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("role", "ground"), list(itertools.product(TEXTS, GROUNDS)))
def test_text_can_be_read_on_every_ground(colours, role, ground):
    assert contrast(getattr(colours, role), getattr(colours, ground)) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_where_something_is_chosen(colours):
    assert contrast(colours.accent_text, colours.accent) >= 4.5
    assert contrast(colours.accent_text, colours.accent_hover) >= 4.5
    assert contrast(colours.text, colours.selection) >= 4.5
    assert contrast(colours.text_muted, colours.selection) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_category_has_a_colour_that_is_seen(colours):
    assert set(colours.category) == {kind.category for kind in KINDS.values()}
    assert len(set(colours.category.values())) == len(colours.category)
    for colour in colours.category.values():
        assert contrast(colour, colours.surface) >= 3


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_is_filled_and_its_pictures_are_there(colours):
    sheet = style.style_sheet(colours, sizes(13))
    assert "@" not in sheet.replace("an at sign", "")
    assert sheet.count("{") == sheet.count("}")
    files = set(re.findall(r'url\("([^"]+)"\)', sheet))
    assert len(files) >= 5
    for file in files:
        assert resources.Path(file).exists()
    assert colours.accent in sheet


def test_sizes_follow_the_system_within_reason():
    assert sizes(9).text == 13
    assert sizes(16).text == 16
    assert sizes(40).text == 20
    scale = sizes(13)
    assert scale.small < scale.text < scale.large < scale.heading < scale.hero


def test_appearance_changes_colours_palette_and_tells(qapp, qtbot):
    look = Look("light")
    look.apply(qapp)
    assert look.colours is LIGHT
    with qtbot.waitSignal(look.changed, timeout=1000):
        look.set_appearance("dark")
    assert look.colours is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.window
    assert DARK.surface in qapp.styleSheet()
    with qtbot.assertNotEmitted(look.changed):
        look.set_appearance("dark")
    with pytest.raises(ValueError, match="purple"):
        look.set_appearance("purple")
    look.set_appearance("light")


def test_a_wrong_remembered_appearance_follows_the_system(qapp):
    assert Look("purple").appearance == "system"


def test_icons_are_tinted_sharp_and_fade_when_disabled(qapp):
    made = icons.icon("play", LIGHT, "accent")
    assert isinstance(made, QIcon)
    image = made.pixmap(QSize(24, 24)).toImage()
    colours = {image.pixelColor(x, y).name() for x in range(24) for y in range(24)} - {"#000000"}
    assert LIGHT.accent in colours
    large = icons.pixmap("play", LIGHT, "text", 20, 2.0)
    assert (large.width(), large.devicePixelRatio()) == (40, 2.0)
    faded = made.pixmap(QSize(24, 24), QIcon.Mode.Disabled).toImage()
    strongest = max(faded.pixelColor(x, y).alpha() for x in range(24) for y in range(24))
    assert 100 < strongest < 150
    assert icons.icon("play", LIGHT, "accent") is made
    with pytest.raises(FileNotFoundError):
        icons.icon("no-such-icon", LIGHT)
    with pytest.raises(AttributeError):
        icons.icon("play", LIGHT, "purple")


def test_a_button_keeps_its_icon_off_its_text(qapp):
    button = QPushButton("Train")
    icons.set_icon(button, "play", LIGHT)
    assert button.iconSize() == icons.BUTTON_ICON
    image = button.icon().pixmap(icons.BUTTON_ICON).toImage()
    right = [image.pixelColor(x, y).alpha() for x in range(17, 20) for y in range(16)]
    assert max(right) == 0
    button.deleteLater()


def test_every_icon_is_a_single_colour_drawing_with_its_licence():
    folder = resources.path("icons")
    files = [file for file in folder.glob("*.svg") if file.stem != "netgraft"]
    assert len(files) > 60
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert "currentColor" in text, file.name
        assert "<script" not in text
    assert "ISC License" in (folder / "LICENSE").read_text(encoding="utf-8")


def test_the_focus_is_seen_on_the_chosen_tab_alone(qtbot, qapp):
    Look("light").apply(qapp)
    window = QWidget()
    qtbot.addWidget(window)
    other, bar = QLineEdit(), QTabBar()
    column = QVBoxLayout(window)
    column.addWidget(other)
    column.addWidget(bar)
    for text in ("One", "Two", "Three"):
        bar.addTab(text)
    bar.setExpanding(False)
    bar.setCurrentIndex(1)
    window.resize(500, 120)
    window.show()
    window.activateWindow()

    def drawn(widget: QWidget) -> QImage:
        widget.setFocus()
        qtbot.waitUntil(widget.hasFocus)
        return bar.grab().toImage()

    without, focused = drawn(other), drawn(bar)
    chosen = bar.tabRect(1)
    assert focused.copy(chosen) != without.copy(chosen)
    beyond = QRect(bar.tabRect(2).right() + 1, 0, bar.width() - bar.tabRect(2).right() - 1, bar.height())
    for place in (bar.tabRect(0), bar.tabRect(2), beyond):
        assert focused.copy(place) == without.copy(place)


def test_an_icon_beside_a_text_keeps_away_from_it():
    drawn = icons.padded_icon("lock", LIGHT).pixmap(icons.BUTTON_ICON).toImage()
    gap = range(icons.BUTTON_ICON.height(), icons.BUTTON_ICON.width())
    assert all(drawn.pixelColor(x, y).alpha() == 0 for x in gap for y in range(drawn.height()))
    assert any(drawn.pixelColor(x, y).alpha() for x in range(16) for y in range(16))


@pytest.mark.parametrize("pixels", [13, 16, 20])
def test_fields_in_a_row_are_equally_high(qtbot, qapp, pixels):
    dressed = QWidget()
    qtbot.addWidget(dressed)
    column = QVBoxLayout(dressed)
    fields = [QLineEdit(), QSpinBox(), QDoubleSpinBox(), QComboBox()]
    font = qapp.font()
    font.setPixelSize(pixels)
    for field in fields:
        column.addWidget(field)
        field.setFont(font)
    dressed.setStyleSheet(style.style_sheet(LIGHT, sizes(pixels)))
    for field in fields:
        field.ensurePolished()
    assert len({field.sizeHint().height() for field in fields}) == 1


def test_what_a_model_says_of_its_colour_holds_in_a_list(qtbot, qapp):
    look = Look("light")
    look.apply(qapp)
    view = QListWidget()
    qtbot.addWidget(view)
    view.resize(200, 80)
    row = QListWidgetItem("MMMMMMMM")
    row.setForeground(QColor("#ff00ff"))
    view.addItem(row)
    view.show()
    shot = view.viewport().grab().toImage()
    seen = {shot.pixelColor(x, y).name() for x in range(shot.width()) for y in range(shot.height())}
    assert "#ff00ff" in seen
    assert LIGHT.text not in seen
