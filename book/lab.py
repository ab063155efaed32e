"""Open the lessons in JupyterLab, as notebooks and with quiet kernels, as Binder does.

Nothing is written into the settings in your home folder. Whatever follows on the
command line is given to JupyterLab, for example --no-browser or --port 8890.
"""

import os
import re
import sys
from pathlib import Path

from kernel_environment import EVERY_KERNEL

ROOT = Path(__file__).resolve().parents[1]
# JupyterLab's defaults here: MyST files open as notebooks, nobody is asked about news.
SETTINGS = ROOT / "book" / "jupyter"


def main() -> None:
    """Start JupyterLab with the lessons' folder open."""
    try:
        from jupyterlab.labapp import main as jupyter_lab
    except ModuleNotFoundError:
        sys.exit(
            f"JupyterLab is not installed for {sys.executable}. "
            "Use the Python in .venv, as book/run-it-yourself.md shows."
        )
    os.environ.update(EVERY_KERNEL)
    others = os.environ.get("JUPYTER_CONFIG_PATH")
    paths = [str(SETTINGS), *([others] if others else [])]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(paths)
    options = [f"--ServerApp.root_dir={ROOT}", "--LabApp.default_url=/lab/tree/lessons"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container one is root, and Jupyter wants to be told that this is meant.
        options.append("--allow-root")
    sys.exit(jupyter_lab([*options, *_for_codespaces(), *sys.argv[1:]]))


def _for_codespaces() -> list[str]:
    """Let in a browser that GitHub Codespaces leads here from its own address."""
    name = os.environ.get("CODESPACE_NAME")
    domain = os.environ.get("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN")
    if not (name and domain):
        return []
    origin = rf"https://{re.escape(name)}-\d+\.{re.escape(domain)}"
    return [
        f"--ServerApp.allow_origin_pat={origin}",
        "--ServerApp.allow_remote_access=True",
    ]


if __name__ == "__main__":
    main()
