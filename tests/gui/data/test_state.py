from __future__ import annotations

from dataclasses import replace

from designer.gui.data.state import resolve


def test_without_pictures_it_says_what_a_folder_must_look_like(tiny_network):
    for network in (None, tiny_network):
        state = resolve(network, None, None)
        assert state.empty
        assert "sub-folder" in state.hint
        assert state.need == "Choose pictures"
        assert state.can_choose
        assert not state.can_split


def test_pictures_that_fit_the_head(tiny_network, data):
    state = resolve(tiny_network, None, data)
    assert state.reason == ""
    assert state.head_text == ""
    assert state.need == ""
    assert state.can_split
    # 20 of each of 3 classes, a fifth held out; one file left out
    assert state.hint.startswith("3 classes, 48 pictures for training, 12 for validation.")
    assert "One file was left out." in state.hint


def test_other_classes_offer_a_new_head(tiny_network, data):
    other = replace(tiny_network, classes=("a", "b"))
    state = resolve(other, None, data)
    assert state.head_text == "Replace the head"
    assert "2" in state.reason
    assert "3" in state.reason


def test_pictures_may_come_before_a_network(data):
    state = resolve(None, None, data)
    assert (state.reason, state.head_text, state.empty) == ("", "", False)


def test_while_a_job_runs_nothing_changes_and_the_reason_is_given(tiny_network, data):
    state = resolve(tiny_network, None, data, "Training")
    assert not state.can_choose
    assert not state.can_split
    assert "Training" in state.why_not


def test_a_validation_folder_cannot_be_split(tiny_network, data, tmp_path):
    state = resolve(tiny_network, None, replace(data, validation_folder=tmp_path))
    assert state.can_choose
    assert not state.can_split
    assert "folder of their own" in state.why_not
