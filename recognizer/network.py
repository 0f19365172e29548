"""The networks: CNN -> text lines -> bidirectional RNN -> log probabilities for CTC.

Shapes in comments: N batch, C channels, H height, W width, T steps, K classes (characters and blank).
"""

from typing import cast

import torch
from torch import Tensor, nn

from recognizer.config import TUTORIAL_DROPPED, AlignerConfig, NetworkConfig


class ConvNorm(nn.Sequential):
    """3×3 convolution, batch norm, ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: tuple[int, int] = (1, 1)) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
        )


class Residual(nn.Module):
    """x + conv(conv(x)), after He et al. 2015, with the sum before the last ReLU."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = ConvNorm(channels, channels)
        self.second = nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Maps (N, C, H, W) to (N, C, H, W)."""
        return torch.relu(x + self.second(self.first(x)))


class LinePool(nn.Module):
    """Turns a feature map into one sequence a text line: a learned weighting over the rows, column by column.

    Each line has a weighting of its own, so a two-line plate is read top line first without being cut in two,
    and on a one-line plate the network learns to leave the second line blank.
    """

    def __init__(self, channels: int, lines: int) -> None:
        super().__init__()
        self.score = nn.Conv2d(channels, lines, (3, 3), padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Maps (N, C, H, W) to (N, lines * W, C)."""
        weight = self.score(x).float().softmax(dim=2).to(x.dtype)  # (N, lines, H, W), sums to 1 over H
        lines = torch.einsum("nchw,nlhw->nlwc", x, weight)  # (N, lines, W, C)
        return lines.flatten(1, 2)


class PlateHeads(nn.Module):
    """Tells whether a crop shows a plate, and its region, from what the reader sees and reads in it.

    The features stay on a coarse grid: a state's name or a country's band has its place on the plate.
    """

    CHANNELS, GRID, DENSE = 48, (4, 10), 128

    def __init__(self, channels: int, sequence: int, regions: int) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(channels, self.CHANNELS, 1)
        self.pool = nn.AdaptiveAvgPool2d(self.GRID)
        self.dense = nn.Linear(self.CHANNELS * self.GRID[0] * self.GRID[1] + sequence, self.DENSE)
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(self.DENSE, 1 + regions)

    def forward(self, features: Tensor, sequence: Tensor) -> Tensor:
        """(N, C, H, W) and (N, T, S) -> logits (N, 1 + regions): first that of "this is a plate"."""
        return self.classify(self.pooled(features, sequence))

    def pooled(self, features: Tensor, sequence: Tensor) -> Tensor:
        """What the classification is made from, (N, P)."""
        grid = self.pool(torch.relu(self.narrow(features))).flatten(1)
        return torch.cat([grid, sequence.mean(dim=1)], dim=1)

    def classify(self, pooled: Tensor) -> Tensor:
        """(N, P) -> logits (N, 1 + regions)."""
        return cast(Tensor, self.out(self.drop(torch.relu(self.dense(pooled)))))


class CRNN(nn.Module):
    """CNN -> line pooling -> bidirectional LSTM -> log probabilities (Shi et al. 2015, with line pooling added).

    With regions in its config it has heads, whose logits follow the steps in rows of K: so there is one output, as
    every runtime expects. `recognizer.heads` takes it apart.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = config.channels
        height = config.height
        for stage in config.stages:
            layers.append(ConvNorm(channels, stage.channels, stage.stride))
            layers.extend(Residual(stage.channels) for _ in range(stage.blocks))
            channels, height = stage.channels, -(-height // stage.stride[0])
        self.cnn = nn.Sequential(*layers)
        self.row = nn.Parameter(torch.zeros(1, channels, height, 1))  # where a row stands: top or bottom line
        self.lines = LinePool(channels, config.lines)
        self.drop = nn.Dropout(config.dropout)
        self.rnn = nn.LSTM(channels, config.hidden, config.layers, bidirectional=True, batch_first=True)
        self.classes = config.alphabet.classes
        self.head = nn.Linear(2 * config.hidden, config.emits * self.classes)
        self.head_rows = config.head_rows
        self.heads = PlateHeads(channels, 2 * config.hidden, len(config.regions)) if config.regions else None

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) in 0..1 -> log probabilities (N, T, K), with heads (N, T + head_rows, K)."""
        features, sequence = self.features(x)
        x = self.head(self.feature_drop(sequence)).unflatten(2, (-1, self.classes)).flatten(1, 2)  # (N, T, K)
        log_probs = x.float().log_softmax(2)
        if self.heads is None:
            return log_probs
        logits = self.heads(features, sequence).float()
        room = self.head_rows * self.classes - logits.shape[1]
        rows = nn.functional.pad(logits, (0, room)).reshape(-1, self.head_rows, self.classes)
        return torch.cat([log_probs, rows], dim=1)

    def features(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(N, channels, H, W) in 0..1 -> the CNN's map (N, C, H / 16, W / 4) and the LSTM's sequence (N, T, S)."""
        features = self.cnn((x - 0.5) * 4.0)
        lines = self.lines(features + self.row)  # (N, T / emits, C)
        sequence, _ = self.rnn(self.feature_drop(lines))  # (N, T / emits, 2 * hidden)
        return features, sequence

    def feature_drop(self, x: Tensor) -> Tensor:
        """Dropout of whole features of a sequence (N, T, C): a mask a step takes a tenth of a CPU's training time."""
        if not self.training or self.drop.p == 0:
            return x
        return x * cast(Tensor, self.drop(x.new_ones(x.shape[0], 1, x.shape[2])))


class Tutorial2017(nn.Module):
    """The Keras tutorial's network, layer by layer: 4,857,319 weights with 22 characters.

    Keras' GRU had one bias a gate where torch has two: the second is kept at zero and not trained.
    """

    FILTERS, DENSE, UNITS = 16, 32, 512

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.cnn = nn.Sequential(
            nn.Conv2d(config.channels, self.FILTERS, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(self.FILTERS, self.FILTERS, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.dense = nn.Linear(config.height // 4 * self.FILTERS, self.DENSE)
        self.first = nn.GRU(self.DENSE, self.UNITS, bidirectional=True, batch_first=True)
        self.second = nn.GRU(self.UNITS, self.UNITS, bidirectional=True, batch_first=True)
        self.head = nn.Linear(2 * self.UNITS, config.alphabet.classes)
        self._initialize()

    def _initialize(self) -> None:
        """Draws weights as Keras drew them: with torch's own, far smaller ones it learns nothing in three epochs."""
        for name, parameter in self.named_parameters():
            if parameter.dim() == 1:
                nn.init.zeros_(parameter)
            elif name == "dense.weight":
                nn.init.xavier_uniform_(parameter)
            elif "weight_hh" in name:
                nn.init.orthogonal_(parameter)
            else:
                nn.init.kaiming_normal_(parameter)
            if "bias_hh" in name:
                parameter.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """Maps images (N, 1, 64, 128) in 0..1 to log probabilities (N, 30, K)."""
        x = self.cnn(x)  # (N, 16, 16, 32)
        x = x.permute(0, 3, 2, 1).flatten(2)  # (N, 32, 256): a step is a column
        x = torch.relu(self.dense(x))  # (N, 32, 32)
        x, _ = self.first(x)  # (N, 32, 1024)
        forward, backward = x.chunk(2, dim=2)
        x, _ = self.second(forward + backward)  # (N, 32, 1024)
        return cast(Tensor, self.head(x)[:, TUTORIAL_DROPPED:].float().log_softmax(2))  # (N, 30, K)


class AlignerNetwork(nn.Module):
    """Tells where the plate's corners are in a crop: a CNN that halves the picture, and two dense layers.

    After the localisation network of Jaderberg et al., "Spatial Transformer Networks" (2015).
    """

    #: A plate in the middle of its crop, which the network corrects.
    START = (0.1, 0.15, 0.9, 0.15, 0.9, 0.85, 0.1, 0.85)
    #: From this stage on a second convolution sees the features in their places.
    DEEP = 2
    DENSE, REACH = 128, 0.25

    def __init__(self, config: AlignerConfig) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for number, channels in enumerate(config.channels):
            layers.append(ConvNorm(before, channels, (2, 2)))
            if number >= self.DEEP:
                layers.append(ConvNorm(channels, channels))
            before = channels
        self.cnn = nn.Sequential(*layers)
        last = nn.Linear(self.DENSE, 8)
        with torch.no_grad():  # begin near the start
            last.weight.mul_(0.1)
            last.bias.zero_()
        self.head = nn.Sequential(nn.Linear(before * config.cells, self.DENSE), nn.ReLU(), last)
        self.start: Tensor
        self.register_buffer("start", torch.tensor(self.START))

    def forward(self, x: Tensor) -> Tensor:
        """Maps images (N, 3, H, W) in 0..1 to corners (N, 8): x, y clockwise from the upper left, as shares."""
        x = self.cnn((x - 0.5) * 4.0)  # (N, C, H / 32, W / 32)
        return cast(Tensor, self.start + self.head(x.flatten(1)).float() * self.REACH)


def build_network(config: NetworkConfig) -> nn.Module:
    """Builds a network with fresh weights; ValueError for an unknown architecture."""
    kinds: dict[str, type[nn.Module]] = {"crnn": CRNN, "tutorial-2017": Tutorial2017}
    if config.architecture not in kinds:
        raise ValueError(f"unknown network architecture {config.architecture!r}; known: {', '.join(kinds)}")
    return kinds[config.architecture](config)


def count_trainable(network: nn.Module) -> int:
    """Counts the weights that training changes."""
    return sum(p.numel() for p in network.parameters() if p.requires_grad)
