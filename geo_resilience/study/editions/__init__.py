"""Two runs beside each other: what differs, and what each difference did to every region."""
