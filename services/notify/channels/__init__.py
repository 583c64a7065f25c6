"""How a notice leaves: one module a channel, and the words in a language."""
