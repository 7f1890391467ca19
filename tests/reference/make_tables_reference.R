#!/usr/bin/env Rscript
# Writes tables_expected.json: R's answers on ili_like.csv for the description of a sample and for models side by side.
#   Rscript make_tables_reference.R       (run in this folder; R survey 4.1 or later; tableone is not needed)
suppressMessages({library(survey); library(jsonlite)})
d <- read.csv("ili_like.csv", stringsAsFactors = FALSE)
for (q in paste0("q", 1:8)) d[[q]][d[[q]] %in% c(98, 99)] <- NA
d$sexf <- factor(d$sex); d$agef <- factor(d$ageband); d$educf <- factor(d$educ); d$q1f <- factor(d$q1)
D <- svydesign(ids = ~settlement, strata = ~stratum, weights = ~w, data = d)
out <- list()

# standardized differences by sex: numeric, each answer, all answers together (Yang & Dalton 2012, as tableone has it)
moments <- function(y, s) {
  s <- subset(s, !is.na(s$variables[[y]])); f <- as.formula(paste0("~", y))
  c(mean = unname(coef(svymean(f, s))), sd = sqrt(as.numeric(svyvar(f, s))), n = nrow(s))
}
for (y in c("age", "income", "q1")) {
  a <- moments(y, subset(D, sex == 2)); b <- moments(y, subset(D, sex == 1)); all <- moments(y, D)
  out[[paste0("numeric.", y)]] <- list(mean = c(b[["mean"]], a[["mean"]], all[["mean"]]), sd = c(b[["sd"]], a[["sd"]], all[["sd"]]),
    n = c(b[["n"]], a[["n"]], all[["n"]]), difference = (a[["mean"]] - b[["mean"]]) / sqrt((a[["sd"]]^2 + b[["sd"]]^2) / 2))
}
for (y in c("educf", "agef", "q1f")) {
  f <- as.formula(paste0("~", y))
  by <- as.matrix(svyby(f, ~sex, D, svymean, na.rm = TRUE)[, 1 + seq_along(levels(d[[y]]))])
  p <- by[2, ]; q <- by[1, ]
  S <- (diag(p) - tcrossprod(p) + diag(q) - tcrossprod(q)) / 2
  k <- seq_along(p)[-1]
  out[[paste0("categorical.", y)]] <- list(share = by, all = unname(coef(svymean(f, D, na.rm = TRUE))), count = unname(unclass(table(d$sex, d[[y]]))),
    multivariate = sqrt(drop(t((p - q)[k]) %*% solve(S[k, k]) %*% (p - q)[k])), level = unname((p - q) / sqrt((p * (1 - p) + q * (1 - q)) / 2)))
}
# tests: Rao-Scott F, and Wald's F of the means of three groups and of two
for (y in c("agef", "q1f")) {
  r <- svychisq(as.formula(paste0("~", y, " + sexf")), D)
  out[[paste0("chisq.", y)]] <- c(statistic = unname(r$statistic), ndf = unname(r$parameter[1]), ddf = unname(r$parameter[2]), p = unname(r$p.value))
}
for (pair in list(c("age", "educf"), c("q1", "educf"), c("q1", "sexf"))) {
  r <- regTermTest(svyglm(as.formula(paste(pair[1], "~", pair[2])), D), as.formula(paste("~", pair[2])))
  out[[paste0("wald.", pair[1], ".", pair[2])]] <- c(statistic = drop(r$Ftest), ndf = r$df, ddf = r$ddf, p = drop(r$p))
}

# fit statistics of models
d$yes <- as.numeric(d$q1 >= 4); D <- update(D, yes = d$yes)
weighted <- lm(q1 ~ agef + sexf, weights = w, data = d)
g <- svyglm(q1 ~ agef + sexf, D)
out$gaussian <- list(r_squared = summary(weighted)$r.squared, adjusted = summary(weighted)$adj.r.squared, n = nobs(g))
for (family in c("binomial", "poisson")) {
  f <- if (family == "binomial") yes ~ agef + sexf else hhsize ~ agef + sexf
  m <- svyglm(f, D, family = get(paste0("quasi", family))(), control = glm.control(epsilon = 1e-14, maxit = 100)); s <- summary(m)$coefficients
  out[[family]] <- list(estimate = coef(m), std_error = unname(SE(m)), aic = unname(AIC(m)), cox_snell = psrsq(m), nagelkerke = suppressWarnings(psrsq(m, "Nagelkerke")),
    mcfadden = 1 - m$deviance / m$null.deviance)
}
write_json(out, "tables_expected.json", digits = 15, auto_unbox = TRUE, pretty = TRUE)
