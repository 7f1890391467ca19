#!/usr/bin/env Rscript
# A small SAS file of every kind of column that read_sas() tells apart, written by R haven (which warns that SAS itself may
# refuse it; ReadStat and pandas read it):
#     Rscript make_sas_reference.R
suppressWarnings(suppressMessages(library(haven)))
d <- data.frame(id = 1:5)
d$vote <- labelled(c(1, 2, tagged_na("A"), NA, tagged_na("Z")), c(yes = 1, no = 2), label = "Сенім білдіресіз бе?")
d$village <- c("Караой", "Ащибулак", "", "x", "Боралдай")
d$day <- as.Date(c("2021-07-25", NA, "1959-12-31", "1900-01-01", "2021-07-26"))
d$moment <- as.POSIXct(c("2021-07-25 10:30:15", NA, "1960-01-01 00:00:00", "2000-02-29 23:59:59", "1950-01-01 00:00:00"), tz = "UTC")
d$time <- hms::hms(c(36000, NA, 0, 45000, 86399))
suppressWarnings(write_sas(d, "small.sas7bdat"))
