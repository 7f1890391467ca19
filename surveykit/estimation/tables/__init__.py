"""What papers print side by side: the sample by group, models by their coefficients."""
