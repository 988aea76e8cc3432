"""The system as a real service: an ASGI application, with the script that real browsers run.

The rules are those of `rules`, `service` and the rest, used and not written again. Where what stands:

- `sites`: which customer sites, links and campaigns are registered; `wire`: from HTTP to messages, and what is refused;
- `journal`: the accepted messages in SQLite; `durable`: the service that answers once a message is there;
- `app`: the tracking service's addresses; `event_website`, `demo`: the two websites; `serving`: all of it on one port;
- `scripts`: the tracking script and the form loader, in JavaScript; `pages`: the websites' HTML.
"""
