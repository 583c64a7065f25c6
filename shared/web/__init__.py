"""What every HTTP surface shares: who asks, what is wrong and in whose language, how a command becomes an answer."""
