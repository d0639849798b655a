from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication

from designer.errors import DataError, EditError
from designer.gui.look.style import Look
from designer.gui.notices import Notice, NoticeBar, notice_of


def test_an_expected_error_is_shown_as_it_stands():
    notice = notice_of(DataError("There are no pictures.", "The folder is empty.", "Choose another."))
    assert notice == Notice(
        "There are no pictures.", "The folder is empty. Choose another.", "error", until=notice.until
    )


def test_a_bug_comes_with_a_report_to_copy(qapp):
    try:
        raise ZeroDivisionError("in the middle")
    except ZeroDivisionError as error:
        notice = notice_of(error)
    assert notice.severity == "error"
    assert "in the middle" in notice.detail
    notice.action()
    report = QGuiApplication.clipboard().text()
    assert "Traceback" in report
    assert "test_a_bug_comes_with_a_report_to_copy" in report


@pytest.fixture
def bar(context, qtbot):
    made = NoticeBar(context.look)
    made.resize(600, 60)
    return made


def test_the_bar_shows_the_newest_and_brings_errors_back(bar):
    assert bar.isHidden()
    bar.show_notice(Notice("wrong", severity="error"))
    bar.show_notice(Notice("fine"))
    assert bar.notice.text == "fine"
    bar.show_notice(Notice("finer"))
    bar.close_notice()
    assert bar.notice.text == "wrong", "the error must not be lost under good news"
    bar.close_notice()
    assert bar.notice is None
    assert bar.isHidden()
    bar.close_notice()


def test_the_same_notice_is_not_stacked(bar):
    for _ in range(20):
        bar.show_notice(Notice("wrong", severity="error"))
    bar.close_notice()
    assert bar.notice is None


def test_the_action_is_done(bar):
    done = []
    bar.show_notice(Notice("text", action_text="Do it", action=lambda: done.append(1)))
    bar.show()
    bar._action.click()
    assert done == [1]
    bar.show_notice(Notice("text without"))
    assert bar._action.isHidden()


def test_a_tag_in_a_file_name_is_shown_as_text(bar):
    bar.show_notice(Notice("<img src=x>", "<b>detail</b>"))
    assert bar._text.text() == "<img src=x>"
    assert bar._text.textFormat().name == "PlainText"


def test_an_error_goes_once_the_user_has_got_round_it(qtbot):
    bar = NoticeBar(Look("light"))
    qtbot.addWidget(bar)
    bar.show_notice(notice_of(EditError("No such layer.", "", "Choose another.")))
    bar.show_notice(notice_of(ValueError("a bug")))
    bar.settle("facts")
    bar.settle("network")
    assert bar.notice.text == "Something went wrong inside Netgraft."
    bar.close_notice()
    assert bar.notice is None
    bar.show_notice(notice_of(DataError("No pictures.", "", "")))
    bar.settle("network")
    assert bar.notice.text == "No pictures."
    bar.settle("data")
    assert bar.notice is None
    assert bar.isHidden()
