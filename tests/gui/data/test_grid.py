from PySide6.QtGui import QFont, QFontMetrics

from designer.gui.data.grid import fitted


def test_labels_that_do_not_fit_are_counted(qapp):
    metrics = QFontMetrics(QFont())
    width = metrics.horizontalAdvance("cat, dog +2")
    assert fitted(["cat"], metrics, width) == "cat"
    assert fitted(["cat", "dog"], metrics, width) == "cat, dog"
    assert fitted(["cat", "dog", "hedgehog", "elephant"], metrics, width) == "cat, dog +2"


def test_a_long_name_is_cut_in_the_middle_and_the_others_are_counted_still(qapp):
    metrics = QFontMetrics(QFont())
    width = metrics.horizontalAdvance("hedge…hog +2")
    said = fitted(["hedgehogs and their relatives", "dog", "cat"], metrics, width)
    assert said.startswith("h")
    assert said.endswith(" +2")
    assert "…" in said
    assert metrics.horizontalAdvance(said) <= width
    assert "+" not in fitted(["hedgehogs and their relatives"], metrics, width)
