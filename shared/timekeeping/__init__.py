"""The clock port and the working calendar."""
