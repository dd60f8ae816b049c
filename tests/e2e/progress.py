#!/usr/bin/env python3
"""Watches standard error of a slow run: a spinner on a terminal, nothing in a pipe, nothing in CI,
nothing for a short run, and nothing left of it on the screen.

    tests/e2e/progress.py MIRRORLINT
"""

import os
import pathlib
import pty
import subprocess
import sys
import tempfile

BASE = """\
base_images:
  base:
    name: "4.15"
    namespace: ocp
    tag: base
images:
"""
IMAGE = """\
- dockerfile_path: Dockerfile
  from: base
  to: image-{number}
"""


def checkout(root: pathlib.Path, configs: int) -> pathlib.Path:
    for number in range(configs):
        folder = root / f"ci-operator/config/acme/repo-{number}"
        folder.mkdir(parents=True)
        text = BASE + "".join(IMAGE.format(number=number) for number in range(100))
        (folder / f"acme-repo-{number}-main.yaml").write_text(text)
    return root


def standard_error(command: list[str], terminal: bool, **environment: str) -> str:
    variables = {k: v for k, v in os.environ.items() if k != "CI"} | {"TERM": "xterm"} | environment
    if not terminal:
        ran = subprocess.run(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        return ran.stderr.decode()
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=theirs):
        os.close(theirs)
        said = b""
        try:
            while chunk := os.read(ours, 4096):
                said += chunk
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    return said.decode()


def main() -> None:
    binary = os.path.realpath(sys.argv[1])
    with tempfile.TemporaryDirectory() as work:
        slow = checkout(pathlib.Path(work, "slow"), 6000)
        short = checkout(pathlib.Path(work, "short"), 1)

        def check(root: pathlib.Path) -> list[str]:
            return [binary, "check", str(root), "--jobs", "1", "--fail-on", "never"]

        said = standard_error(check(slow), terminal=True)
        assert "files read" in said and " of 6,000" in said, f"no spinner: {said!r}"
        assert said.rstrip("\r").endswith("\x1b[2K"), f"the spinner stays: {said[-80:]!r}"
        print("ok: a spinner with counts on a terminal, gone at the end")
        assert standard_error(check(slow), terminal=False) == ""
        print("ok: nothing in a pipe")
        assert standard_error(check(slow), terminal=True, CI="true") == ""
        print("ok: nothing in CI")
        assert standard_error(check(short), terminal=True) == ""
        print("ok: nothing for a short run")


main()
