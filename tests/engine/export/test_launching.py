"""The child process: a real one once, and small programs in its place for what may go wrong."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import onnx
import pytest

from designer.engine.export import export_onnx, launching
from designer.errors import Cancelled, ExportError
from designer.progress import Recording, Silent, StepNews
from designer.session.options import ExportOptions

OPTIONS = ExportOptions()


class CancelOnNews(Recording):
    """Cancels once the child has told something."""

    def raise_if_cancelled(self):
        if any(news.text == "working" for news in self.news):
            raise Cancelled


def stand_in(monkeypatch, code):
    """Let a small program take the child's place; it gets the working folder as its argument."""
    monkeypatch.setattr(launching, "command", lambda folder: [sys.executable, "-S", "-c", code, str(folder)])


def ended(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_process_of_its_own_makes_the_file(tiny_network, tiny_weights, photographs, tmp_path, capfd):
    progress = Recording()
    made = export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, photographs, progress)
    assert (made.exporter, made.parity.images, made.parity.batches) == ("torchscript", 8, (1, 2, 7))
    assert made.bytes == (tmp_path / "out.onnx").stat().st_size
    assert onnx.load(str(tmp_path / "out.onnx")).graph.input[0].name == "pictures"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.onnx"]
    texts = [news.text for news in progress.news]
    assert texts[0] == "Preparing the export"
    assert "Comparing with torch" in texts
    assert capfd.readouterr() == ("", "")


def test_what_the_process_says_of_its_failure_comes_back(tiny_network, tiny_weights, tmp_path):
    network = replace(tiny_network, classes=("a", "b"))
    with pytest.raises(ExportError) as caught:
        export_onnx(network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), Silent())
    assert caught.value.what == "The network gives 3 scores for 2 classes."
    assert caught.value.remedy == "Replace the head for these classes."
    assert list(tmp_path.iterdir()) == []


def test_cancelling_ends_the_process(tiny_network, tiny_weights, tmp_path, monkeypatch):
    seen = tmp_path / "seen"
    seen.mkdir()
    code = (
        "import json, os, pathlib, sys\n"
        f"pathlib.Path({str(seen)!r}, 'number').write_text(str(os.getpid()))\n"
        "print(json.dumps({'news': {'text': 'working', 'done': 0.5}}), flush=True)\n"
        "sys.stdin.read()\n"
    )
    stand_in(monkeypatch, code)
    with pytest.raises(Cancelled):
        export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), CancelOnNews())
    assert ended(int((seen / "number").read_text()))
    assert [entry.name for entry in tmp_path.iterdir()] == ["seen"]


def test_a_process_that_dies_is_an_error_with_its_last_words(
    tiny_network, tiny_weights, tmp_path, monkeypatch
):
    code = (
        "import os, pathlib, sys\n"
        "pathlib.Path(sys.argv[1], 'log.txt').write_text('much\\nMemoryError: no room\\n')\n"
        "os._exit(9)\n"
    )
    stand_in(monkeypatch, code)
    with pytest.raises(ExportError, match=r"status 9\. MemoryError: no room") as caught:
        export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), Silent())
    assert caught.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_cannot_start_is_an_error(tiny_network, tiny_weights, tmp_path, monkeypatch):
    monkeypatch.setattr(launching, "command", lambda folder: [str(tmp_path / "nothing")])
    with pytest.raises(ExportError, match="could not be started"):
        export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), Silent())
    assert list(tmp_path.iterdir()) == []


def test_news_of_the_process_are_passed_on(tiny_network, tiny_weights, tmp_path, monkeypatch):
    lines = [{"news": {"text": "working", "done": None}}, {"error": ["what", "why", "remedy"]}]
    stand_in(monkeypatch, "".join(f"print({json.dumps(line)!r})\n" for line in lines))
    progress = Recording()
    with pytest.raises(ExportError, match="what why remedy"):
        export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), progress)
    assert StepNews("working", None) in progress.news


def test_the_process_ends_when_its_parent_does(tmp_path):
    # Nobody ever writes to its input; when that closes, as it does when the parent is gone, it ends.
    (tmp_path / "task.json").write_text("{")
    os.mkfifo(tmp_path / "weights.safetensors")
    code = (
        "import os, sys\n"
        "from designer.engine.export import child\n"
        "child.run = lambda folder, progress: open(folder / 'weights.safetensors').read()\n"
        f"child.main([{str(tmp_path)!r}])\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=120) == 1
    process.stdout.close()


def test_the_command_names_this_interpreter_and_module(tmp_path):
    command = launching.command(tmp_path)
    assert command == [sys.executable, "-m", "designer.engine.export.child", str(tmp_path)]
