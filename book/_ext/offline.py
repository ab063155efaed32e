"""Pack the whole site into one file that opens from disk, without a server.

The same pages always give the same file. It lies at the top of the site.
"""

import re
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pages import PARALLEL
from sphinx.application import Sphinx

NAME = "machine-learning-project-lifecycle"
ARCHIVE = f"{NAME}.zip"
# Made for a host: the page for a missing address finds its styles from the host's top.
LEFT_OUT = {ARCHIVE, "404.html", ".buildinfo", ".nojekyll"}
# In the copy that a reader has, links to the copy lead nowhere.
LINK_TO_ARCHIVE = re.compile(
    rb'<a\b[^>]*\bhref="[^"]*' + re.escape(ARCHIVE.encode()) + rb'"[^>]*>(.*?)</a>',
    re.DOTALL,
)
EARLIEST = (1980, 1, 1, 0, 0, 0)  # of what a zip file can say


def pack(site: Path) -> Path:
    """Pack a site; see the module.

    Args:
        site: The folder of built pages.

    Returns:
        The archive, at the top of the site. It unpacks to one folder.
    """
    archive = site / ARCHIVE
    with ZipFile(archive, "w", ZIP_DEFLATED) as packed:
        for path in sorted(site.rglob("*")):
            name = path.relative_to(site).as_posix()
            if name in LEFT_OUT or not path.is_file():
                continue
            content = path.read_bytes()
            if path.suffix == ".html":
                content = LINK_TO_ARCHIVE.sub(rb"\1", content)
            entry = ZipInfo(f"{NAME}/{name}", EARLIEST)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, content)
    return archive


def _pack_site(app: Sphinx, error: Exception | None) -> None:
    if app.builder.format == "html" and error is None:
        pack(Path(app.outdir))


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx, after all that writes or removes files at the end (500)."""
    app.connect("build-finished", _pack_site, priority=900)
    return PARALLEL
