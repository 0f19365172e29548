"""Loads the networks, and makes a pipeline of them."""

from collections.abc import Sequence

from app.config.bootstrap import usable_cpus
from app.pipeline.detection import Detector
from app.pipeline.pipeline import Pipeline
from app.pipeline.reading import Reader
from app.pipeline.stats import StageTimes
from app.pipeline.tuning import Tuning

# What a user may set min_score to at least, times the share of it that a still picture needs; the pipeline leaves out
# by the tuning in force what is less sure, so that a setting that changes later needs no other detector.
_THRESHOLD = 0.03
_MOST_STREAMS = 4  # frames looked at at once; with more cores each has more threads


def load_pipeline(
    device: str = "auto", tuning: Tuning | None = None, *, size: int | None = None, stages: StageTimes | None = None
) -> Pipeline:
    """Load both networks onto a device (auto, cpu, cuda:N, …) and return a pipeline that uses them.

    size: longer side of the detector's input in pixels, None for the one it was trained at. Raises what the two
    libraries raise for weights or devices that cannot be used.
    """
    tuning = tuning or Tuning()
    return Pipeline(*load_networks(device, tuning, size), tuning, stages)


def load_networks(device: str, tuning: Tuning, size: int | None = None) -> tuple[Detector, Reader]:
    """Load both networks as load_pipeline does, for a caller that has several pipelines over one copy of them.

    On a processor several frames are looked at side by side, a thread or a few for each, and the reader, whose network
    gains nothing from a second thread, has one: nothing waits for anything, and no core has two jobs of one network.
    """
    from detector import PlateDetector
    from recognizer import PlateReader

    threads, streams = usable_cpus(), min(usable_cpus(), _MOST_STREAMS)
    region = only_region(tuning.countries)
    detector = PlateDetector(device=device, threshold=_THRESHOLD, size=size, threads=threads, streams=streams)
    return detector, PlateReader(device=device, region=region, threads=max(1, threads // 4))


def only_region(countries: Sequence[str]) -> str | None:
    """Return the region whose plates the reader is to prefer: the only country, None for none or several."""
    return countries[0] if len(countries) == 1 else None
