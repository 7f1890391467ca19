# Balanced settlements: factors by one root of a scalar equation, then CR2 of the regression that holds the covariate equal.
# Rscript tests/reference/balanced_settlements_reference.R FILE, with the data named in tests/comparison/planning/test_adjustment.py
suppressMessages(library(clubSandwich))
d <- read.csv(commandArgs(TRUE)[1])
g <- aggregate(cbind(w) ~ s + a + km, d, sum)
e <- g$a == "e"; target <- weighted.mean(g$km[e], g$w[e]); b <- g[!e,]
l <- uniroot(function(l) sum(b$w*exp(l*(b$km-target))*(b$km-target)), c(-5,5), tol=1e-15)$root
q <- exp(l*(b$km-target)); f <- rep(1,nrow(g)); f[!e] <- q*sum(b$w)/sum(q*b$w); names(f) <- g$s
d$f <- f[d$s]; d$z <- as.numeric(d$a=="e"); d$wf <- d$w*d$f
W <- tapply(d$w,d$s,sum); d$ws <- d$w/W[d$s]*d$f
for (k in c("wf","ws")) { v <- d[[k]]; c1 <- weighted.mean(d$km[d$z==1],v[d$z==1]); c0 <- weighted.mean(d$km[d$z==0],v[d$z==0])
 d$kc <- d$km - ifelse(d$z==1,c1,c0); d$v <- v*length(v)/sum(v)
 m <- lm(y ~ z + kc, d, weights=v); r <- coef_test(m, vcov="CR2", cluster=d$s)
 cat(k, sprintf("%.8f", c(r$beta[2], r$SE[2], r$df_Satt[2], r$p_Satt[2])), "\n") }
print(f, digits=9)
