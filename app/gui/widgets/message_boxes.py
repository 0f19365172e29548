"""Small boxes that ask or tell something: own icons, and buttons that name what they do."""

from PyQt5.QtCore import QCoreApplication
from PyQt5.QtWidgets import QMessageBox, QWidget

from app.gui.widgets import icons

_ICON_PX = 34


def message_box(
    text: str, more: str = "", icon: str = "info", colour: str = "accent", parent: QWidget | None = None
) -> QMessageBox:
    """Return a box without buttons; more is said below text, icon and colour are those of the kept set and theme."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Platescribe", text, parent=parent)
    box.setInformativeText(more)
    ratio = parent.devicePixelRatioF() if parent is not None else 2.0
    box.setIconPixmap(icons.render_icon(icon, _ICON_PX, colour, ratio))
    return box


def confirm(question: str, do_it: str, parent: QWidget) -> bool:
    """Ask before something is done; do_it names it on its button. Escape does nothing."""
    box = message_box(question, icon="circle-help", parent=parent)
    done = box.addButton(do_it, QMessageBox.ButtonRole.AcceptRole)
    stay = box.addButton(QCoreApplication.translate("Boxes", "Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.exec()
    return box.clickedButton() is done


def show_error(text: str, parent: QWidget | None = None) -> None:
    """Say what went wrong and wait until it was read."""
    box = message_box(text, icon="triangle-alert", colour="notice", parent=parent)
    box.addButton(QCoreApplication.translate("Boxes", "Close"), QMessageBox.ButtonRole.RejectRole)
    box.exec()
