"""What a browser does with cookies. Knows no person and no clock: the time is handed in."""
