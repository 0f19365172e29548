"""The application: composes detector and recogniser into a program with a log, a command line and a window."""
