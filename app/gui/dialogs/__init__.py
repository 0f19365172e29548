"""The dialogs of the window; each works on a value and gives back a value."""
