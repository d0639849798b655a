"""The grid of pictures: a row for each, as it is and as some epochs would show it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from designer.gui.look.style import Look
from designer.gui.look.tokens import RADIUS, SPACE
from designer.gui.training.altered.state import EPOCHS, PICTURES
from designer.gui.training.status_strip import ElidedLabel
from designer.messages import tr
from designer.session.data import ImageData
from designer.session.results import Example

SIDE, LEAST = 124, 56
"""Side of a picture in pixels at first, and at least."""
NAMES = 104
"""Pixels of the names of the classes."""
COARSE = 2.0
"""From this enlargement on, pixels are shown as squares: that is all that the network sees."""


class PictureTile(QWidget):
    """One picture, as large as there is room for.

    Attributes:
        image: null for none.
        text: what stands in the place of a picture.
    """

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.image = QImage()
        self.text = ""
        self.setMinimumSize(LEAST, LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        look.changed.connect(self.update)

    def show_picture(self, image: QImage, name: str, text: str = "") -> None:
        """Show a picture, or a text in its place; `name` is for those who hear it."""
        self.image, self.text = image, text
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def sizeHint(self) -> QSize:
        """See Qt."""
        return QSize(SIDE, SIDE)

    def place(self) -> QRect:
        """The square that the picture takes up."""
        # Columns differ by a pixel at times; their pictures must not.
        side = min(self.width(), self.height()) // 4 * 4
        place = QRect(0, 0, side, side)
        place.moveCenter(self.rect().center())
        return place

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        colours, place = self._look.colours, self.place()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(place), RADIUS, RADIUS)
        painter.fillPath(shape, QColor(colours.raised))
        if self.image.isNull():
            painter.setPen(QColor(colours.text_muted))
            room = place.adjusted(4, 4, -4, -4)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self.text)
        else:
            enlarged = place.width() * self.devicePixelRatioF() / self.image.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, enlarged < COARSE)
            painter.setClipPath(shape)
            painter.drawImage(place, self.image)
        painter.end()


class ExampleGrid(QWidget):
    """Shows examples: a row for each, with the name of its class before it.

    Attributes:
        titles: over the columns.
        names: before the rows.
        tiles: of each row, from left to right.
    """

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE)
        self._layout.setColumnMinimumWidth(0, NAMES)
        # The picture as it is stands a little apart from what is made of it.
        self._layout.setColumnMinimumWidth(2, SPACE)
        self.titles = [QLabel() for _ in range(1 + EPOCHS)]
        self.names = [ElidedLabel() for _ in range(PICTURES)]
        self.tiles = [[PictureTile(look) for _ in self.titles] for _ in self.names]
        columns = [1, *range(3, 3 + EPOCHS)]
        for column, title in zip(columns, self.titles, strict=True):
            title.setProperty("small", True)
            self._layout.addWidget(title, 0, column, Qt.AlignmentFlag.AlignHCenter)
            self._layout.setColumnStretch(column, 1)
        for row, (name, tiles) in enumerate(zip(self.names, self.tiles, strict=True), 1):
            self._layout.addWidget(name, row, 0)
            self._layout.setRowStretch(row, 1)
            for column, tile in zip(columns, tiles, strict=True):
                self._layout.addWidget(tile, row, column)

    def show_examples(self, data: ImageData, examples: Sequence[Example], epochs: Sequence[int]) -> None:
        """Show these; `epochs` are those of their versions after the first."""
        titles = [tr("Unaltered"), *(tr("Epoch {number}", number=number) for number in epochs)]
        for label, title in zip(self.titles, titles, strict=True):
            label.setText(title)
        for row, (name, tiles) in enumerate(zip(self.names, self.tiles, strict=True)):
            example = examples[row] if row < len(examples) else None
            for widget in (name, *tiles):
                widget.setVisible(example is not None)
            if example is None:
                continue
            picture = data.pictures[example.index]
            shows = ", ".join(data.classes[label] for label in picture.labels) or tr("none of the classes")
            name.show_text(shows)
            name.setToolTip(f"{shows}\n{picture.path.name}")
            for column, (tile, title) in enumerate(zip(tiles, titles, strict=True)):
                said = f"{shows}, {picture.path.name}, {title}"
                if example.why:
                    tile.show_picture(QImage(), f"{said}: {example.why}", tr("Not readable"))
                else:
                    tile.show_picture(_image(example, column), said)


def _image(example: Example, version: int) -> QImage:
    side, data = example.side, example.versions[version]
    # The copy owns its memory, and has the padded rows that Qt wants.
    return QImage(data, side, side, 3 * side, QImage.Format.Format_RGB888).copy()
