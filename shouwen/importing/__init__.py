"""History from a file: read it, judge every row, bring the cases through the services, account for the rest."""
