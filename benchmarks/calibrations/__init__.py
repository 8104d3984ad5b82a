"""What is asked of the tests and intervals, one module a subject; each holds QUESTIONS."""
