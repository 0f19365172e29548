"""All that is known of one read: its images, each character, other texts, every reading of its track, what to do."""

from collections.abc import Callable, Sequence

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.gui.reads.read_actions import ReadActions
from app.gui.reads.read_pictures import CharacterBars, PlateLabel, ReadImage
from app.gui.reads.read_rows import (
    ReadRow,
    format_media_time,
    format_percent,
    format_time,
    likely_alternatives,
    short_source_name,
)
from app.gui.reads.thumbnails import read_picture
from app.gui.session.background import LatestTask
from app.gui.session.log_session import LogSession
from app.gui.widgets import theme
from app.gui.widgets.common import EmptyState, make_button, make_label, make_tool_button, pluralize, style_table
from app.gui.widgets.qimages import to_qimage
from app.pipeline.events import PlateEvent, TrackReading
from app.records import Record
from app.store.store import Store

_MOST_ROWS = 60


class TrackReadings(QWidget):
    """A small table: when, what, how sure, and what its vote was worth."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title: QLabel = make_label("", "small")
        self.table = QTableWidget(0, 4, self)
        self.table.setHorizontalHeaderLabels([self.tr("At"), self.tr("Reading"), self.tr("Sure"), self.tr("Weight")])
        self.table.setAccessibleName(self.tr("Readings of this track"))
        style_table(self.table)
        header = self.table.horizontalHeader()
        assert header is not None
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.setMinimumHeight(150)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(self.title)
        column.addWidget(self.table)
        self.hide()

    def show_readings(self, readings: Sequence[TrackReading]) -> None:
        """Show a track's readings, the newest at most _MOST_ROWS of them; hide where there are none."""
        shown = readings[-_MOST_ROWS:]
        self.title.setText(self.tr("Every reading of this track ({n})").format(n=len(readings)))
        self.table.setRowCount(len(shown))
        for row, item in enumerate(shown):
            reading = item.reading
            texts = (
                format_media_time(item.media_time),
                reading.text or "–",
                format_percent(reading.confidence),
                f"{item.weight:.2f}",
            )
            for column, text in enumerate(texts):
                cell = QTableWidgetItem(text)
                cell.setFlags(Qt.ItemFlags(Qt.ItemFlag.ItemIsEnabled) | Qt.ItemFlag.ItemIsSelectable)
                if column == 1:
                    cell.setFont(theme.plate_font(10))
                self.table.setItem(row, column, cell)
        self.setVisible(bool(readings))


RowAction = Callable[[ReadRow], None]

_MOST_GUESSES = 3


class ReadDetail(QStackedWidget):
    """Shows one read and what can be done with it; corrections go through the log, which tells of them."""

    def __init__(self, log: LogSession, actions: ReadActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._log = log
        self._row: ReadRow | None = None
        self._pictures = LatestTask(self)
        self.read_actions = actions
        self.frame, self.crop = ReadImage(self), ReadImage(self)
        self.plate, self.bars = PlateLabel(22, self), CharacterBars(self)
        self.track = TrackReadings(self)
        self._make_words()
        self._make_buttons()
        empty = self.tr("Select a read to see its picture, how sure each character is, and the alternatives.")
        self.addWidget(EmptyState("car", self.tr("No read selected"), empty))
        self.addWidget(self._lay_out())
        self.crop.double_clicked.connect(self.explain)
        self.crop.setToolTip(self.tr("Double click: how this plate was read, step by step"))

    @property
    def row(self) -> ReadRow | None:
        """The read shown, or None."""
        return self._row

    def show_row(self, row: ReadRow | None, event: PlateEvent | None = None) -> None:
        """Show a read; event, where it is live, brings its pictures and the readings of its track."""
        if row is None:
            self._row = None
            self._pictures.forget()
            self.setCurrentIndex(0)
            return
        same = self._row is not None and (self._row.key, self._row.visit.id) == (row.key, row.visit.id)
        self._row = row
        self._show_words(row)
        self._show_pictures(row.visit, event, same)
        self.track.show_readings(event.evidence.readings if event is not None else ())
        self.setCurrentIndex(1)

    def correct(self) -> None:
        """Ask what the plate really is."""
        if self._row is not None:
            self.read_actions.correct(self._row, self.crop.image, self.frame.image)

    def explain(self) -> None:
        """Show what the network saw in this crop."""
        if self._row is not None:
            self.read_actions.explain(self._row, self.crop.image)

    def _make_words(self) -> None:
        self.facts = make_label("", "muted", wrap=True)
        self.guesses = [self._guess_button(place) for place in range(_MOST_GUESSES)]
        self._guess_head = make_label(self.tr("Alternatives"), "small")
        self.note = QLineEdit(self)
        self.note.setPlaceholderText(self.tr("Note on this read"))
        self.note.setAccessibleName(self.tr("Note on this read"))
        self.note.editingFinished.connect(self._annotate)

    def _make_buttons(self) -> None:
        self.correct_button = make_button(self.tr("Correct…"), "pencil", self.correct)
        self.correct_button.setToolTip(self.tr("Enter: correct this read. The original reading is kept."))
        self.watch_button = make_button(self.tr("Watch…"), "bell", lambda: self._act(self.read_actions.watch))
        self.watch_button.setToolTip(self.tr("Put this plate on a watch list"))
        moment = self.tr("Show this moment in the recording")
        self.moment = make_tool_button("crosshair", moment, lambda: self._act(self.read_actions.show_moment))
        self.settle = make_button(
            self.tr("Settle hit"), "check", lambda: self._act(self.read_actions.settle), primary=True
        )
        self.all_reads = make_tool_button(
            "history", self.tr("All reads of this plate"), lambda: self._act(self.read_actions.show_all)
        )
        self.copy = make_tool_button("copy", self.tr("Copy the plate"), lambda: self._act(self.read_actions.copy))
        self.matrix = make_tool_button("chart-column", self.tr("How this plate was read, step by step"), self.explain)

    def _lay_out(self) -> QWidget:
        pictures = QHBoxLayout()
        pictures.setSpacing(10)
        pictures.addWidget(self.frame, 3)
        pictures.addWidget(self.crop, 2)
        for picture in (self.frame, self.crop):
            picture.setFixedHeight(132)
        head = QHBoxLayout()
        head.addWidget(self.plate, 1)
        head.addWidget(self.moment)
        head.addWidget(self.all_reads)
        head.addWidget(self.copy)
        head.addWidget(self.matrix)
        guesses = QHBoxLayout()
        guesses.addWidget(self._guess_head)
        for made in self.guesses:
            guesses.addWidget(made)
        guesses.addStretch()
        inside = QWidget()
        inside.setObjectName("panel")
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        for part in (pictures, head):
            column.addLayout(part)
        column.addWidget(self.facts)
        column.addWidget(self.bars)
        column.addLayout(guesses)
        column.addWidget(self.note)
        column.addWidget(self.track)
        column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        whole = QWidget()
        whole.setObjectName("panel")
        both = QVBoxLayout(whole)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(scroll, 1)
        both.addWidget(self._steps())
        return whole

    def _steps(self) -> QWidget:
        """What can be done stays in view however far the rest is scrolled."""
        steps = QFrame()
        steps.setObjectName("player")
        row = QHBoxLayout(steps)
        row.setContentsMargins(16, 8, 16, 8)
        for made in (self.settle, self.correct_button, self.watch_button):
            row.addWidget(made)
        row.addStretch()
        return steps

    def _show_words(self, row: ReadRow) -> None:
        visit = row.visit
        shown = () if row.corrected else visit.char_confidences
        self.plate.show_plate(
            visit.plate, shown, 1.0 if row.corrected else visit.confidence, visit.original_plate or ""
        )
        self.bars.show_characters(visit.original_plate or visit.plate, visit.char_confidences)
        self.facts.setText(self._facts(row))
        self.settle.setVisible(row.is_hit and not visit.settled)
        self.moment.setEnabled(visit.first_s is not None)
        if not self.note.hasFocus():
            self.note.setText(visit.note)
        self._show_guesses(visit)

    def _facts(self, row: ReadRow) -> str:
        visit = row.visit
        facts = [format_time(visit.first_time), short_source_name(visit.source), format_percent(visit.confidence)]
        facts.append(pluralize(visit.reads, self.tr("1 reading"), self.tr("{n} readings agree")))
        if visit.first_s is not None:
            facts.append(self.tr("at {time}").format(time=format_media_time(visit.first_s)))
        if visit.region:
            facts.append(visit.region)
        if visit.settled:
            facts.append(self._verdict(visit))
        if row.provisional:
            facts.append(self.tr("still being read"))
        return "  ·  ".join(facts)

    def _verdict(self, visit: Record) -> str:
        """Say how a hit was settled and by whom."""
        found = {
            "true": self.tr("settled: true hit"),
            "misread": self.tr("settled: misread"),
            "wrong_entry": self.tr("settled: wrong entry"),
        }.get(visit.verdict, self.tr("settled"))
        return self.tr("{found}, by {who}").format(found=found, who=visit.settled_by) if visit.settled_by else found

    def _show_guesses(self, visit: Record) -> None:
        guesses = likely_alternatives(visit)
        for place, made in enumerate(self.guesses):
            made.setVisible(place < len(guesses))
            if place < len(guesses):
                guess = guesses[place]
                made.setText(f"{guess.text}  {format_percent(guess.confidence)}")
                made.setToolTip(self.tr("Correct to {plate}").format(plate=guess.text))
        self._guess_head.setVisible(bool(guesses))

    def _show_pictures(self, visit: Record, event: PlateEvent | None, same: bool) -> None:
        if event is not None and event.evidence.frame.size:
            self._pictures.forget()
            self.crop.show_image(to_qimage(event.evidence.crop))
            self.frame.show_image(to_qimage(event.evidence.frame), visit.box)
            return
        if same and not self.crop.image.isNull():
            return
        crop = to_qimage(event.evidence.crop) if event is not None else QImage()
        self.crop.show_image(crop, note=self.tr("No picture was kept"))
        self.frame.show_image(QImage(), note=self.tr("The full picture was not kept."))
        store = self._log.store
        if store is not None and (visit.crop or visit.frame):
            self._pictures.ask(lambda: _pictures_of(store, visit), lambda pair: self._put(pair, visit))

    def _put(self, pair: tuple[QImage, QImage], visit: Record) -> None:
        crop, frame = pair
        if not crop.isNull():
            self.crop.show_image(crop)
        if not frame.isNull():
            self.frame.show_image(frame, visit.box)

    def _act(self, action: RowAction) -> None:
        if self._row is not None:
            action(self._row)

    def _guess_button(self, place: int) -> QPushButton:
        made = QPushButton(self)
        made.setProperty("flat", True)
        made.clicked.connect(lambda: self._take_guess(place))
        return made

    def _take_guess(self, place: int) -> None:
        guesses = likely_alternatives(self._row.visit) if self._row is not None else ()
        if self._row is not None and place < len(guesses):
            self.read_actions.correct_to(self._row, guesses[place].text)

    def _annotate(self) -> None:
        if self._row is not None and self.note.text().strip() != self._row.visit.note:
            self.read_actions.annotate(self._row, self.note.text().strip())


def _pictures_of(store: Store, visit: Record) -> tuple[QImage, QImage]:
    """Read a visit's crop and frame from the disk; for a worker."""
    crop, frame = (read_picture(store.pictures.path(name)) if name else QImage() for name in (visit.crop, visit.frame))
    return crop, frame
