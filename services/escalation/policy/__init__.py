"""How clocks run, whom a matter is pushed to, who may give more time: pure decisions."""
