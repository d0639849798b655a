"""The part of the Python twin that needs no pictures: an open network, and what may be done to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from torch import nn

from designer.catalog import actions
from designer.catalog.comparing import compare
from designer.catalog.finding import layer_ids
from designer.catalog.recipes import RecipePlan, plan
from designer.catalog.recipes import recipe as recipe_named
from designer.catalog.scripts import ACTION, FORMAT, Script, read_value, run_script
from designer.catalog.summary import Summary, summary
from designer.engine import building
from designer.engine.shapes import infer
from designer.engine.weights import Weights
from designer.messages import tr
from designer.network.comparison import Comparison
from designer.network.edits import Compound, Edit
from designer.network.network import Network
from designer.session.results import Facts
from designer.session.session import Session


class EditableNetwork:
    """An open network with its weights.

    Attributes:
        session: what is open, as the window holds it.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._facts: tuple[Network, Facts] | None = None

    @property
    def network(self) -> Network:
        """The document as it is now."""
        network = self.session.network
        assert network is not None
        return network

    @property
    def weights(self) -> Weights:
        """The tensors by layer."""
        weights = self.session.weights
        assert isinstance(weights, Weights)
        return weights

    @property
    def head(self) -> tuple[str, ...]:
        """Names of the layers that make the answer. Raises EditError when there are none."""
        return tuple(self.network[i].name for i in actions.head_layers(self.network))

    def facts(self) -> Facts:
        """Shapes, parameter counts and problems of the network as it is now."""
        if self._facts is None or self._facts[0] is not self.network:
            self._facts = (self.network, infer(self.network))
        return self._facts[1]

    def summary(self, batch_size: int = 32, optimizer: str = "AdamW") -> Summary:
        """Size, work, depth and memory of the network, its training with such batches among them.

        Raises:
            TrainingError: there is no such optimizer.
        """
        return summary(self.network, self.facts(), batch_size, optimizer)

    def compare(self, other: EditableNetwork) -> Comparison:
        """What has to be done to this network to get the other one: layers added, removed and changed."""
        return compare(self.network, other.network, self.facts(), other.facts())

    def replace_head(
        self, classes: int | Sequence[str], style: str = "linear", *, multilabel: bool | None = None
    ) -> tuple[str, ...]:
        """Put a fresh head for these classes in place of the old one; returns its layers' names.

        Args:
            classes: their names, or how many there are.
            style: 'linear', 'gap_dense' (global average pooling and a linear layer), 'gap_two_dense' (the
                same with another linear layer between) or 'flatten_dense' (two linear layers with dropout
                between).
            multilabel: a picture may show any number of the classes; None leaves that as it is.

        Raises:
            EditError: there is no head, or the classes are fewer than two, too many or not distinct.
        """
        names = actions.class_names(classes) if isinstance(classes, int) else tuple(classes)
        facts = self.facts() if style != "linear" else None
        self.apply(actions.replace_head(self.network, names, style, facts, multilabel))
        return self.head

    def freeze_backbone(self) -> None:
        """Freeze all layers before the head. Raises EditError when there is nothing to freeze."""
        self.apply(actions.freeze_backbone(self.network))

    def freeze(self, *layers: str, before: bool = False) -> None:
        """Freeze layers, given by name, id or group: `project.freeze("conv1", "layer1")`.

        Args:
            layers: which.
            before: everything that feeds them, too.

        Raises:
            EditError: there is none of that name, or it has nothing to freeze.
        """
        chosen: Iterable[str] = layer_ids(self.network, layers)
        if before:
            chosen = self.network.ancestors(chosen)
        self.apply(actions.freeze(self.network, [i for i in self.network.layers if i in set(chosen)], True))

    def unfreeze(self, *layers: str) -> None:
        """Let layers learn again; see `freeze`."""
        self.apply(actions.freeze(self.network, layer_ids(self.network, layers), False))

    def recipe(self, name: str, classes: Sequence[str] | None = None) -> RecipePlan:
        """Prepare for training by a recipe: edit the network, and set the options; returns what was done.

        Args:
            name: one of `designer.catalog.recipes.RECIPES`, such as 'gradual_unfreezing'.
            classes: names of those to be told apart; None for those of the pictures that were read, or
                else the network's own. Where they differ from the network's, it gets a new head.

        Raises:
            TrainingError: there is no such recipe.
            EditError: it does not fit the network; nothing has changed.
        """
        row = recipe_named(name)
        data = self.session.data
        if classes is None:
            classes = () if data is None else data.classes
        made = plan(row, self.network, self.facts(), self.session.training_options, classes)
        if made.edit is not None:
            self.apply(made.edit)
        self.session.set_options(training=made.options)
        return made

    def do(self, action: str, **values: Any) -> None:
        """Make one of the window's actions by its name, layers given by theirs.

        The names and values are those of a script (see `run`); `from_` stands for 'from'::

            project.do("insert", entry="Dropout", to="fc", settings={"p": 0.3})
            project.do("set_settings", layers=["conv1"], settings={"stride": 1})

        Raises:
            EditError: there is no such action, or it cannot be made; nothing has changed.
        """
        row = {ACTION: action, **{name.rstrip("_"): value for name, value in values.items()}}
        self.run(read_value({"format": FORMAT, "edits": [row]}))

    def run(self, script: Script) -> None:
        """Make all edits of a script, or none; `designer.catalog.scripts.read_script` reads one.

        Raises:
            EditError: one of them cannot be made; nothing has changed.
        """
        edits = run_script(self.network, script, infer)
        if edits:
            self.apply(edits[0] if len(edits) == 1 else Compound(tr("Run a script"), edits))

    def apply(self, edit: Edit) -> None:
        """Make any edit of the network. Raises EditError when it does not fit; nothing has changed."""
        self.session.apply(edit)

    def module(self) -> nn.Module:
        """The network with its weights as an `nn.Module`, in evaluation mode on the CPU.

        Raises:
            NetworkError: it cannot be built; it names the layer.
        """
        return building.build(self.network, self.weights)
