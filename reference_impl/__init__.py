"""Reference implementations of tracking systems. They see browsers and messages, never the truth."""
