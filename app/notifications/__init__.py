"""Tells others what happened: messages, who wants them, an outbox on disk, and one sender a kind of receiver."""
