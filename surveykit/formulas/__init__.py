"""Formulas of models: what they may say, and the columns that they make."""
