"""`crumbline serve`: what it says when it cannot be started."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from sim.cli import Exit, app
from sim.serve import served_site
from tests.conftest import build
from tests.reference_impl.outbound_marketing.web.running import free_port


def serving(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["serve", *arguments])
    return result.exit_code, result.stderr


def test_a_port_that_is_taken_is_named(tmp_path):
    with free_port() as taken:
        taken.listen()
        port = str(taken.getsockname()[1])
        code, said = serving("--port", port, "--database", str(tmp_path / "a.sqlite"))
    assert code == Exit.USAGE
    assert said.startswith(f"port {port}: ")
    assert not (tmp_path / "a.sqlite").exists()


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "notes").write_text("no database at all, and longer than a header of one " * 10)
    code, said = serving("--port", "8797", "--database", str(tmp_path / "notes"))
    assert code == Exit.USAGE
    assert "notes: cannot be used as a database" in said


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--system", "nobody"], "no system 'nobody' in the scenario; it has as_is, no_fallback"),
        (["--set", "systems.as_is.settings.visit_timeout=soon"], "'soon' is not a duration"),
        (["nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_a_wrong_system_setting_or_scenario_is_named(tmp_path, arguments, expected):
    code, said = serving(*arguments, "--database", str(tmp_path / "a.sqlite"))
    assert code == Exit.USAGE
    assert expected in said


def test_the_website_served_is_that_of_the_scenario():
    site = served_site(build({"consent": {"banner": "opt_out", "cookie": {"name": "choice", "life": "30d"}}}))
    assert [(page.path, page.form) for page in site.pages] == [("/", False), ("/products", False), ("/contact", True)]
    assert (site.banner, site.consent_cookie, site.consent_life_s) == ("opt_out", "choice", 30 * 86_400)
