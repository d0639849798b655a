"""The card of a sample: a few of its pictures, and one button that makes it ready to train."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from designer import resources
from designer.catalog.models import PretrainedModel
from designer.catalog.samples import Sample
from designer.gui.look.icons import set_icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr


class SampleCard(QFrame):
    """A sample set with the model that learns it.

    Signals:
        chosen: the sample's key.
    """

    chosen = Signal(str)

    def __init__(
        self, sample: Sample, model: PretrainedModel, look: Look, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._key = sample.key
        self._look = look
        self._strip = _Strip(QPixmap(str(resources.path(f"samples/{sample.key}.png"))), look)
        self._strip.setAccessibleName(tr("Pictures of the sample"))
        self._strip.setToolTip(f"{sample.licence}. {sample.source}")
        title = QLabel(tr("Quick tour: {name}", name=tr(sample.title)))
        title.setProperty("subheading", True)
        title.setWordWrap(True)
        text = QLabel(
            tr(
                "{model} with a new head for {classes} classes and a frozen backbone, and {count} pictures. "
                "Everything is on this computer; press Train and watch.",
                model=model.title,
                classes=len(sample.classes),
                count=f"{sample.pictures:,}",
            )
        )
        text.setProperty("muted", True)
        text.setWordWrap(True)
        self.button = QPushButton(tr("Start the tour"))
        self.button.setProperty("primary", True)
        self.button.clicked.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self._strip)
        column.addWidget(title)
        column.addWidget(text)
        column.addSpacing(SPACE // 2)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        look.changed.connect(self._paint)
        self._paint()

    def set_busy(self, reason: str) -> None:
        """Let the button work, or say why it does not."""
        self.button.setEnabled(not reason)
        self.button.setToolTip(reason)

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self._key)

    @Slot()
    def _paint(self) -> None:
        set_icon(self.button, "play", self._look.colours, "accent_text")
        self._strip.update()


class _Strip(QWidget):
    """A row of drawings in the accent colour, as wide as there is room."""

    def __init__(self, source: QPixmap, look: Look) -> None:
        super().__init__()
        self._source = source
        self._look = look
        self.setFixedHeight(source.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tint and draw."""
        tinted = QPixmap(self._source)
        painter = QPainter(tinted)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(tinted.rect(), QColor(self._look.colours.accent))
        painter.end()
        width = min(self.width(), tinted.width())
        height = tinted.height() * width // tinted.width()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(QRect(0, (self.height() - height) // 2, width, height), tinted)
