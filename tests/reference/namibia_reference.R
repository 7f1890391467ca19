#!/usr/bin/env Rscript
# Writes namibia_expected.json: what R answers on the microdata of Vollan et al. (2020), Science Advances 6(15) eaay7651.
#
#   Rscript namibia_reference.R leadership.dta [namibia_expected.json]
#
# The data file is not part of the project; its authors publish it at github.com/IvoSteimanis/Leadership-Namibia.
# Written from the description of the analysis, apart from surveykit, so that the two can be held against each other.
# Only sums, means, errors and p-values leave this script; villages appear by number only.

suppressMessages({
  library(haven); library(survey); library(clubSandwich); library(jsonlite)
})
options(survey.lonely.psu = "fail", warn = 1)
args <- commandArgs(TRUE)
if (!length(args)) stop("give the path of leadership.dta")
out_file <- if (length(args) > 1) args[2] else "namibia_expected.json"
d <- as.data.frame(zap_labels(read_dta(args[1], encoding = "latin1")))
leaders <- d[d$id <= 64, ]
villagers <- d[d$id > 64, ]
leaders <- leaders[order(leaders$village, leaders$DEL), ]
villagers <- villagers[order(villagers$village, villagers$id), ]

## ------------------------------------------------------------------ helpers ----
hc1 <- function(y, x) {                     # reg y x, vce(robust): difference, HC1 error, t with n - 2 df
  keep <- !is.na(y) & !is.na(x); y <- y[keep]; x <- x[keep]
  X <- cbind(1, x); n <- length(y); bread <- solve(crossprod(X))
  beta <- drop(bread %*% crossprod(X, y)); u <- drop(y - X %*% beta)
  V <- n / (n - 2) * bread %*% crossprod(X * u) %*% bread
  se <- sqrt(V[2, 2]); t <- beta[2] / se
  list(n = n, estimate = beta[2], std_error = se, statistic = t, df = n - 2,
       p_value = 2 * pt(-abs(t), n - 2), p_greater = pt(t, n - 2, lower.tail = FALSE), p_less = pt(t, n - 2),
       conf_low = beta[2] - qt(.975, n - 2) * se, conf_high = beta[2] + qt(.975, n - 2) * se,
       conf90_low = beta[2] - qt(.95, n - 2) * se, conf90_high = beta[2] + qt(.95, n - 2) * se)
}
mean_ci <- function(y) {                    # what cibar draws: mean, t interval
  y <- y[!is.na(y)]; n <- length(y); m <- mean(y); se <- sd(y) / sqrt(n); q <- qt(.975, n - 1)
  list(n = n, estimate = m, std_error = se, conf_low = m - q * se, conf_high = m + q * se)
}
rank_sum <- function(y, g) {                # Stata's ranksum: normal approximation, ties corrected, no continuity
  p <- suppressWarnings(wilcox.test(y[g == 1], y[g == 0], exact = FALSE, correct = FALSE)$p.value)
  list(p_value = p)
}
two_by_two <- function(y, g) {
  tab <- table(y, g)
  list(chi2 = unname(chisq.test(tab, correct = FALSE)$statistic), p_chi2 = chisq.test(tab, correct = FALSE)$p.value,
       p_exact = fisher.test(tab)$p.value,
       p_t = t.test(y[g == 1], y[g == 0], var.equal = TRUE)$p.value)
}
E <- list()

## ------------------------------------------------------------------ sample ----
E$sample <- list(leaders = nrow(leaders), villagers = nrow(villagers), villages = length(unique(d$village)),
  elected_leaders = sum(leaders$DEL == 1), chiefs = sum(leaders$TL == 1),
  villagers_per_village = unique(as.vector(table(villagers$village))),
  chiefs_elected = sum(leaders$elected[leaders$TL == 1] == 1),
  chiefs_not_elected = sum(leaders$elected[leaders$TL == 1] == 0),
  elected_leaders_elected = sum(leaders$elected[leaders$DEL == 1] == 1),
  lenient_and_vengeful = sum(leaders$nepotisNR == 1 & leaders$vengefulRN == 1),
  months = sort(unique(d$month_exp)),
  related_to_chief = sum(trimws(villagers$relation2) == "TL"),
  related_to_elected = sum(trimws(villagers$relation2) == "DL"))
# the published definitions, held against the variables of the file
E$derivations <- list(
  dem7_is_mean = max(abs(rowMeans(leaders[, paste0("dem", 1:4)]) - leaders$dem7)),
  lenient_is_NR_below_NN = sum((leaders$PSP_NR < leaders$PSP_NN) != (leaders$nepotisNR == 1)),
  vengeful_is_RN_above_NN = sum((leaders$PSP_RN > leaders$PSP_NN) != (leaders$vengefulRN == 1)),
  nepotistic_is_either = sum((leaders$nepotisNR + leaders$vengefulRN > 0) != (leaders$nepotistic == 1)))

## ------------------------------------------------ procedural fairness (Figure 1) ----
chief <- leaders$DEL == 0
E$dem7 <- c(list(chiefs = mean(leaders$dem7[chief]), elected = mean(leaders$dem7[!chief])), hc1(leaders$dem7, leaders$DEL))
E$dem2_tests <- two_by_two(leaders$dem2, leaders$DEL)
E$figure1 <- list(A = lapply(1:4, function(i) hc1(leaders[[paste0("dem", i)]], leaders$DEL)),
                  B = lapply(1:4, function(i) hc1(leaders[[paste0("pseudo", i)]], leaders$DEL)))

## ------------------------------------------------------------ nepotism (Figure 2) ----
for (v in c("nepotistic", "nepotisNR", "vengefulRN")) {
  E[[v]] <- c(list(chiefs = mean_ci(leaders[chief, v]), elected = mean_ci(leaders[!chief, v])),
              list(tests = two_by_two(leaders[[v]], leaders$DEL), rank = rank_sum(leaders[[v]], leaders$DEL),
                   robust = hc1(leaders[[v]], leaders$DEL)))
}

## -------------------------------------------- preferences and traits (Figure 3) ----
types <- c("egalitarian", "generous", "spiteful", "ambiguous"); who <- c("elected", "chiefs", "villagers")
E$figure3A <- setNames(lapply(0:2, function(g) setNames(lapply(1:4, function(k)
  mean_ci(as.numeric(d$social_type2[d$id1 == g] == k))), types)), who)
traits <- c("extraversion", "agreeableness", "conscientiousness", "neuroticism", "openness")
E$figure3B <- setNames(lapply(traits, function(t) {
  y <- leaders[[paste0(t, "_normal")]]
  list(elected = mean_ci(y[!chief]), chiefs = mean_ci(y[chief]), robust = hc1(y, leaders$DEL))
}), traits)

## ------------------------------------------------------------ money (Figure 5) ----
f <- leaders$m_fg
E$m_fg <- list(elected = mean_ci(f[!chief]), chiefs = mean_ci(f[chief]), rank = rank_sum(f, leaders$DEL),
  t_p = t.test(f[!chief], f[chief], var.equal = TRUE)$p.value,
  sd_elected = sd(f[!chief]), sd_chiefs = sd(f[chief]), variance_p = var.test(f[!chief], f[chief])$p.value)

## ------------------------------------------------ leaders of one village paired ----
pair <- function(v) {
  a <- leaders[!chief, v]; b <- leaders[chief, v]            # sorted by village: row g is village g in both
  stopifnot(all(leaders$village[!chief] == leaders$village[chief]))
  tt <- t.test(a, b, paired = TRUE)
  list(estimate = unname(tt$estimate), std_error = unname(tt$stderr), df = unname(tt$parameter), p_value = tt$p.value,
       conf_low = tt$conf.int[1], conf_high = tt$conf.int[2])
}
E$leaders_paired <- setNames(lapply(c("dem7", "nepotistic", "nepotisNR", "vengefulRN", "m_fg"), pair),
                             c("dem7", "nepotistic", "nepotisNR", "vengefulRN", "m_fg"))

## ------------------------------------------- perceptions (Figure 4), both codings ----
items <- paste0("e_", 1:8)
source_items <- c(e_1 = "b12satisfactionTL", e_2 = "b10b", e_3 = "b11g", e_4 = "b8b",
                  e_5 = "b11f", e_6 = "b8c", e_7 = "b11h", e_8 = "b8d")
for (e in items) villagers[[sub("e_", "k_", e)]] <- ifelse(villagers[[source_items[[e]]]] == 5, NA, villagers[[e]])
known <- sub("e_", "k_", items)
des <- svydesign(ids = ~village, weights = ~1, data = villagers)
share_rows <- function(v) {
  y <- villagers[[v]]
  des <- update(des, item = y); sub <- subset(des, !is.na(item))
  df <- degf(sub)
  rows <- lapply(1:5, function(k) {
    p <- mean(y == k, na.rm = TRUE); se <- NA; ci <- c(NA, NA)
    if (p > 0 && p < 1) {
      s <- update(sub, hit = as.numeric(item == k))
      m <- svymean(~hit, s); se <- unname(SE(m)[1])
      b <- confint(svyciprop(~hit, s, method = "logit", df = df)); ci <- as.numeric(b)
    }
    list(level = k, n_level = sum(y == k, na.rm = TRUE), estimate = p, std_error = se, conf_low = ci[1], conf_high = ci[2])
  })
  s <- update(sub, hit = as.numeric(item >= 4))
  ci <- as.numeric(confint(svyciprop(~hit, s, method = "logit", df = df)))
  list(n = sum(!is.na(y)), df = df, levels = rows,
       agree = list(estimate = mean(y >= 4, na.rm = TRUE), std_error = unname(SE(svymean(~hit, s))[1]),
                    conf_low = ci[1], conf_high = ci[2]),
       mean = list(estimate = mean(y, na.rm = TRUE), std_error = unname(SE(svymean(~item, sub))[1])))
}
E$figure4 <- list(published = setNames(lapply(items, share_rows), items),
                  known = setNames(lapply(known, share_rows), known))
E$dont_know <- as.list(sapply(items, function(e) sum(is.na(villagers[[sub("e_", "k_", e)]]))))

rel <- villagers$e_2 - villagers$e_1
tab <- table(villagers$e_2, villagers$e_1)
E$rel_performance <- list(n = length(rel), mean = mean(rel), sd = sd(rel),
  chi2 = suppressWarnings(unname(chisq.test(tab, correct = FALSE)$statistic)),
  chi2_p = suppressWarnings(chisq.test(tab, correct = FALSE)$p.value),
  p_exact = fisher.test(tab, workspace = 2e8)$p.value)

## ----------------------- one villager rates both leaders: elected leader minus chief ----
sign_flip <- function(totals) {            # exact p over all 2^G flips of integer village totals, by convolution
  totals <- abs(totals[totals != 0]); dist <- 1; width <- 0
  for (t in totals) {
    wide <- numeric(length(dist) + 2 * t)
    wide[seq_along(dist)] <- wide[seq_along(dist)] + dist / 2
    wide[seq_along(dist) + 2 * t] <- wide[seq_along(dist) + 2 * t] + dist / 2
    dist <- wide; width <- width + t
  }
  list(dist = dist, at = seq(-width, width))
}
one_pair <- function(a, b) {
  y <- villagers[[b]] - villagers[[a]]; g <- villagers$village
  keep <- !is.na(y); y <- y[keep]; g <- g[keep]
  naive <- t.test(y)
  D <- svydesign(ids = ~g, weights = ~1, data = data.frame(y, g))
  m <- svymean(~y, D); se <- unname(SE(m)[1]); df <- degf(D); est <- unname(coef(m)[1])
  cr2 <- coef_test(lm(y ~ 1), vcov = "CR2", cluster = g, test = "Satterthwaite")
  totals <- as.vector(tapply(y, g, sum)); flip <- sign_flip(totals)
  list(n = length(y), estimate = est,
       naive = list(std_error = unname(naive$stderr), p_value = naive$p.value),
       linearized = list(std_error = se, df = df, p_value = 2 * pt(-abs(est / se), df),
                         conf_low = est - qt(.975, df) * se, conf_high = est + qt(.975, df) * se),
       cr2 = list(std_error = cr2$SE, df = cr2$df, p_value = cr2$p_Satt),
       sign_flip_total = list(p_value = sum(flip$dist[abs(flip$at) >= abs(sum(totals))])))
}
pairs <- list(c(1, 2), c(3, 4), c(5, 6), c(7, 8))
E$paired <- list(published = lapply(pairs, function(p) one_pair(items[p[1]], items[p[2]])),
                 known = lapply(pairs, function(p) one_pair(known[p[1]], known[p[2]])))

## ----------- villages whose chief was elected against villages whose chief was not ----
by_village <- leaders[leaders$TL == 1, c("village", "elected")]
villagers$treated <- by_village$elected[match(villagers$village, by_village$village)]
E$assignment <- list(treated = sum(by_village$elected), untreated = sum(1 - by_village$elected),
                     assignments = choose(nrow(by_village), sum(by_village$elected)))
subsets <- combn(32, 5)
randomize <- function(y, g, treated_villages) {
  s <- as.vector(tapply(y, factor(g, 1:32), sum, na.rm = TRUE)); n <- as.vector(tapply(!is.na(y), factor(g, 1:32), sum))
  m <- s / n
  pick <- function(x) colSums(matrix(x[subsets], nrow = 5))
  person <- pick(s) / pick(n) - (sum(s) - pick(s)) / (sum(n) - pick(n))
  village <- pick(m) / 5 - (sum(m) - pick(m)) / 27
  here <- which(apply(subsets == treated_villages, 2, all))
  p <- function(x) list(estimate = x[here], p_value = mean(abs(x) >= abs(x[here]) - 1e-9),
                        p_greater = mean(x >= x[here] - 1e-9), p_less = mean(x <= x[here] + 1e-9))
  list(person = p(person), settlement = p(village))
}
one_comparison <- function(v) {
  y <- villagers[[v]]; keep <- !is.na(y); w <- data.frame(y = y, x = villagers$treated, g = villagers$village)[keep, ]
  fit <- lm(y ~ x, w)
  robust <- hc1(w$y, w$x)
  club <- function(type, test) { r <- coef_test(fit, vcov = type, cluster = w$g, test = test, coefs = "x"); r }
  cr2 <- club("CR2", "Satterthwaite"); cr3 <- club("CR3", "Satterthwaite"); cr1 <- club("CR1", "naive-t")
  lin <- svyttest(y ~ x, svydesign(ids = ~g, weights = ~1, data = w))
  se <- unname(SE(svyglm(y ~ x, svydesign(ids = ~g, weights = ~1, data = w)))[2])
  means <- tapply(w$y, w$g, mean); tr <- by_village$elected[match(as.numeric(names(means)), by_village$village)]
  welch <- t.test(means[tr == 1], means[tr == 0])
  list(n = nrow(w), n_treated = sum(w$x == 1), mean_elected = mean(w$y[w$x == 1]), mean_appointed = mean(w$y[w$x == 0]),
       robust = robust[c("estimate", "std_error", "df", "p_value", "conf_low", "conf_high")],
       linearized = list(std_error = se, df = unname(lin$parameter), p_value = unname(lin$p.value)),
       cr1 = list(std_error = cr1$SE, p_value = cr1$p_t),
       cr2 = list(std_error = cr2$SE, df = cr2$df, p_value = cr2$p_Satt),
       cr3 = list(std_error = cr3$SE, df = cr3$df, p_value = cr3$p_Satt),
       welch = list(estimate = unname(diff(rev(welch$estimate))), std_error = unname(welch$stderr), df = unname(welch$parameter),
                    p_value = welch$p.value),
       randomization = randomize(y, villagers$village, sort(by_village$village[by_village$elected == 1])))
}
E$settlements <- list(published = setNames(lapply(items, one_comparison), items),
                      known = setNames(lapply(known, one_comparison), known))
villagers$dont_know <- rowSums(is.na(villagers[, known]))      # how many of the eight a villager could not answer
E$settlements_dont_know <- one_comparison("dont_know")

## ------------------------------------------------------------ power of two proportions ----
gaps <- seq(.05, .4, .05)
E$power_64 <- list(difference = gaps,
  one_sided_05 = sapply(gaps, function(g) power.prop.test(32, .5, .5 + g, sig.level = .05, alternative = "one.sided")$power),
  one_sided_10 = sapply(gaps, function(g) power.prop.test(32, .5, .5 + g, sig.level = .10, alternative = "one.sided")$power))
sizes <- seq(64, 512, 32)
solve_gap <- function(n, a) uniroot(function(q) power.prop.test(n / 2, .58, q, sig.level = a)$power - .8, c(.5801, .9999), tol = 1e-10)$root - .58
E$detectable <- list(n = sizes, two_sided_05 = sapply(sizes, solve_gap, .05), two_sided_10 = sapply(sizes, solve_gap, .10))

E$meta <- list(tool = R.version.string, survey = as.character(packageVersion("survey")),
               clubSandwich = as.character(packageVersion("clubSandwich")),
               data_md5 = unname(tools::md5sum(args[1])))
writeLines(toJSON(E, auto_unbox = TRUE, digits = NA, pretty = TRUE, na = "null"), out_file)
