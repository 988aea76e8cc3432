"""What installing Crumbline does besides: it compiles the modules of `sim/compiled.py`, where there is a C compiler."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_LIBRARY = "crumbline__mypyc"
"""What the compiled modules share: a library of its own, at the root."""

_MYPY = ["--config-file=", "--ignore-missing-imports", "--follow-imports=silent"]
"""CI checks types, where all packages are installed; here they only guide the compiler."""


class CompileHook(BuildHookInterface):
    """Compiles beside the sources, and adds what was made to a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, or say why not: then all runs as plain Python, which is as right and takes longer."""
        root = Path(self.root)
        told = runpy.run_path(str(root / "sim" / "compiled.py"))
        record = root / told["RECORD"]
        record.unlink(missing_ok=True)
        compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
        if told["PURE"] in os.environ or shutil.which(compiler) is None:
            self.app.display_info("Crumbline: not compiled")
            return
        try:
            self._compile([f"{name.replace('.', '/')}.py" for name in told["MODULES"]])
        except (Exception, SystemExit) as problem:
            self.app.display_warning(f"Crumbline: not compiled, it runs as plain Python: {problem}")
            return
        record.write_text(json.dumps(told["hashes"](root), indent=1))
        if version == "standard":  # an editable install finds them where they are
            build_data.update(pure_python=False, infer_tag=True)
            build_data["artifacts"] += ["*.so", "*.pyd", told["RECORD"]]
            for library in root.glob(f"{_LIBRARY}.*"):
                build_data["force_include"][str(library)] = library.name

    def _compile(self, sources: list[str]) -> None:
        from mypyc.build import mypycify  # noqa: PLC0415 - needed only here
        from setuptools import Distribution  # noqa: PLC0415

        with TemporaryDirectory() as scratch:
            modules = mypycify(
                [*_MYPY, *sources], opt_level="2", debug_level="0", group_name="crumbline", target_dir=scratch
            )
            build = Distribution({"ext_modules": modules}).get_command_obj("build_ext")
            build.inplace = True
            build.build_lib = build.build_temp = scratch
            build.ensure_finalized()
            build.run()
