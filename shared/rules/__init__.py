"""The meaning of packs: what a rule is, which clocks a case runs, when they are due. Pure."""
