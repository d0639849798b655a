"""Texts as files: whole or not at all."""

from __future__ import annotations

import pytest

from designer.engine import text_files
from designer.engine.text_files import check_text_file, read_bytes, write_text
from designer.errors import ReportError


def test_a_text_comes_back(tmp_path):
    path = tmp_path / "ä.txt"
    assert write_text(path, "Größe\n") == 8
    assert read_bytes(path) == "Größe\n".encode()
    assert [p.name for p in tmp_path.iterdir()] == ["ä.txt"]


def test_the_former_file_stays_when_the_disk_fails(tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    write_text(path, "before")

    def fail(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("designer.engine.archive.os.replace", fail)
    with pytest.raises(ReportError, match="No space left"):
        write_text(path, "after")
    assert read_bytes(path) == b"before"
    assert len(list(tmp_path.iterdir())) == 1


def test_folders_and_missing_ones_are_refused(tmp_path):
    for call in (lambda p: write_text(p, "x"), check_text_file):
        with pytest.raises(ReportError, match="folder"):
            call(tmp_path)
        with pytest.raises(ReportError, match="could not be written"):
            call(tmp_path / "no" / "report.html")
    with pytest.raises(ReportError, match="cannot be read"):
        read_bytes(tmp_path / "gone")
    with pytest.raises(ReportError, match="not an ordinary file"):
        read_bytes(tmp_path)


def test_what_is_far_too_large_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "large.json"
    path.write_bytes(bytes(100))
    monkeypatch.setattr(text_files, "LARGEST", 99)
    with pytest.raises(ReportError, match="too large"):
        read_bytes(path)
