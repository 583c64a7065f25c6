"""What intake decides: which rules hold, how grave a matter is, what is promised, what may still be done."""
