"""A report of several labels: what is said of it, its table of counts, and what single pictures show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from designer.gui.evaluation.label_texts import labelled_of, labelled_text, report_texts
from designer.gui.evaluation.page import EvaluationPage
from designer.gui.evaluation.predictions import PredictionRow, answers_text
from designer.gui.main_window.needs import step_states
from designer.session.label_report import LabelReport, LabelScore
from designer.session.results import Prediction

TRUTH = ((0,), (0, 1), (), (1, 2), (2,))
SHARES = (
    (0.9, 0.2, 0.1),  # all right
    (0.3, 0.8, 0.6),  # cat missed, owl wrongly said
    (0.1, 0.1, 0.95),  # owl wrongly said
    (0.2, 0.7, 0.9),  # all right
    (0.2, 0.1, 0.45),  # owl missed
)


@pytest.fixture
def labels():
    """Scores worked out by hand from `TRUTH` and `SHARES`."""
    scores = (
        LabelScore("cat", 1, 1, 0, 3, 1.0),
        LabelScore("dog", 2, 0, 0, 3, 1.0),
        LabelScore("owl", 1, 1, 2, 1, None),
    )
    paths = tuple(Path(f"/nowhere/{number}.png") for number in range(5))
    return LabelReport(0.7111, 0.86, 11 / 15, 0.4, scores, paths, TRUTH, SHARES, ("bad.png: damaged",))


def names(judged):
    return [(one.path.stem, one.predicted) for one in judged]


def test_scores_follow_from_the_counts(labels):
    cat, dog, owl = labels.per_class
    assert (cat.precision, cat.recall, cat.f1, cat.count) == (1.0, 0.5, pytest.approx(2 / 3), 2)
    assert (dog.precision, dog.recall, dog.f1, dog.count) == (1.0, 1.0, 1.0, 2)
    assert (owl.precision, owl.recall, owl.f1) == (pytest.approx(1 / 3), 0.5, pytest.approx(0.4))
    never = LabelScore("yak", 0, 0, 0, 5, None)
    assert (never.precision, never.recall, never.f1, never.count) == (0, 0, 0, 0)


def test_what_is_said_of_it(labels):
    large, line = report_texts(labels)
    assert large == "Macro F1 71.1 %"
    assert "Mean average precision 86.0 %" in line
    assert "73.3 % of all labels decided right" in line
    assert "all labels right on 2 of 5 pictures" in line
    assert "Mean average precision –" in report_texts(replace(labels, mean_average_precision=None))[1]


def test_the_hardest_pictures_come_first(labels):
    # Off by 0.95 (owl), 0.7 (cat; owl only 0.6) and 0.55 (owl).
    assert names(labelled_of(labels, None)) == [("2", "owl"), ("1", "cat"), ("4", "owl")]
    first, second, _ = labelled_of(labels, None)
    assert first.truth == "none"
    assert second.text == "shows cat, dog, answers dog, owl; 'cat' 30.0 %"
    assert labelled_text(labels, None) == "All 3 pictures with a wrong label, the hardest first"
    assert labelled_text(replace(labels, exact=1.0), None) == "All labels are right"


@pytest.mark.parametrize(
    ("cell", "wanted", "text"),
    [
        ((0, "found"), ["0"], "'cat' found on 1 of the 2 pictures that show it"),
        ((0, "missed"), ["1"], "'cat' missed on 1 of the 2 pictures that show it"),
        ((2, "wrong"), ["2", "1"], "'owl' wrongly said of 2 of the 3 pictures that do not show it"),
        ((2, "absent"), ["0"], "'owl' rightly not said of 1 of the 3 pictures that do not show it"),
    ],
)
def test_the_pictures_of_a_count(labels, cell, wanted, text):
    assert [one.path.stem for one in labelled_of(labels, cell)] == wanted
    assert labelled_text(labels, cell) == text


@pytest.fixture
def page(ready, qtbot):
    made = EvaluationPage(ready)
    qtbot.addWidget(made)
    made.resize(1080, 640)
    made.show()
    yield made
    qtbot.waitUntil(lambda: not ready.runner.running())


def cells(view):
    model = view.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_the_page_shows_counts_in_place_of_the_matrix(ready, page, labels, report):
    view = page.view
    ready.session.set_report(labels)
    assert page.summary.text.startswith("Macro F1 71.1 %")
    assert [view.tabText(n) for n in range(4) if view.isTabVisible(n)] == [
        "Labels",
        "Classes",
        "Single pictures",
    ]
    assert view.labels.isVisible()
    assert not view.matrix.isVisible()
    assert cells(view.labels) == [
        ["cat", "1", "1", "0", "3"],
        ["dog", "2", "0", "0", "3"],
        ["owl", "1", "1", "2", "1"],
    ]
    assert cells(view.scores_table)[2] == ["owl", "33.3 %", "50.0 %", "40.0 %", "2", "–"]
    assert [one.path.stem for one in view.gallery.shown] == ["2", "1", "4"]
    assert "bad.png" not in page.summary.text

    view.labels.choose((2, "wrong"))
    assert [one.path.stem for one in view.gallery.shown] == ["2", "1"]
    tip = view.gallery.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert "shows none of the classes, answers owl; 'owl' 95.0 %" in tip
    view.all_wrong.click()
    assert len(view.gallery.shown) == 3
    # Sorted otherwise, the same count is still the same.
    view.labels.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    assert cells(view.labels)[0][0] == "owl"
    view.labels.setCurrentIndex(view.labels.model().index(0, 2))
    assert view.caption.text().startswith("'owl' missed on 1")
    view.labels.setCurrentIndex(view.labels.model().index(0, 0))
    assert view.caption.text().startswith("All 3 pictures")

    ready.session.set_report(report)
    assert view.matrix.isVisible()
    assert view.tabText(0) == "Confusion matrix"
    assert view.isTabVisible(2)
    assert len(cells(view.scores_table)[0]) == 5


def test_the_rail_names_the_measure(ready, labels):
    ready.session.set_report(labels)
    assert step_states(ready.session)["evaluation"].text == "Macro F1 71.1 %"


def test_a_picture_shows_all_over_a_half(qtbot, context):
    several = Prediction(Path("a.png"), (("cat", 0.9), ("dog", 0.6), ("owl", 0.5)), multilabel=True)
    assert several.answers == ("cat", "dog")
    assert answers_text(several) == "Shows cat, dog"
    assert answers_text(replace(several, top=(("cat", 0.4),))) == "Shows none of the classes"
    assert Prediction(Path("a.png"), (("cat", 0.4), ("dog", 0.3))).answers == ("cat",)
    row = PredictionRow(context.look, several)
    qtbot.addWidget(row)
    shown = [label.text() for label in row.findChildren(type(row.picture)) if label.text()]
    assert shown == ["a.png", "Shows cat, dog"]
