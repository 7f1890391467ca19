"""From respondents to totals to variances: the algebra that every estimate rests on."""
