#!/usr/bin/env Rscript
# What R haven and GNU PSPP find in the real files of shared/data: counts only, no answers.
#     Rscript make_reading_reference.R SHARED_DATA > reading_expected.json
# Per variable: valid answers, answers with a declared missing code, empty ones (system-missing or blank), and for
# numbers the sum of the valid ones (rounded to 9 digits). PSPP adds the number of cases and the weight variable.
suppressMessages({library(haven); library(jsonlite)})
data <- commandArgs(TRUE)[1]
files <- list.files(data, pattern = "\\.(sav|zsav|por|dta)$", recursive = TRUE)

count <- function(x) {
  user <- if (inherits(x, "haven_labelled_spss")) {
    values <- unclass(x); attributes(values) <- NULL
    inside <- values %in% attr(x, "na_values")
    ends <- attr(x, "na_range")
    if (!is.null(ends)) inside <- inside | (!is.na(values) & values >= ends[1] & values <= ends[2])
    inside
  } else if (is.numeric(x)) is_tagged_na(x) else rep(FALSE, length(x))
  values <- if (inherits(x, "POSIXt") || inherits(x, "Date") || inherits(x, "difftime")) rep(NA, length(x)) else unclass(x)
  moment <- inherits(x, "POSIXt") || inherits(x, "Date") || inherits(x, "difftime")
  empty <- if (moment) is.na(unclass(x)) else if (is.character(values)) values == "" | is.na(values) else is.na(values)
  empty <- empty & !user
  good <- !empty & !user
  total <- if (!moment && is.numeric(values)) signif(sum(values[good]), 9) else NULL
  list(valid = sum(good), reason = sum(user), empty = sum(empty), sum = total, labels = length(attr(x, "labels")))
}

pspp <- function(path) {
  syntax <- tempfile(fileext = ".sps")
  out <- tempfile(fileext = ".txt")
  get <- if (grepl("\\.por$", path)) "IMPORT" else "GET"
  writeLines(c(sprintf("%s FILE='%s'.", get, path), "SHOW WEIGHT.", "SHOW N."), syntax)
  system2("pspp", c("-O", "format=txt", "-o", out, syntax), stdout = FALSE, stderr = FALSE)
  lines <- if (file.exists(out)) readLines(out, warn = FALSE) else character()
  weight <- sub(".*WEIGHT is ([^ ]+?)\\.?$", "\\1", grep("WEIGHT is", lines, value = TRUE))
  cases <- sub(".*N is ([0-9]+).*", "\\1", grep("N is [0-9]", lines, value = TRUE))
  list(weight = if (length(weight)) weight[1] else NULL, rows = if (length(cases)) as.integer(cases[1]) else NULL)
}

read <- function(path) {
  if (grepl("\\.dta$", path)) read_dta(path, encoding = "windows-1252")
  else if (grepl("\\.por$", path)) read_por(path, user_na = TRUE)
  else read_sav(path, user_na = TRUE)
}

result <- list()
for (file in files) {
  path <- file.path(data, file)
  frame <- tryCatch(read(path), error = function(e) NULL)
  result[[basename(file)]] <- list(
    haven = if (is.null(frame)) NULL else list(rows = nrow(frame), columns = lapply(frame, count)),
    pspp = if (grepl("\\.dta$", path)) NULL else pspp(path)
  )
}
cat(toJSON(result, auto_unbox = TRUE, digits = 12, null = "null", pretty = FALSE), "\n")
