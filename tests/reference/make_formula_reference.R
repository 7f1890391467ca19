# R's orthogonal polynomials, at the data and at new values: Rscript make_formula_reference.R; pasted into
# tests/formulas/test_values.py. R 4.x, base only.
x <- c(18, 25, 31, 31, 44, 52, 60, 73)
p <- poly(x, 3)
cat("learned\n"); for (i in seq_along(x)) cat(sprintf("%.15g", p[i, ]), sep = ", ", fill = TRUE)
cat("predicted at 20, 40, 80\n"); q <- predict(p, c(20, 40, 80))
for (i in 1:3) cat(sprintf("%.15g", q[i, ]), sep = ", ", fill = TRUE)
