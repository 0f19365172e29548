"""The style sheet; $names are the fields of app.gui.widgets.theme.Theme."""

SHEET = """
* { outline: none; }
QWidget { font-size: 10pt; }
QToolTip { background: $text; color: $surface; border: none; padding: 5px 8px; }

QMainWindow, QDialog, QWizard { background: $window; }
QDialog { border: 1px solid $line; }
QMenuBar { background: $surface; border-bottom: 1px solid $line; padding: 2px 6px; }
QMenuBar::item { padding: 5px 10px; border-radius: 5px; background: transparent; }
QMenuBar::item:selected { background: $accent_soft; color: $on_accent_soft; }
QMenu { background: $surface; border: 1px solid $line; padding: 6px; }
QMenu::item { padding: 6px 28px 6px 10px; border-radius: 5px; }
QMenu::item:selected { background: $accent_soft; color: $on_accent_soft; }
QMenu::item:disabled { color: $outline; }
QMenu::separator { height: 1px; background: $line; margin: 6px 8px; }
QMenu::icon { padding-left: 8px; }

QToolBar { background: $surface; border: none; border-bottom: 1px solid $line; padding: 6px 10px; spacing: 6px; }
QToolBar::separator { width: 1px; background: $line; margin: 4px 6px; }
QToolButton {
    background: transparent; border: 1px solid transparent; border-radius: 7px; padding: 6px 10px; color: $text;
}
QToolButton:hover { background: $sunken; }
QToolButton:pressed, QToolButton:checked { background: $accent_soft; color: $on_accent_soft; }
QToolButton:focus { border: 2px solid $accent; padding: 5px 9px; }
QToolButton:disabled { color: $outline; }
QToolButton::menu-indicator { image: none; width: 0; }

QToolButton[small="true"] { padding: 4px; }
QToolButton[small="true"]:focus { padding: 3px; }

QPushButton {
    background: $raised; color: $text; border: 1px solid $outline; border-radius: 7px; padding: 6px 16px;
    min-height: 20px;
}
QPushButton:hover { border-color: $accent; background: $surface; }
QPushButton:pressed { background: $accent_soft; color: $on_accent_soft; }
QPushButton:focus { border: 2px solid $accent; padding: 5px 15px; }
QPushButton:disabled { color: $outline; border-color: $line; background: $window; }
QPushButton:default, QPushButton[primary="true"] { background: $accent; color: $on_accent; border: 1px solid $accent; }
QPushButton:default:hover, QPushButton[primary="true"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton:default:focus, QPushButton[primary="true"]:focus {
    border: 2px solid $text; padding: 5px 15px;
}
QPushButton:default:disabled, QPushButton[primary="true"]:disabled {
    background: $sunken; color: $outline; border-color: $line;
}
QPushButton[flat="true"] { background: transparent; border-color: transparent; }
QPushButton[flat="true"]:hover { background: $sunken; }
QPushButton[flat="true"]:focus { border-color: $accent; }

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractSpinBox {
    background: $surface; color: $text; border: 1px solid $outline; border-radius: 7px; padding: 5px 9px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit, QComboBox, QAbstractSpinBox { min-height: 20px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {
    border: 2px solid $accent; padding: 4px 8px;
}
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled { color: $outline; border-color: $line; }
QComboBox { padding-right: 26px; }
QComboBox:focus { padding-right: 25px; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url("$icons/$name-chevron-down.svg"); width: 14px; height: 14px; }
QAbstractSpinBox { padding-right: 24px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
    subcontrol-origin: border; width: 22px; border: none; background: transparent;
}
QAbstractSpinBox::up-button { subcontrol-position: top right; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $sunken; }
QAbstractSpinBox::up-arrow { image: url("$icons/$name-chevron-up.svg"); width: 11px; height: 11px; }
QAbstractSpinBox::down-arrow { image: url("$icons/$name-chevron-down.svg"); width: 11px; height: 11px; }
QDateTimeEdit::drop-down { subcontrol-origin: border; subcontrol-position: center right; width: 26px; border: none; }
QDateTimeEdit::down-arrow { image: url("$icons/$name-chevron-down.svg"); width: 14px; height: 14px; }
QCalendarWidget { min-height: 200px; }
QCalendarWidget QAbstractItemView { border: 1px solid $outline; border-radius: 0; }
QCalendarWidget QAbstractItemView::item { padding: 0; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $line; padding: 4px; outline: none; }
QCheckBox, QRadioButton { spacing: 8px; padding: 3px 2px; border: 2px solid transparent; border-radius: 6px; }
QCheckBox:focus, QRadioButton:focus { border-color: $accent; }
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator {
    width: 16px; height: 16px; background: $surface; border: 1px solid $outline; border-radius: 4px;
}
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {
    background: $accent; border-color: $accent; image: url("$icons/$name-check.svg");
}
QCheckBox::indicator:indeterminate, QAbstractItemView::indicator:indeterminate {
    background: $accent; border-color: $accent; image: url("$icons/$name-minus.svg");
}
QRadioButton::indicator:checked { width: 8px; height: 8px; border: 5px solid $accent; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { background: $sunken; border-color: $line; }
QGroupBox { border: 1px solid $line; border-radius: 9px; margin-top: 22px; padding: 12px; background: $surface; }
QGroupBox::title {
    subcontrol-origin: margin; subcontrol-position: top left; left: 4px; top: 2px; color: $muted; font-weight: 600;
}

QAbstractItemView {
    background: $surface; alternate-background-color: $raised; border: none; outline: none;
    selection-background-color: $accent_soft; selection-color: $on_accent_soft; gridline-color: $line;
}
QTableView::item, QTreeView::item, QListView::item { padding: 0 10px; border: none; }
QTableView, QTreeView, QListView { border: 2px solid $surface; border-radius: 8px; }
QTableView:focus, QTreeView:focus, QListView:focus { border-color: $accent; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section {
    background: $surface; color: $muted; border: none; border-bottom: 1px solid $line; padding: 6px 13px;
    font-weight: 500; text-align: left;
}
#dense QHeaderView::section { padding: 6px 9px; }
#dense::item { padding: 0 6px; }
QTableCornerButton::section { background: $surface; border: none; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle { background: $outline; border-radius: 4px; min-height: 32px; min-width: 32px; }
QScrollBar::handle:hover { background: $accent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }

QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar::tab {
    padding: 8px 14px; border: none; border-bottom: 2px solid transparent; color: $muted; background: transparent;
}
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent; }

QProgressBar { background: $sunken; border: none; border-radius: 4px; height: 8px; text-align: center; }
QProgressBar::chunk { background: $accent; border-radius: 4px; }
QStatusBar { background: $surface; border-top: 1px solid $line; color: $muted; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $muted; padding: 2px 8px; }

#rail { background: $surface; border-right: 1px solid $line; }
#rail QToolButton { padding: 9px 4px; min-width: 74px; border-radius: 9px; color: $muted; font-size: 8.5pt; }
#rail QToolButton:focus { padding: 8px 3px; }
#rail QToolButton:hover { color: $text; }
#rail QToolButton:checked { background: $accent_soft; color: $on_accent_soft; font-weight: 600; }
#panel { background: $surface; }
#panelTitle { font-size: 10.5pt; font-weight: 600; color: $text; }
#pageTitle { font-size: 15pt; font-weight: 600; color: $text; }
#muted { color: $muted; }
#small { color: $muted; font-size: 9pt; }
#separator { background: $line; }
#emptyTitle { font-size: 16pt; font-weight: 600; color: $text; }
#emptyText { font-size: 10.5pt; color: $muted; }
#stage { background: $sunken; }
#player { background: $surface; border-top: 1px solid $line; }
#banner { background: $hit; }
#banner QLabel { color: $on_hit; }
#bannerPlate { font-size: 15pt; font-weight: 700; }
#banner QPushButton { background: transparent; color: $on_hit; border: 1px solid $on_hit; }
#banner QPushButton:hover { background: rgba(255, 255, 255, 40); }
#banner QPushButton:focus { border: 2px solid $on_hit; }
#notice { background: $notice_soft; border-bottom: 1px solid $line; }
#notice QLabel { color: $notice; }
#notice[news="true"] { background: $accent_soft; }
#notice[news="true"] QLabel { color: $on_accent_soft; }
#coachBad { color: $notice; }
#coachGood { color: $good; }
#card { background: $surface; border: 1px solid $line; border-radius: 10px; }
"""
