"""The HTML of the two websites; whatever is put into it is escaped."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

_TEMPLATES = Environment(
    loader=PackageLoader(__name__, "."),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(name: str, **said: object) -> str:
    """A page as HTML.

    Args:
        name: Name of its template.
        said: What the template asks for.
    """
    return _TEMPLATES.get_template(f"{name}.html.jinja").render(said)
