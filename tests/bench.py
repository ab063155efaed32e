"""Measure the build, the lessons and the pages against what the course aims at.

Builds are compared within one run, as ratios, because machines differ, and kernels are
measured in seconds of CPU, because machines have other work. Nothing here passes or
fails: read the table. The build is measured in a copy of the repository.
"""

import gzip
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from http.server import ThreadingHTTPServer
from multiprocessing import get_context
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import nbformat
from binder_image import copy_repository
from browser import launch_options
from conftest import QuietHandler, book_pages
from nbclient import NotebookClient
from nbformat import NotebookNode
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "book"), str(ROOT / "book" / "_ext")]

from execute import KERNEL_ENVIRONMENT, find_lessons  # noqa: E402  (needs the path)
from myst_nb.core.read import read_myst_markdown_notebook  # noqa: E402

KIB = 1024
DOWNLOADS = "_build/html/_sources/lessons"


def seconds(command: list[str | Path], folder: Path) -> float:
    """Run a command that must succeed; return its time in seconds."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}\nThis failed: {command}")
    return time.perf_counter() - started


def run(notebook: NotebookNode) -> tuple[float, float]:
    """Execute a notebook in a kernel; return its CPU seconds and its peak in MiB."""
    os.environ.update(KERNEL_ENVIRONMENT)
    folder = {"metadata": {"path": str(ROOT / "lessons")}}
    NotebookClient(notebook, timeout=300, resources=folder).execute()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / KIB


def run_alone(notebook: NotebookNode) -> tuple[float, float]:
    """Do `run` in a process of its own, so that what is measured is this kernel's."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(run, notebook).result()


def one_after_another(folder: Path) -> float:
    """Execute all lessons with ``jupyter nbconvert``; return the time in seconds."""
    tools = Path(sys.executable).parent
    total = 0.0
    for lesson in find_lessons(folder):
        notebook = lesson.with_suffix(".ipynb")
        seconds([tools / "jupytext", "--to", "ipynb", lesson], folder)
        execute = [tools / "jupyter", "nbconvert", "--execute", "--to", "notebook"]
        total += seconds([*execute, "--inplace", notebook], folder)
        notebook.unlink()
    return total


def printed_otherwise(folder: Path) -> list[tuple[str, str, str]]:
    """Count the cells whose output differs between the site and another build."""
    rows = []
    for path in sorted((ROOT / DOWNLOADS).glob("*.ipynb")):
        pair = [nbformat.read(top / DOWNLOADS / path.name, 4) for top in (ROOT, folder)]
        cells = zip(*(notebook.cells for notebook in pair), strict=True)
        differ = sum(one.get("outputs") != other.get("outputs") for one, other in cells)
        rows.append((f"{path.stem}: cells printed otherwise", str(differ), "0"))
    return rows


def builds() -> list[tuple[str, str, str]]:
    """Time the builds in a copy of the repository."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_repository(folder)
        build = [sys.executable, folder / "book" / "build.py"]
        cold = seconds(build, folder)
        differences = printed_otherwise(folder)
        nothing = seconds([*build, "--incremental"], folder)
        page = folder / "book" / "reading.md"
        page.write_text(page.read_text("utf-8") + "\nOne more line.\n", "utf-8")
        text = seconds([*build, "--incremental"], folder)
        serial = one_after_another(folder)
    return [
        ("cold build / nbconvert, lesson by lesson", f"{cold / serial:.2f}", "0.65"),
        ("rebuild, one page's text changed / cold", f"{text / cold:.2f}", "0.10"),
        ("rebuild, nothing changed / cold", f"{nothing / cold:.2f}", "0.08"),
        *differences,
    ]


def lessons() -> list[tuple[str, str, str]]:
    """Measure the start of the first kernel, then the kernel of each lesson."""
    notebooks = {
        path.stem: read_myst_markdown_notebook(path.read_text("utf-8"))
        for path in find_lessons(ROOT)
    }
    first_lesson = next(iter(notebooks.values()))
    cells = [cell for cell in first_lesson.cells if cell.cell_type == "code"]
    start = nbformat.v4.new_notebook(cells=cells[:2])
    quickest = min(run_alone(start)[0] for _ in range(3))
    rows = [("kernel, set_up and first imports: CPU seconds", f"{quickest:.1f}", "2")]
    for name, notebook in notebooks.items():
        used, peak = run_alone(notebook)
        rows.append((f"{name}: CPU seconds", f"{used:.1f}", "15"))
        rows.append((f"{name}: peak memory, MiB", f"{peak:.0f}", "1200"))
    return rows


def pages() -> list[tuple[str, str, str]]:
    """Weigh the first view of every page: all its requests, compressed."""
    site = ROOT / "_build" / "html"
    rows = []
    with (
        ThreadingHTTPServer(
            ("127.0.0.1", 0), partial(QuietHandler, directory=str(site))
        ) as server,
        sync_playwright() as playwright,
    ):
        Thread(target=server.serve_forever, daemon=True).start()
        chromium = playwright.chromium.launch(**launch_options())
        for page in book_pages():
            tab = chromium.new_page()
            files = set()
            tab.on(
                "request", lambda one, files=files: files.add(urlsplit(one.url).path)
            )
            tab.goto(f"http://127.0.0.1:{server.server_port}/{page}")
            weight = sum(
                len(gzip.compress((site / path.lstrip("/")).read_bytes()))
                for path in files
                if (site / path.lstrip("/")).is_file()
            )
            has_charts = any(path.endswith("charts.js") for path in files)
            aim = "800" if has_charts else "450"
            rows.append((f"{page}: first view, KB", f"{weight / 1000:.0f}", aim))
            tab.close()
        chromium.close()
        server.shutdown()
    return rows


def main() -> None:
    """Print one table."""
    for measure in (builds, lessons, pages):
        for what, value, aim in measure():
            print(f"{what:<52} {value:>8}   at most {aim}", flush=True)


if __name__ == "__main__":
    main()
