"""What a command writes, on streams that cannot write everything."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest

from designer.catalog.models import model
from designer.cli import listing
from designer.cli.result import Result

NAMES = ["plain", "caf\u00e9", "\u732b", "\udcff.png"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_json_stays_json_whatever_the_stream_can_write(encoding):
    sink = io.BytesIO()
    stream = io.TextIOWrapper(sink, encoding=encoding, errors="backslashreplace")
    Result({"names": NAMES}, ()).write(stream, as_json=True)
    stream.flush()
    assert json.loads(sink.getvalue().decode(encoding)) == {"names": NAMES}


def test_commands_write_names_that_are_not_text(run, monkeypatch):
    monkeypatch.setattr(listing, "MODELS", {"a": replace(model("resnet18"), id=NAMES[-1])})
    for form in ((), ("--json",)):
        outcome = run("models", *form)
        assert outcome.status == 0
        assert "\\udcff.png" in outcome.out
