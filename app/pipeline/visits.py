"""Tracks of the same plate, soon after each other on one source, are one visit: one line in the log."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from app.pipeline.events import EventKind, Evidence, Identity, PlateEvent, PlateText, Span
from app.pipeline.plate_track import Finding
from app.pipeline.plausibility import region_of
from app.pipeline.tuning import CurrentTuning
from app.pipeline.voting import Vote
from app.sources.source_id import SourceId, TrackKey
from detector.types import Box
from recognizer.plate_text import Folding, edit_distance, fold_lookalikes
from recognizer.readings import Alternative

# Two readings that say a text, and this confidence in it, make it a plate of its own. Below that, that a second track
# misreads the first one's plate is likelier than a second vehicle whose plate differs in a character. A judgement: no
# clip at hand has two such vehicles. The vote's own doubt keeps most confidences at or below 0.98.
_OWN_AGREEMENT = 2
_OWN_CONFIDENCE = 0.97
_SHORTEST_FRAGMENT = 3
_MOST_MISSING = 3


@dataclass(slots=True)
class Visit:
    """One vehicle's stay: the findings of the tracks it was seen in, by track number."""

    key: TrackKey
    revision: int = 0
    findings: dict[int, Finding] = field(default_factory=dict)
    places: dict[int, Box] = field(default_factory=dict)
    live: set[int] = field(default_factory=set)
    absorbed: tuple[TrackKey, ...] = ()

    @property
    def best(self) -> Finding:
        """The finding with most support; its text is the visit's."""
        return max(self.findings.values(), key=lambda finding: finding.vote.weight)

    @property
    def last_s(self) -> float:
        """Media time at which it was last seen."""
        return max(finding.last_s for finding in self.findings.values())


class VisitBook:
    """The visits of one source that are still young enough to be continued."""

    def __init__(self, source_id: SourceId, tuning: CurrentTuning) -> None:
        """Begin without visits of a source."""
        self.source_id = source_id
        self._tuning = tuning
        self._visits: list[Visit] = []
        self._of_track: dict[int, Visit] = {}

    def report(self, number: int, finding: Finding, place: Box, final: bool) -> tuple[PlateEvent, ...]:
        """Enter what a track says.

        Args:
            number: The track.
            finding: What it says now.
            place: Where the plate was seen last.
            final: The track has ended.

        Returns:
            The event for it, behind one for the visit it is parted from where its text turns out to be another's.
        """
        parted = self._part(number, finding, place)
        visit = self._of_track.get(number)
        other = self._matching(number, finding, place, besides=visit)
        if other is not None and visit is None:
            visit = other
        elif other is not None and visit is not None:
            visit = self._merge(visit, into=other)
        if visit is None:
            visit = Visit(TrackKey(self.source_id, number))
            self._visits.append(visit)
        self._of_track[number] = visit
        visit.findings[number] = finding
        visit.places[number] = place
        (visit.live.discard if final else visit.live.add)(number)
        return (*parted, self._event(visit, final))

    def _part(self, number: int, finding: Finding, place: Box) -> tuple[PlateEvent, ...]:
        """Take a track out of a visit that it joined while it was misread; return the event for what stays of that."""
        visit = self._of_track.get(number)
        if visit is None or visit.key.number == number:
            return ()
        others = {other: held for other, held in visit.findings.items() if other != number}
        stronger = max(others.values(), key=lambda held: held.vote.weight)
        beside = (other for other in self._beside(visit, finding) if other != number)
        if same_plate(stronger.vote, finding.vote) or any(_near(place, visit.places[other]) for other in beside):
            return ()
        visit.findings = others
        del visit.places[number], self._of_track[number]
        visit.live.discard(number)
        visit.absorbed = tuple(key for key in visit.absorbed if key.number != number)
        return (self._event(visit, final=not visit.live),)

    def withdraw(self, number: int) -> PlateEvent:
        """Take back what was reported of a track, and return the event that says so: FINAL where other tracks stand."""
        visit = self._of_track.pop(number)
        visit.live.discard(number)
        if len(visit.findings) == 1:
            self._visits.remove(visit)
            event = self._event(visit, final=True)
            return replace(event, identity=replace(event.identity, kind=EventKind.WITHDRAWN))
        del visit.findings[number], visit.places[number]
        return self._event(visit, final=True)

    def vote_of(self, number: int) -> Vote | None:
        """What the visit that a track belongs to says, None when it belongs to none."""
        visit = self._of_track.get(number)
        return visit.best.vote if visit else None

    def prune(self, now_s: float) -> None:
        """Forget visits that can no longer be continued."""
        gone = {id(v) for v in self._visits if not v.live and v.last_s + self._tuning.now.repeat_s < now_s}
        if gone:
            self._visits = [visit for visit in self._visits if id(visit) not in gone]
            self._of_track = {number: v for number, v in self._of_track.items() if id(v) not in gone}

    def _matching(self, number: int, finding: Finding, place: Box, besides: Visit | None) -> Visit | None:
        """Return the visit, other than besides, that a finding continues; the one with most support if several do."""
        fitting = [v for v in self._visits if v is not besides and self._continues(v, number, finding, place)]
        if not fitting:
            return None
        if besides is not None:  # merge into the older one only, so that two visits never swallow each other
            fitting = [visit for visit in fitting if self._visits.index(visit) < self._visits.index(besides)]
        return max(fitting, key=lambda visit: visit.best.vote.weight, default=None)

    def _continues(self, visit: Visit, number: int, finding: Finding, place: Box) -> bool:
        if finding.first_s - visit.last_s > self._tuning.now.repeat_s or number in visit.findings:
            return False
        if fold_lookalikes(visit.best.vote.text) == fold_lookalikes(finding.vote.text):
            return True
        beside = list(self._beside(visit, finding))
        if not all(_near(place, visit.places[other]) for other in beside):
            return False
        alike = could_be_same_plate if beside else same_plate  # two tracks in one place at one time are one plate
        return alike(visit.best.vote, finding.vote)

    @staticmethod
    def _beside(visit: Visit, finding: Finding) -> Iterator[int]:
        """Tracks of a visit in view at the same time as a finding: only where they touch can they be one plate."""
        for other, earlier in visit.findings.items():
            if earlier.first_s < finding.last_s and finding.first_s < earlier.last_s:
                yield other

    def _merge(self, visit: Visit, into: Visit) -> Visit:
        into.findings.update(visit.findings)
        into.places.update(visit.places)
        into.live |= visit.live
        into.absorbed += (visit.key, *visit.absorbed)
        into.revision = max(into.revision, visit.revision)
        for number in visit.findings:
            self._of_track[number] = into
        self._visits.remove(visit)
        return into

    def _event(self, visit: Visit, final: bool) -> PlateEvent:
        visit.revision += 1
        kind = EventKind.UPDATE if visit.revision > 1 else EventKind.NEW
        best, findings = visit.best, list(visit.findings.values())
        first, last = min(findings, key=lambda f: f.first_s), max(findings, key=lambda f: f.last_s)
        same = [finding for finding in findings if finding.vote.text == best.vote.text]
        surest = max(same, key=lambda finding: finding.vote.confidence)
        merged = [finding.vote for finding in findings if finding.vote.text != best.vote.text]
        item = best.shot.item
        return PlateEvent(
            Identity(visit.key, visit.revision, EventKind.FINAL if final and not visit.live else kind, visit.absorbed),
            PlateText(
                plate=best.vote.text,
                confidence=surest.vote.confidence,
                char_confidences=surest.vote.char_confidences,
                alternatives=_with_merged(surest.vote, merged),
                # A chosen country that the text fits goes before what the reader tells.
                region=region_of(best.vote.text, self._tuning.now.countries) or best.region,
                sure=surest.vote.confidence >= self._tuning.now.sure_confidence,
                merged=tuple(dict.fromkeys(vote.text for vote in merged)),
            ),
            Span(first.first_s, last.last_s, first.first_wall, last.last_wall, best.wall_clock, best.is_still),
            Evidence(
                box=item.box,
                crop=best.shot.crop,
                frame=best.shot.frame,
                frame_index=item.frame_index,
                media_s=item.media_time,
                agreeing=sum(finding.vote.agreeing for finding in same),
                reading_count=sum(finding.vote.readings for finding in findings),
                readings=tuple(reading for finding in findings for reading in finding.readings),
                jpeg=best.shot.jpeg,
            ),
        )


def same_plate(first: Vote, second: Vote) -> bool:
    """Whether two tracks' votes are of one plate: equal but for O/0 and I/1, or the weaker a poor reading of it."""
    if fold_lookalikes(first.text) == fold_lookalikes(second.text):
        return True
    weaker = min(first, second, key=lambda item: item.weight)
    return not _stands_by_itself(weaker) and could_be_same_plate(first, second)


def could_be_same_plate(first: Vote, second: Vote) -> bool:
    """Whether two texts can be readings of one plate: look-alikes, one character apart, or one a part of the other."""
    a, b = fold_lookalikes(first.text, Folding.SEEN), fold_lookalikes(second.text, Folding.SEEN)
    short, long = sorted((a, b), key=len)
    fragment = len(short) >= _SHORTEST_FRAGMENT and short in long and len(long) - len(short) <= _MOST_MISSING
    return a == b or fragment or edit_distance(a, b) <= 1


def _stands_by_itself(vote: Vote) -> bool:
    """Whether a vote is sure and agreed, of a plate seen whole: that it is another plate's is not to be supposed."""
    return min(vote.agreeing, vote.whole) >= _OWN_AGREEMENT and vote.confidence >= _OWN_CONFIDENCE


def _with_merged(vote: Vote, merged: Sequence[Vote]) -> tuple[Alternative, ...]:
    """Return a vote's alternatives with the texts of other tracks of the visit, which are to be found by them as well.

    None becomes likelier than the vote's text, nor more than the vote leaves.
    """
    most = min(vote.confidence, max(0.0, 1 - vote.confidence))
    known = {other.text: other for other in vote.alternatives}
    for other in merged:
        known.setdefault(other.text, Alternative(other.text, min(other.confidence, most)))
    return tuple(sorted(known.values(), key=lambda other: -other.confidence))


def _near(first: Box, second: Box) -> bool:
    """Whether two boxes overlap or lie less than a plate's height apart."""
    reach = max(first.height, second.height)
    return (
        first.x1 - reach < second.x2
        and second.x1 - reach < first.x2
        and first.y1 - reach < second.y2
        and second.y1 - reach < first.y2
    )
