# Reference values for the spatial statistics, printed by R's spdep and spatialreg on the bundled
# provinces. Run from the project's root: Rscript tests/reference/spatial/spdep.R
# Made with R 4.2.2, spdep 1.2-7, spatialreg 1.2-6, sf 1.0-9 (Debian 12).
suppressPackageStartupMessages({library(sf); library(spdep); library(spatialreg)})
folder <- "tests/reference/spatial"
map <- st_read("boundaries/provinces.geojson", quiet = TRUE)
map <- map[order(map$adcode), ]
data <- read.csv(file.path(folder, "provinces.csv"), colClasses = c(adcode = "character"))
data <- data[match(map$adcode, data$adcode), ]
sf_use_s2(FALSE)
nb <- poly2nb(map, queen = TRUE, row.names = map$adcode)
a <- match("440000", map$adcode); b <- match("460000", map$adcode)
nb[[b]] <- a
nb[[a]] <- sort(unique(c(nb[[a]], b)))
W <- nb2listw(nb, style = "W"); B <- nb2listw(nb, style = "B")
rows <- list()
put <- function(test, item, value) rows[[length(rows) + 1]] <<- data.frame(test = test, item = item, value = value)
global <- function(name, found) {
  put(name, "value", found$estimate[[1]]); put(name, "expected", found$estimate[[2]])
  put(name, "variance", found$estimate[[3]]); put(name, "z", found$statistic[[1]])
  put(name, "p", found$p.value)
}
for (column in c("product", "hightech")) {
  y <- data[[column]]
  global(paste0("moran_W_", column), moran.test(y, W, alternative = "two.sided"))
  global(paste0("moran_B_", column), moran.test(y, B, alternative = "two.sided"))
  global(paste0("moran_normality_", column), moran.test(y, W, randomisation = FALSE, alternative = "two.sided"))
  global(paste0("geary_W_", column), geary.test(y, W, alternative = "two.sided"))
  global(paste0("geary_normality_", column), geary.test(y, W, randomisation = FALSE, alternative = "two.sided"))
  global(paste0("getis_ord_", column), globalG.test(y, B, alternative = "two.sided"))
  local <- localmoran(y, W)
  star <- nb2listw(include.self(nb), style = "B")
  gi <- localG(y, B); gistar <- localG(y, star); lc <- localC(y, W)
  for (i in seq_along(y)) {
    put(paste0("local_moran_", column), map$adcode[i], local[i, "Ii"])
    put(paste0("gi_", column), map$adcode[i], gi[i])
    put(paste0("gi_star_", column), map$adcode[i], gistar[i])
    put(paste0("local_geary_", column), map$adcode[i], lc[i])
  }
  data$east <- as.numeric(data$zone == "east"); data$northeast <- as.numeric(data$zone == "northeast")
  fit <- function(formula) errorsarlm(formula, data = data, listw = W, method = "eigen", control = list(tol.opt = 1e-10))
  null <- fit(as.formula(paste(column, "~ 1"))); east <- fit(as.formula(paste(column, "~ east")))
  apart <- fit(as.formula(paste(column, "~ northeast"))); both <- fit(as.formula(paste(column, "~ east + northeast")))
  put(paste0("error_model_", column), "lambda_null", null$lambda[[1]])
  put(paste0("error_model_", column), "lambda_east", east$lambda[[1]])
  put(paste0("error_model_", column), "log_likelihood_null", as.numeric(logLik(null)))
  put(paste0("error_model_", column), "lr_east", 2 * as.numeric(logLik(east) - logLik(null)))
  put(paste0("error_model_", column), "lr_east_west", 2 * as.numeric(logLik(both) - logLik(apart)))
}
joins <- joincount.multi(factor(data$zone), B)
for (name in rownames(joins)) for (item in colnames(joins)) put(paste0("join_", name), item, joins[name, item])
table <- do.call(rbind, rows)
table$value <- formatC(table$value, digits = 12, format = "g")
write.csv(table, file.path(folder, "spdep.csv"), row.names = FALSE, quote = FALSE)
