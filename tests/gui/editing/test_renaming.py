"""A name that is taken can be put right in the field over its box."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF

from ...keyboard import focused


def names(page) -> set[str]:
    return {layer.name for layer in page.context.session.network}


@pytest.mark.parametrize("end", ["Return", "Tab"])
def test_a_name_that_is_taken_can_be_put_right_in_its_field(page, keys, notices, end):
    renaming = page.renaming
    page.selection.select(["fc"])
    keys.press("F2")
    keys.type("pool")
    keys.press(end)
    assert focused() is renaming.field
    assert renaming.field.selectedText() == "pool"
    assert renaming.reason.isVisible()
    assert renaming.reason.text() == "There is already a layer named 'pool'. Choose another name."
    assert not renaming.reason.geometry().intersects(renaming.field.geometry())
    assert renaming.field.property("wrong")
    keys.press("End")
    keys.type("2")
    assert not renaming.reason.isVisible()
    assert not renaming.field.property("wrong")
    keys.press(end)
    assert {"pool", "pool2"} <= names(page)
    assert focused() is page.canvas.view
    assert notices == []


def test_escape_gives_a_name_that_is_taken_up(page, keys, notices):
    page.selection.select(["fc"])
    keys.press("F2")
    keys.type("pool")
    keys.press("Return", "Esc")
    assert not page.renaming.field.isVisible()
    assert not page.renaming.reason.isVisible()
    assert {"pool", "fc"} <= names(page)
    assert focused() is page.canvas.view
    assert notices == []
    keys.press("F2")
    assert not page.renaming.field.property("wrong")


def test_why_a_name_cannot_be_taken_stays_in_sight(page, keys):
    view = page.canvas.view
    page.selection.select(["fc"])
    keys.press("F2")
    keys.type("pool")
    keys.press("Return")
    field, reason = page.renaming.field, page.renaming.reason
    for y in (60, view.viewport().height() - 40):
        box = page.canvas.picture.rectangle("fc")
        view.bring(QPointF(box.x, box.y), QPointF(200, y))
        assert reason.isVisible()
        assert view.viewport().rect().contains(reason.geometry())
        assert abs(field.geometry().center().y() - reason.geometry().center().y()) < 80


def test_a_field_with_a_taken_name_that_is_left_says_why_in_a_notice(page, keys, notices):
    page.selection.select(["fc"])
    keys.press("F2")
    keys.type("pool")
    keys.press("Return")
    page.table.search.setFocus()
    assert not page.renaming.field.isVisible()
    assert not page.renaming.reason.isVisible()
    assert [notice.text for notice in notices] == ["There is already a layer named 'pool'."]
    # It goes with the next edit.
    assert "network" in notices[0].until
