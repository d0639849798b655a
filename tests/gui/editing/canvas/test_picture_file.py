"""Pictures as files: what they hold, how large they may be, and what keeps them from being written."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
import zlib
from dataclasses import replace

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel

from designer.gui.editing.canvas.picture_dialog import PictureDialog, ask_and_save
from designer.gui.editing.canvas.picture_file import MARGIN, PIXELS, SIDE, PictureError, png_scale
from designer.gui.look.tokens import DARK, LIGHT


def words_of(path) -> str:
    texts = ElementTree.parse(path).getroot().iter("{http://www.w3.org/2000/svg}text")
    return "\n".join("".join(text.itertext()).strip() for text in texts)


def test_a_png_is_twice_as_sharp_and_light(canvas, tmp_path, context):
    context.look.set_appearance("dark")
    path = tmp_path / "a.png"
    canvas.save_picture(path)
    image = QImage(str(path))
    whole = canvas.picture.arrangement
    assert image.width() == pytest.approx((whole.width + 2 * MARGIN) * 2, abs=2)
    assert image.height() == pytest.approx((whole.height + 2 * MARGIN) * 2, abs=2)
    assert image.pixelColor(2, 2).name() == LIGHT.window
    canvas.save_picture(path, appearance="screen")
    assert QImage(str(path)).pixelColor(2, 2).name() == DARK.window


def test_a_svg_has_its_texts_as_text(canvas, tmp_path):
    path = tmp_path / "a.svg"
    canvas.save_picture(path)
    words = words_of(path)
    for text in ("block.conv", "Convolution 2-D", "216 params", "8 × 16 × 16", "stem"):
        assert text in words or text.split(".")[-1] in words, text
    root = ElementTree.parse(path).getroot()
    assert root.find("{http://www.w3.org/2000/svg}title").text == "tiny"


def test_a_pdf_is_one_page_as_large_as_the_drawing_with_fonts(canvas, tmp_path):
    path = tmp_path / "a.pdf"
    canvas.save_picture(path)
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    box = re.search(rb"/MediaBox \[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", content)
    whole = canvas.picture.arrangement
    assert float(box[1]) == pytest.approx((whole.width + 2 * MARGIN) * 0.75, abs=1)
    assert float(box[2]) == pytest.approx((whole.height + 2 * MARGIN) * 0.75, abs=1)
    assert b"/FontFile2" in content
    assert content.count(b"/Type /Page\n") == 1


def test_the_selection_alone(canvas, tmp_path, selection):
    selection.select(["stem.conv", "stem.bn", "stem.relu"])
    path = tmp_path / "a.svg"
    canvas.save_picture(path, "selection")
    words = words_of(path)
    assert "Batch normalization 2-D" in words
    assert "Linear" not in words
    # The frame holds just what is selected; the others do not.
    assert "stem" in words.split("\n")
    assert "block" not in words.split("\n")
    whole = tmp_path / "all.svg"
    canvas.save_picture(whole)
    assert "Linear" in words_of(whole)


def test_what_is_in_view_alone(canvas, tmp_path):
    canvas.view.zoom_to(1.0)
    canvas.view.reveal(canvas.picture.rectangle("input"))
    path = tmp_path / "a.png"
    canvas.save_picture(path, "view")
    seen = canvas.view.seen
    whole = canvas.picture.arrangement
    height = min(seen.bottom, whole.height) - max(seen.y, 0)
    assert QImage(str(path)).height() == pytest.approx((height + 2 * MARGIN) * 2, abs=3)


def test_nothing_selected_and_nothing_open(canvas, make_canvas, tmp_path, context):
    with pytest.raises(PictureError, match="nothing to draw"):
        canvas.save_picture(tmp_path / "a.png", "selection")
    canvas.open(None)
    with pytest.raises(PictureError) as caught:
        canvas.save_picture(tmp_path / "a.png")
    assert caught.value.remedy
    assert not list(tmp_path.iterdir())


def test_what_is_selected_or_found_is_not_drawn_so(canvas, tmp_path, selection):
    plain = tmp_path / "a.png"
    canvas.save_picture(plain)
    selection.select(["fc"])
    canvas.find_layers("conv")
    canvas.save_picture(tmp_path / "b.png")
    assert QImage(str(plain)) == QImage(str(tmp_path / "b.png"))


def test_how_sharp_a_png_can_be():
    assert png_scale(1000, 1000) == 2.0
    assert png_scale(100, 20_000) == SIDE / 20_000
    assert png_scale(8000, 9000) == pytest.approx((PIXELS / 72e6) ** 0.5)
    with pytest.raises(PictureError) as caught:
        png_scale(272, 370_000)
    assert "370000" in str(caught.value)
    assert "SVG" in caught.value.remedy


def test_an_unknown_ending_and_an_unwritable_place(canvas, tmp_path):
    with pytest.raises(PictureError, match="what kind"):
        canvas.save_picture(tmp_path / "a.gif")
    with pytest.raises(PictureError) as caught:
        canvas.save_picture(tmp_path / "gone" / "a.svg")
    assert caught.value.why
    assert caught.value.remedy


def test_a_former_file_survives_a_picture_that_is_too_large(canvas, tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_text("former")
    monkeypatch.setattr("designer.gui.editing.canvas.picture_file.PIXELS", 1000)
    with pytest.raises(PictureError):
        canvas.save_picture(path)
    assert path.read_text() == "former"
    assert list(tmp_path.iterdir()) == [path]


def test_names_in_any_script_are_in_the_file(make_canvas, tiny_network, facts, tmp_path):
    names = {"fc": "名前 <&>", "pool": "اسم الطبقة", "drop": "x" * 500, "flatten": "🙂 & 'q'"}
    network = tiny_network.with_layers(*(replace(tiny_network[i], name=name) for i, name in names.items()))
    canvas = make_canvas(network, facts)
    for ending in ("svg", "pdf", "png"):
        canvas.save_picture(tmp_path / f"a.{ending}")
        assert (tmp_path / f"a.{ending}").stat().st_size > 1000
    words = words_of(tmp_path / "a.svg")
    # A run of letters for each font that has them.
    assert "名前" in words
    assert "<&>" in words
    assert "x" * 500 not in words


def test_the_dialog_asks_and_saves(canvas, tmp_path, monkeypatch, selection):
    target = tmp_path / "made"
    monkeypatch.setattr(PictureDialog, "exec", lambda self: PictureDialog.DialogCode.Accepted)
    monkeypatch.setattr(
        "designer.gui.editing.canvas.picture_dialog.QFileDialog.getSaveFileName",
        lambda *arguments: (str(target), ""),
    )
    assert ask_and_save(canvas, None) == tmp_path / "made.png"
    assert (tmp_path / "made.png").exists()


def test_the_dialog_offers_the_selection_only_where_there_is_one(qapp):
    without, some = PictureDialog(False), PictureDialog(True)
    assert not without.parts["selection"].isEnabled()
    assert without.parts["selection"].toolTip()
    assert some.parts["selection"].isEnabled()
    assert without.what == "all"


def test_a_failure_is_told_once(canvas, monkeypatch, qtbot, tmp_path):
    monkeypatch.setattr(PictureDialog, "ask", lambda self, name: tmp_path / "gone" / "a.png")
    with qtbot.waitSignal(canvas.failed) as told:
        assert ask_and_save(canvas, None) is None
    assert isinstance(told.args[0], PictureError)


def test_pdf_streams_hold_something(canvas, tmp_path):
    path = tmp_path / "a.pdf"
    canvas.save_picture(path)
    streams = re.findall(rb"stream\r?\n(.*?)endstream", path.read_bytes(), re.DOTALL)
    sizes = []
    for stream in streams:
        try:
            sizes.append(len(zlib.decompress(stream)))
        except zlib.error:
            continue
    assert max(sizes) > 5000


def test_labels_stand_level_with_their_fields(qtbot, context):
    dialog = PictureDialog(True)
    qtbot.addWidget(dialog)
    dialog.show()
    labels = {label.text(): label.geometry().center().y() for label in dialog.findChildren(QLabel)}
    beside = {"Draw": dialog.parts["all"], "File": dialog.kinds, "Colours": dialog.grounds}
    assert labels == {text: field.geometry().center().y() for text, field in beside.items()}
    title = dialog.fontMetrics().horizontalAdvance(dialog.windowTitle())
    assert dialog.width() > title
