"""Do to an empty folder what Binder does to an empty container, without an engine.

repo2docker writes the Dockerfile that Binder would build. Its steps as root set up the
system (Ubuntu, conda, a user); a virtual environment stands in for them. Its steps as
the user are this repository's, and run here as they stand in the Dockerfile.

Two things differ from Binder, for speed and because they cannot be had everywhere. The
virtual environment has the Python that runs this file: CI's main job runs the one that
``binder/runtime.txt`` names. And where uv is installed, it does what pip is told to do,
from its cache and with the same demand for hashes.
"""

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parents[1]
ARGUMENTS = {"NB_USER": "jovyan", "NB_UID": "1000"}  # as Binder gives them
# The steps as root would make this one.
LOCALE = {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "LANGUAGE": "C.UTF-8"}
# How this machine reaches a package index.
REACH = ("PIP_", "UV_", "SSL_", "REQUESTS_", "HTTP", "NO_PROXY", "http", "no_proxy")
UV_AS_PIP = """\
#!/bin/sh
command=$1
shift
for argument do
  shift
  [ "$argument" = --no-cache-dir ] || set -- "$@" "$argument"
done
exec {uv} pip "$command" --quiet --require-hashes --python {python} "$@"
"""


def copy_repository(folder: Path) -> None:
    """Copy all files of the repository that git knows or would add.

    Args:
        folder: Where to copy them; it exists.
    """
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, names.decode().split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


def write_dockerfile(repository: Path) -> str:
    """Let repo2docker write the Dockerfile that Binder would build.

    Args:
        repository: The repository's folder.

    Returns:
        The Dockerfile's text.
    """
    program = shutil.which("jupyter-repo2docker", path=Path(sys.executable).parent)
    assert program, "repo2docker is not installed here: run `make test`"
    done = subprocess.run(
        [program, "--no-build", "--debug", "."],
        cwd=repository,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return done.stdout[done.stdout.index("\nFROM ") :]


def instructions(dockerfile: str) -> list[tuple[str, str]]:
    """List a Dockerfile's instructions with their arguments, one line each."""
    text = "\n".join(
        line for line in dockerfile.splitlines() if not line.lstrip().startswith("#")
    )
    lines = text.replace("\\\n", "").splitlines()
    return [tuple(line.split(None, 1)) for line in lines if line.strip()]


@dataclass
class Image:
    """What Binder makes of the repository: an environment, a folder, a way to start."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path = Path()
    steps: list[str] = field(default_factory=list)

    @property
    def python(self) -> Path:
        """The Python of the notebooks."""
        return Path(self.environment["KERNEL_PYTHON_PREFIX"], "bin", "python")

    def command(self, *words: str) -> list[str]:
        """Return a command as the container's entry point would start it."""
        return [self.environment["R2D_ENTRYPOINT"], *words]


def build(root: Path) -> Image:
    """Build the image in a folder.

    Args:
        root: An empty folder that stands for the container's ``/``.

    Returns:
        The image.

    Raises:
        CalledProcessError: If a step fails; its output has been printed.
    """
    source = root / "source"
    source.mkdir()
    copy_repository(source)
    image = Image(root, {"PATH": os.defpath})
    values, user = dict(ARGUMENTS), "root"

    def filled(text: str) -> str:
        return Template(text).substitute(values | image.environment)

    for name, argument in instructions(write_dockerfile(source)):
        if name == "ARG" and "=" in argument:
            key, value = argument.split("=", 1)
            values[key] = filled(value)
        elif name == "ENV":
            for pair in shlex.split(argument):
                key, value = pair.split("=", 1)
                # Folders of the container lie in ours; its programs are this machine's.
                inside = str(root) if value.startswith("/") and key != "SHELL" else ""
                image.environment[key] = inside + filled(value)
            image.environment.update(LOCALE)
        elif name == "USER":
            user = filled(argument)
        elif name == "WORKDIR":
            image.folder = Path(filled(argument))
            image.folder.mkdir(parents=True)
            _make_environment(image)
        elif name == "COPY":
            *_, copied, target = filled(argument).split()
            if copied.startswith("src/"):
                _copy(source / copied.removeprefix("src/"), Path(target))
        elif name == "RUN" and user == ARGUMENTS["NB_USER"]:
            image.steps.append(argument)
            _run(image, argument)
    return image


def _make_environment(image: Image) -> None:
    prefix = image.environment["KERNEL_PYTHON_PREFIX"]
    reach = {key: os.environ[key] for key in os.environ if key.startswith(REACH)}
    image.environment.update(reach)
    uv = shutil.which("uv", path=Path(sys.executable).parent)
    if uv is None:
        subprocess.run([sys.executable, "-m", "venv", prefix], check=True)
        return
    create = [uv, "venv", "--quiet", "--python", sys.executable, prefix]
    subprocess.run(create, check=True)
    # uv keeps its cache under HOME, which is another one in the image.
    cache = subprocess.run(
        [uv, "cache", "dir"], check=True, capture_output=True, text=True
    ).stdout.strip()
    image.environment["UV_CACHE_DIR"] = cache
    pip = Path(prefix, "bin", "pip")
    pip.write_text(UV_AS_PIP.format(uv=uv, python=image.python))
    pip.chmod(0o755)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def _run(image: Image, step: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", step],
        cwd=image.folder,
        env=image.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    if done.returncode:
        print(done.stdout)
    done.check_returncode()
