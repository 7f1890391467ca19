"""Studies rerun, published numbers held against recomputed ones."""
