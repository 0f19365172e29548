"""Training: CTC loss, a trapezoid learning rate, checkpoints that resume at the same step."""

import csv
import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from recognizer import checkpoint as checkpoints
from recognizer.alphabet import write_in_order
from recognizer.config import NetworkConfig
from recognizer.ctc import decode_greedily
from recognizer.heads import split_outputs
from recognizer.images import Image, fit_crop
from recognizer.metrics import Scores, score_texts
from recognizer.network import PlateHeads, build_network
from recognizer.training import curves
from recognizer.training.interruption import Interruption
from recognizer.training.sampling import Mixture, SampleSource, TrainingBatch, load_batches


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How to train. steps: in all; batch: samples a step; epoch: steps between two validations.

    rate: peak learning rate; warmup and decay: shares of the steps in which it rises and falls in a line.
    average: decay of the exponential moving average of the weights, which is what is validated and saved; 0 takes the
    weights as they are. It mostly reads better than any of the steps it is of.
    """

    steps: int
    batch: int = 64
    epoch: int = 500
    rate: float = 1.5e-3
    warmup: float = 0.05
    decay: float = 0.3
    weight_decay: float = 0.01
    clip: float = 5.0
    seed: int = 0
    device: str = "auto"
    workers: int = 1
    average: float = 0.0

    def rate_at(self, step: int) -> float:
        """Computes the learning rate of a step."""
        up = (step + 1) / max(1.0, self.warmup * self.steps)
        down = (self.steps - step) / max(1.0, self.decay * self.steps)
        return self.rate * min(1.0, up, down)


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """Where training stands, told after every step. accuracy: of the last validation, None before the first."""

    step: int
    steps: int
    loss: float
    accuracy: float | None
    samples_per_second: float


@dataclass(slots=True)
class Trainer:
    """A network in training. validation: (crop, text) pairs; out: folder of checkpoints, None to keep nothing.

    known: further pairs of what the network it starts from reads. The best checkpoint is the one that reads validation
    best, less what it reads worse of these.
    """

    config: NetworkConfig
    plan: TrainingPlan
    sources: Sequence[SampleSource]
    validation: Sequence[tuple[Image, str]]
    out: Path | None = None
    notes: dict[str, object] = field(default_factory=dict)
    known: Sequence[tuple[Image, str]] = ()
    network: nn.Module = field(init=False)
    history: list[dict[str, float]] = field(init=False, default_factory=list)
    step: int = field(init=False, default=0)
    _start: checkpoints.Checkpoint | None = field(init=False, default=None)
    _optimizer: torch.optim.Optimizer = field(init=False)
    _device: torch.device = field(init=False)
    _average: AveragedModel | None = field(init=False, default=None)
    _known_before: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        torch.manual_seed(self.plan.seed)
        self._device = pick_device(self.plan.device)
        self.network = build_network(self.config).to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        for part in self.network.children():
            if isinstance(part, PlateHeads):  # the text says nothing of them
                part.requires_grad_(False)
        self._optimizer = torch.optim.AdamW(
            [p for p in self.network.parameters() if p.requires_grad],
            lr=self.plan.rate,
            weight_decay=self.plan.weight_decay,
        )
        self._begin_average()

    def _begin_average(self) -> None:
        """Let the average of the weights begin with those there are."""
        if self.plan.average:
            average = moving_average(self.plan.average)
            self._average = AveragedModel(self.network, multi_avg_fn=average, use_buffers=True)

    @property
    def averaged(self) -> nn.Module:
        """The network that is validated and saved: of averaged weights, where the plan asks for them."""
        return self._average.module if self._average is not None else self.network

    def start_from(self, weights: Path) -> None:
        """Begins with the weights of a checkpoint of the same network, and keeps its aligner as it is.

        CheckpointError where they do not fit.
        """
        loaded = checkpoints.load(weights)
        try:
            self.network.load_state_dict(loaded.network.state_dict())
        except RuntimeError as error:
            raise checkpoints.CheckpointError(f"{weights}: does not fit the network to be trained ({error})") from error
        self._start = loaded
        self._begin_average()
        self._known_before = self.validate(self.known).exact

    def resume(self) -> bool:
        """Goes on at the step of last.pt in the out folder; False when there is none."""
        path = self.out / "last.pt" if self.out else None
        if path is None or not path.exists():
            return False
        try:
            state = torch.load(path, map_location=self._device, weights_only=True)
            self.network.load_state_dict(state["network"])
            self._optimizer.load_state_dict(state["optimizer"])
            if self._average is not None:
                self._average.load_state_dict(state["average"])
            self.step, self.history = state["step"], state["history"]
        except Exception as error:  # torch's own words would advise to open it all the same
            raise checkpoints.CheckpointError(
                f"{path}: not a state of this training, damaged, or it carries code; remove it to begin anew"
            ) from error
        return True

    def run(self, report: Callable[[TrainingProgress], None] | None = None) -> Scores:
        """Trains to the end of the plan, validating and saving every epoch; returns the last validation's scores.

        Ctrl-C or SIGTERM ends the step under way, saves the state for `resume` and raises KeyboardInterrupt.
        """
        mixture = Mixture(self.sources, self.config, self.plan.seed)
        scores = None
        losses: list[float] = []
        recent: deque[float] = deque(maxlen=50)
        started, first = time.monotonic(), self.step
        with Interruption() as interruption, _flushed_denormals():
            for batch in load_batches(mixture, self.plan.batch, self.step, self.plan.steps, self.plan.workers):
                losses.append(self._train(batch))
                recent.append(losses[-1])
                self.step += 1
                speed = (self.step - first) * self.plan.batch / (time.monotonic() - started)
                if self.step % self.plan.epoch == 0 or self.step == self.plan.steps:
                    scores = self.validate()
                    self._record(float(np.mean(losses)), scores, speed)
                    losses.clear()
                if report:
                    accuracy = self.history[-1]["exact"] if self.history else None
                    report(TrainingProgress(self.step, self.plan.steps, float(np.mean(recent)), accuracy, speed))
                if interruption.asked:
                    self._save_state()
                    raise KeyboardInterrupt
        return scores or self.validate()

    def _train(self, batch: TrainingBatch) -> float:
        # What dropout draws depends on the step alone, as the step's samples do: so a resumed run is the whole one.
        torch.manual_seed((self.plan.seed << 32) + self.step)
        self.network.train()
        for group in self._optimizer.param_groups:
            group["lr"] = self.plan.rate_at(self.step)
        with torch.autocast(self._device.type, self._precision(), enabled=self._precision() != torch.float32):
            log_probs, _ = split_outputs(self.network(self._pictures(batch.images)), self.config)
        steps = torch.full_like(batch.lengths, log_probs.shape[1])
        loss = nn.functional.ctc_loss(log_probs.transpose(0, 1), batch.targets.to(self._device), steps, batch.lengths)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), self.plan.clip)
        self._optimizer.step()
        if self._average is not None:
            self._average.update_parameters(self.network)
        return float(loss.detach())

    def _pictures(self, images: Tensor) -> Tensor:
        """Maps (N, H, W, C) uint8 to (N, C, H, W) float in 0..1; the memory stays channels-last."""
        return images.to(self._device).permute(0, 3, 1, 2).float() / 255

    def _precision(self) -> torch.dtype:
        """Chooses bfloat16 where the device computes in it, float32 elsewhere."""
        if self._device.type == "cuda" or has_bf16():
            return torch.bfloat16
        return torch.float32

    @torch.inference_mode()
    def validate(self, samples: Sequence[tuple[Image, str]] | None = None) -> Scores:
        """Scores of the network as it is on the validation pictures, or on others."""
        samples = self.validation if samples is None else samples
        network = self.averaged.eval()
        texts: list[str] = []
        for start in range(0, len(samples), 64):
            images = np.stack([fit_crop(image, self.config) for image, _ in samples[start : start + 64]])
            log_probs, _ = split_outputs(network(self._pictures(torch.from_numpy(images))), self.config)
            texts += [
                write_in_order(decoded.text)
                for decoded in decode_greedily(log_probs.cpu().numpy(), self.config.alphabet)
            ]
        return score_texts(texts, [text for _, text in samples])

    def show(self, network: nn.Module) -> None:
        """Put another network of the same kind in place of the one that is validated and saved."""
        self.averaged.load_state_dict(network.state_dict())

    def merit(self, scores: Scores, known: Scores) -> float:
        """What a network is chosen by: plates read of validation, less what it has unlearnt of those it knew."""
        return scores.exact - max(0.0, self._known_before - known.exact)

    def _record(self, loss: float, scores: Scores, speed: float) -> None:
        row = {"step": self.step, "loss": loss, "exact": scores.exact, "folded": scores.folded, "cer": scores.cer}
        known = self.validate(self.known)
        row |= {"known": known.exact, "merit": self.merit(scores, known)}
        best = max((r["merit"] for r in self.history), default=-math.inf)
        self.history.append({**row, "rate": self.plan.rate_at(self.step), "samples_per_second": speed})
        if self.out is None:
            return
        self.out.mkdir(parents=True, exist_ok=True)
        if row["merit"] >= best:
            checkpoints.save(self.as_checkpoint(), self.out / "best.safetensors")
        checkpoints.save(self.as_checkpoint(), self.out / "last.safetensors")
        self._save_state()
        write_history(self.history, self.out)

    def as_checkpoint(self) -> checkpoints.Checkpoint:
        """Makes a checkpoint of the network as it is, with plan and figures in its notes."""
        notes = {**self.notes, "plan": asdict(self.plan), "validation": self.history[-1] if self.history else {}}
        if self._start is None:
            return checkpoints.Checkpoint(self.averaged, self.config, notes=notes)
        return replace(self._start, network=self.averaged, config=self.config, notes=notes)

    def _save_state(self) -> None:
        if self.out is None:
            return
        self.out.mkdir(parents=True, exist_ok=True)
        path = self.out / "last.pt"
        state = {
            "network": self.network.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "step": self.step,
            "history": self.history,
        }
        if self._average is not None:
            state["average"] = self._average.state_dict()
        unfinished = path.with_name(path.name + ".part")
        torch.save(state, unfinished)
        unfinished.replace(path)


Tensors = tuple[Tensor, ...] | list[Tensor]


def moving_average(decay: float) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    """Updates an exponential moving average, as AveragedModel wants it; its first steps count as much as later ones."""

    @torch.no_grad()
    def update(average: Tensors, now: Tensors, count: Tensor | int) -> None:
        share = 1 - min(decay, (1 + int(count)) / (10 + int(count)))
        for old, new in zip(average, now, strict=True):
            if old.is_floating_point():
                old.lerp_(new, share)
            else:
                old.copy_(new)

    return update


def pick_device(name: str) -> torch.device:
    """Returns the torch device of a name; "auto" is the first GPU where there is one, else the CPU."""
    return torch.device(("cuda:0" if torch.cuda.is_available() else "cpu") if name == "auto" else name)


def has_bf16() -> bool:
    """Tells whether this CPU multiplies bfloat16 natively; elsewhere it would be slower than float32."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def write_history(history: Sequence[dict[str, float]], out: Path) -> None:
    """Writes metrics.csv and curves.png of a training run."""
    with (out / "metrics.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(history[0]))
        writer.writeheader()
        writer.writerows(history)
    curves.draw_curves({"": history}, out / "curves.png")


@contextmanager
def _flushed_denormals() -> Iterator[None]:
    """Takes denormal numbers for zero: CTC's gradients are full of them, and an LSTM takes ten times as long then."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
