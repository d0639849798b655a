"""Reading a folder of pictures with a table of what each of them shows: any number of the classes."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from designer.engine.data.finding import Found, pictures_below, readable, sorted_by_path
from designer.errors import DataError
from designer.messages import tr
from designer.progress import Progress
from designer.session.data import UnreadableFile

TABLE = "labels.csv"
FILE, LABELS, BETWEEN = "file", "labels", ";"
_YES, _NO = "1", "0"


@dataclass(frozen=True, slots=True)
class _Row:
    """A picture in the table: its name as it is written there, its classes, and its line."""

    name: str
    labels: frozenset[str]
    line: int


def names_files(table: Path) -> bool:
    """Whether the first column of a table is that of the files; other tables are no concern of ours."""
    try:
        with table.open(encoding="utf-8-sig", errors="replace") as file:
            first = file.readline()
    except OSError:
        return True
    return first.split(",")[0].strip().strip('"').strip().lower() == FILE


def read_table(folder: Path, progress: Progress) -> Found:
    """Read the pictures that 'labels.csv' in a folder names.

    The table is UTF-8 with commas. Its first column is 'file': a picture, relative to the folder. Then
    comes either one column 'labels' with the names of its classes, a semicolon between them, or one
    column for each class, 1 where the picture shows it and 0 where it does not. A picture may show none.

    Raises:
        DataError: the table cannot be used; it says in which line, why and what to do.
        Cancelled: by the user.
    """
    table = folder / TABLE
    names, rows = _rows(table)
    left_out: list[UnreadableFile] = []
    there = {os.path.normpath(path): path for path in pictures_below(folder, left_out)}
    foreign = {os.path.normpath(file.path) for file in left_out}
    chosen: dict[Path, _Row] = {}
    found: dict[str, Path] = {}
    for row in rows:
        path = folder / row.name
        key = os.path.normpath(path)
        if not Path(key).is_relative_to(os.path.normpath(folder)):
            left_out.append(UnreadableFile(path, tr("It lies outside of the folder.")))
        elif not os.path.isfile(key):  # noqa: PTH113 - also says so of a name too long for a file
            text = tr("Line {line} of {table} names it, but it is not there.", line=row.line, table=TABLE)
            left_out.append(UnreadableFile(path, text))
        elif key not in foreign:
            # Named explicitly, it may have any ending, or be hidden.
            found[key] = there.get(key, Path(key))
            chosen[_once(chosen, found[key], row, table)] = row
    left_out += [
        UnreadableFile(path, tr("{table} does not name it.", table=TABLE))
        for key, path in there.items()
        if key not in found
    ]
    good = readable(sorted(chosen, key=lambda path: path.as_posix()), left_out, progress)
    if not good:
        raise _no_pictures(table, left_out)
    shown = Counter(label for path in good for label in chosen[path].labels)
    classes = tuple(sorted(name for name in names if shown[name]))
    left_out += [
        UnreadableFile(table, tr("No picture shows '{name}': it is not taken as a class.", name=name))
        for name in sorted(names)
        if not shown[name]
    ]
    _check_classes(table, classes)
    numbers = {name: number for number, name in enumerate(classes)}
    pictures = tuple((path, tuple(sorted(numbers[name] for name in chosen[path].labels))) for path in good)
    return Found(classes, pictures, sorted_by_path(left_out), multilabel=True)


def _once(chosen: dict[Path, _Row], path: Path, row: _Row, table: Path) -> Path:
    """`path`, unless another line has named it."""
    if path in chosen:
        raise _wrong(
            table,
            tr(
                "Lines {first} and {second} name the same picture: '{name}'.",
                first=chosen[path].line,
                second=row.line,
                name=row.name,
            ),
            tr("Leave one line for each picture."),
        )
    return path


def _rows(table: Path) -> tuple[tuple[str, ...], list[_Row]]:
    """Names of all classes, and what the table says of each picture."""
    lines = _lines(table)
    _, header = next(lines, (1, []))
    read = _reader_of(table, [title.strip() for title in header])
    rows: list[_Row] = []
    for line, cells in lines:
        if len(cells) != len(header):
            raise _wrong(
                table,
                tr(
                    "Line {line} has {count} columns, and the first line {wanted}.",
                    line=line,
                    count=len(cells),
                    wanted=len(header),
                ),
                tr("Put names that have a comma in them into quotation marks."),
            )
        name = cells[0].strip()
        if not name:
            raise _wrong(table, tr("Line {line} names no picture.", line=line), tr("Complete it."))
        rows.append(_Row(name.replace("\\", "/"), read(line, cells[1:]), line))
    if header[1:] and _by_columns(header):
        return tuple(title.strip() for title in header[1:]), rows
    return tuple({label for row in rows for label in row.labels}), rows


def _lines(table: Path) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line that is not empty."""
    try:
        text = table.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong(
            table,
            tr("It is not UTF-8 text: byte {place} does not fit.", place=error.start + 1),
            tr("Save it as UTF-8 ('CSV UTF-8' in a spreadsheet)."),
        ) from error
    except OSError as error:
        raise _wrong(table, error.strerror or str(error), tr("Choose another folder.")) from error
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield rows.line_num, cells
    except csv.Error as error:
        why = tr("Line {line} cannot be read: {cause}.", line=rows.line_num, cause=error)
        raise _wrong(table, why, tr("Correct it.")) from error


def _by_columns(header: Sequence[str]) -> bool:
    """Whether each class has a column of its own."""
    return [title.strip().lower() for title in header[1:]] != [LABELS]


def _reader_of(table: Path, header: list[str]) -> Callable[[int, list[str]], frozenset[str]]:
    """What reads the labels of a line, as the titles of the columns say."""
    titles = header[1:]
    remedy = tr(
        "The first line is '{simple}', or '{file}' and one column for each class.",
        simple=f"{FILE},{LABELS}",
        file=FILE,
    )
    if not header or header[0].lower() != FILE or not titles:
        shown = ",".join(header)[:80]
        why = tr("Its first line is '{line}'.", line=shown) if header else tr("It is empty.")
        raise _wrong(table, why, remedy)
    if not _by_columns(header):
        return _listed
    strange = [title for title in titles if title.lower() == LABELS]
    if strange:
        others = ", ".join(f"'{title}'" for title in titles if title not in strange)
        why = tr("Beside '{labels}' it has unknown columns: {others}.", labels=strange[0], others=others)
        raise _wrong(table, why, remedy)
    if not all(titles):
        raise _wrong(table, tr("Column {number} has no title.", number=titles.index("") + 2), remedy)
    twice = [title for title, count in Counter(titles).items() if count > 1]
    if twice:
        raise _wrong(table, tr("Two columns have the title '{title}'.", title=twice[0]), tr("Rename one."))

    def marked(line: int, cells: list[str]) -> frozenset[str]:
        for title, cell in zip(titles, cells, strict=True):
            if cell.strip() not in (_YES, _NO):
                raise _wrong(
                    table,
                    tr(
                        "Line {line} has '{cell}' in the column '{title}'.",
                        line=line,
                        cell=cell[:40],
                        title=title,
                    ),
                    tr("Write 1 where the picture shows the class, and 0 where it does not."),
                )
        return frozenset(title for title, cell in zip(titles, cells, strict=True) if cell.strip() == _YES)

    return marked


def _listed(line: int, cells: list[str]) -> frozenset[str]:
    return frozenset(name for part in cells[0].split(BETWEEN) if (name := part.strip()))


def _no_pictures(table: Path, left_out: list[UnreadableFile]) -> DataError:
    why = tr("It names no picture that can be read.")
    if left_out:
        first = sorted_by_path(left_out)[0]
        why += " " + tr("The first problem: '{path}': {reason}", path=first.path, reason=first.reason)
    return _wrong(table, why, tr("Give the pictures' places as seen from the folder of the table."))


def _check_classes(table: Path, classes: tuple[str, ...]) -> None:
    if len(classes) >= 2:
        return
    if classes:
        why = tr("Its pictures show one class only: '{name}'.", name=classes[0])
    else:
        why = tr("Its pictures show no class at all.")
    raise _wrong(table, why, tr("A network needs two or more: add pictures of another class."))


def _wrong(table: Path, why: str, remedy: str) -> DataError:
    return DataError(tr("The table '{table}' cannot be used.", table=table), why, remedy)
