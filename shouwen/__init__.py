"""The command line, the one-process composition and the embedded servers."""
