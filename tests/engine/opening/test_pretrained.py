"""Opening models of the catalog: their weights, fresh ones, a file's; and what the bundled one sees."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import skimage
import torch
import torchvision
from PIL import Image
from torch import nn

from designer.catalog.models import MODELS, model, weights_path
from designer.engine.building import build
from designer.engine.opening import open_model
from designer.engine.opening.efficientnet_lite import efficientnet_lite0
from designer.engine.opening.loading import read_state
from designer.engine.opening.pretrained import bare_module
from designer.engine.shapes import infer
from designer.errors import Cancelled, OpeningError
from designer.progress import Recording, Silent, StepNews

PHOTOGRAPHS = Path(skimage.__file__).parent / "data"


@pytest.fixture(scope="module")
def lite():
    return open_model("efficientnet_lite0", "default", 0, Silent())


def picture(name: str, resize: int = 256, crop: int = 224) -> torch.Tensor:
    """A photograph as the network's recipe has it, (value - 127) / 128. Shape: (1, 3, crop, crop)."""
    with Image.open(PHOTOGRAPHS / name) as opened:
        image = opened.convert("RGB")
    scale = resize / min(image.size)
    image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC)
    left, top = (image.width - crop) // 2, (image.height - crop) // 2
    values = np.asarray(image.crop((left, top, left + crop, top + crop)), dtype=np.float32)
    return torch.from_numpy((values - 127) / 128).permute(2, 0, 1)[None].contiguous()


@pytest.mark.parametrize(
    ("name", "first", "probability", "among"),
    [
        ("chelsea.png", "tiger cat", 0.39, "Egyptian cat"),
        ("coffee.png", "espresso", 0.95, "coffee mug"),
        ("rocket.jpg", "missile", 0.27, "projectile"),
        ("camera.png", "tripod", 0.94, "reflex camera"),
        ("motorcycle_left.png", "moped", 0.54, "motor scooter"),
    ],
)
def test_the_bundled_model_knows_photographs(lite, name, first, probability, among):
    with torch.no_grad():
        answer = build(lite.network, lite.weights)(picture(name)).softmax(1)[0]
    best = answer.topk(5)
    names = [lite.network.classes[i] for i in best.indices]
    assert names[0] == first
    assert among in names
    assert float(best.values[0]) == pytest.approx(probability, abs=0.08)


def test_the_bundled_model_is_complete(lite):
    network = lite.network
    assert (network.name, network.origin) == ("efficientnet_lite0", "efficientnet_lite0")
    assert network.preprocessing == MODELS["efficientnet_lite0"].preprocessing
    assert len(network.classes) == 1000
    assert (network.classes[0], network.classes[285]) == ("tench", "Egyptian cat")
    facts = infer(network)
    assert facts.problems == ()
    assert facts.parameters == model("efficientnet_lite0").parameters == 4_652_008
    # Published: 407 M multiply-adds, which count biases and activations too.
    assert facts.macs == pytest.approx(407e6, rel=0.06)
    assert {"Conv2d", "BatchNorm2d", "ReLU6", "ZeroPad2d", "Add"} <= {layer.kind for layer in network}


def test_the_bundled_weights_lie_where_their_names_say(lite):
    # The file's names differ from ours; order alone would not show two equal layers exchanged.
    state = torch.load(weights_path(model("efficientnet_lite0")), weights_only=True)
    ours = lite.weights
    assert torch.equal(ours["blocks.3.depthwise"]["weight"], state["_blocks.3._depthwise_conv.weight"])
    assert torch.equal(ours["blocks.15.project_norm"]["bias"], state["_blocks.15._bn2.bias"])
    assert torch.equal(ours["head.norm"]["running_var"], state["_bn1.running_var"])
    assert torch.equal(ours["classifier"]["weight"], state["_fc.weight"])
    assert len(ours.flat()) == len(state) == 296


def test_lite_pads_as_tensorflow_does():
    # 'SAME' of stride 2 on an even side: nothing before, one after for a kernel of 3; 1 and 2 for 5.
    pads = [part.padding for part in efficientnet_lite0().modules() if isinstance(part, nn.ZeroPad2d)]
    assert pads == [(0, 1, 0, 1), (0, 1, 0, 1), (1, 2, 1, 2), (0, 1, 0, 1), (1, 2, 1, 2)]


def test_fresh_weights_are_torchvisions_own_and_follow_the_seed():
    before = torch.get_rng_state()
    first = open_model("resnet18", "none", 5, Silent())
    again = open_model("resnet18", "none", 5, Silent())
    other = open_model("resnet18", "none", 6, Silent())
    assert torch.equal(before, torch.get_rng_state())
    with torch.random.fork_rng():
        torch.manual_seed(5)
        wanted = torchvision.models.resnet18().state_dict()
    found = first.weights.flat()
    assert set(found) == set(wanted)
    assert all(torch.equal(found[n], wanted[n]) for n in wanted)
    assert all(torch.equal(t, again.weights.flat()[n]) for n, t in found.items())
    assert not torch.equal(found["fc.weight"], other.weights["fc"]["weight"])
    assert first.network == again.network


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_weights_from_a_file(tmp_path, suffix):
    torch.manual_seed(1)
    module = torchvision.models.squeezenet1_1()
    path = tmp_path / f"mine{suffix}"
    if suffix == ".pth":
        torch.save(module.half().state_dict(), path)
    else:
        safetensors.torch.save_file(module.half().state_dict(), path)
    opened = open_model("squeezenet1_1", str(path), 0, Silent())
    # Half precision on the disk; the network calculates in single precision.
    x = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(build(opened.network, opened.weights)(x), module.float().eval()(x))


def test_default_weights_are_read_from_the_cache(isolated_home):
    row = model("squeezenet1_0")
    torch.manual_seed(2)
    module = torchvision.models.squeezenet1_0()
    weights_path(row).parent.mkdir(parents=True)
    torch.save(module.state_dict(), weights_path(row))
    opened = open_model("squeezenet1_0", "default", 0, Silent())
    assert all(torch.equal(t, module.state_dict()[n]) for n, t in opened.weights.flat().items())


def test_default_weights_that_are_not_here_say_what_to_do():
    with pytest.raises(OpeningError, match=r"ResNet-18 are not on this computer.*47 MB.*Download them"):
        open_model("resnet18", "default", 0, Silent())


def test_weights_that_do_not_fit_say_which_and_both_shapes(tmp_path):
    path = tmp_path / "other.safetensors"
    safetensors.torch.save_file(torchvision.models.resnet18(num_classes=10).state_dict(), path)
    with pytest.raises(OpeningError, match=re.escape("'fc.weight' has shape (10, 512), not (1000, 512)")):
        open_model("resnet18", str(path), 0, Silent())
    with pytest.raises(OpeningError, match=r"'layer1.0.conv3.weight' is missing|has shape"):
        open_model("resnet50", str(path), 0, Silent())
    safetensors.torch.save_file({"fc.weight": torch.zeros(1)}, path)
    with pytest.raises(OpeningError, match=r"'conv1.weight' is missing"):
        open_model("resnet18", str(path), 0, Silent())
    state = {**torchvision.models.resnet18().state_dict(), "spare": torch.zeros(1)}
    safetensors.torch.save_file(state, path)
    with pytest.raises(OpeningError, match="'spare' is in the file, but not in the network"):
        open_model("resnet18", str(path), 0, Silent())


def test_a_missing_file_and_an_unknown_model_are_said(tmp_path):
    with pytest.raises(OpeningError, match=r"nothing\.pth"):
        open_model("resnet18", str(tmp_path / "nothing.pth"), 0, Silent())
    with pytest.raises(OpeningError, match="Nearest: resnet18"):
        open_model("resnet_18", "none", 0, Silent())


@pytest.mark.parametrize(
    ("model_id", "new", "old"),
    [
        ("densenet121", r"(denselayer\d+\.(?:norm|relu|conv))([12])\.", r"\1.\2."),
        ("vit_b_32", r"mlp\.0\.", "mlp.linear_1."),
    ],
)
def test_old_names_and_missing_counters_are_understood(tmp_path, model_id, new, old):
    expected = bare_module(model(model_id)).state_dict()
    state = {n: torch.empty(t.shape, dtype=t.dtype) for n, t in expected.items()}
    file = {re.sub(new, old, n): t for n, t in state.items() if not n.endswith("num_batches_tracked")}
    if model_id.startswith("vit"):
        file = {n.replace("mlp.3.", "mlp.linear_2."): t for n, t in file.items()}
    assert set(file) != {n for n in expected if not n.endswith("num_batches_tracked")}
    torch.save(file, tmp_path / "old.pth")
    found = read_state(tmp_path / "old.pth", expected)
    assert {n: t.shape for n, t in found.items()} == {n: t.shape for n, t in expected.items()}
    assert all(int(t) == 0 for n, t in found.items() if n.endswith("num_batches_tracked"))


@pytest.mark.parametrize("model_id", ["regnet_x_400mf", "mnasnet0_5", "swin_t", "googlenet"])
def test_a_module_without_values_has_the_shapes_of_the_real_one(model_id):
    before = torch.get_rng_state()
    bare = bare_module(model(model_id)).state_dict()
    assert torch.equal(before, torch.get_rng_state())
    real = torchvision.models.get_model(model_id, **model(model_id).arguments).state_dict()
    assert all(tensor.is_meta for tensor in bare.values())
    assert {n: (t.shape, t.dtype) for n, t in bare.items()} == {
        n: (t.shape, t.dtype) for n, t in real.items()
    }


def test_auxiliary_heads_have_the_papers_weights():
    for model_id, weights in (("googlenet", (0.3, 0.3)), ("inception_v3", (0.4,))):
        opened = open_model(model_id, "none", 0, Silent())
        assert build(opened.network).auxiliary_weights == weights


def test_opening_tells_its_progress_and_can_be_cancelled():
    progress = Recording()
    open_model("squeezenet1_1", "none", 0, progress)
    done = [news.done for news in progress.news if isinstance(news, StepNews)]
    assert done == sorted(done)
    assert done[-1] == 1.0
    for after in range(1, progress.asked + 1):
        with pytest.raises(Cancelled):
            open_model("squeezenet1_1", "none", 0, Recording(cancel_after=after))
