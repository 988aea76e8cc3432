"""Simulated people, their browsers, and how accurately a cookie-based system resolves them."""
