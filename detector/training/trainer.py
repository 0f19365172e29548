"""Training: ultralytics' loop with bfloat16 on processors that have it, and checkpoints without pickle."""

import os
import random
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from detector import _ultralytics

_ultralytics.load()

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import Tensor  # noqa: E402
from ultralytics.data.dataset import YOLODataset  # noqa: E402
from ultralytics.models.yolo.detect import DetectionTrainer  # noqa: E402
from ultralytics.nn.tasks import DetectionModel, load_checkpoint  # noqa: E402

from detector.training.augment import degrade_image  # noqa: E402
from detector.weights import open_training, open_weights  # noqa: E402


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """What a training run is made of; sizes in pixels, rates as in ultralytics' documentation."""

    data: Path
    out: Path
    weights: Path | None = None
    architecture: str = "yolov8n.yaml"
    epochs: int = 10
    size: int = 416
    multi_scale: float = 0.4
    batch: int = 16
    learning_rate: float = 1e-3
    final_rate: float = 0.1
    warmup_epochs: float = 0.5
    mosaic: float = 0.6
    freeze: int = 0
    seed: int = 0
    threads: int = 1
    device: str = "cpu"
    cache: bool = True
    bf16: bool = field(default_factory=lambda: cpu_has_bf16())
    resume: bool = False


def cpu_has_bf16() -> bool:
    """Tells whether this processor multiplies bfloat16 in hardware, so that autocast saves time."""
    check = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(check()) if check is not None else False


class PlateModel(DetectionModel):  # type: ignore[misc]
    """YOLO whose forward pass in training runs in bfloat16 when asked; the loss stays in float32."""

    bf16 = False

    def loss(self, batch: dict[str, Tensor], preds: Any = None) -> Any:  # noqa: ANN401
        """Computes the loss and its parts for a batch of images (N, 3, H, W) in 0..1."""
        if preds is None and self.bf16:
            with torch.autocast("cpu", torch.bfloat16):
                preds = self.forward(batch["img"].contiguous(memory_format=torch.channels_last))
            preds = _cast_to_float32(preds)
        return super().loss(batch, preds)


def _cast_to_float32(value: Any) -> Any:  # noqa: ANN401
    """Casts every tensor of the network's nested outputs to float32, since the box loss needs the digits."""
    if isinstance(value, Tensor):
        return value.float()
    if isinstance(value, dict):
        return {name: _cast_to_float32(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_cast_to_float32(part) for part in value)
    return value


class _Camera:
    """`degrade_image` as a step of ultralytics' chain of transforms."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def __call__(self, labels: dict[str, Any]) -> dict[str, Any]:
        labels["img"] = degrade_image(labels["img"], self._rng)
        return labels


class PlateDataset(YOLODataset):  # type: ignore[misc]
    """Training pictures that also went through a poor camera."""

    def build_transforms(self, hyp: Any) -> Any:  # noqa: ANN401
        """Puts the camera before the last of ultralytics' transforms, which makes tensors."""
        transforms = super().build_transforms(hyp)
        if self.augment:
            transforms.insert(len(transforms.transforms) - 1, _Camera(hyp.seed))
        return transforms


class PlateTrainer(DetectionTrainer):  # type: ignore[misc]
    """ultralytics' trainer with our model, our data set, and checkpoints that hold tensors and numbers only."""

    def __init__(self, options: TrainOptions) -> None:
        self.options = options
        self.batches_done = 0
        self.started = time.monotonic()
        super().__init__(overrides=_make_overrides(options))
        self.add_callback("on_train_start", _start_clock)
        self.add_callback("on_train_batch_end", _print_epoch)
        self.add_callback("on_fit_epoch_end", _print_validation)

    def check_resume(self, overrides: dict[str, Any]) -> None:
        """Leaves resuming to the options; ultralytics' own way would open a pickle."""
        self.resume = self.options.resume

    def build_dataset(self, img_path: str, mode: str = "train", batch: int | None = None) -> Any:  # noqa: ANN401
        """Returns the training data with augmentation, or the validation data as ultralytics builds it."""
        if mode != "train":
            return super().build_dataset(img_path, mode, batch)
        return PlateDataset(
            img_path=img_path, imgsz=self.args.imgsz, batch_size=batch, augment=True, hyp=self.args, rect=False,
            cache=self.args.cache or None, single_cls=True, stride=32, pad=0.0, task="detect", data=self.data,
        )  # fmt: skip

    def setup_model(self) -> dict[str, Any] | None:
        """Builds the network, then fills it from the run's checkpoint or from the weights to start from."""
        net = PlateModel(self.options.architecture, nc=1, verbose=False)
        net.bf16 = self.options.bf16
        checkpoint = None
        if self.resume:
            checkpoint = open_training(self.last)
            net.load_state_dict(checkpoint["model_state"])
        elif self.options.weights is not None:
            print(f"{_load_weights(net, self.options.weights)} tensors taken from {self.options.weights}", flush=True)
        if self.options.bf16:
            net = net.to(memory_format=torch.channels_last)
        self.model = net
        return checkpoint

    def save_model(self) -> bool:
        """Writes last.pt and best.pt: tensors and numbers, to be opened with weights_only."""
        checkpoint = {
            "epoch": self.epoch,
            "architecture": self.options.architecture,
            "ema_state": _make_contiguous(self.ema.ema.state_dict()),
            "model_state": _make_contiguous(self.model.state_dict()),
            "updates": self.ema.updates,
            "optimizer": self.optimizer.state_dict(),
            "best_fitness": None if self.best_fitness is None else float(self.best_fitness),
        }
        for path in [self.last] + ([self.best] if self.best_fitness == self.fitness else []):
            partial = path.with_suffix(".part")
            torch.save(checkpoint, partial)
            partial.replace(path)
        return True

    def _load_checkpoint_state(self, ckpt: dict[str, Any]) -> None:
        self.optimizer.load_state_dict(ckpt["optimizer"])
        self.ema.ema.load_state_dict(ckpt["ema_state"])
        self.ema.updates = ckpt["updates"]
        self.best_fitness = ckpt["best_fitness"]

    def _handle_nan_recovery(self, epoch: int) -> bool:
        if self.loss is not None and not self.loss.isfinite():
            raise RuntimeError(
                f"The loss is no number any more in epoch {epoch + 1}: resume with a lower learning rate"
            )
        return False

    def final_eval(self) -> None:
        """Does nothing: `python -m detector evaluate` measures the weights that are shipped."""


def _start_clock(trainer: PlateTrainer) -> None:
    """Begins to count the pace, after the pictures have been read."""
    trainer.started = time.monotonic()


def _print_epoch(trainer: PlateTrainer) -> None:
    """Prints, every 25 batches, where the run stands, its losses and the minutes left at the pace so far."""
    batches, done = len(trainer.train_loader), trainer.batches_done + 1
    trainer.batches_done = done
    if done % 25:
        return
    pace = (time.monotonic() - trainer.started) / done
    left = pace * (batches * (trainer.epochs - trainer.start_epoch) - done) / 60
    losses = " ".join(f"{name} {float(value):.3f}" for name, value in trainer.tloss.items())
    print(f"epoch {trainer.epoch + 1}/{trainer.epochs} batch {(done - 1) % batches + 1}/{batches} {losses} "
          f"{pace:.2f} s a batch, {left:.0f} min left", flush=True)  # fmt: skip


def _print_validation(trainer: PlateTrainer) -> None:
    """Prints the figures of the validation after an epoch."""
    figures = " ".join(f"{name} {value:.4f}" for name, value in trainer.metrics.items() if name.startswith("metrics/"))
    print(f"epoch {trainer.epoch + 1}/{trainer.epochs} {figures}", flush=True)


def _make_contiguous(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Copies a state dict so that its tensors do not keep the channels_last layout."""
    return {name: tensor.detach().clone(memory_format=torch.contiguous_format) for name, tensor in state.items()}


def _load_weights(net: DetectionModel, path: Path) -> int:
    """Copies every tensor of the weights whose name and shape fit; returns how many did."""
    state = open_weights(path).state() if path.suffix == ".safetensors" else _read_checkpoint_state(path)
    own = net.state_dict()
    fitting = {k: v.float() if v.is_floating_point() else v for k, v in state.items()
               if k in own and own[k].shape == v.shape}  # fmt: skip
    if not fitting:
        raise ValueError(f"{path} holds no tensor that fits the network: give weights of the same architecture")
    net.load_state_dict(fitting, strict=False)
    return len(fitting)


def _read_checkpoint_state(path: Path) -> dict[str, Tensor]:
    """Reads the (averaged) weights of a checkpoint of ours or of ultralytics, opened without running code from it."""
    try:
        raw = torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # an ultralytics checkpoint names classes; its own restricted loader knows which are allowed
        return _read_foreign_state(path)
    return dict(raw["ema_state"])


def _read_foreign_state(path: Path) -> dict[str, Tensor]:
    """Reads the weights of a checkpoint of ultralytics, which refuses classes that are not its own."""
    try:
        model, _ = load_checkpoint(str(path))
        return dict(model.float().state_dict())
    except Exception as error:
        raise ValueError(f"{path} is no checkpoint, damaged, or carries code and is not opened") from error


def _make_overrides(options: TrainOptions) -> dict[str, Any]:
    """Makes ultralytics' options of ours, with everything that plots or reports switched off."""
    return {
        "task": "detect", "mode": "train", "model": options.architecture, "data": str(options.data.resolve()),
        "project": str(options.out.resolve().parent), "name": options.out.name, "exist_ok": True,
        "epochs": options.epochs, "imgsz": options.size, "multi_scale": options.multi_scale, "batch": options.batch,
        "nbs": options.batch, "optimizer": "AdamW", "lr0": options.learning_rate, "lrf": options.final_rate,
        "cos_lr": True, "momentum": 0.9, "weight_decay": 5e-4, "warmup_epochs": options.warmup_epochs,
        "warmup_bias_lr": 0.0, "mosaic": options.mosaic, "close_mosaic": 0,
        "freeze": options.freeze or None, "seed": options.seed,
        "device": options.device, "cache": "ram" if options.cache else False, "single_cls": True, "amp": False,
        "plots": False, "patience": 1000, "workers": 0, "deterministic": False,
        "degrees": 2.0, "translate": 0.12, "scale": 0.5, "shear": 1.0, "perspective": 0.0, "fliplr": 0.5,
        "hsv_h": 0.02, "hsv_s": 0.7, "hsv_v": 0.4,
    }  # fmt: skip


def train(options: TrainOptions) -> Path:
    """Trains; returns the path of the best checkpoint (by ultralytics' fitness on val) under `options.out`.

    Raises FileNotFoundError for missing data or weights, or when there is no run to resume.
    """
    last = options.out / "weights" / "last.pt"
    wanted = [options.data, *([options.weights] if options.weights else []), *([last] if options.resume else [])]
    for path in wanted:
        if not path.is_file():
            raise FileNotFoundError(f"{path} not found: check --data, --weights and, to resume, --out")
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    torch.set_num_threads(options.threads)
    random.seed(options.seed)
    print(f"training with {asdict(options)}", flush=True)
    trainer = PlateTrainer(options)
    trainer.train()
    return Path(trainer.best)
