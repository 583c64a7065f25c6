"""The commands of ``shouwen``, a module each."""
