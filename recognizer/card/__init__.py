"""The reader's whole chain on a graphics card: crops go up, texts come down, and nothing waits in between."""

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from recognizer.checkpoint import Description

if TYPE_CHECKING:
    from recognizer.card.reader import CardReader


def open_card(path: Path, known: Description, device: str, texts: int, least: float) -> "CardReader | None":
    """The chain of a checkpoint, of which `known` is known, on "cuda:N"; None where the processor has to help.

    That is: on other devices, without Triton (its kernels need it), and for networks that read grey or whole crops.
    """
    fits = known.aligner is not None and known.config.channels == 3 and known.config.alphabet.classes <= 64
    if not device.startswith("cuda") or not fits or importlib.util.find_spec("triton") is None:
        return None
    from recognizer.card.reader import CardReader

    return CardReader(path, device, texts, least)
