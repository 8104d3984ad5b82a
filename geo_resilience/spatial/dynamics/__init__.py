"""How the map moves: convergence, Markov chains, mobility, centers and ellipses."""
