#!/usr/bin/env Rscript
# Writes mixed_models_expected.json: lme4's random-intercept fits on ili_like.csv and on answers made here, among them
# fits whose variance between settlements is zero or nearly so.
#   Rscript mixed_models.R       (run in this folder; R lme4 1.1 or later)
suppressMessages({library(lme4); library(jsonlite)})
d <- read.csv("ili_like.csv", stringsAsFactors = FALSE)
for (q in paste0("q", 1:8)) d[[q]][d[[q]] %in% c(98, 99)] <- NA
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 1e-3, rhoend = 1e-12, maxfun = 1e6),
                     check.conv.singular = "ignore")
fit <- function(formula, data) {
  m <- lmer(formula, data, REML = TRUE, control = tight)
  v <- as.data.frame(VarCorr(m))$vcov
  list(estimate = unname(fixef(m)[2]), std_error = sqrt(vcov(m)[2, 2]), icc = v[1] / sum(v), n = nobs(m))
}
out <- list()
for (q in paste0("q", 1:8)) {
  out[[paste0(q, ".unadjusted")]] <- fit(as.formula(paste(q, "~ elected + (1 | settlement)")), d)
  out[[paste0(q, ".adjusted")]] <- fit(as.formula(paste(q, "~ elected + age + (1 | settlement)")), d)
}
# without the settlements' own part: the variance between is zero or small
for (share in c(0, 0.25, 0.5)) {
  e <- d[!is.na(d$q1), ]
  e$y <- e$q1 - (1 - share) * ave(e$q1, e$settlement)
  out[[paste0("shrunk.", share)]] <- fit(y ~ elected + (1 | settlement), e)
}
write(toJSON(out, auto_unbox = TRUE, digits = 15, pretty = TRUE), "mixed_models_expected.json")
