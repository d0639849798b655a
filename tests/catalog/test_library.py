"""The layer library: every entry fits where it is put, and is found by the words people use."""

from __future__ import annotations

import pytest
import torch

from designer.catalog.kinds import KINDS, kind
from designer.catalog.library import ENTRIES, SECTIONS, Around, search
from designer.engine.building import layer_module
from designer.engine.shapes import infer
from designer.network.fragment import settled
from designer.network.network import Network, Port

from .placing import placed

PICTURES = [(16, 8, 8), (3, 32, 32), (48, 7, 5)]
TOKENS = [(12, 48), (10, 64)]
LISTS = [(64,), (7,)]
ALL = [*PICTURES, *TOKENS, *LISTS]
WHOLE = {"transformer_encoder", "class_token", "position_vectors", "position_table", "perceptron"}
# Where the rank of a kind does not say it all.
FITTING = {
    # Of numbers alone; the block that looks positions up is tried instead.
    "Embedding": [],
    # Torch takes others, with a warning.
    "Dropout2d": PICTURES,
    "MatrixProduct": [(5, 5)],
    "GLU": [s for s in ALL if any(n % 2 == 0 for n in s)],
    "RelativePositionalMultiHeadAttention": [(4, 49, 64)],
    "Squeeze": [(64, 1, 1), (1, 8)],
    "Output": [(10,)],
    "AuxiliaryOutput": [(10,)],
    "bilinear_upsample": [*PICTURES, *TOKENS],
}


# What is made to change the shape; all else can be put anywhere without breaking what follows.
CHANGING_SECTIONS = {"Pooling", "Padding", "Heads", "Learned values"}
CHANGING = {
    *("ConvTranspose1d", "ConvTranspose2d", "strided_conv2d", "GLU", "residual_halving", "dense_layer"),
    *("Flatten", "Unflatten", "Permute", "Transpose", "Unsqueeze", "Squeeze", "Select", "Chunk", "Concat"),
    *("Stack", "Upsample", "bilinear_upsample", "PixelShuffle", "PixelUnshuffle", "patches", "class_token"),
}


def fitting(key: str) -> list[tuple[int, ...]]:
    """Shapes of inputs that an entry must be put behind without a problem."""
    if key in FITTING:
        return FITTING[key]
    if key not in KINDS:
        return ALL if ENTRIES[key].section == "Heads" or key in WHOLE else PICTURES
    row = KINDS[key]
    twin = KINDS.get(key.translate(str.maketrans("12", "21")), row)
    ranks = {*row.ranks, *twin.ranks}
    return [shape for shape in ALL if not ranks or len(shape) + 1 in ranks]


def run(network: Network, x: torch.Tensor) -> dict[str, tuple[tuple[int, ...], ...]]:
    """Shapes of what each layer gives, with the batch, from running them one after the other in torch."""
    values, shapes = {Port("input"): x}, {"input": (tuple(x.shape),)}
    for layer_id in network.order:
        if layer_id == "input":
            continue
        module = layer_module(network[layer_id]).eval()
        with torch.no_grad():
            found = module(*(values[port] for port in network.inputs[layer_id]))
        results = (found,) if isinstance(found, torch.Tensor) else tuple(found)
        values.update({Port(layer_id, n): result for n, result in enumerate(results)})
        shapes[layer_id] = tuple(tuple(result.shape) for result in results)
    return shapes


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_fits_where_it_is_put(key):
    for shape in fitting(key):
        network, end = placed(key, shape)
        facts = infer(network)
        assert [p for p in facts.problems if p.layer and p.severity == "error"] == [], shape
        assert end or kind(key).category == "Input and output"
        found, more = (run(network, torch.randn(batch, *shape)) for batch in (2, 3))
        for layer_id, shapes in found.items():
            # What has no batch, such as a parameter, keeps its whole shape.
            pairs = zip(shapes, more[layer_id], strict=True)
            assert facts.layers[layer_id].shapes == tuple(a if a == b else a[1:] for a, b in pairs), shape
        if end and shape[0] > 4 and key not in CHANGING and ENTRIES[key].section not in CHANGING_SECTIONS:
            assert facts.layers[end].shapes == (shape,)


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_can_be_made_where_nothing_is_known(key):
    made = ENTRIES[key].make(Around())
    ids = [layer.id for layer in made.layers]
    assert len(set(ids)) == len(ids)
    assert made.title
    for layer in made.layers:
        row = kind(layer.kind)
        assert layer.name == layer.id
        ports = made.inputs[layer.id]
        assert len(ports) >= row.inputs[0]
        layer_module(layer)
        for port in ports:
            assert port is None or ids.index(port.layer) < ids.index(layer.id)
    for entrance in made.entrances:
        assert made.inputs[entrance.layer][entrance.input] is None
    assert made.exit is None or made.exit.layer in ids
    sources = [layer for layer in made.layers if kind(layer.kind).inputs == (0, 0)]
    assert made.entrances or sources == list(made.layers)


def test_the_table_is_complete_and_in_order():
    assert {key for key in KINDS if key != "Input"} <= set(ENTRIES)
    sections = [entry.section for entry in ENTRIES.values()]
    assert sections == sorted(sections, key=SECTIONS.index)
    assert set(sections) == set(SECTIONS)
    titles = [entry.title for entry in ENTRIES.values()]
    assert len(set(titles)) == len(titles)
    for key, entry in ENTRIES.items():
        assert entry.key == key
        assert entry.formula.strip() == entry.formula != ""
        assert entry.text.endswith(".")
        assert "\n" not in entry.text + entry.formula
        assert entry.keywords
        assert all(word == word.lower() for word in entry.keywords)


@pytest.mark.parametrize(
    ("key", "shape", "settings"),
    [
        ("Conv2d", (48, 7, 5), {"in_channels": 48, "out_channels": 48, "kernel_size": 3, "padding": 1}),
        ("Conv2d", (3, 32, 32), {"in_channels": 3, "out_channels": 64, "kernel_size": 3, "padding": 1}),
        ("Conv2d", None, {"in_channels": 64, "out_channels": 64, "kernel_size": 3, "padding": 1}),
        (
            "depthwise_conv2d",
            (48, 7, 5),
            {"in_channels": 48, "out_channels": 48, "kernel_size": 3, "padding": 1, "groups": 48},
        ),
        ("Linear", (512,), {"in_features": 512, "out_features": 512}),
        ("Linear", (196, 768), {"in_features": 768, "out_features": 768}),
        ("BatchNorm2d", (48, 7, 5), {"num_features": 48}),
        ("LayerNorm", (196, 768), {"normalized_shape": [768]}),
        ("LayerNorm", (48, 7, 5), {"normalized_shape": [48, 7, 5]}),
        ("GroupNorm", (48, 7, 5), {"num_groups": 16, "num_channels": 48}),
        ("MultiheadAttention", (196, 768), {"embed_dim": 768, "num_heads": 12}),
        ("MultiheadAttention", (10, 36), {"embed_dim": 36, "num_heads": 4}),
        ("Softmax", (196, 768), {"dim": -1}),
        ("Softmax", (10,), {}),
        ("PReLU", (48, 7, 5), {"num_parameters": 48}),
        ("MaxPool2d", (512, 1, 1), {"kernel_size": 1}),
        ("ReflectionPad2d", (512, 1, 1), {"padding": 0}),
        ("Permute", (48, 7, 5), {"dims": [0, 2, 3, 1]}),
        ("Parameter", (196, 768), {"shape": [1, 196, 768]}),
    ],
)
def test_settings_follow_from_the_shape(key, shape, settings):
    (layer,) = ENTRIES[key].make(Around(shape, 3)).layers
    assert layer.settings == settings


@pytest.mark.parametrize(
    ("key", "shape", "became"),
    [
        ("BatchNorm2d", (512,), "BatchNorm1d"),
        ("BatchNorm1d", (48, 7, 5), "BatchNorm2d"),
        ("Conv2d", (64, 100), "Conv1d"),
        ("Conv2d", (512,), "Conv2d"),
        ("Dropout1d", (48, 7, 5), "Dropout2d"),
        ("BatchNorm2d", None, "BatchNorm2d"),
    ],
)
def test_a_kind_for_lines_takes_the_place_of_one_for_pictures(key, shape, became):
    made = ENTRIES[key].make(Around(shape, 3))
    assert [layer.kind for layer in made.layers] == [became]
    assert made.title == KINDS[became].title


def test_attention_attends_to_itself_and_what_joins_waits_for_its_second_input():
    made = ENTRIES["MultiheadAttention"].make(Around((196, 768)))
    assert [entrance.input for entrance in made.entrances] == [0, 1, 2]
    made = ENTRIES["Add"].make(Around((48, 7, 5)))
    assert [entrance.input for entrance in made.entrances] == [0]
    assert made.inputs["add"] == (None, None)


@pytest.mark.parametrize(("classes", "width"), [(3, 3), (0, 10)])
@pytest.mark.parametrize("shape", [(16, 8, 8), (12, 48), (64,)])
@pytest.mark.parametrize("key", ["linear_head", "gap_dense_head", "flatten_dense_head"])
def test_a_head_answers_with_one_number_for_each_class(key, shape, classes, width):
    network, end = placed(key, shape, classes)
    assert infer(network).layers[end].shapes == ((width,),)


def test_two_of_the_same_get_names_of_their_own():
    network, _ = placed("conv_bn_relu", (48, 7, 5))
    again = settled(ENTRIES["conv_bn_relu"].make(Around((48, 7, 5))), network, "new")
    assert [layer.name for layer in again.layers] == ["conv_2", "bn_2", "relu_2"]
    assert {layer.group for layer in again.layers} == {"new"}
    assert not {layer.id for layer in again.layers} & set(network.layers)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("conv", "Conv2d"),
        ("Conv2d", "Conv2d"),
        ("conv 2d", "Conv2d"),
        ("convolution 2-D", "Conv2d"),
        ("Convolution 1", "Conv1d"),
        ("bn", "BatchNorm2d"),
        ("batch norm", "BatchNorm2d"),
        ("LAYER norm", "LayerNorm"),
        ("relu", "ReLU"),
        ("leaky", "LeakyReLU"),
        ("swish", "SiLU"),
        ("fc", "Linear"),
        ("dense", "Linear"),
        ("gap", "global_average_pool2d"),
        ("skip", "residual"),
        ("depthwise", "depthwise_conv2d"),
        ("deconv", "ConvTranspose2d"),
        ("mha", "MultiheadAttention"),
        ("drop path", "StochasticDepth"),
        ("lrn", "LocalResponseNorm"),
        ("mbconv", "mbconv"),
        ("resnet", "residual"),
        ("interpolate", "Upsample"),
        ("concat", "Concat"),
        ("position", "Positions"),
        ("l2", "Normalize"),
        ("convolutoin", "Conv2d"),
        ("dropuot", "Dropout"),
        ("sofmax", "Softmax"),
    ],
)
def test_the_words_people_use_find_it(text, first):
    assert search(text)[0].key == first


def test_titles_come_before_other_words_and_these_before_descriptions():
    keys = [entry.key for entry in search("linear")]
    # A title that begins with it, a word inside a title, another word for it, a description.
    assert keys.index("Linear") < keys.index("linear_head") < keys.index("inverted_residual")
    keys = [entry.key for entry in search("pool")]
    assert keys.index("global_average_pool2d") < keys.index("gap_dense_head")
    assert keys.index("gap_dense_head") < keys.index("inception")


def test_every_word_must_be_found():
    assert {entry.key for entry in search("flatten dense")} == {"flatten_dense_head"}
    assert search("convolution zebra") == ()
    assert search("zzzz") == ()
    assert search("?!") == search("  ") == search("") == tuple(ENTRIES.values())


def test_a_slip_is_forgiven_where_nothing_else_is_found():
    assert search("atention")[0].key == "MultiheadAttention"
    # Where there is a true match, none that is only alike is mixed in.
    assert {entry.key for entry in search("mish")} == {"Mish"}


def test_a_title_finds_its_own_entry_first():
    for key, entry in ENTRIES.items():
        assert search(entry.title)[0].key == key
        assert search(entry.title.upper())[0].key == key
