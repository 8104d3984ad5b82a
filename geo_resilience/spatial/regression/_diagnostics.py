"""What the residuals of least squares say about its assumptions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial.neighbors._alignment import Linked
from geo_resilience.spatial.regression._design import Design, lay_out
from geo_resilience.spatial.regression._likelihood import Fit, fit_least_squares


def condition_number(X: np.ndarray) -> float:
    """Give the condition number of columns of length 1; beyond 30 they are near collinear."""
    return float(np.linalg.cond(X / np.sqrt((X**2).sum(axis=0))))


def diagnose(design: Design, fit: Fit) -> pd.DataFrame:
    """Test residuals of least squares: normal, of one variance, free of space.

    White where rows allow; with neighbors Moran's I of the residuals (statistic z; one year without
    effects) and the LM tests (Anselin and Rey, 2014).
    """
    from scipy.special import ndtr

    def line(name: str, *cells: float) -> pd.DataFrame:
        index = pd.Index([name], name="test")
        return pd.DataFrame([cells], index, ["statistic", "df", "p"]).astype({"df": int})

    X, e = design.flat(design.X), design.flat(fit.residuals)
    table = test_table([jarque_bera(e), *heteroskedasticity(X, e)])
    parts = [line("condition number", condition_number(X), 0, np.nan), table]
    if design.spectrum is not None:
        if design.periods == 1:
            z = residual_moran(design, fit)[3]
            parts.append(line("Moran (z)", z, 1, 2 * ndtr(-abs(z))))
        parts.append(lagrange_table(design))
    return pd.concat(parts)


def jarque_bera(e: np.ndarray) -> tuple[str, float, float]:
    """Test normality by skewness and kurtosis."""
    e = e - e.mean()
    variance = (e**2).mean()
    skewness, kurtosis = (e**3).mean() / variance**1.5, (e**4).mean() / variance**2
    return "Jarque-Bera", e.size / 6 * (skewness**2 + (kurtosis - 3) ** 2 / 4), 2


def heteroskedasticity(X: np.ndarray, e: np.ndarray) -> list[tuple[str, float, float]]:
    """Test one variance: Breusch-Pagan, its studentized form, White with squares and products."""
    n = e.size
    plain = X[:, np.ptp(X, axis=0) > 0]
    if plain.shape[1] == 0:
        return []
    Z = np.column_stack([np.ones(n), plain])
    squares = e**2
    share = _explained(Z, squares)
    scaled = squares / squares.mean()
    first = share * ((scaled - 1) ** 2).sum() / 2
    df = np.linalg.matrix_rank(Z) - 1
    rows = [("Breusch-Pagan", first, df), ("Koenker-Bassett", n * share, df)]
    k = plain.shape[1]
    products = [plain[:, i] * plain[:, j] for i in range(k) for j in range(i, k)]
    full = np.column_stack([Z, *products])
    full = full / np.sqrt((full**2).sum(axis=0))
    rank = np.linalg.matrix_rank(full)
    if rank < n - 5:
        rows.append(("White", n * _explained(full, squares), rank - 1))
    return rows


def _explained(Z: np.ndarray, values: np.ndarray) -> float:
    """Give R squared of the values on Z, which holds a constant."""
    fitted = Z @ np.linalg.lstsq(Z, values, rcond=None)[0]
    return float(1 - ((values - fitted) ** 2).sum() / ((values - values.mean()) ** 2).sum())


def residual_moran(design: Design, fit: Fit) -> tuple[float, float, float, float]:
    """Give Moran's I of least squares residuals, its mean, variance and z under normality.

    Cliff and Ord (1981), Spatial Processes, chapter 8.
    """
    assert design.spectrum is not None
    W, X, e = design.spectrum.matrix, design.flat(design.X), design.flat(fit.residuals)
    n, k = X.shape
    scale = n / W.sum()
    inverse = np.linalg.inv(X.T @ X)
    WX, TX = W @ X, W.T @ X
    mixed = inverse @ (X.T @ WX)
    trace = W.diagonal().sum() - np.trace(mixed)
    same = (W.multiply(W.T)).sum() - 2 * np.trace(inverse @ (TX.T @ WX)) + np.trace(mixed @ mixed)
    cross = (
        (W.multiply(W)).sum()
        - np.trace(inverse @ (TX.T @ TX))
        - np.trace(inverse @ (WX.T @ WX))
        + np.trace(mixed @ inverse @ (X.T @ TX))
    )
    value = scale * float(e @ (W @ e)) / float(e @ e)
    expected = scale * trace / (n - k)
    second = scale**2 * (cross + same + trace**2) / ((n - k) * (n - k + 2))
    variance = float(second - expected**2)
    return value, float(expected), variance, float((value - expected) / np.sqrt(variance))


def test_table(rows: Sequence[tuple[str, float, float]]) -> pd.DataFrame:
    """Give a table of chi-squared tests of rows (name, statistic, df): statistic, df, p."""
    from scipy.special import chdtrc

    names = pd.Index([name for name, _, _ in rows], name="test")
    statistic = np.array([value for _, value, _ in rows], dtype=float)
    df = np.array([degrees for _, _, degrees in rows], dtype=int)
    p = chdtrc(df, statistic)
    return pd.DataFrame({"statistic": statistic, "df": df, "p": p}, index=names)


def lm_tests(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    neighbors: Linked,
    *,
    effects: str | None = None,
    correction: str = "lee-yu",
) -> pd.DataFrame:
    """Test least squares for a left-out spatial lag or spatial error.

    Parameters
    ----------
    y, X, neighbors, effects
        As in `lag_model`.
    correction : {"lee-yu", "none"}
        With fixed effects, whether the tests are those of the n (T - 1) or (n - 1)(T - 1)
        independent combinations that are left, or of the T n demeaned rows as if independent.

    Returns
    -------
    DataFrame
        Rows LM-lag, LM-error, robust LM-lag, robust LM-error, SARMA; columns statistic, df, p.
        A robust statistic is NaN where W X b lies in the span of X.

    Notes
    -----
    With e and s2 the residuals and their variance, a = e'Wy / s2, c = e'We / s2,
    t = T tr(WW + W'W) and J = (W X b)'M (W X b) / s2 + t: LM-lag = a^2 / J, LM-error = c^2 / t,
    robust LM-lag = (a - c)^2 / (J - t), robust LM-error = (c - a t / J)^2 / (t (1 - t / J)) [1]_;
    panels as in [2]_, on the transformed data as in [3]_.

    Year effects leave an operator of trace -1, so that e'We has the mean -s2 a year where there
    is no space; the corrected form takes that out of a and c, and 2 (T tr)^2 / N out of t. The
    uncorrected form keeps it, and is too large by about T / (T - 1) besides: on 31 regions and
    six years it rejects a true null of 5 % in about one of ten.

    References
    ----------
    .. [1] Anselin, L., Bera, A. K., Florax, R. and Yoon, M. J. (1996). Simple diagnostic tests
       for spatial dependence. Regional Science and Urban Economics, 26(1), 77-104.
    .. [2] Elhorst, J. P. (2014). Spatial Econometrics: From Cross-Sectional Data to Spatial
       Panels. Springer, chapter 3.
    .. [3] Debarsy, N. and Ertur, C. (2010). Testing for spatial autocorrelation in a fixed
       effects panel data model. Regional Science and Urban Economics, 40(6), 453-470.

    Examples
    --------
    >>> import numpy as np
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: [(i - 1) % 40, (i + 1) % 40] for i in range(40)}).transform("r")
    >>> drawn = np.random.default_rng(0).normal(size=(40, 2))
    >>> x, W = pd.Series(drawn[:, 0], name="x"), ring.sparse.toarray()
    >>> y = pd.Series(np.linalg.solve(np.eye(40) - 0.7 * W, 1 + 2 * x + drawn[:, 1]), name="y")
    >>> tests = lm_tests(y, x, ring)
    >>> tests.index[tests["p"] < 0.001].tolist()
    ['LM-lag', 'robust LM-lag', 'SARMA']
    """
    if neighbors is None:
        raise InputError("regression.neighbors_needed")
    return lagrange_table(lay_out(y, X, neighbors, effects=effects, correction=correction))


def lagrange_table(design: Design) -> pd.DataFrame:
    """Give the tests of `lm_tests` for data already laid out."""
    assert design.spectrum is not None
    matrix = design.spectrum.matrix
    fit = fit_least_squares(design)
    residuals, X = design.flat(fit.residuals), design.flat(design.X)
    a = float(residuals @ design.flat(design.lag_y)) / fit.sigma2
    c = float(residuals @ design.flat(design.lag(fit.residuals))) / fit.sigma2
    weight = float((matrix.T.multiply(matrix)).sum() + (matrix.multiply(matrix)).sum())
    trace = float(matrix.diagonal().sum())
    if design.adjusted:
        columns = np.asarray(matrix.sum(axis=0)).ravel()
        weight -= 1 + float(columns @ columns) / design.regions
        trace -= 1
    if design.correction != "none":
        # The score's mean; its share of the information goes to sigma squared.
        a, c = a - design.free_periods * trace, c - design.free_periods * trace
    t = design.free_periods * weight
    if design.correction != "none":
        t -= 2 * (design.free_periods * trace) ** 2 / design.free
    pull = design.flat(design.lag((X @ fit.beta).reshape(design.y.shape)))
    own = pull - X @ np.linalg.lstsq(X, pull, rcond=None)[0]
    extra = float(own @ own) / fit.sigma2
    J = extra + t
    lost = extra <= 1e-10 * t
    robust_lag = np.nan if lost else (a - c) ** 2 / extra
    robust_error = np.nan if lost else (c - a * t / J) ** 2 / (t * (1 - t / J))
    both = c**2 / t + (0.0 if lost else robust_lag)
    return test_table(
        [
            ("LM-lag", a**2 / J, 1),
            ("LM-error", c**2 / t, 1),
            ("robust LM-lag", robust_lag, 1),
            ("robust LM-error", robust_error, 1),
            ("SARMA", both, 2),
        ]
    )
