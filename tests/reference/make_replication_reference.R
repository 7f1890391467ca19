#!/usr/bin/env Rscript
# Writes replication_expected.json: R's answers on ili_like.csv under replicate weights and after post-stratification,
# and a difference in differences whose covariate is missing for some.
#   Rscript make_replication_reference.R       (run in this folder; R survey 4.1 or later, clubSandwich)
suppressMessages({library(survey); library(jsonlite); library(clubSandwich)})
d <- read.csv("ili_like.csv", stringsAsFactors = FALSE)
for (q in paste0("q", 1:8)) d[[q]][d[[q]] %in% c(98, 99)] <- NA
d$q1top <- as.numeric(d$q1 >= 4); d$educf <- factor(d$educ)
D1 <- svydesign(ids = ~settlement, strata = ~stratum, weights = ~w, data = d)
D6 <- svydesign(ids = ~ea, strata = ~settlement, weights = ~w, data = d)
out <- list()
test_of <- function(x) list(est = unname(x$estimate), t = unname(x$statistic), df = unname(x$parameter), p = unname(x$p.value))
row_of <- function(m, i) { s <- summary(m)$coefficients
  list(est = s[i, 1], se = s[i, 2], df = m$df.residual, p = s[i, 4]) }
mg <- fromJSON("margins.json")
jk <- do.call(rbind, strsplit(names(mg$sex_by_ageband), "|", fixed = TRUE))
targets <- data.frame(sex = as.integer(jk[, 1]), ageband = as.integer(jk[, 2]), Freq = unlist(mg$sex_by_ageband))
designs <- list(ps.D1 = postStratify(D1, ~sex + ageband, targets))
for (mse in c(FALSE, TRUE)) {
  tag <- if (mse) ".mse" else ""
  designs[[paste0("JKn.D1", tag)]] <- as.svrepdesign(D1, type = "JKn", compress = FALSE, mse = mse)
  designs[[paste0("JKn.D6", tag)]] <- as.svrepdesign(D6, type = "JKn", compress = FALSE, mse = mse)
}
for (k in names(designs)) {
  r <- designs[[k]]
  out[[paste0("groups.", k)]] <- test_of(svyttest(q1 ~ elected, r))
  out[[paste0("adjusted.", k)]] <- row_of(svyglm(q1 ~ elected + age + educf, r), 2)
  out[[paste0("paired.", k)]] <- test_of(svyttest(I(q1 - q2) ~ 0, r, na.rm = TRUE))
  out[[paste0("trend.", k)]] <- row_of(svyglm(q1 ~ ageband, r), 2)
}
se <- function(replicated) as.numeric(sqrt(diag(as.matrix(attr(replicated, "var")))))
ctl <- glm.control(epsilon = 1e-14, maxit = 200)
for (k in setdiff(names(designs), "ps.D1")) {
  r <- designs[[k]]
  v <- suppressWarnings(svyvar(~income + q1, subset(r, !is.na(q1))))
  out[[paste0("var.", k)]] <- list(est = as.numeric(v), se = as.numeric(sqrt(diag(attr(v, "var")))))
  women <- suppressWarnings(svyvar(~income, subset(r, sex == 2)))
  out[[paste0("var.women.", k)]] <- list(est = as.numeric(women), se = as.numeric(SE(women)))
  correlation <- withReplicates(subset(r, !is.na(q1)), function(wt, data) cov.wt(data[c("income", "q1")], wt, cor = TRUE)$cor[1, 2])
  out[[paste0("cor.", k)]] <- list(est = as.numeric(correlation), se = se(correlation))
  # the model is refitted and its effects averaged with the weights of each replicate
  effects <- function(wt, data) {
    b <- suppressWarnings(coef(glm(q1top ~ elected + hhsize, binomial, data, weights = wt / mean(wt), control = ctl)))
    at <- function(e) plogis(b[1] + b[2] * e + b[3] * data$hhsize)
    p <- at(data$elected)
    c(weighted.mean(at(1) - at(0), wt), weighted.mean(p * (1 - p) * b[3], wt), weighted.mean(at(0), wt), weighted.mean(at(1), wt))
  }
  effect <- withReplicates(subset(r, !is.na(q1top)), effects)
  out[[paste0("margins.", k)]] <- list(est = as.numeric(effect), se = se(effect))
  ratio <- withReplicates(subset(r, !is.na(q1)), function(wt, data)
    weighted.mean(data$q1[data$elected == 1], wt[data$elected == 1]) / weighted.mean(data$q1[data$elected == 0], wt[data$elected == 0]))
  out[[paste0("ratio_of_means.", k)]] <- list(est = as.numeric(ratio), se = se(ratio))
}
# a panel made of the same people: everybody asked about q1 (before) and q2 (after); income unknown for some, and
# for nobody known in S03 before
two <- rbind(transform(d, wave = 1, y = q1), transform(d, wave = 2, y = q2))
two$z <- two$income / 1e5
two$z[(two$hhsize == 2 & two$wave == 1) | (two$hhsize == 5 & two$wave == 2)] <- NA
lacking <- two; lacking$z[lacking$settlement == "S03" & lacking$wave == 1] <- NA
for (k in c("two", "lacking")) {
  e <- get(k); e <- e[!is.na(e$y) & !is.na(e$z), ]
  n <- table(e$settlement, e$wave); e <- e[e$settlement %in% rownames(n)[n[, 1] > 0 & n[, 2] > 0], ]
  e$late <- as.numeric(e$wave == 2); e$product <- e$elected * e$late
  e$each <- e$w / ave(e$w, e$settlement, e$late, FUN = sum)
  for (of in c("person", "settlement")) {
    e$weight <- if (of == "person") e$w else e$each
    m <- lm(y ~ product + elected + late + z, e, weights = weight)
    ct <- coef_test(m, vcovCR(m, cluster = e$settlement, type = "CR2", inverse_var = FALSE))
    out[[paste("did", k, of, sep = ".")]] <- list(est = ct$beta[2], se = ct$SE[2], df = ct$df_Satt[2], p = ct$p_Satt[2],
                                                  n = nrow(e), clusters = length(unique(e$settlement)))
  }
}
writeLines(toJSON(out, digits = I(17), auto_unbox = TRUE, pretty = 1), "replication_expected.json")
