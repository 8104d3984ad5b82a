# Makes regression_plm.csv: panel models of cigarette demand (cigarettes.csv) by R's plm.
# Run with: Rscript regression_plm.R; the versions stand in the rows "version".
suppressMessages({library(plm); library(sandwich)})
data <- read.csv("cigarettes.csv")
data$logc <- log(data$sales); data$logp <- log(data$price / data$cpi)
data$logy <- log(data$ndi / data$cpi)
panel <- pdata.frame(data, index = c("state", "year"))
rows <- list()
put <- function(model, quantity, term, value) {
  rows[[length(rows) + 1]] <<- data.frame(model = model, quantity = quantity, term = term,
                                          value = format(unname(value), digits = 12))
}
for (package in c("plm", "sandwich")) put("version", package, as.character(packageVersion(package)), NA)
put("version", "R", paste(R.version$major, R.version$minor, sep = "."), NA)
all_of <- function(model, estimate, se) for (term in names(estimate)) {
  put(model, "estimate", term, estimate[term]); put(model, "se", term, se[term]) }
formula <- logc ~ logp + logy
within <- plm(formula, panel, model = "within")
random <- plm(formula, panel, model = "random", random.method = "swar")
all_of("within", coef(within), sqrt(diag(vcov(within))))
all_of("random", coef(random), sqrt(diag(vcov(random))))
put("random", "theta", "", ercomp(random)$theta)
put("hausman", "statistic", "", phtest(within, random)$statistic)
twoways <- plm(formula, panel, model = "within", effect = "twoways")
all_of("twoways", coef(twoways), sqrt(diag(vcov(twoways))))
put("pFtest", "region", "", pFtest(twoways, plm(formula, panel, model = "within", effect = "time"))$statistic)
put("pFtest", "year", "", pFtest(twoways, within)$statistic)
all_of("within_clustered", coef(within), sqrt(diag(vcovHC(within, type = "HC0", cluster = "group"))))
short <- pdata.frame(subset(data, year >= 1987), index = c("state", "year"))
gmm <- function(name, collapse, effect) {
  fit <- pgmm(logc ~ lag(logc, 1) + logp + logy | lag(logc, 2:99), data = short, effect = effect,
              model = "onestep", transformation = "d", collapse = collapse)
  robust <- summary(fit, robust = TRUE)
  table <- robust$coefficients
  for (term in rownames(table)) {
    put(name, "estimate", term, table[term, 1]); put(name, "se", term, table[term, 2]) }
  put(name, "m1", "", robust$m1$statistic); put(name, "m2", "", robust$m2$statistic)
  put(name, "sargan", "", sargan(fit)$statistic); put(name, "sargan_df", "", sargan(fit)$parameter)
}
gmm("gmm_collapsed", TRUE, "individual")
gmm("gmm_full", FALSE, "individual")
gmm("gmm_years", TRUE, "twoways")
x <- log(2:12)
y <- c(0.31, 0.52, 0.44, 0.71, 0.93, 0.9, 1.2, 1.33, 1.25, 1.41, 1.62)
line <- lm(y ~ x)
put("log_t", "slope", "", coef(line)[2])
put("log_t", "se", "", sqrt(kernHAC(line, kernel = "Quadratic Spectral", prewhite = FALSE,
    adjust = FALSE, bw = function(m, ...) bwAndrews(m, kernel = "Quadratic Spectral",
    approx = "AR(1)", prewhite = FALSE))[2, 2]))
write.csv(do.call(rbind, rows), "regression_plm.csv", row.names = FALSE)
