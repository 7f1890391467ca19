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
writeLines(toJSON(out, digits = I(17), auto_unbox = TRUE, pretty = 1), "estimation_expected.json")
