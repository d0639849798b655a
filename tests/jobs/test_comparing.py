"""The step that compares: every sort of side, what goes wrong, and stopping."""

from __future__ import annotations

import pytest

from designer.catalog.models import MODELS
from designer.engine.building import build, weights_of
from designer.engine.opening import open_model, open_network
from designer.engine.project_file import ProjectContents, save_project
from designer.errors import Cancelled, OpeningError, ProjectError
from designer.jobs.comparing import Side, compare
from designer.network.edits import SetSettings
from designer.progress import Recording, Silent, StepNews


def test_now_is_compared_with_a_file(tmp_path, tiny_network):
    path = tmp_path / "tiny.netgraft"
    weights = weights_of(build(tiny_network, seed=3))
    save_project(path, ProjectContents(tiny_network, weights), Silent())
    now = SetSettings("fc", {"out_features": 9}).apply(tiny_network)
    saved, current = Side("saved", path=path), Side("now", network=now, weights=weights)
    found = compare(saved, current, weights=True)(Silent())
    assert [d.layer.id for d in found.comparison.changed] == ["fc"]
    assert (found.before.side, found.after.side) == (saved, current)
    assert found.after.facts.layers["fc"].shapes == ((9,),)
    assert found.before.facts.layers["fc"].shapes == ((3,),)
    assert found.weights is not None
    assert found.weights["stem.conv"].equal
    assert found.weights["fc"].why == "they start anew"
    assert compare(saved, current)(Silent()).weights is None


def test_a_side_that_is_open_is_not_opened_again(tmp_path, tiny_network):
    path = tmp_path / "tiny.netgraft"
    save_project(path, ProjectContents(tiny_network, weights_of(build(tiny_network))), Silent())
    saved, now = Side("saved", path=path), Side("now", network=tiny_network)
    first = compare(saved, now)(Silent())
    kept = path.read_bytes()
    path.unlink()
    again = compare(first.before, now)(Silent())
    assert again.before is first.before
    assert again.comparison.equal
    # Its weights were not read then.
    with pytest.raises(ProjectError):
        compare(first.before, now, weights=True)(Silent())
    path.write_bytes(kept)
    assert compare(first.before, now, weights=True)(Silent()).weights is not None


def test_two_models_of_the_catalog_are_compared_without_their_weights():
    found = compare(Side("a", model="resnet18"), Side("b", model="resnet34"))(Silent())
    assert len(found.comparison.added) == 56
    assert found.weights is None


def test_weights_that_are_not_here_are_asked_for():
    with pytest.raises(OpeningError, match="not on this computer"):
        compare(Side("a", model="resnet18"), Side("b", model="resnet18"), weights=True)(Silent())


def test_what_cannot_be_opened_says_so(tmp_path, tiny_network):
    now = Side("now", network=tiny_network)
    with pytest.raises(ProjectError):
        compare(Side("gone", path=tmp_path / "gone.netgraft"), now)(Silent())
    with pytest.raises(OpeningError, match="resnet19"):
        compare(Side("wrong", model="resnet19"), now)(Silent())


def test_it_can_be_stopped_and_tells_what_it_does(tiny_network):
    side = Side("tiny", network=tiny_network)
    progress = Recording()
    compare(side, side)(progress)
    assert next(news.text for news in progress.news if isinstance(news, StepNews)) == "Opening tiny"
    for number in range(1, progress.asked + 1):
        with pytest.raises(Cancelled):
            compare(side, side)(Recording(cancel_after=number))


@pytest.mark.parametrize("model_id", ["resnet18", "googlenet", "efficientnet_lite0"])
def test_a_network_opened_alone_is_the_one_opened_with_weights(model_id):
    alone = open_network(model_id, Silent())
    assert alone == open_model(model_id, "none", 0, Silent()).network
    assert alone.origin == MODELS[model_id].id
