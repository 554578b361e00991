"""What a recipe may say: the sections, their keys, types and defaults (pydantic, extra keys are
errors).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from segnn.recipe import yaml
from segnn.recipe.data_section import DataSpec
from segnn.recipe.elements import Species
from segnn.recipe.normal import normalised
from segnn.recipe.origin import Origin
from segnn.recipe.section import (
    Count,
    Expression,
    Expressions,
    Finite,
    IrrepsText,
    Positive,
    Section,
    SomeExpressions,
    UnitText,
    as_tuple,
)
from segnn.recipe.target import TargetSpec


class FieldSpec(Section):
    """A physical quantity that the data files hold."""

    irreps: IrrepsText
    """How it turns: 0e scalar, 0o pseudoscalar, 1o vector (x, y, z), 1e pseudovector (spin), sums
    of irreps."""
    unit: UnitText = "1"
    """Base names with powers, ``length/time^2``; 1 is dimensionless. The names are your own and
    nothing is converted; one that is nearly a known name is told when a training begins."""
    level: Literal["node", "graph"] = "node"
    """One row per particle, or one per system."""
    array: str | None = None
    """The array of the data file; the field's own name if it is not given."""
    time: Literal["odd"] | None = None
    """``odd``: the field changes its sign where time runs backwards, as a spin, a velocity or a
    magnetic field does. Then predictions do what their targets' ``time`` says when all odd fields
    are reversed, exactly. null says nothing of it."""


class ConstantSpec(Section):
    """A scalar with a unit, usable in expressions."""

    value: Finite
    """Its value in that unit."""
    unit: UnitText = "1"
    """As of a field."""


class GraphSpec(Section):
    """Which nodes are neighbours; relations are within a system, without self-loops."""

    kind: Literal["complete", "nearest", "radius"] = "complete"
    """All others, the nearest ones, or all within a distance, periodic images included."""
    neighbours: Count | None = None
    """For ``nearest``: how many. For ``radius``: at most so many, the nearest; of neighbours at
    equal distances all or none."""
    cutoff: Positive | None = None
    """For ``radius``: the distance, in the unit of position."""

    @model_validator(mode="after")
    def _fits(self) -> GraphSpec:
        needs = {"complete": None, "nearest": "neighbours", "radius": "cutoff"}[self.kind]
        may = "neighbours" if self.kind == "radius" else needs
        for key in ("neighbours", "cutoff"):
            given = getattr(self, key) is not None
            if (key == needs and not given) or (given and key not in (needs, may)):
                example = {
                    "nearest": "{kind: nearest, neighbours: 5}",
                    "radius": "{kind: radius, cutoff: 2.0}",
                }
                raise ValueError(
                    example.get(self.kind, "{kind: complete}, without neighbours and cutoff")
                )
        return self


class ModelSpec(Section):
    """The network."""

    kind: Literal[
        "segnn",
        "segnn_refreshed",
        "segnn_along_edges",
        "se_linear",
        "se_nonlinear",
        "egnn",
        "mpnn",
        "painn",
        "schnet",
    ] = "segnn"
    """segnn_refreshed takes its geometry from the prediction so far in every layer;
    segnn_along_edges has hidden scalars alone and answers with vectors along the edges; se_linear
    and se_nonlinear are the paper's convolutions; egnn, mpnn, painn and schnet are
    baselines."""
    hidden: IrrepsText | None = None
    """The hidden irreps, 32x0e+32x1o; or give channels and degree."""
    channels: Count | None = None
    """The width as a number, as a network of scalars would have it; instead of hidden."""
    degree: Annotated[int, Field(ge=0, le=11)] = 1
    """With channels: hidden irreps of degrees 0 to this."""
    widths: Literal["weights", "dimension"] = "weights"
    """With channels: as many weights as a linear layer of that width, or the channels split by
    dimension."""
    attribute_degree: Annotated[int, Field(ge=0, le=11)] = 1
    """The degree of sh(x) where none is written."""
    layers: Annotated[int, Field(ge=1, le=1000)] = 4
    """Message passing layers."""
    norm: Literal["instance", "layer", "batch"] | None = None
    """Of the features after every layer; the kinds egnn, mpnn, painn and schnet have none."""
    pool: Literal["mean", "sum"] = "mean"
    """For graph targets without a pool of their own: how the features of the nodes are pooled
    before a last network makes the target of them, as in the paper."""

    @model_validator(mode="after")
    def _one_width(self) -> ModelSpec:
        if (self.hidden is None) == (self.channels is None):
            raise ValueError(
                "either hidden: 32x0e+32x1o, or channels: 64 (with degree: 1), one of the two"
            )
        return self


def _precision(value: Any) -> Any:
    if str(value).lower().startswith(("bf16", "fp16", "16", "bfloat16", "float16")):
        raise ValueError(
            "32, 64, or tf32 on a graphics card; in 16 bits sums over neighbours lose digits, and "
            "derivatives (forces) most of them, by how much no test bounds"
        )
    return str(value)


class TrainingSpec(Section):
    """How the weights are found."""

    epochs: Count = 1000
    """Passes over the training systems. At a resume there may be more of them: the schedule then
    runs once more, over the added ones."""
    batch_size: Count = 100
    """Systems in a step; the last batch of an epoch may be smaller."""
    device: str = "cpu"
    """Where to compute: cpu; cuda or cuda:1, a graphics card; auto, a card if there is one."""
    devices: Count = 1
    """Processes on this machine that train together, each with its part of every batch: the same
    training, up to rounding. On a CPU they share its cores. Under torchrun or srun as many as these
    start."""
    nodes: Count = 1
    """Machines, started by torchrun or srun."""
    divide: Literal["batch", "graph"] = "batch"
    """What several processes share: the systems of every batch; or each system, divided in space,
    for systems that are too large for one. The same training, up to rounding."""
    accumulate: Count = 1
    """Take the systems of a step in so many parts, one after the other: the same step, up to
    rounding, with less memory."""
    precision: Annotated[Literal["32", "64", "tf32"], BeforeValidator(_precision)] = "32"
    """Of weights and features: float32 (32) or float64 (64); tf32 rounds the factors of float32
    products to 10 bits, on graphics cards alone. Cues, bases and targets are float64 in any
    case."""
    learning_rate: Positive = 5e-4
    """The largest one; the schedule multiplies it by at most 1."""
    weight_decay: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """Decoupled from the gradient with adamw and soap, added to it with adam."""
    optimizer: Literal["adamw", "adam", "soap"] = "adamw"
    """The optimiser of the weights. soap takes the steps of adamw along the principal axes of the
    gradients: fewer epochs for the same error, each of them a quarter longer on small batches."""
    schedule: Literal["constant", "cosine", "one_cycle", "step"] = "cosine"
    """The learning rate over the steps: cosine falls to 0, one_cycle rises first, step falls by ten
    at 80 % and at 90 %."""
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """The fraction of all steps over which the learning rate rises from zero."""
    loss: Literal["mse", "mae", "huber"] = "mse"
    """The mean squared or the mean absolute error over all coordinates of a batch; huber is squared
    up to a hundredth of the target's spread and absolute beyond. A target may say another one."""
    validate_by: Literal["mse", "mae", "huber"] | None = None
    """The error on the validation systems that chooses the best epoch; null takes what is trained
    on, the loss."""
    clip: Positive | None = None
    """Largest norm of the gradient; null does not clip."""
    ema: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Decay of the moving average of the weights that is evaluated; null has none."""
    patience: Count | None = None
    """Stop after so many validations (every evaluate_every epochs) without a better error; null
    never does."""
    checkpoint_layers: bool = False
    """Keep only what enters each layer for the backward pass and compute the rest again: less
    memory, more time."""
    compile: bool = False
    """Train through torch.compile, checked against eager before the first step; for GPUs, or where
    there is no numba."""
    evaluate_every: Count = 1
    """Epochs between validations; the last epoch is always validated."""
    loggers: Annotated[tuple[Literal["tensorboard", "wandb"], ...], BeforeValidator(as_tuple)] = ()
    """Where to send the rows of metrics.csv too: tensorboard (in the run folder), wandb (Weights &
    Biases)."""
    start_from: str | None = None
    """Begin with the weights of this run folder, model folder or packaged model (fine-tuning); null
    draws fresh ones."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    """Of the fresh weights and the order of the batches."""

    @model_validator(mode="after")
    def _fits(self) -> TrainingSpec:
        if self.compile and self.checkpoint_layers:
            raise ValueError(
                "compile or checkpoint_layers, one of the two: torch.compile chooses by itself "
                "what to keep for the backward pass and cannot trace layers that are computed again"
            )
        if self.compile and self.divide == "graph":
            raise ValueError(
                "compile or divide: graph, one of the two: torch.compile does not trace what "
                "processes tell each other within a layer"
            )
        return self


POSITION = FieldSpec(irreps="1o", unit="length")


class Recipe(Section):
    """A task: physical quantities, how they enter the network, what is predicted, how it is
    trained.

    Entries of ``edge_attributes`` and ``node_attributes`` are *summed* (equal irreps), as in the
    paper's a_i = mean_j a_ij + sh(v_i); entries of ``inputs`` and ``message_scalars`` are
    *concatenated*.
    """

    name: str
    """A name for this task, used for its run folders."""
    fields: dict[str, FieldSpec] = Field(default={"position": POSITION})
    """The physical quantities in the data files, by name; position is always there."""
    constants: dict[str, ConstantSpec] = Field(default={})
    """Scalars for expressions, by name."""
    define: dict[str, Expression] = Field(default={})
    """Names for expressions, used in what follows them: force: sum(pair_force(charge))."""
    data: DataSpec = DataSpec()
    """The section data: {folder: data/charged}. Without it the systems are given in Python."""
    graph: GraphSpec = GraphSpec()
    """The section graph: which nodes are neighbours."""
    inputs: SomeExpressions
    """A list of expressions: what every node starts with."""
    edge_attributes: SomeExpressions = ("sh(relative_position)",)
    """What steers the messages: expressions of an edge, summed."""
    node_attributes: SomeExpressions = ("mean(edge_attributes)",)
    """What steers the updates: expressions of a node, summed."""
    message_scalars: Expressions = ()
    """Scalars of an edge that messages see besides the features of both ends, concatenated."""
    species: Species = ()
    """Chemical elements by symbol or atomic number, ``[H, C, O]``: what the atoms may be. Declares
    the field species, of the array atomic_number, for one_hot(species) and reference(species)."""
    targets: Annotated[dict[str, TargetSpec], Field(min_length=1)]
    """What is predicted, by name, all by one network; the section target is the short form of one:
    {array: target_position, irreps: 1o, unit: length, level: node, base: position}."""
    model: ModelSpec
    """The section model: kind, hidden, layers."""
    training: TrainingSpec = TrainingSpec()
    """The section training: how the weights are found."""

    _origin: Origin = PrivateAttr(default_factory=Origin)

    @model_validator(mode="before")
    @classmethod
    def _normalised(cls, data: Any) -> Any:
        return normalised(data) if isinstance(data, dict) else data

    @property
    def origin(self) -> Origin:
        """Which file and lines it was read from, for error messages."""
        return self._origin

    @property
    def field_arrays(self) -> frozenset[str]:
        """The names of the arrays that the declared fields are read from."""
        return frozenset(spec.array or name for name, spec in self.fields.items()) | {"position"}

    @property
    def main(self) -> str:
        """The name of the first target: what stands for all where there is room for one."""
        return next(iter(self.targets))

    @property
    def label_arrays(self) -> frozenset[str]:
        """The names of the arrays that hold labels of the targets."""
        return frozenset(spec.array for spec in self.targets.values())

    def remember(self, origin: Origin) -> None:
        """Keep where it was read from."""
        self._origin = origin

    def to_yaml(self) -> str:
        """The whole recipe, defaults written out; `load_recipe` reads the same recipe back."""
        return yaml.write(self.model_dump(mode="json"))

    @classmethod
    def sections(cls) -> dict[tuple[str, ...], type[Section]]:
        """Every section by the path to it; "*" stands for the name of a field or a constant."""
        return _sections(cls, ())


def _sections(
    section: type[Section], path: tuple[str, ...]
) -> dict[tuple[str, ...], type[Section]]:
    found = {path: section}
    for name, info in section.model_fields.items():
        kind: Any = info.annotation
        here: tuple[str, ...] = (*path, name)
        if getattr(kind, "__origin__", None) is dict:
            kind, here = kind.__args__[1], (*here, "*")
        for part in _parts(kind):
            found |= _sections(part, here)
    return found


def _parts(kind: Any) -> list[type[Section]]:
    """The sections that a value of this annotation may be."""
    if isinstance(kind, type) and issubclass(kind, Section):
        return [kind]
    return [part for argument in get_args(kind) for part in _parts(argument)]
