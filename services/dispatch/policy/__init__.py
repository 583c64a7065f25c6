"""What may follow what, when a case may close, and what the customer's answer leads to; pure."""
