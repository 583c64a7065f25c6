"""Intake's own SQL: case numbers, the estate's register, cases by id."""

from services.intake.store.case_numbers import SequenceNumbers
from services.intake.store.case_shelf import CaseShelf
from services.intake.store.estate import EstateRegister

__all__ = ["CaseShelf", "EstateRegister", "SequenceNumbers"]
