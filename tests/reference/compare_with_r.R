#!/usr/bin/env Rscript
# R's side of compare_with_r.py: reads a folder with data.csv and roles.json, writes answers.json there.
suppressMessages({library(survey); library(jsonlite)})
options(survey.lonely.psu = "fail", warn = 1)
folder <- commandArgs(TRUE)[1]
roles <- fromJSON(file.path(folder, "roles.json"))
d <- read.csv(file.path(folder, "data.csv"), stringsAsFactors = FALSE)
side <- function(names) if (length(names)) as.formula(paste("~", paste(names, collapse = " + "))) else NULL
ids <- if (length(roles$cluster)) side(roles$cluster) else ~1
arguments <- list(ids = ids, weights = side(roles$weight), data = d, nest = TRUE)
if (length(roles$stratum)) arguments$strata <- as.formula(paste0("~interaction(", paste(roles$stratum, collapse = ", "), ", drop = TRUE)"))
if (length(roles$fpc)) arguments$fpc <- side(roles$fpc)
design <- do.call(svydesign, arguments)
out <- list()
put <- function(name, value) out[[name]] <<- as.numeric(value)
group <- roles$group
put("df", degf(design))
for (y in roles$outcomes) {
  f <- side(y)
  m <- svymean(f, design, na.rm = TRUE); put(paste("mean", y), coef(m)); put(paste("mean", y, "se"), SE(m))
  m <- svytotal(f, design, na.rm = TRUE); put(paste("total", y), coef(m)); put(paste("total", y, "se"), SE(m))
  m <- svyvar(f, subset(design, !is.na(d[[y]]))); put(paste("variance", y), m); put(paste("variance", y, "se"), SE(m))
  q <- svyquantile(f, design, c(.25, .5, .75), na.rm = TRUE)[[1]]
  put(paste("quantiles", y), q[, 1]); put(paste("quantiles", y, "low"), q[, 2]); put(paste("quantiles", y, "high"), q[, 3])
  if (length(group)) {
    b <- svyby(f, side(group), design, svymean, na.rm = TRUE)
    put(paste("mean", y, "by", group), coef(b)); put(paste("mean", y, "by", group, "se"), SE(b))
    m <- svyglm(as.formula(paste0(y, " ~ factor(", group, ")")), design)
    put(paste("regression", y), coef(m)); put(paste("regression", y, "se"), SE(m))
  }
}
for (y in roles$items) {
  m <- svymean(as.formula(paste0("~factor(", y, ")")), design, na.rm = TRUE)
  put(paste("shares", y), coef(m)); put(paste("shares", y, "se"), SE(m))
  if (length(group)) {
    r <- svychisq(as.formula(paste("~", y, "+", group)), design)
    put(paste("Rao-Scott", y), c(r$statistic, r$parameter, r$p.value))
  }
}
writeLines(toJSON(out, digits = I(15)), file.path(folder, "answers.json"))
