# R survey on ten settlements of which one, or two, are elected; the numbers stand in tests/estimation/engine/test_settlement_level.py.
# Rscript settlement_level_reference.R
suppressMessages(library(survey))
k <- 0:59
d <- data.frame(settlement = sprintf("S%02d", k %/% 6), sex = k %% 2, w = 1 + k %% 3,
                y = (7 * k) %% 11 + (k %/% 6) %% 4)
d$high <- d$y > 6
d$one <- as.numeric(k %/% 6 < 1)
d$two <- as.numeric(k %/% 6 < 2)
s <- svydesign(ids = ~settlement, weights = ~w, data = d)
show <- function(x) cat(format(x, digits = 12), "\n")
for (g in c("one", "two")) {
  f <- as.formula(paste("y ~", g))
  t <- svyttest(f, s); show(c(t$estimate, t$statistic, t$parameter, t$p.value))
  m <- summary(svyglm(f, s))$coefficients; show(m[2, ])
  q <- svychisq(as.formula(paste("~ high +", g)), s); show(c(q$statistic, q$p.value))
}
m <- summary(svyglm(y ~ one + sex, s))$coefficients; show(m[3, ])
