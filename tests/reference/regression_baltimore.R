# The error model of Baltimore's house prices by spatialreg; its values stand in
# tests/spatial/test_spatial_regression_baltimore.py. Run in a folder with baltim.csv (baltim.dbf of
# libpysal as a table) and baltim_q.gal of libpysal. R 4.2.2, spatialreg 1.2-6, spdep 1.2-7.
library(spatialreg)
library(spdep)
data <- read.csv("baltim.csv")
weights <- nb2listw(read.gal("baltim_q.gal", override.id = TRUE), style = "W")
found <- errorsarlm(
  PRICE ~ NROOM + NBATH + PATIO + FIREPL + AC + GAR + AGE + LOTSZ + SQFT,
  data = data, listw = weights, method = "eigen"
)
cat(sprintf("%.9f %.9f %.9f\n", found$lambda, found$lambda.se, found$LL))
