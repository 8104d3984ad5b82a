"""Tables: the one door through which every file of rows comes in."""
