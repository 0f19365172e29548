"""Figures for Prometheus, read from the service when they are asked for."""

from collections.abc import Iterator

from prometheus_client.core import CollectorRegistry, CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from app.service.service import Health, Service
from app.sources.capture import CaptureState


class ServiceCollector(Collector):
    """Makes the metrics of a service; counters count since its start."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        """Yields the metrics as they stand now."""
        state = self._service.state()
        yield _gauge("up", "1 while reads are kept.", float(state.health in (Health.OK, Health.DEGRADED)))
        yield _gauge("uptime_seconds", "Time since the start.", state.uptime_s)
        yield _gauge("log_waiting", "Visits that wait for the disk.", float(state.log.waiting))
        yield _counter("log_written", "Visits written to the log.", float(state.log.written))
        yield _counter("log_refused", "Visits that could not be kept.", float(state.log.refused))
        yield from self._source_metrics()
        yield from self._receiver_metrics()

    def _source_metrics(self) -> Iterator[Metric]:
        state = self._service.state()
        live = GaugeMetricFamily("platescribe_source_live", "1 while the source gives frames.", labels=["source"])
        fps = GaugeMetricFamily("platescribe_source_fps", "Frames a second that it gives.", labels=["source"])
        counters = {
            "frames": CounterMetricFamily("platescribe_source_frames", "Frames it gave.", labels=["source"]),
            "dropped": CounterMetricFamily("platescribe_source_dropped", "Frames not examined.", labels=["source"]),
            "examined": CounterMetricFamily("platescribe_source_examined", "Frames examined.", labels=["source"]),
        }
        for name, status in state.sources.items():
            live.add_metric([name], float(status.state is CaptureState.LIVE))
            fps.add_metric([name], status.fps)
            counters["frames"].add_metric([name], status.frames)
            counters["dropped"].add_metric([name], status.dropped)
            counters["examined"].add_metric([name], state.looks.get(name, 0))
        yield from (live, fps, *counters.values())

    def _receiver_metrics(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily("platescribe_receiver_waiting", "Messages that wait.", labels=["receiver"])
        sent = CounterMetricFamily("platescribe_receiver_sent", "Messages delivered.", labels=["receiver"])
        for receiver in self._service.state().receivers:
            waiting.add_metric([receiver.receiver], receiver.waiting)
            sent.add_metric([receiver.receiver], receiver.sent)
        yield from (waiting, sent)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"platescribe_{name}", text, value=value)


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(f"platescribe_{name}", text, value=value)


def metrics_text(service: Service) -> bytes:
    """Returns the metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(ServiceCollector(service))
    return generate_latest(registry)
