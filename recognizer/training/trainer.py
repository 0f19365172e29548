"""Training: CTC loss, a trapezoid learning rate, checkpoints that resume at the same step."""

import csv
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from recognizer import checkpoint as checkpoints
from recognizer.alphabet import write_in_order
from recognizer.config import NetworkConfig
from recognizer.ctc import decode_greedily
from recognizer.images import Image, fit_crop
from recognizer.metrics import Scores, score_texts
from recognizer.network import build_network
from recognizer.training import curves
from recognizer.training.interruption import Interruption
from recognizer.training.sampling import Mixture, SampleSource, TrainingBatch, load_batches


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How to train. steps: in all; batch: samples a step; epoch: steps between two validations.

    rate: peak learning rate; warmup and decay: shares of the steps in which it rises and falls in a line.
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
    """A network in training. validation: (crop, text) pairs; out: folder of checkpoints, None to keep nothing."""

    config: NetworkConfig
    plan: TrainingPlan
    sources: Sequence[SampleSource]
    validation: Sequence[tuple[Image, str]]
    out: Path | None = None
    notes: dict[str, object] = field(default_factory=dict)
    network: nn.Module = field(init=False)
    history: list[dict[str, float]] = field(init=False, default_factory=list)
    step: int = field(init=False, default=0)
    _start: checkpoints.Checkpoint | None = field(init=False, default=None)
    _optimizer: torch.optim.Optimizer = field(init=False)
    _device: torch.device = field(init=False)

    def __post_init__(self) -> None:
        torch.manual_seed(self.plan.seed)
        self._device = pick_device(self.plan.device)
        self.network = build_network(self.config).to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._optimizer = torch.optim.AdamW(
            [p for p in self.network.parameters() if p.requires_grad],
            lr=self.plan.rate,
            weight_decay=self.plan.weight_decay,
        )

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

    def resume(self) -> bool:
        """Goes on at the step of last.pt in the out folder; False when there is none."""
        path = self.out / "last.pt" if self.out else None
        if path is None or not path.exists():
            return False
        try:
            state = torch.load(path, map_location=self._device, weights_only=True)
            self.network.load_state_dict(state["network"])
            self._optimizer.load_state_dict(state["optimizer"])
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
        with Interruption() as interruption:
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
            log_probs = self.network(self._pictures(batch.images))
        steps = torch.full_like(batch.lengths, log_probs.shape[1])
        loss = nn.functional.ctc_loss(log_probs.transpose(0, 1), batch.targets.to(self._device), steps, batch.lengths)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), self.plan.clip)
        self._optimizer.step()
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
    def validate(self) -> Scores:
        """Scores of the network as it is on the validation pictures."""
        self.network.eval()
        texts: list[str] = []
        for start in range(0, len(self.validation), 64):
            images = np.stack([fit_crop(image, self.config) for image, _ in self.validation[start : start + 64]])
            log_probs = self.network(self._pictures(torch.from_numpy(images))).cpu().numpy()
            texts += [write_in_order(decoded.text) for decoded in decode_greedily(log_probs, self.config.alphabet)]
        return score_texts(texts, [text for _, text in self.validation])

    def _record(self, loss: float, scores: Scores, speed: float) -> None:
        row = {"step": self.step, "loss": loss, "exact": scores.exact, "folded": scores.folded, "cer": scores.cer}
        best = max((r["exact"] for r in self.history), default=-math.inf)
        self.history.append({**row, "rate": self.plan.rate_at(self.step), "samples_per_second": speed})
        if self.out is None:
            return
        self.out.mkdir(parents=True, exist_ok=True)
        if scores.exact >= best:
            checkpoints.save(self.as_checkpoint(), self.out / "best.safetensors")
        checkpoints.save(self.as_checkpoint(), self.out / "last.safetensors")
        self._save_state()
        write_history(self.history, self.out)

    def as_checkpoint(self) -> checkpoints.Checkpoint:
        """Makes a checkpoint of the network as it is, with plan and figures in its notes."""
        notes = {**self.notes, "plan": asdict(self.plan), "validation": self.history[-1] if self.history else {}}
        aligner, config = (self._start.aligner, self._start.aligner_config) if self._start else (None, None)
        return checkpoints.Checkpoint(self.network, self.config, notes=notes, aligner=aligner, aligner_config=config)

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
        unfinished = path.with_name(path.name + ".part")
        torch.save(state, unfinished)
        unfinished.replace(path)


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
