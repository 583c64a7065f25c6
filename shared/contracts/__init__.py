"""What is said: the facts between services, and what a fold says to the process that runs it."""
