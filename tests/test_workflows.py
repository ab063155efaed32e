"""The workflows are valid, safe, and call what exists; so is the citation file."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
PINNED = re.compile(r"uses: (?P<action>[\w./-]+@[0-9a-f]{40}) # v\d+\.\d+\.\d+$")
# The only write permissions, each in a job that runs no code of the repository.
MAY_WRITE = {
    ("book.yml", "publish"): {"pages": "write", "id-token": "write"},
    ("weekly.yml", "report"): {"issues": "write"},
}


def run_tool(name, *arguments):
    """Run a command-line tool of the environment that runs the tests."""
    program = shutil.which(name, path=Path(sys.executable).parent)
    assert program, f"{name} is not installed here: run `make test`"
    return subprocess.run(
        [program, *arguments], capture_output=True, encoding="utf-8", check=False
    )


def schema_check(schema, path):
    return run_tool("check-jsonschema", "--builtin-schema", schema, path)


def security_check(*paths):
    return run_tool(
        "zizmor",
        "--offline",
        "--no-config",
        "--no-progress",
        "--color=never",
        "--persona=pedantic",
        *paths,
    )


def jobs(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]


def steps(path):
    return [step for job in jobs(path).values() for step in job["steps"]]


def unpinned_actions(path):
    """Return each `uses:` that is not `action@<40 digits> # v1.2.3` on one line."""
    used = [step["uses"] for step in steps(path) if "uses" in step]
    pinned = [
        match["action"]
        for line in path.read_text(encoding="utf-8").splitlines()
        if (match := PINNED.search(line))
    ]
    return list((Counter(used) - Counter(pinned)).elements())


def commands_of_make(path):
    scripts = "\n".join(step.get("run", "") for step in steps(path))
    return set(re.findall(r"^\s*make (\w+)", scripts, flags=re.MULTILINE))


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        *(("vendor.github-workflows", path) for path in WORKFLOWS),
        *(("custom.github-workflows-require-timeout", path) for path in WORKFLOWS),
        ("vendor.dependabot", GITHUB / "dependabot.yml"),
        ("vendor.citation-file-format", ROOT / "CITATION.cff"),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_file_keeps_its_schema(schema, path):
    check = schema_check(schema, path)
    assert check.returncode == 0, check.stdout + check.stderr


def test_security_linter_finds_nothing():
    check = security_check(*WORKFLOWS, GITHUB / "dependabot.yml")
    assert check.returncode == 0, check.stdout + check.stderr


@pytest.mark.parametrize(
    ("sound", "broken", "finding"),
    [
        ("persist-credentials: false", "fetch-depth: 1", "artipacked"),
        ("permissions: {}", "permissions: write-all", "excessive-permissions"),
        ("run: make test", "run: make ${{ github.head_ref }}", "template-injection"),
        (" pull_request:", " pull_request_target:", "dangerous-triggers"),
    ],
    ids=["artipacked", "permissions", "injection", "trigger"],
)
def test_security_linter_sees_a_planted_fault(tmp_path, sound, broken, finding):
    text = (GITHUB / "workflows" / "book.yml").read_text(encoding="utf-8")
    assert sound in text
    copy = tmp_path / "book.yml"
    copy.write_text(text.replace(sound, broken), encoding="utf-8")
    check = security_check(copy)
    assert check.returncode != 0
    assert f"[{finding}]" in check.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_hash_and_names_its_version(path):
    assert unpinned_actions(path) == []


@pytest.mark.parametrize("unpinned", ["@v7.0.1", "@" + 40 * "0", "@main # v7.0.1"])
def test_one_unpinned_action_is_seen(tmp_path, unpinned):
    text = (GITHUB / "workflows" / "book.yml").read_text(encoding="utf-8")
    broken = re.sub(r"(?<=actions/checkout)@.*", unpinned, text, count=1)
    copy = tmp_path / "book.yml"
    copy.write_text(broken, encoding="utf-8")
    assert unpinned_actions(copy) == ["actions/checkout" + unpinned.split(" ")[0]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_checkout_leaves_credentials_behind(path):
    checkouts = [s for s in steps(path) if "actions/checkout@" in s.get("uses", "")]
    assert checkouts
    assert all(s["with"]["persist-credentials"] is False for s in checkouts)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_make_command_exists(path):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    commands = commands_of_make(path)
    assert commands, "the workflow calls no `make …`"
    assert commands <= targets


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_permissions_are_the_least(path):
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["permissions"] == {}
    for name, job in jobs(path).items():
        allowed = MAY_WRITE.get((path.name, name))
        assert job["permissions"] == (allowed or {"contents": "read"}), name
        if allowed:
            scripts = " ".join(step.get("run", "") for step in job["steps"])
            actions = " ".join(step.get("uses", "") for step in job["steps"])
            assert "checkout" not in actions and "make" not in scripts, name


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_job_names_a_fixed_runner(path):
    assert {job["runs-on"] for job in jobs(path).values()} == {"ubuntu-24.04"}


def test_the_site_that_was_tested_is_published_from_the_default_branch_only():
    book = jobs(GITHUB / "workflows" / "book.yml")
    (upload,) = [
        step
        for step in book["book"]["steps"]
        if "upload-pages-artifact" in step.get("uses", "")
    ]
    assert upload["with"]["path"] == "_build/html"
    # Nothing is published unless every version of Python passed.
    assert set(book["publish"]["needs"]) == set(book) - {"publish"}
    assert book["publish"]["if"].split(" && ") == [
        "github.event_name == 'push'",
        "github.ref_name == github.event.repository.default_branch",
    ]


def test_every_supported_python_is_tested():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    supported = project["project"]["requires-python"]
    minors = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", supported).groups()
    first, after_last = map(int, minors)
    book = jobs(GITHUB / "workflows" / "book.yml")
    tested = book["versions"]["strategy"]["matrix"]["python"] + [
        step["with"]["python-version"]
        for step in book["book"]["steps"]
        if "setup-python" in step.get("uses", "")
    ]
    assert sorted(tested) == [f"3.{minor}" for minor in range(first, after_last)]


@pytest.mark.skipif(os.name == "nt", reason="the runner's shell is bash")
@pytest.mark.parametrize(
    ("open_issue", "calls"),
    [("", ["list", "create"]), ("17", ["list", "comment 17"])],
    ids=["no issue is open", "an issue is open"],
)
def test_a_failed_weekly_check_becomes_one_issue(tmp_path, open_issue, calls):
    (report,) = jobs(GITHUB / "workflows" / "weekly.yml")["report"]["steps"]
    log = tmp_path / "log"
    recorder = tmp_path / "gh"
    recorder.write_text(
        '#!/bin/sh\necho "$@" >> "$LOG"\n'
        'if [ "$2" = list ]; then printf "%s" "$OPEN_ISSUE"; fi\n'
    )
    recorder.chmod(0o755)
    subprocess.run(
        ["bash", "-e", "-c", report["run"]],
        env={
            "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
            "LOG": str(log),
            "OPEN_ISSUE": open_issue,
            "TITLE": report["env"]["TITLE"],
            "BODY": "one line",
        },
        check=True,
    )
    recorded = log.read_text().splitlines()
    assert len(recorded) == len(calls)
    for line, call in zip(recorded, calls, strict=True):
        assert line.startswith(f"issue {call} ")
        assert call == "list" or line.endswith("--body one line")


def test_the_weekly_report_waits_for_every_check():
    weekly = jobs(GITHUB / "workflows" / "weekly.yml")
    checks = set(weekly) - {"report"}
    assert set(weekly["report"]["needs"]) == checks
    body = weekly["report"]["steps"][0]["env"]["BODY"]
    assert all(f"needs.{check}.result" in body for check in checks)
    # A job over its limit is only canceled; a step over its limit fails and is told.
    for check in checks:
        for step in weekly[check]["steps"]:
            if step.get("run", "").startswith("make "):
                assert step["timeout-minutes"] < weekly[check]["timeout-minutes"]


def test_the_container_has_the_python_of_binder_and_installs_the_lock():
    text = (ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8")
    container = json.loads(text)
    runtime = (ROOT / "binder/runtime.txt").read_text(encoding="utf-8").strip()
    assert container["image"] == runtime.replace("-", ":")
    program, target = container["postCreateCommand"].split()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert program == "make"
    assert f"\n{target}: requirements.txt" in makefile
    labels = [port["label"] for port in container["portsAttributes"].values()]
    for command in re.findall(r"make (\w+)", " ".join(labels)):
        assert f"\n{command}: {target} ##" in makefile


def test_the_citation_names_the_version_of_the_course():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == project["project"]["version"]
