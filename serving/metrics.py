"""What the edge counts, for Prometheus. A registry of its own: several edges may live in one process (tests)."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

__all__ = ["Metrics"]

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """Counters and gauges by name."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "showrunner_requests", "Requests answered.", ["route", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "showrunner_request_seconds", "Time to answer.", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self.decisions = Counter(
            "showrunner_decisions", "Thumbnails decided, by where they came from.", ["source"], registry=self.registry
        )
        self.events = Counter(
            "showrunner_events", "Viewers' events, by what became of them.", ["outcome"], registry=self.registry
        )
        self.unattributed = Counter(
            "showrunner_events_unattributed", "Stored events whose shape is not known.", registry=self.registry
        )
        self.commits = Histogram(
            "showrunner_commit_seconds", "Time of a group commit.", buckets=_SECONDS, registry=self.registry
        )
        self.grouped = Histogram(
            "showrunner_commit_events",
            "Events of a group commit.",
            buckets=(1, 10, 50, 100, 250, 500, 1000, 2500, 5000),
            registry=self.registry,
        )
        self.running = Gauge("showrunner_running_experiments", "Experiments in memory.", registry=self.registry)
        self.unsound = Gauge("showrunner_unsound_arms", "Arms whose picture is gone.", registry=self.registry)
        self.pending = Gauge("showrunner_assignments_pending", "Assignments not yet written.", registry=self.registry)
        self.stale = Gauge(
            "showrunner_snapshot_age_seconds", "Age of the experiments in memory.", registry=self.registry
        )
