"""Design-based estimates from cluster totals."""
