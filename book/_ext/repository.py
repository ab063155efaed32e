"""Find out where the repository lives, so that a fork's buttons lead to the fork."""

import os
import re
import subprocess
from pathlib import Path

from pages import PARALLEL
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

logger = logging.getLogger(__name__)

# Jupyter Book refuses these in _config.yml while the address is unknown there.
BUTTONS = ("use_repository_button", "use_issues_button", "use_edit_page_button")


def _git_remote(root: Path) -> str:
    command = ["git", "-C", str(root), "remote", "get-url", "origin"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return result.stdout.strip()


def web_address(remote: str) -> str:
    """Turn a git remote into the web address of its repository.

    Args:
        remote: A remote such as ``git@github.com:owner/name.git``.

    Returns:
        ``https://host/owner/name``, or an empty string for a remote that is no web
        address, such as a folder.
    """
    match = re.fullmatch(
        r"(?:https?://(?:[^@/]+@)?|ssh://git@|git@)"
        r"(?P<host>[\w.-]+\.[a-z]+)[/:](?P<path>[\w.-]+/[\w.-]+?)(?:\.git)?/?",
        remote,
    )
    return f"https://{match['host']}/{match['path']}" if match else ""


def _use_repository(app: Sphinx, config: Config) -> None:
    on_github = os.environ.get("GITHUB_REPOSITORY", "")
    options = config.html_theme_options
    address = (
        (f"https://github.com/{on_github}" if on_github else "")
        or web_address(_git_remote(Path(app.srcdir)))
        or options.get("repository_url", "")
    )
    # GitHub Pages serves a project under its name; the 404 page must know it.
    name = on_github.partition("/")[2]
    config.notfound_urls_prefix = f"/{name}/" if name else "/"
    if address:
        options["repository_url"] = address
        branch = re.fullmatch("refs/heads/(.+)", os.environ.get("GITHUB_REF", ""))
        if on_github and branch:
            options["repository_branch"] = branch[1]
        options.update(dict.fromkeys(BUTTONS, True))
        return
    logger.info(
        "No launch and edit buttons: neither GITHUB_REPOSITORY nor the git remote nor "
        "_config.yml (repository: url) says where the repository lives."
    )
    options.pop("launch_buttons", None)
    options.pop("repository_url", None)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx, before the theme reads its options."""
    app.connect("config-inited", _use_repository, priority=100)
    return PARALLEL
