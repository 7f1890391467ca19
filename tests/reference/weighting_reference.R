# Writes weighting_expected.json: what expected.json lacks on weighting and reliability, on ili_like.csv.
# Run in tests/reference:  Rscript weighting_reference.R     (R 4.2, survey 4.1-1, psych 2.2.9)
suppressMessages({library(survey); library(psych); library(jsonlite)})
d <- read.csv("ili_like.csv")
Q <- paste0("q", 1:8)
for (q in Q) d[[q]][d[[q]] >= 98] <- NA

# response propensity: `answered` stands for the response; it depends on nothing but the row, so that anyone can remake it
d$answered <- as.integer((seq_len(nrow(d)) * 7) %% 10 < 5 + d$sex)
fit <- glm(answered ~ factor(sex) + age, family = quasibinomial, weights = w, data = d, control = list(epsilon = 1e-14))
p <- fitted(fit)
cls <- findInterval(p, quantile(p, 1:4 / 5), left.open = TRUE)
f <- tapply(d$w, cls, sum) / tapply(d$w * d$answered, cls, sum)
by <- interaction(d$stratum, d$sex)
g <- tapply(d$w, by, sum) / tapply(d$w * d$answered, by, sum)

# jackknife of the weighted alpha
al <- function(w, data) {
  X <- as.matrix(data[, Q]); ok <- complete.cases(X); V <- cov.wt(X[ok, ], w[ok])$cov
  8 / 7 * (1 - sum(diag(V)) / sum(V))
}
D <- list(D1 = svydesign(ids = ~settlement, strata = ~stratum, weights = ~w, data = d),
          D2 = svydesign(ids = ~settlement, weights = ~w, data = d), D3 = svydesign(ids = ~1, weights = ~w, data = d))
se <- sapply(names(D), function(k) as.numeric(SE(withReplicates(
  as.svrepdesign(D[[k]], type = if (k == "D1") "JKn" else "JK1", mse = TRUE, compress = FALSE), al))))
a <- psych::alpha(d[complete.cases(d[, Q]), Q], check.keys = FALSE)

# raking as survey::rake does it by default: control = list(maxit = 10, epsilon = 1); raked.short is stopped by maxit = 1
m <- fromJSON("margins.json")
margin <- function(name, share = 1) {
  x <- data.frame(as.integer(names(m[[name]])), Freq = unlist(m[[name]]) * share); names(x)[1] <- name; x
}
margins <- function(share) list(margin("sex", share), margin("ageband", share), margin("educ", share))
terms <- list(~sex, ~ageband, ~educ)
raked.full <- rake(D$D1, terms, margins(1))
raked.small <- rake(D$D1, terms, margins(1 / 100))
raked.short <- suppressWarnings(rake(D$D1, terms, margins(1), control = list(maxit = 1, epsilon = 1)))
q1 <- function(x) { e <- svymean(~q1, x, na.rm = TRUE); c(coef(e)[[1]], SE(e)[[1]]) }
raked <- lapply(list(full = raked.full, small = raked.small, short = raked.short), function(x) {
  w <- as.numeric(weights(x)); key <- paste(d$sex, d$ageband, d$educ)
  list(cells = as.list(tapply(w, key, sum)), sum_w2 = sum(w^2), first = w[1:5], mean_q1 = q1(x))
})

write_json(list(
  raking_default = raked,
  propensity = list(coef = unname(coef(fit)), fitted_first = p[1:5], sum_w = sum((d$w / p)[d$answered == 1]),
                    class_factors = as.numeric(f), sum_w2_classes = sum((d$w * f[as.character(cls)])[d$answered == 1]^2)),
  classes = list(names = names(g), factors = as.numeric(g), sum_w2 = sum((d$w * g[by])[d$answered == 1]^2)),
  alpha_jackknife = as.list(se),
  alpha_unweighted = list(ase = a$total$ase, feldt_low = as.numeric(a$feldt$lower.ci)[1], feldt_high = as.numeric(a$feldt$upper.ci)[1])
), "weighting_expected.json", digits = 17, auto_unbox = TRUE, pretty = TRUE)

# replicate factors by sampling unit, as in make_reference.R (same seed, same draws); one row per unit
set.seed(4711)
DH <- svydesign(ids = ~half, strata = ~settlement, weights = ~w, data = d, nest = TRUE)
D6 <- svydesign(ids = ~ea, strata = ~settlement, weights = ~w, data = d)
invisible(as.svrepdesign(DH, type = "BRR", compress = FALSE))
boot <- weights(as.svrepdesign(D6, type = "subbootstrap", replicates = 100, compress = FALSE), "replication")
first <- !duplicated(d$ea)
write.csv(data.frame(ea = d$ea[first], boot[first, ]), "bootstrap_factors_expected.csv", row.names = FALSE, quote = FALSE)
