"""The Python code of the readme files runs as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, need

READMES = [path for path in (ROOT / "README.md", ROOT / "bindings/python/README.md") if path.exists()]


def blocks(path: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", path.read_text(), flags=re.S | re.M)


def test_there_is_code_to_run() -> None:
    assert sum(len(blocks(path)) for path in READMES) > 0


@pytest.mark.parametrize("path", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_code_runs_block_after_block(path: Path, tmp_path: Path, made: Path) -> None:
    """The blocks share their names, as for a reader; `build/demo/data` is an organisation made for the test."""
    code = blocks(path)
    if not code:
        pytest.skip("no Python in this file")
    need("pandas")
    (tmp_path / "build/demo").mkdir(parents=True)
    (tmp_path / "build/demo/data").symlink_to(made)
    script = tmp_path / "readme.py"
    script.write_text("\n\n".join(code))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stderr
