# Writes crosstab_expected.json: R survey's numbers of the tables that crosstab() makes of ili_like.csv.
# Run in this folder: Rscript make_crosstab_reference.R
suppressMessages({library(survey); library(jsonlite)})
d <- read.csv("ili_like.csv")
items <- paste0("q", 1:8)
d[items] <- lapply(d[items], function(x) ifelse(x >= 98, NA, x))
d$needs1 <- as.numeric(d$q3 >= 4); d$needs2 <- as.numeric(d$q4 >= 4); d$needs3 <- as.numeric(d$q5 >= 3)
D <- svydesign(ids = ~settlement, strata = ~stratum, weights = ~w, data = d, nest = TRUE)
out <- list()
numbers <- function(x) list(est = as.numeric(coef(x)), se = as.numeric(SE(x)))
for (by in c("sex", "ageband")) {
  A <- subset(D, !is.na(q1))
  b <- as.formula(paste("~", by)); both <- as.formula(paste("~q1 +", by))
  # groups in order, answers fastest
  column <- svyby(~factor(q1), b, A, svymean)
  out[[paste0("column.", by)]] <- list(est = as.numeric(t(as.matrix(column[, 2:6]))), se = as.numeric(t(as.matrix(SE(column)))))
  row <- svyby(as.formula(paste0("~factor(", by, ")")), ~q1, A, svymean)
  k <- length(unique(d[[by]]))
  out[[paste0("row.", by)]] <- list(est = as.numeric(t(as.matrix(row[, 2:(k + 1)]))), se = as.numeric(t(as.matrix(SE(row)))))
  # answers fastest in interaction()
  out[[paste0("total.", by)]] <- numbers(svymean(as.formula(paste0("~interaction(q1, ", by, ")")), A))
  out[[paste0("count.", by)]] <- numbers(svytotal(as.formula(paste0("~interaction(q1, ", by, ")")), A))
  out[[paste0("table.", by)]] <- as.numeric(svytable(both, A))
  test <- svychisq(both, D, statistic = "F")
  out[[paste0("test.", by)]] <- list(statistic = unname(test$statistic), df = unname(test$parameter), p = unname(test$p.value))
  out[[paste0("mean.", by)]] <- numbers(svyby(~q2, b, D, svymean, na.rm = TRUE))
  # pairs of columns, answer 2 of q1: p-values with the degrees of freedom of the design, adjusted by Holm
  means <- svyby(~I(q1 == 2), b, A, svymean, covmat = TRUE)
  share <- coef(means)[(k + 1):(2 * k)]; V <- vcov(means)[(k + 1):(2 * k), (k + 1):(2 * k)]
  pairs <- combn(k, 2)
  diff <- apply(pairs, 2, function(i) share[i[1]] - share[i[2]])
  se <- apply(pairs, 2, function(i) sqrt(V[i[1], i[1]] + V[i[2], i[2]] - 2 * V[i[1], i[2]]))
  p <- 2 * pt(abs(diff / se), degf(D), lower.tail = FALSE)
  out[[paste0("pairs.", by)]] <- list(est = unname(diff), se = unname(se), p = unname(p), holm = p.adjust(unname(p), "holm"))
}
M <- subset(D, !(is.na(needs1) & is.na(needs2) & is.na(needs3)))
M <- update(M, a = ifelse(is.na(needs1), 0, needs1), b = ifelse(is.na(needs2), 0, needs2), c = ifelse(is.na(needs3), 0, needs3))
M <- update(M, given = a + b + c)
for (one in c("a", "b", "c")) {
  f <- as.formula(paste("~", one))
  out[[paste0("respondents.", one)]] <- numbers(svyby(f, ~sex, M, svymean))
  out[[paste0("mentions.", one)]] <- numbers(svyby(f, ~sex, M, denominator = ~given, svyratio))
}
write(toJSON(out, digits = I(17), auto_unbox = TRUE, pretty = 1), "crosstab_expected.json")
