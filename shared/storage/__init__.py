"""What one transaction means: rows locked in order; states, versions, outbox, timers and effects written together."""
