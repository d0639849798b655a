from __future__ import annotations

from designer.catalog.models import MODELS
from designer.gui.opening.choice import resolve
from designer.gui.opening.models_table import matches


def test_nothing_chosen():
    state = resolve(None, False)
    assert not state.can_open
    assert not state.others
    assert state.reason


def test_weights_that_are_here_are_opened_at_once():
    state = resolve(MODELS["efficientnet_lite0"], True)
    assert (state.main_text, state.download, state.can_open, state.others) == ("Open", False, True, True)
    assert "Apache-2.0" in state.detail


def test_weights_that_are_not_here_are_downloaded_and_the_size_is_said():
    state = resolve(MODELS["resnet18"], False)
    assert state.main_text == "Download 46.8 MB and open"
    assert state.download
    assert state.can_open


def test_while_a_job_runs_the_reason_names_it():
    state = resolve(MODELS["resnet18"], False, "Training")
    assert not state.can_open
    assert "Training" in state.reason


def test_a_search_takes_words_in_any_order_and_skips_signs():
    row = MODELS["resnet18"]
    for words in ("resnet 18", "ResNet-18", "resnet18", "18 res", "", "bsd resnet"):
        assert matches(row, words), words
    for words in ("resnet 50", "vit"):
        assert not matches(row, words), words
