"""Before and after a comparison: power, balance, feasibility, sensitivity."""
