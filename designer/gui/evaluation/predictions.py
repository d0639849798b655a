"""What the network says of single pictures: the most probable classes, with bars."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from designer.gui.evaluation.thumbnails import SIDE, Thumbnails
from designer.gui.look.icons import pixmap
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr
from designer.session.results import Prediction

PATTERNS = "*.jpg *.jpeg *.png *.bmp *.gif *.webp *.tif *.tiff *.ppm *.pgm"
MOST = 100
"""Pictures at a time, at most."""


class Bars(QWidget):
    """The classes of one prediction: name, bar, percentage, one below the other."""

    def __init__(self, look: Look, prediction: Prediction) -> None:
        super().__init__()
        self._look = look
        self._top = prediction.top
        self._answers = frozenset(prediction.answers)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        said = ", ".join(f"{name} {100 * share:.1f} %" for name, share in self._top)
        if prediction.multilabel:
            said = tr("{answers} ({said})", answers=answers_text(prediction), said=said)
        self.setAccessibleName(tr("{name}: {said}", name=prediction.image.name, said=said))
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """A line for each class."""
        line = round(QFontMetricsF(self.font()).height()) + 4
        return QSize(360, line * max(len(self._top), 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name on the left, bar in the middle, percentage on the right."""
        painter = QPainter(self)
        colours = self._look.colours
        metrics = QFontMetricsF(self.font())
        line = self.height() / max(len(self._top), 1)
        names = min(self.width() * 0.4, 280.0)
        number = metrics.horizontalAdvance("100.0 %") + SPACE
        room = max(self.width() - names - number - 2 * SPACE, 1)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for index, (name, share) in enumerate(self._top):
            y = index * line
            answer = name in self._answers
            painter.setPen(QColor(colours.text if answer else colours.text_muted))
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, names - SPACE)
            painter.drawText(QRectF(0, y, names, line), left, text)
            painter.drawText(QRectF(self.width() - number, y, number, line), right, f"{100 * share:.1f} %")
            track = QRectF(names, y + line / 2 - 4, room, 8)
            painter.fillRect(track, QColor(colours.raised))
            track.setWidth(max(room * share, 1))
            painter.fillRect(track, QColor(colours.accent if answer else colours.text_muted))
        painter.end()


def answers_text(prediction: Prediction) -> str:
    """What a picture of several labels is said to show."""
    if not prediction.answers:
        return tr("Shows none of the classes")
    return tr("Shows {answers}", answers=", ".join(prediction.answers))


class PredictionRow(QFrame):
    """One picture and what it is taken for."""

    def __init__(self, look: Look, prediction: Prediction) -> None:
        super().__init__()
        self.setProperty("panel", True)
        self.path = prediction.image
        self.picture = QLabel()
        self.picture.setFixedSize(SIDE, SIDE)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setPixmap(pixmap("image", look.colours, "border", SIDE // 2))
        name = QLabel(prediction.image.name)
        name.setProperty("strong", True)
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setToolTip(str(prediction.image))
        name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        texts = QVBoxLayout()
        texts.setSpacing(SPACE // 2)
        texts.addWidget(name)
        if prediction.multilabel:
            answers = QLabel(answers_text(prediction))
            answers.setTextFormat(Qt.TextFormat.PlainText)
            answers.setWordWrap(True)
            texts.addWidget(answers)
        texts.addWidget(Bars(look, prediction))
        texts.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE, SPACE, 2 * SPACE, SPACE)
        row.setSpacing(2 * SPACE)
        row.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)


class PredictionPanel(QWidget):
    """A button to choose pictures, and the predictions below."""

    wanted = Signal(object)
    """A tuple of paths that the user has chosen."""

    def __init__(self, look: Look, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._look = look
        self._thumbnails = thumbnails
        self._rows: list[PredictionRow] = []
        self.button = QPushButton(tr("Choose pictures ..."))
        self.button.clicked.connect(self._choose)
        self._hint = QLabel(tr("The most probable classes of pictures of your choice are shown here."))
        self._hint.setProperty("muted", True)
        top = QHBoxLayout()
        top.addWidget(self.button)
        top.addWidget(self._hint)
        top.addStretch(1)
        inside = QWidget()
        inside.setObjectName("inside")
        inside.setStyleSheet("QWidget#inside { background: transparent; }")
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(SPACE)
        self._list.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        scroll.setAccessibleName(tr("Predictions"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(top)
        column.addWidget(scroll, 1)
        thumbnails.came.connect(self.refresh)

    @property
    def rows(self) -> tuple[PredictionRow, ...]:
        """What is shown."""
        return tuple(self._rows)

    def show_predictions(self, predictions: Sequence[Prediction]) -> None:
        """Show these in place of the former ones."""
        for row in self._rows:
            self._list.removeWidget(row)
            row.deleteLater()
        self._rows = [PredictionRow(self._look, prediction) for prediction in predictions[:MOST]]
        for index, row in enumerate(self._rows):
            self._list.insertWidget(index, row)
        self._hint.setVisible(not self._rows)
        self.want()
        self.refresh()

    def want(self) -> None:
        """Ask for the small versions that are still missing."""
        if self._rows:
            self._thumbnails.want([row.path for row in self._rows])

    @Slot()
    def refresh(self) -> None:
        """Show the small versions that are there."""
        for row in self._rows:
            image = self._thumbnails.get(row.path)
            if image is not None:
                row.picture.setPixmap(QPixmap.fromImage(image))

    @Slot()
    def _choose(self) -> None:
        title, kinds = tr("Choose pictures"), tr("Pictures ({patterns})", patterns=PATTERNS)
        paths, _ = QFileDialog.getOpenFileNames(self, title, "", kinds)
        if paths:
            self.wanted.emit(tuple(Path(path) for path in paths[:MOST]))
