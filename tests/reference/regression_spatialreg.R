# Makes regression_columbus.csv and regression_columbus_data.csv: spatial regressions of Columbus, Ohio (Anselin 1988) by R.
# Run with: Rscript regression_spatialreg.R
# The versions that made the file at hand stand in its rows "version".
suppressMessages({library(spdep); library(spatialreg); library(spData)})
data(oldcol)  # COL.OLD and COL.nb: the data and the contiguity of Anselin (1988), table 12.1
columbus <- COL.OLD
lw <- nb2listw(COL.nb, style = "W")
write.csv(data.frame(id = attr(COL.nb, "region.id"),
                     columbus[attr(COL.nb, "region.id"), c("CRIME", "INC", "HOVAL", "EW")],
                     neighbors = sapply(COL.nb, function(at)
                       paste(attr(COL.nb, "region.id")[at], collapse = " "))),
          "regression_columbus_data.csv", row.names = FALSE, quote = FALSE)
columbus <- columbus[attr(COL.nb, "region.id"), ]
rows <- list()
put <- function(model, quantity, term, value) {
  rows[[length(rows) + 1]] <<- data.frame(model = model, quantity = quantity, term = term,
                                          value = format(unname(value), digits = 12))
}
for (package in c("spdep", "spatialreg", "spData", "lmtest"))
  put("version", package, as.character(packageVersion(package)), NA)
put("version", "R", paste(R.version$major, R.version$minor, sep = "."), NA)
formula <- CRIME ~ INC + HOVAL
coefficients_of <- function(model, table) {
  for (term in rownames(table)) {
    put(model, "estimate", term, table[term, 1])
    put(model, "se", term, table[term, 2])
  }
}
ols <- lm(formula, data = columbus)
coefficients_of("ols", summary(ols)$coefficients)
put("ols", "log_likelihood", "", as.numeric(logLik(ols)))
tests <- lm.LMtests(ols, lw, test = "all")
for (name in names(tests)) put("lm_tests", "statistic", name, tests[[name]]$statistic)
moran <- lm.morantest(ols, lw, alternative = "two.sided")
put("moran", "value", "", moran$estimate[1])
put("moran", "expected", "", moran$estimate[2])
put("moran", "variance", "", moran$estimate[3])
ml <- function(name, fit) {
  coefficients_of(name, summary(fit)$Coef)
  put(name, "sigma2", "", fit$s2)
  put(name, "log_likelihood", "", as.numeric(logLik(fit)))
  if (!is.null(fit$rho)) { put(name, "estimate", "rho", fit$rho); put(name, "se", "rho", fit$rho.se) }
  if (!is.null(fit$lambda) && is.numeric(fit$lambda)) {
    put(name, "estimate", "lambda", fit$lambda); put(name, "se", "lambda", fit$lambda.se) }
}
tight <- list(tol.opt = 1e-14)
lag <- lagsarlm(formula, columbus, lw, control = tight)
durbin <- lagsarlm(formula, columbus, lw, Durbin = TRUE, control = tight)
error <- errorsarlm(formula, columbus, lw, control = tight)
durbin_error <- errorsarlm(formula, columbus, lw, Durbin = TRUE, control = tight)
ml("lag", lag); ml("durbin", durbin); ml("error", error); ml("durbin_error", durbin_error)
for (name in c("lag", "durbin")) {
  found <- impacts(get(name), listw = lw)
  terms <- attr(found, "bnames")
  for (effect in c("direct", "indirect", "total"))
    for (i in seq_along(terms)) put(name, effect, terms[i], found[[effect]][i])
}
set.seed(1)
# Quantiles of the draws: their standard deviations have no limit, since 1 / (1 - rho) has none.
found <- impacts(durbin, listw = lw, R = 20000)
for (effect in c("direct", "indirect", "total"))
  for (i in seq_along(attr(found, "bnames"))) {
    ends <- quantile(found$sres[[effect]][, i], c(0.025, 0.975))
    put("durbin_drawn", paste(effect, "low"), attr(found, "bnames")[i], ends[1])
    put("durbin_drawn", paste(effect, "high"), attr(found, "bnames")[i], ends[2])
  }
put("bptest", "studentized", "", lmtest::bptest(ols)$statistic)
put("bptest", "plain", "", lmtest::bptest(ols, studentize = FALSE)$statistic)
slx <- lmSLX(formula, columbus, lw)
coefficients_of("slx", summary(slx)$coefficients)
write.csv(do.call(rbind, rows), "regression_columbus.csv", row.names = FALSE, quote = FALSE)
