#!/usr/bin/env Rscript
# Writes estimation_expected.json: R's answers on ili_like.csv that expected.json lacks.
#   Rscript make_estimation_reference.R       (run in this folder; R survey 4.1 or later)
suppressMessages({library(survey); library(jsonlite)})
options(survey.lonely.psu = "fail")
d <- read.csv("ili_like.csv", stringsAsFactors = FALSE)
for (q in paste0("q", 1:8)) d[[q]][d[[q]] %in% c(98, 99)] <- NA
d$sexf <- factor(d$sex); d$agef <- factor(d$ageband); d$educf <- factor(d$educ); d$q1f <- factor(d$q1)
d$q1top <- as.numeric(d$q1 >= 4)
D <- list(
  D1 = svydesign(ids = ~settlement, strata = ~stratum, weights = ~w, data = d),
  D2 = svydesign(ids = ~settlement, weights = ~w, data = d),
  D3 = svydesign(ids = ~1, weights = ~w, data = d),
  D6 = svydesign(ids = ~ea, strata = ~settlement, weights = ~w, data = d))
out <- list()
mg <- fromJSON("margins.json")
P <- list(ps.D1 = postStratify(D$D1, ~sex + ageband, {
  jk <- do.call(rbind, strsplit(names(mg$sex_by_ageband), "|", fixed = TRUE))
  data.frame(sex = as.integer(jk[, 1]), ageband = as.integer(jk[, 2]), Freq = unlist(mg$sex_by_ageband)) }))
for (k in names(D)) {
  g <- svygofchisq(~factor(educ), p = c(.3, .45, .25), D[[k]])
  out[[paste0("gof.educ.", k)]] <- list(statistic = unname(g$statistic), p = unname(g$p.value), lambda = g$lambda)
}
# a domain and a calibrated design
s <- subset(D$D1, sex == 2)
for (st in c("F", "Chisq", "Wald")) {
  r <- svychisq(~elected + q1, s, statistic = st)
  out[[paste0("svychisq.domain.", st)]] <- list(statistic = unname(r$statistic), parameter = unname(r$parameter), p = unname(r$p.value))
  r <- svychisq(~elected + q1, P$ps.D1, statistic = st)
  out[[paste0("svychisq.ps.", st)]] <- list(statistic = unname(r$statistic), parameter = unname(r$parameter), p = unname(r$p.value))
}
coefs <- function(m) { s <- summary(m)$coefficients
  list(names = rownames(s), est = unname(s[, 1]), se = unname(s[, 2])) }
for (k in names(D)) {
  m <- svyglm(q1 ~ ageband, D[[k]]); s <- summary(m)$coefficients
  out[[paste0("trend.q1_ageband.", k)]] <- list(est = s[2, 1], se = s[2, 2], t = s[2, 3], df = m$df.residual, p = s[2, 4])
  m <- svyglm(q1 ~ I(c(1, 2, 4, 9)[ageband]), D[[k]]); s <- summary(m)$coefficients
  out[[paste0("trend.scored.", k)]] <- list(est = s[2, 1], se = s[2, 2], t = s[2, 3], df = m$df.residual, p = s[2, 4])
}
x <- svyttest(q1 ~ elected, P$ps.D1)
out$ttest.ps <- list(t = unname(x$statistic), df = unname(x$parameter), p = unname(x$p.value), est = unname(x$estimate))
# variances, covariances, correlations
for (k in c("D1", "D3")) {
  v <- svyvar(~income + hhsize + q1, D[[k]], na.rm = TRUE)
  out[[paste0("var.", k)]] <- list(est = as.numeric(v), se = as.numeric(sqrt(diag(attr(v, "var")))))
  one <- svyvar(~income, D[[k]])
  out[[paste0("var.income.", k)]] <- list(est = as.numeric(one), se = as.numeric(SE(one)))
  s <- subset(D[[k]], !is.na(income) & !is.na(q1))
  s <- update(s, x = (income - coef(svymean(~income, s))) / sd(income), y = (q1 - coef(svymean(~q1, s))))
  m <- svymean(~I(x * y) + I(x * x) + I(y * y), s); names(m) <- c("xy", "xx", "yy")
  r <- svycontrast(m, quote(xy / sqrt(xx * yy)))
  out[[paste0("cor.income_q1.", k)]] <- list(est = as.numeric(coef(r)), se = as.numeric(SE(r)))
}
# direct standardization to an age distribution
for (k in c("D1", "D2", "D3")) {
  st <- svystandardize(D[[k]], by = ~ageband, over = ~elected, population = c(.3, .3, .25, .15), excluding.missing = ~q1)
  b <- svyby(~q1, ~elected, st, svymean, na.rm = TRUE)
  out[[paste0("standardised.", k)]] <- list(est = unname(coef(b)), se = unname(SE(b)))
  st1 <- svystandardize(D[[k]], by = ~ageband, population = c(.3, .3, .25, .15), excluding.missing = ~q1)
  m <- svymean(~q1, st1, na.rm = TRUE)
  out[[paste0("standardized.all.", k)]] <- list(est = as.numeric(coef(m)), se = as.numeric(SE(m)))
}
# models that expected.json lacks
ctl <- glm.control(epsilon = 1e-14, maxit = 200)
for (k in c("D2", "D6")) {
  out[[paste0("glm.probit.", k)]] <- coefs(svyglm(q1top ~ elected + sexf + agef, D[[k]], family = quasibinomial(link = "probit"), control = ctl))
  out[[paste0("glm.cloglog.", k)]] <- coefs(svyglm(q1top ~ elected + sexf, D[[k]], family = quasibinomial(link = "cloglog"), control = ctl))
  out[[paste0("glm.gamma.", k)]] <- coefs(svyglm(income ~ elected + educf, D[[k]], family = Gamma(link = "log"), control = ctl))
  for (link in c("probit", "cloglog")) {
    o <- svyolr(factor(q1, ordered = TRUE) ~ elected + sexf + agef, D[[k]], method = link, control = list(reltol = 1e-16, maxit = 5000))
    s <- summary(o)$coefficients
    out[[paste0("svyolr.", link, ".", k)]] <- list(names = rownames(s), est = unname(s[, 1]), se = unname(s[, 2]))
  }
  # a model on post-stratified weights, and one in a domain
}
out$glm.ps.gaussian <- coefs(svyglm(q1 ~ elected + sexf, P$ps.D1))
out$glm.ps.logit <- coefs(svyglm(q1top ~ elected + sexf, P$ps.D1, family = quasibinomial(), control = ctl))
# negative binomial by pseudo-likelihood: coefficients and log(size) maximize sum(w log f), errors from the scores
D6n <- update(D$D6, count = round(income / 20000))
nbl <- function(y, mu, ls, log) dnbinom(y, size = exp(ls), mu = exp(mu), log = log)
nbg <- function(y, mu, ls, log) { s <- exp(ls); m <- exp(mu)
  cbind((y - m) * s / (s + m), s * (digamma(y + s) - digamma(s) + ls + 1 - base::log(s + m) - (y + s) / (s + m))) }
nb <- svymle(loglike = nbl, gradient = nbg, formulas = list(mu = count ~ elected + educf, ls = ~1), design = D6n, log = TRUE,
             start = list(c(1.5, 0, 0.2, 0.4), c(1)), method = "BFGS", control = list(reltol = 1e-15, maxit = 2000))
out$negative_binomial.D6 <- list(names = names(coef(nb)), est = unname(coef(nb)), se = unname(sqrt(diag(vcov(nb)))))
# predictive margins and average marginal effects
for (k in c("D2", "D6")) {
  d2 <- subset(D[[k]], !is.na(q1)); d2 <- update(d2, elf = factor(elected))
  m0 <- svyglm(q1top ~ agef + hhsize, d2, family = quasibinomial(), control = ctl)
  pm <- svypredmeans(m0, ~elf)
  out[[paste0("predmeans.", k)]] <- list(names = names(coef(pm)), est = unname(coef(pm)), se = unname(SE(pm)))
  # fixed covariates: delta method by numerical derivatives of the average slope of hhsize
  m1 <- svyglm(q1top ~ elf + agef + hhsize, d2, family = quasibinomial(), control = ctl)
  X <- model.matrix(m1); w <- weights(d2)
  ame <- function(b) { p <- plogis(drop(X %*% b)); sum(w * p * (1 - p) * b["hhsize"]) / sum(w) }
  dif <- function(b) { X1 <- X; X1[, "elf1"] <- 1; X0 <- X; X0[, "elf1"] <- 0
    sum(w * (plogis(drop(X1 %*% b)) - plogis(drop(X0 %*% b)))) / sum(w) }
  for (f in c("ame", "dif")) {
    g <- sapply(seq_along(coef(m1)), function(j) { h <- 1e-5; b1 <- b2 <- coef(m1); b1[j] <- b1[j] + h; b2[j] <- b2[j] - h
      (get(f)(b1) - get(f)(b2)) / (2 * h) })
    out[[paste0("margin.", f, ".", k)]] <- list(est = get(f)(coef(m1)), se = sqrt(drop(t(g) %*% vcov(m1) %*% g)))
  }
}
# tests and models on replicate weights
for (mse in c(FALSE, TRUE)) {
  r <- as.svrepdesign(D$D6, type = "JKn", compress = FALSE, mse = mse); tag <- if (mse) ".mse" else ""
  x <- svychisq(~elected + q1, r, statistic = "F")
  out[[paste0("rep.svychisq", tag)]] <- list(statistic = unname(x$statistic), parameter = unname(x$parameter), p = unname(x$p.value))
  x <- svyttest(q1 ~ elected, r)
  out[[paste0("rep.ttest", tag)]] <- list(est = unname(x$estimate), t = unname(x$statistic), df = unname(x$parameter), p = unname(x$p.value))
  out[[paste0("rep.logit", tag)]] <- coefs(svyglm(q1top ~ elected + sexf, r, family = quasibinomial(), control = ctl))
  m <- svycontrast(svyby(~q1, ~elected, r, svymean, na.rm = TRUE, covmat = TRUE), c(-1, 1))
  out[[paste0("rep.contrast", tag)]] <- list(est = as.numeric(coef(m)), se = as.numeric(SE(m)))
}
# intervals of a share in a domain, some of whom did not answer
for (m in c("xlogit", "beta", "asin", "mean", "logit")) {
  x <- svyciprop(~q1top, subset(D$D1, elected == 1), method = m, na.rm = TRUE); ci <- confint(x)
  out[[paste0("ciprop.domain.", m)]] <- list(est = as.numeric(coef(x)), low = as.numeric(ci[1]), high = as.numeric(ci[2]))
}
writeLines(toJSON(out, digits = I(17), auto_unbox = TRUE, pretty = 1), "estimation_expected.json")
