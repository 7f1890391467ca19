"""Comparisons of groups of respondents, above all of few settlements."""
