"""What a network is built from; importing this loads no torch."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from recognizer.alphabet import FIRST, LATIN, Alphabet

#: The tutorial of 2017 drops the first steps, "since they tend to be garbage".
TUTORIAL_DROPPED = 2

#: The region of plates of no country the network knows, and of crops that show no plate.
UNKNOWN_REGION = "unknown"

_LARGEST, _DEEPEST = 2048, 16


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the CNN: a strided 3×3 convolution to `channels`, then `blocks` residual blocks of that width."""

    channels: int
    stride: tuple[int, int]
    blocks: int = 0


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """All that is needed to build a network again; stored in its checkpoint.

    height, width: input picture in pixels; crops are stretched to it. channels: 1 grey, 3 BGR.
    lines: text lines read in one pass; the steps of line 1 stand before those of line 2.
    emits: CTC steps a column of the feature map spells, so that two narrow characters may share a column.
    hidden, layers: of the bidirectional LSTM. architecture: "crnn" or "tutorial-2017".
    regions: what the network tells of a plate's origin, as ISO codes of countries and US-CA for states; the first is
    UNKNOWN_REGION. Where there are any, the network also tells whether a crop shows a plate (`recognizer.heads`).
    """

    height: int
    width: int
    channels: int
    characters: str
    stages: tuple[Stage, ...] = ()
    lines: int = 1
    emits: int = 1
    hidden: int = 96
    layers: int = 2
    dropout: float = 0.0
    architecture: str = "crnn"
    regions: tuple[str, ...] = ()

    @property
    def alphabet(self) -> Alphabet:
        """The characters as an Alphabet."""
        return Alphabet(self.characters)

    @property
    def steps(self) -> int:
        """Number of CTC steps T, all lines together."""
        if self.architecture == "tutorial-2017":
            return self.width // 4 - TUTORIAL_DROPPED
        width = self.width
        for stage in self.stages:
            width = -(-width // stage.stride[1])
        return width * self.lines * self.emits

    def to_dict(self) -> dict[str, Any]:
        """Returns the plain values, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "NetworkConfig":
        """Returns the inverse of to_dict; TypeError, KeyError or ValueError when values are not of this form."""
        stages = tuple(Stage(s["channels"], (s["stride"][0], s["stride"][1]), s["blocks"]) for s in values["stages"])
        regions = tuple(str(region) for region in values.get("regions", ()))
        made = cls(**{**values, "stages": stages, "regions": regions})
        made._check_sizes()
        return made

    @property
    def head_rows(self) -> int:
        """Rows of K values after the T steps of an output that hold the heads' logits; 0 without heads."""
        return -(-(1 + len(self.regions)) // self.alphabet.classes) if self.regions else 0

    def _check_sizes(self) -> None:
        """Refuses sizes no plate needs, since a file from elsewhere could ask for all the memory there is."""
        sizes = [self.height, self.width, self.channels, self.lines, self.emits, self.hidden, self.layers]
        sizes += [n for s in self.stages for n in (s.channels, *s.stride, s.blocks + 1)]
        deep = self.layers > _DEEPEST or len(self.stages) > _DEEPEST or any(s.blocks > _DEEPEST for s in self.stages)
        sizes.append(len(self.regions) + 1)
        if any(type(n) is not int or not 1 <= n <= _LARGEST for n in sizes) or deep:
            raise ValueError(f"a size of the network is no whole number from 1 to {_LARGEST}, or it is too deep")

    def with_alphabet(self, alphabet: Alphabet) -> "NetworkConfig":
        """Returns the same network for other characters."""
        return replace(self, characters=alphabet.characters)


@dataclass(frozen=True, slots=True)
class AlignerConfig:
    """What an aligner is built from; stored in the checkpoint of the reader it works for.

    height, width: input picture in pixels, BGR; crops are stretched to it. channels: of its stages, each of which
    halves the picture.
    """

    height: int = 64
    width: int = 160
    channels: tuple[int, ...] = (16, 32, 64, 96, 96)

    @property
    def cells(self) -> int:
        """Places of the last stage's map, whose features the corners are told from."""
        height, width = self.height, self.width
        for _ in self.channels:
            height, width = -(-height // 2), -(-width // 2)
        return height * width

    def to_dict(self) -> dict[str, Any]:
        """Returns the plain values, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "AlignerConfig":
        """Returns the inverse of to_dict; TypeError, KeyError or ValueError when values are not of this form."""
        made = cls(**{**values, "channels": tuple(values["channels"])})
        sizes = [made.height, made.width, *made.channels]
        if any(type(n) is not int or not 1 <= n <= _LARGEST for n in sizes) or not 1 <= len(made.channels) <= _DEEPEST:
            raise ValueError(f"a size of the aligner is no whole number from 1 to {_LARGEST}, or it is too deep")
        return made


PRESETS: dict[str, NetworkConfig] = {
    "tutorial-2017": NetworkConfig(64, 128, 1, "0123456789ABCEHKMOPTXY", architecture="tutorial-2017"),
    "tutorial": NetworkConfig(
        32,
        128,
        1,
        "0123456789ABCEHKMOPTXY",
        (Stage(16, (2, 2)), Stage(32, (2, 2)), Stage(64, (2, 1)), Stage(64, (2, 1))),
        hidden=64,
        layers=1,
    ),
    "plates": NetworkConfig(
        64,
        160,
        3,
        LATIN + FIRST,
        (Stage(32, (2, 2)), Stage(64, (2, 2), 1), Stage(128, (2, 1), 1), Stage(192, (2, 1))),
        lines=2,
        emits=2,
        dropout=0.1,
    ),
}
