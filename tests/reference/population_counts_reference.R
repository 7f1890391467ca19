# R survey on designs that give population counts and no weights, and counts of the population by answer.
# The numbers stand in tests/test_design.py and tests/estimation/quantities/test_means.py. Rscript population_counts_reference.R
suppressMessages(library(survey))
k <- 0:23
d <- data.frame(zone = k %/% 12, village = k %/% 4, house = k %/% 2, y = (5 * k) %% 7, kind = c("a", "b", "c")[1 + (k * k) %% 3],
                N = ifelse(k < 12, 9, 15), M = 4 + (k %/% 4) %% 3)
show <- function(x) cat(format(x, digits = 12), "\n")
one <- svydesign(ids = ~village, strata = ~zone, fpc = ~N, data = d)
two <- svydesign(ids = ~village + house, strata = ~zone, fpc = ~N + M, data = d, nest = TRUE)
persons <- svydesign(ids = ~1, strata = ~zone, fpc = ~I(10 * N), data = d)
for (s in list(one, two, persons)) {
  show(sort(unique(weights(s)))); m <- svymean(~y, s); t <- svytotal(~y, s)
  show(c(coef(m), SE(m), coef(t), SE(t)))
}
t <- svytotal(~factor(kind), two); show(c(coef(t), SE(t)))
b <- svyby(~factor(kind), ~zone, two, svytotal); show(as.numeric(unlist(b[2, -1])))
d$w <- 1 + k %% 5
w <- svydesign(ids = ~village, strata = ~zone, weights = ~w, data = d)
t <- svytotal(~factor(kind), w); show(c(coef(t), SE(t)))
p <- svydesign(ids = ~1, strata = ~zone, weights = ~w, data = d)
t <- svytotal(~factor(kind), p, deff = TRUE); show(c(coef(t), SE(t), deff(t)))
