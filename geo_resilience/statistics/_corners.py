"""Many linear programs over one polyhedron: only what is maximized differs between them."""

from __future__ import annotations

import numpy as np

from geo_resilience.statistics._arrays import Array, Truths, Whole

#: Multipliers and slopes within this of 0 are 0; figures are of the order of 1.
_NOTHING = 1e-10

#: Steps before ties are broken so that no round can be gone twice, before inverses are made anew,
#: and in all.
_PATIENT, _FRESH, _MOST = 100, 16, 2_000


def best_corners(gains: Array, limits: Array, most: Array, start: Whole) -> tuple[Array, Truths]:
    r"""Maximize each row of gains over the same polyhedron, all side by side.

    The simplex method, a step of every unfinished program at once [1]_: at a corner x with active
    rows B the gains are a sum of active limits, :math:`c = A_B' y`; where no y is negative x is
    best, otherwise the row of the most negative one is left along the edge to the next corner.
    After 100 steps rows are taken by the rule of the least number, under which no corner comes
    twice.

    - ``gains``, shape (programs, m)
    - ``limits``, shape (rows, m), and ``most``, shape (rows,): limits @ x <= most.
    - ``start``, shape (programs, m): active rows of a corner at which each program begins.

    Returns
    -------
    corners : ndarray, shape (programs, m)
    solved : ndarray of bool
        Whether the corner was found, and proved to be the best.

    References
    ----------
    .. [1] Dantzig, G. B. (1963). Linear Programming and Extensions. Princeton University Press.

    Examples
    --------
    >>> limits = np.array([[-1.0, 0], [0, -1], [1, 1], [1, 0]])
    >>> most, start = np.array([0.0, 0, 4, 3]), np.zeros((2, 2), dtype=int) + [0, 1]
    >>> best_corners(np.array([[2.0, 1], [1, 2]]), limits, most, start)[0].sum(axis=1).tolist()
    [4.0, 4.0]
    """
    active = start.copy()
    left = np.arange(len(gains))
    inverse = np.empty((len(gains), *limits.shape[1:], limits.shape[1]))
    for step in range(_MOST):
        if step % _FRESH == 0:
            inverse = np.linalg.inv(limits[active[left]])
        multipliers = np.einsum("pi,pij->pj", gains[left], inverse)
        going = (multipliers < -_NOTHING).any(axis=1)
        left, inverse, multipliers = left[going], inverse[going], multipliers[going]
        if not len(left):
            break
        inverse = _stepped(active, left, inverse, multipliers, limits, most, step < _PATIENT)
    corners = np.linalg.solve(limits[active], most[active][..., None])[..., 0]
    solved: Truths = np.all(corners @ limits.T <= most + 1e-8, axis=1)
    solved[left] = False
    return np.asarray(corners), solved


def _stepped(
    active: Whole,
    left: Whole,
    inverse: Array,
    multipliers: Array,
    limits: Array,
    most: Array,
    steepest: bool,
) -> Array:
    """Go to the next corner: exchange an active row of each, and give the new inverses."""
    own, rows = np.arange(len(left)), active[left]
    away = multipliers.argmin(axis=1)
    if not steepest:
        away = np.where(multipliers < -_NOTHING, rows, len(limits)).argmin(axis=1)
    edge = -inverse[own, :, away]
    slope = edge @ limits.T
    corner = np.einsum("pij,pj->pi", inverse, most[rows])
    room = np.maximum(most - corner @ limits.T, 0.0)
    far = np.divide(room, slope, out=np.full(slope.shape, np.inf), where=slope > _NOTHING)
    np.put_along_axis(far, rows, np.inf, axis=1)
    least = far.min(axis=1, keepdims=True)
    first = far <= least * (1 + 1e-12) + 1e-14
    met = np.where(first, slope, -1.0).argmax(axis=1) if steepest else first.argmax(axis=1)
    active[left, away] = met
    # The met row in terms of the old ones: its place in them changes by a product of two vectors.
    share = np.einsum("pi,pij->pj", limits[met], inverse)
    pivot = share[own, away].copy()
    share[own, away] -= 1.0
    column = inverse[own, :, away] / pivot[:, None]
    return np.asarray(inverse - column[:, :, None] * share[:, None, :])
