"""What the pages share: the table of reads, and how every table looks and behaves."""

from PyQt5.QtCore import QAbstractItemModel, QModelIndex, QPoint, Qt, pyqtSignal
from PyQt5.QtGui import QKeyEvent, QResizeEvent
from PyQt5.QtWidgets import QHeaderView, QTableView, QWidget

from app.gui.reads.delegates import ROW_HEIGHT, ConfidenceDelegate, PlateDelegate, TagDelegate, WhenDelegate
from app.gui.reads.read_rows import CONFIDENCE, PLATE, ROW_ROLE, SOURCE, TAG, TIME, ReadRow
from app.gui.reads.thumbnails import Thumbnails
from app.gui.widgets.common import style_table

WIDE = {PLATE: 226, TIME: 176, SOURCE: 150, CONFIDENCE: 84}
NARROW = {PLATE: 193, TIME: 169, CONFIDENCE: 68}  # no column for the source: it stands under the time
TIGHT = {PLATE: 200, TIME: 104}  # and none for the confidence: the tags, a hit among them, matter more
SLIM = {PLATE: 179, TIME: 95}  # as narrow as a list becomes on a small screen
# The least width of the list for each, so that tags have room.
_LAYOUTS = ((753, WIDE), (547, NARROW), (430, TIGHT), (0, SLIM))


class ReadView(QTableView):
    """A table of reads: whole rows, no grid, Enter and double click told apart from moving about."""

    chosen = pyqtSignal(QModelIndex)  # the row the user is at now
    entered_row = pyqtSignal(QModelIndex)  # Enter
    opened = pyqtSignal(QModelIndex)  # double click
    delete_wanted = pyqtSignal()  # Delete
    menu_wanted = pyqtSignal(QPoint)  # right click or the menu key, in pixels of the screen

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widths: dict[int, int] = {}
        self._when = WhenDelegate(self)
        style_table(self)
        rows = self.verticalHeader()
        assert rows is not None
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        self.setItemDelegateForColumn(PLATE, PlateDelegate(thumbnails, self))
        self.setItemDelegateForColumn(CONFIDENCE, ConfidenceDelegate(self))
        self.setItemDelegateForColumn(TAG, TagDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda place: self.menu_wanted.emit(self.mapToGlobal(place)))
        self.doubleClicked.connect(self.opened)
        thumbnails.ready.connect(lambda _: self._repaint())

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show a model of reads and give its columns their widths."""
        super().setModel(model)
        header = self.horizontalHeader()
        assert header is not None
        header.setStretchLastSection(True)
        self._widths = {}
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Give time and source a column each where there is room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        widths = next(layout for least, layout in _LAYOUTS if self.width() >= least)
        if widths is self._widths or self.model() is None:
            return
        self._widths = widths
        for column, width in widths.items():
            self.setColumnWidth(column, width)
        for column in (SOURCE, CONFIDENCE):
            self.setColumnHidden(column, column not in widths)
        self.setItemDelegateForColumn(TIME, None if SOURCE in widths else self._when)

    def selected_rows(self) -> list[ReadRow]:
        """Return the rows that are selected and at hand, from the top."""
        selection = self.selectionModel()
        indexes = selection.selectedRows() if selection is not None else []
        rows = [index.data(ROW_ROLE) for index in sorted(indexes, key=lambda index: index.row())]
        return [row for row in rows if isinstance(row, ReadRow)]

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        """Tell which row the user is at."""
        super().currentChanged(current, previous)
        self.chosen.emit(current)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter acts on the row; everything else moves about as in any table."""
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.entered_row.emit(self.currentIndex())
            return
        if event is not None and event.key() == Qt.Key.Key_Delete:
            self.delete_wanted.emit()
            return
        super().keyPressEvent(event)

    def _repaint(self) -> None:
        port = self.viewport()
        if port is not None:
            port.update()
