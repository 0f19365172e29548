"""The live page: tiles, player, state of the sources."""
