"""JupyterLab in a real browser: start it, open a lesson, and tell when it has run."""

import re
import secrets
import subprocess
import threading
from contextlib import contextmanager

import psutil

VIEW = {"width": 1280, "height": 900}
PATIENCE = 300_000  # milliseconds; as long as _config.yml gives a lesson
SERVER = (
    "--no-browser",
    "--allow-root",
    "--ip=127.0.0.1",
    "--port=0",
    "--expose-app-in-browser",
)
PANEL = "window.jupyterapp?.shell.currentWidget"
KERNEL = f"{PANEL}?.sessionContext?.session?.kernel"
IS_READY = f"{KERNEL}?.status === 'idle'"
# A cell that fails keeps those after it from running.
IS_DONE = f"""() => {{
  const status = {KERNEL}?.status;
  if (!["idle", "busy", "starting"].includes(status)) return true;
  const code = {PANEL}.content.widgets
    .map((cell) => cell.model)
    .filter((model) => model.type === "code");
  const failed = (model) =>
    [...Array(model.outputs.length).keys()].some(
      (index) => model.outputs.get(index).type === "error",
    );
  const done = code.some(failed) || code.every((model) => model.executionCount);
  return status === "idle" && done;
}}"""


def lab_path(lesson):
    """Return the path that the button on a lesson's page gives to JupyterLab."""
    return f"lab/tree/lessons/{lesson}.md"


@contextmanager
def running_lab(command, **options):
    """Start JupyterLab; give its address, a token for it, and its process."""
    token = secrets.token_hex()
    server = subprocess.Popen(
        [*command, *SERVER, f"--IdentityProvider.token={token}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        **options,
    )
    try:
        said = []
        for line in server.stderr:
            said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+(?=/lab)", line):
                break
        assert found, "".join(said)
        # Nobody reads on: without this the server would stop when the pipe is full.
        threading.Thread(target=server.stderr.read, daemon=True).start()
        yield found[0], token, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait()


def kernels(server):
    """List the processes of a server's kernels."""
    return [
        process
        for process in server.children(recursive=True)
        if "ipykernel_launcher" in process.cmdline()
    ]


@contextmanager
def opened(browser, address, token, lesson):
    """Open a lesson by its button's path; give the page and what it asks elsewhere."""
    context = browser.new_context(viewport=VIEW)
    elsewhere = []

    def stay_home(route):
        if route.request.url.startswith(address):
            route.continue_()
        else:
            elsewhere.append(route.request.url)
            route.abort()

    context.route("**/*", stay_home)
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    # Binder starts a new container for each click: no tabs of an earlier lesson.
    tab.goto(f"{address}/{lab_path(lesson)}?token={token}&reset")
    # Whatever shows the file: a notebook or an editor.
    tab.locator(".jp-NotebookPanel .jp-Cell, .jp-FileEditor").first.wait_for()
    try:
        yield tab, elsewhere
    finally:
        context.close()
