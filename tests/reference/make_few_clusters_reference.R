#!/usr/bin/env Rscript
# Writes few_clusters_expected.json: clubSandwich's answers for fit_model(variance=...) and for equal weights.
#   Rscript make_few_clusters_reference.R       (run in this folder; clubSandwich 0.5.8, survey 4.1, ordinal 2022.11)
# and apiclus1.csv, a few columns of the data frame of that name in the package survey (schools in 15 districts).
suppressMessages({library(clubSandwich); library(survey); library(jsonlite); library(ordinal)})
KINDS <- c("CR0", "CR1", "CR1S", "CR2", "CR3")
out <- list()

# errors, Satterthwaite df and HTZ tests of some terms (a list of coefficient numbers) of an lm
held <- function(m, cluster, terms = list()) {
  found <- list(coef = unname(coef(m)))
  for (k in KINDS) {
    v <- vcovCR(m, cluster = cluster, type = k)
    t <- coef_test(m, v, test = "Satterthwaite")
    found[[k]] <- list(se = t$SE, df = t$df, vcov = unname(as.matrix(v)))
    for (name in names(terms)) {
      w <- Wald_test(m, constraints = constrain_zero(terms[[name]]), vcov = v, test = "HTZ")
      found[[k]][[paste0("htz.", name)]] <- list(F = w$Fstat, df = w$df_num, df_denominator = w$df_denom, p = w$p_val)
    }
  }
  found
}
# the linear regression with the scores and the information of a generalized linear model at its maximum
working <- function(m, w, x, y) {
  eta <- m$linear.predictors; mu <- fitted(m); slope <- m$family$mu.eta(eta); v <- m$family$variance(mu)
  root <- slope / sqrt(v)
  d <- list(r = root * (eta + (y - mu) / slope), x = root * x, w = w)
  lm(r ~ x - 1, data = d, weights = w)
}

# 1. equal weights: districts by the share of pupils with free meals, against their median
data(api)
d <- apiclus1[, c("dnum", "api00", "ell", "emer")]
share <- tapply(apiclus1$meals, apiclus1$dnum, mean)
d$poor <- as.numeric(share[as.character(d$dnum)] > median(share))
d$pw <- 33.846996307373
write.csv(d, "apiclus1.csv", row.names = FALSE, quote = FALSE)
for (w in c("none", "equal")) {
  d$use <- if (w == "none") 1 else d$pw
  out[[paste0("api.poor.", w)]] <- held(lm(api00 ~ poor, d, weights = use), d$dnum)
  out[[paste0("api.poor_ell_emer.", w)]] <- held(lm(api00 ~ poor + ell + emer, d, weights = use), d$dnum, list(covariates = 3:4))
  m <- tapply(d$api00, d$dnum, length)[as.character(d$dnum)]
  d$use <- 1 / as.numeric(m)
  if (w == "none") out$api.settlement <- held(lm(api00 ~ poor, d, weights = use), d$dnum)
}

# 2. models on ili_like.csv
d <- read.csv("ili_like.csv", stringsAsFactors = FALSE)
for (q in paste0("q", 1:8)) d[[q]][d[[q]] %in% c(98, 99)] <- NA
d$sexf <- factor(d$sex); d$agef <- factor(d$ageband); d$educf <- factor(d$educ)
a <- d[!is.na(d$q1), ]; a$q1top <- as.numeric(a$q1 >= 4)
form <- ~ elected + sexf + agef
x <- model.matrix(form, a); terms <- list(age = 4:6)
out$gaussian <- held(lm(q1 ~ elected + sexf + agef, a, weights = w), a$settlement, terms)
ctl <- glm.control(epsilon = 1e-14, maxit = 100)
for (link in c("logit", "probit", "cloglog")) {
  # from the logit on: R steps away from its own start under cloglog
  start <- if (link == "cloglog") 0.6 * start - c(0.3, 0, 0, 0, 0, 0) else NULL
  m <- suppressWarnings(glm(q1top ~ elected + sexf + agef, quasibinomial(link), a, weights = w, control = ctl, start = start))
  start <- coef(m)
  out[[paste0("binomial.", link)]] <- held(working(m, a$w, x, a$q1top), a$settlement, terms)
}
x <- model.matrix(~ elected + educf, d); terms <- list(educ = 3:4)
m <- glm(hhsize ~ elected + educf, quasipoisson(), d, weights = w, control = ctl)
out$poisson <- held(working(m, d$w, x, d$hhsize), d$settlement, terms)
b <- d[!is.na(d$income) & d$income > 0, ]
m <- glm(income ~ elected + educf, Gamma("log"), b, weights = w, control = ctl)
out$gamma <- held(working(m, b$w, model.matrix(~ elected + educf, b), b$income), b$settlement, terms)

# 3. a proportional-odds model: each answer's likelihood depends on the linear predictor at its upper and its lower
# threshold; its information is a 2 x 2 matrix (one number for the first and the last answer), whose root gives two rows
# of the linear regression. CR1S counts rows, so it is left out here.
o <- a; o$q1f <- factor(o$q1)
m <- clm(q1f ~ elected + sexf + agef, data = o, weights = w, control = clm.control(gradTol = 1e-12, maxIter = 200L))
beta <- m$beta; theta <- m$alpha; K <- length(theta) + 1
X <- model.matrix(form, o)[, -1]; eta <- drop(X %*% beta)
f <- dlogis; df <- function(z) f(z) * (1 - 2 * plogis(z))
rows <- list(); resp <- c(); ww <- c(); cl <- c()
for (i in seq_len(nrow(o))) {
  k <- as.integer(o$q1f[i]); g <- c(); Z <- NULL
  up <- if (k < K) theta[k] - eta[i] else Inf; lo <- if (k > 1) theta[k - 1] - eta[i] else -Inf
  p <- plogis(up) - plogis(lo)
  fu <- if (k < K) f(up) else 0; fl <- if (k > 1) f(lo) else 0
  du <- if (k < K) df(up) else 0; dl <- if (k > 1) df(lo) else 0
  score <- c(fu, -fl) / p
  info <- matrix(c(fu^2 / p^2 - du / p, -fu * fl / p^2, -fu * fl / p^2, fl^2 / p^2 + dl / p), 2)
  pick <- c(k < K, k > 1)
  at <- function(j) { t <- rep(0, K - 1); t[j] <- 1; c(-X[i, ], t) }
  Z <- rbind(if (k < K) at(k), if (k > 1) at(k - 1))
  info <- info[pick, pick, drop = FALSE]; score <- score[pick]
  R <- chol(info)
  rows[[i]] <- R %*% Z
  resp <- c(resp, drop(R %*% (Z %*% c(beta, theta)) + backsolve(R, score, transpose = TRUE)))
  ww <- c(ww, rep(o$w[i], nrow(Z))); cl <- c(cl, rep(o$settlement[i], nrow(Z)))
}
big <- list(r = resp, x = do.call(rbind, rows), w = ww); colnames(big$x) <- paste0("b", seq_len(ncol(big$x)))
out$ordinal <- held(lm(r ~ x - 1, data = big, weights = w), cl, list(age = 3:5))
out$ordinal$CR1S <- NULL
out$ordinal$clm <- unname(c(beta, theta))
writeLines(toJSON(out, digits = I(17), auto_unbox = TRUE, pretty = 1), "few_clusters_expected.json")
