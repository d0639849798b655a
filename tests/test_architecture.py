"""The walls between the rooms: what each floor may load and name."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import designer

ROOT = Path(designer.__file__).parent
FLOORS = {
    "network": 0,
    "errors": 0,
    "progress": 0,
    "messages": 0,
    "settings": 0,
    "resources": 0,
    "catalog": 1,
    "session": 1,
    "engine": 2,
    "jobs": 3,
    "gui": 4,
}
TOP = 5
FILES = sorted(ROOT.rglob("*.py"))


def room_of(file: Path) -> str:
    return file.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def rooms_named(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = [name.split(".") for name in imported(tree)]
    return {parts[1] for parts in names if parts[0] == "designer" and len(parts) > 1}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_imports_only_go_down(file):
    floor = FLOORS.get(room_of(file), TOP)
    above = {room for room in rooms_named(file) if FLOORS.get(room, TOP) > floor}
    # The package itself is named for its version alone.
    assert not above - {"__version__"}, f"{file} names a higher floor: {above}"


def test_the_window_reaches_the_engine_through_jobs_alone():
    for file in ROOT.glob("gui/**/*.py"):
        assert "engine" not in rooms_named(file), f"{file} names the engine"


def test_jobs_name_the_engine_inside_functions_alone():
    for file in ROOT.glob("jobs/**/*.py"):
        top = ast.Module(ast.parse(file.read_text(encoding="utf-8")).body, [])
        outside = [node for node in top.body if isinstance(node, ast.Import | ast.ImportFrom)]
        assert not [n for n in imported(ast.Module(outside, [])) if n.startswith("designer.engine")], file


def test_there_is_no_circle():
    modules = {".".join(("designer", *f.relative_to(ROOT).with_suffix("").parts)): f for f in FILES}
    modules = {name.removesuffix(".__init__"): file for name, file in modules.items()}
    graph = {}
    for name, file in modules.items():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        graph[name] = {n for n in imported(ast.Module(top, [])) if n in modules and n != name}
    done: set[str] = set()
    path: list[str] = []

    def visit(name: str) -> None:
        assert name not in path, f"circle: {' -> '.join([*path[path.index(name) :], name])}"
        if name in done:
            return
        path.append(name)
        for target in sorted(graph[name]):
            visit(target)
        path.pop()
        done.add(name)

    for name in graph:
        visit(name)


WALLS = [
    ("designer.network.network", ("torch", "PySide6", "numpy")),
    ("designer.network.file", ("torch", "PySide6", "numpy")),
    ("designer.catalog.kinds", ("torch", "PySide6", "numpy")),
    ("designer.catalog.models", ("torch", "PySide6", "numpy")),
    ("designer.catalog.actions", ("torch", "PySide6", "numpy")),
    ("designer.catalog.fixes", ("torch", "PySide6", "numpy")),
    ("designer.catalog.recipes", ("torch", "PySide6", "numpy")),
    ("designer.catalog.stages", ("torch", "PySide6", "numpy")),
    ("designer.network.clipping", ("torch", "PySide6", "numpy")),
    ("designer.session.session", ("torch", "PySide6", "numpy")),
    ("designer.engine.building", ("PySide6",)),
    ("designer.engine.opening", ("PySide6",)),
    ("designer.engine.training", ("PySide6",)),
    ("designer.engine.export", ("PySide6",)),
    ("designer.cli", ("torch", "PySide6")),
    ("designer.jobs.steps", ("torch", "torchvision")),
    ("designer.gui.main_window", ("torch", "torchvision", "onnx", "pyqtgraph")),
    ("designer.app", ("torch", "torchvision", "onnx", "pyqtgraph")),
]


@pytest.mark.parametrize(("module", "forbidden"), WALLS, ids=[row[0] for row in WALLS])
def test_a_fresh_interpreter_loads_no_more_than_it_may(module, forbidden):
    code = f"import {module}, sys; print(*(name for name in {forbidden!r} if name in sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == [], f"{module} loads {result.stdout}"


def test_qt_does_not_eat_references_to_none():
    # PySide6 6.12 on Python 3.11 loses one reference to None in each call that returns None; there
    # the program would abort after some thousand calls. From 3.12 on None is immortal.
    code = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication, QGraphicsRectItem\n"
        "app = QApplication([])\n"
        "item = QGraphicsRectItem()\n"
        "before = sys.getrefcount(None)\n"
        "for n in range(500): item.setPos(n, n)\n"
        "print(before - sys.getrefcount(None))\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(result.stdout) < 100


SIZES = [file for file in FILES if file.name != "__init__.py"]


@pytest.mark.parametrize("file", SIZES, ids=lambda file: str(file.relative_to(ROOT)))
def test_files_functions_and_classes_stay_small(file):
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < 60, f"{node.name} is too long"
        if isinstance(node, ast.ClassDef):
            methods = sum(isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in node.body)
            assert methods <= 20, f"{node.name} has {methods} methods"


def test_no_test_waits_for_a_fixed_time():
    wait = "qtbot" + ".wait("
    sleep = "time" + ".sleep("
    for file in Path(__file__).parent.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert wait not in text, file
        assert sleep not in text, file
