"""How far what a system believed is from what was true: pure functions of columns."""
