"""The list of reads, the detail of one, and what can be done with it."""
