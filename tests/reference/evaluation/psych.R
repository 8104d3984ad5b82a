# Reference values of reliability and components, by R 4.2.2 and psych 2.2.9.
# Run in this folder: Rscript psych.R > psych.csv
suppressMessages(library(psych))
cat("table,name,value\n")
say <- function(table, name, value) cat(sprintf("%s,%s,%.10f\n", table, name, value))
for (table in c("high_tech", "digital")) {
  frame <- read.csv(paste0(table, ".csv"), colClasses = c(adcode = "character"))[, -1]
  found <- suppressWarnings(psych::alpha(frame, check.keys = FALSE, warnings = FALSE))
  say(table, "alpha", found$total$raw_alpha)
  say(table, "alpha_low", found$feldt$lower.ci)
  say(table, "alpha_high", found$feldt$upper.ci)
  say(table, "alpha_standardized", found$total$std.alpha)
  for (item in rownames(found$alpha.drop)) {
    say(table, paste0("drop:", item), found$alpha.drop[item, "raw_alpha"])
    say(table, paste0("rest:", item), found$item.stats[item, "r.drop"])
  }
  sampling <- psych::KMO(frame)
  say(table, "kmo", sampling$MSA)
  for (item in names(sampling$MSAi)) say(table, paste0("kmo:", item), sampling$MSAi[item])
  sphericity <- psych::cortest.bartlett(cor(frame), n = nrow(frame))
  say(table, "bartlett", sphericity$chisq)
  say(table, "bartlett_df", sphericity$df)
  say(table, "bartlett_log10_p", log10(sphericity$p.value))
  values <- eigen(cor(frame))$values
  for (i in seq_along(values)) say(table, paste0("eigenvalue:", i), values[i])
  kept <- max(2, sum(values > 1))
  rotated <- varimax(psych::principal(frame, nfactors = kept, rotate = "none")$loadings, eps = 1e-12)
  for (i in seq_len(kept)) for (item in colnames(frame))
    say(table, sprintf("varimax:%d:%s", i, item), rotated$loadings[item, i])
}
