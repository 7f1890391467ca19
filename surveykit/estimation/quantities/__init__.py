"""What is estimated: means, totals, shares, ratios, quantiles, and functions of them."""
