"""The sheets that go out, as intake's routes ask for them."""

from collections.abc import Sequence
from typing import Literal

from services.intake.policy.masters.findings import Finding
from services.intake.policy.masters.known import Choices
from services.intake.policy.masters.records import Kind
from services.intake.views.reports import report_csv, report_xlsx
from services.intake.views.templates import Language, template_csv, template_xlsx

Form = Literal["xlsx", "csv"]


class MasterPapers:
    """Templates and reports of findings; both take a while, so they are called off the event loop."""

    def template(self, kind: Kind | None, language: Language, choices: Choices, form: Form) -> bytes:
        """A sheet to fill in; of all kinds where none is named, which a CSV cannot be.

        Raises:
            ValueError: A CSV of all kinds.
        """
        if form == "xlsx":
            return template_xlsx(kind, language, choices)
        if kind is None:
            raise ValueError("a CSV holds one kind")
        return template_csv(kind, language, choices)

    def report(self, findings: Sequence[Finding], language: Language, form: Form) -> bytes:
        """What is wrong with a file, as a sheet."""
        return report_xlsx(findings, language) if form == "xlsx" else report_csv(findings, language)
