"""What one transaction means: entity rows locked in order, states, versions, outbox, timers and effects written together."""
