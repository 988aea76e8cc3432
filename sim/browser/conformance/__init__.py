"""The profiles held against real engines: one script of loads, clicks, posts and script writes, played in both.

`crumbline conformance` runs it. It needs the packages of the extra `browsers` and the engines themselves; the rest of
`sim.browser` needs neither and imports nothing from here.

Read `cases` first (the script), then `play` (what plays it), `configurations` and `compare`. `server` answers the
engines; `chromium`, `firefox` and `webkit` drive them; `clock` moves their clock.
"""
