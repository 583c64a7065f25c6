"""Who is told what, in which words, and when nobody is told."""
