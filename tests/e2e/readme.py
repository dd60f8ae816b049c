#!/usr/bin/env python3
"""Follows the README as a new user does: installs mirrorlint in each way that it names, and runs
every command and every recipe that it shows, on a checkout that is a git repository.

    tests/e2e/readme.py

Needs cargo, git, hyperfine, ripgrep, jq, GNU time, maturin and pre-commit with its PyYAML. What the README fetches
from GitHub comes from the repository itself and from the rules' example checkout. A command of the
README that this script does not know is a failure.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

PROJECT = pathlib.Path(__file__).resolve().parents[2]
README = (PROJECT / "README.md").read_text()
BAD_LINE = "registry.ci.openshift.org/acme/widget:9 quay.io/acme/widget:9 nonsense!\n"


def fences(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.M | re.S)


def console_commands() -> list[str]:
    lines = "".join(fences("console")).replace("\\\n", " ").splitlines()
    return [" ".join(line.split(" #")[0].split()) for line in lines if line.strip()]


def adoption_commands() -> list[str]:
    section = README.split("## For maintainers: adopting it in an afternoon")[1].split("\n## ")[0]
    return re.findall(r"`(mirrorlint [^`]+)`", section)


def recipe(marker: str) -> str:
    found = [block for block in fences("yaml") if marker in block]
    assert len(found) == 1, f"{len(found)} recipes with {marker!r} in the README"
    return found[0]


def write_example_checkout(root: pathlib.Path) -> None:
    page = (PROJECT / "rules/_example.md").read_text()
    for path, text in re.findall(r"^```\w* path=(\S+)\n(.*?)^```$", page, re.M | re.S):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


class Trial:
    def __init__(self, work: pathlib.Path) -> None:
        self.work = work
        self.known: set[str] = set()
        home = work / "home"
        home.mkdir()
        self.environment = os.environ | {
            "HOME": str(home),
            "CARGO_HOME": os.environ.get("CARGO_HOME", str(pathlib.Path.home() / ".cargo")),
            "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(pathlib.Path.home() / ".rustup")),
            "CARGO_INSTALL_ROOT": str(work / "installed"),
            # One build serves `cargo run`, `cargo install` and pre-commit.
            "CARGO_TARGET_DIR": str(PROJECT / "target"),
            "PRE_COMMIT_HOME": str(work / "pre-commit"),
            "PATH": f"{work / 'bin'}:{work / 'installed/bin'}:{os.environ['PATH']}",
        }
        (work / "bin").mkdir()
        self.project = work / "mirrorlint"
        self.upstream = work / "upstream"
        self.set_up()

    def set_up(self) -> None:
        (self.work / "home/.gitconfig").write_text(
            "[user]\n\tname = T\n\temail = t@example.org\n[init]\n\tdefaultBranch = main\n"
            f'[url "file://{self.project}"]\n\tinsteadOf = https://github.com/OWNER/mirrorlint\n'
            f'[url "file://{self.upstream}"]\n\tinsteadOf = https://github.com/openshift/release\n'
        )
        self.run(f"git clone -q {PROJECT} {self.project}", self.work)
        self.run("git tag -f v0.1.0", self.project)
        self.upstream.mkdir()
        write_example_checkout(self.upstream)
        # A set that the examples of the README name, with a fault, and one more to repair.
        knative = self.upstream / "core-services/image-mirroring/knative"
        knative.mkdir(parents=True)
        (knative / "mapping_knative_1").write_text(
            "registry.svc.ci.openshift.org/knative/serving:1 quay.io/knative/serving:1\n"
        )
        self.run("git init -q && git add -A && git commit -qm start", self.upstream)

    def run(self, command: str, cwd: pathlib.Path, status: int = 0, **environment: str) -> str:
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=cwd,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if ran.returncode != status:
            sys.exit(f"FAILED: {command}\nstatus {ran.returncode}, not {status}\n{ran.stdout}")
        return ran.stdout

    def of_readme(self, command: str, cwd: pathlib.Path, status: int = 0, says: str = "") -> None:
        """Runs a command that stands in the README."""
        self.known.add(command)
        said = self.run(command.replace("explain RULE", "explain mapping-syntax"), cwd, status)
        if says not in said:
            sys.exit(f"FAILED: {command}\ndoes not say {says!r}:\n{said}")
        print(f"ok: {command}", flush=True)

    def install(self) -> None:
        self.of_readme("cargo run --release -- demo", self.project, 0, "error[mapping-syntax]")
        assert "\ncargo test\n" in (PROJECT / ".ci/run").read_text()
        self.known.add("cargo test")
        self.of_readme("cargo install --path .", self.project)
        assert "maturin build, pip install target/wheels/*.whl" in README
        self.run("maturin build --out target/wheels", self.project)
        self.run("python3 -m venv ../wheel && ../wheel/bin/pip install -q target/wheels/*.whl", self.project)
        assert self.run("../wheel/bin/mirrorlint --version", self.project).startswith("mirrorlint 0.")
        print("ok: a wheel, built and installed", flush=True)

    def real_checkout(self) -> pathlib.Path:
        release = self.work / "release"
        self.of_readme("git clone --depth 1 https://github.com/openshift/release", self.work)
        self.of_readme("mirrorlint check release", self.work, 1, "decommissioned-registry")
        only = "mirrorlint check release/core-services/image-mirroring/knative"
        self.of_readme(only, self.work, 1, "decommissioned-registry")
        self.of_readme("mirrorlint check release --rev origin/main", self.work, 1, "decommissioned-registry")
        self.of_readme("mirrorlint explain mapping-file-unselected", self.work, 0, "mapping-file-unselected")
        return release

    def hook_of_one_line(self, release: pathlib.Path) -> None:
        self.of_readme(r"printf '#!/bin/sh\nexec mirrorlint check --staged\n' > .git/hooks/pre-commit", release)
        self.of_readme("chmod +x .git/hooks/pre-commit", release)
        self.refuses_bad_line(release)
        (release / ".git/hooks/pre-commit").unlink()

    def pre_commit(self, release: pathlib.Path) -> None:
        (release / ".pre-commit-config.yaml").write_text(recipe("github.com/OWNER/mirrorlint\n  rev:"))
        self.run("git add -A && pre-commit install", release)
        self.refuses_bad_line(release)
        self.run("pre-commit uninstall", release)
        print("ok: the hook, built and installed by pre-commit", flush=True)

    def refuses_bad_line(self, release: pathlib.Path) -> None:
        mapping = release / "core-services/image-mirroring/knative/mapping_knative_1"
        before = mapping.read_text()
        mapping.write_text(before + BAD_LINE)
        said = self.run("git commit -qam bad", release, status=1)
        assert "mapping-syntax" in said and "decommissioned" not in said, said
        mapping.write_text(before)
        self.run("git add -A && git commit -qm good --allow-empty", release)

    def replay(self, release: pathlib.Path) -> None:
        """A fault and its end, two commits in place of a thousand."""
        mapping = release / "core-services/image-mirroring/knative/mapping_knative_1"
        before = mapping.read_text()
        for text in (before + BAD_LINE, before):
            mapping.write_text(text)
            self.run("git commit -qam replayed --no-verify", release)
        thousand = "mirrorlint replay HEAD~1000..HEAD release"
        self.known.add(thousand)
        said = self.run(thousand.replace("HEAD~1000", "HEAD~2"), self.work)
        assert "mapping-syntax" in said and "gone after" in said, said
        print(f"ok: {thousand}, of the last two", flush=True)
        self.of_readme("mirrorlint replay --since 90d release --output html=past.html", self.work)
        assert "mapping-syntax" in (self.work / "past.html").read_text()

    def presubmits(self, release: pathlib.Path) -> None:
        """What a runner makes of the recipes, in a clone with the base and the change."""
        base = self.run("git rev-parse HEAD", release).strip()
        mapping = release / "core-services/image-mirroring/knative/mapping_knative_1"
        before = mapping.read_text()
        mapping.write_text(before + BAD_LINE)
        self.run("git commit -qam bad --no-verify", release)
        head = self.run("git rev-parse HEAD", release).strip()
        prow = yaml.safe_load(recipe("presubmits:"))["presubmits"]["openshift/release"][0]
        container = prow["spec"]["containers"][0]
        ci_operator = yaml.safe_load(recipe("dockerfile_literal"))["tests"][0]
        gitlab = yaml.safe_load(recipe("codequality"))["mirrorlint"]
        assert container["command"] == ["/bin/sh", "-c"]
        for name, command, report in [
            ("Prow", container["args"][0], "junit_mirrorlint.xml"),
            ("ci-operator", ci_operator["commands"], "junit_mirrorlint.xml"),
            ("GitLab", gitlab["script"][0], "codequality.json"),
        ]:
            artifacts = self.work / name
            artifacts.mkdir()
            said = self.run(
                command,
                release,
                status=1,
                PULL_BASE_SHA=base,
                PULL_PULL_SHA=head,
                CI_MERGE_REQUEST_DIFF_BASE_SHA=base,
                ARTIFACTS=str(artifacts),
                ARTIFACT_DIR=str(artifacts),
            )
            assert "error[mapping-syntax]" in said and "decommissioned" not in said, said
            file = next(path for path in (artifacts / report, release / report) if path.exists())
            assert "mapping-syntax" in file.read_text()
            print(f"ok: the recipe for {name}", flush=True)
        self.run("git reset -q --hard HEAD^ && git clean -qfd", release)

    def reviewdog(self, release: pathlib.Path) -> None:
        stand_in = self.work / "bin/reviewdog"
        # The formats are tested against reviewdog's schema elsewhere; this is about the pipe.
        stand_in.write_text("#!/bin/sh\nexec python3 -c 'import json, sys; json.load(sys.stdin)'\n")
        stand_in.chmod(0o755)
        piped = "mirrorlint check --output rdjson --fail-on never | reviewdog -f=rdjson -reporter=github-pr-review"
        self.of_readme(piped, release)

    def adopt(self, release: pathlib.Path) -> None:
        first, *others = adoption_commands()
        assert first == "mirrorlint check --statistics --fail-on never --output html=today.html"
        self.of_readme(first, release)
        assert (release / "today.html").exists()
        says = {"--init": "wrote", "--diff": "+registry.ci.openshift.org", "--fix": "1 fix in"}
        for command in others:
            expected = next((said for flag, said in says.items() if command.endswith(flag)), "")
            status = 1 if command.endswith(("--diff", "--fix")) else 0
            self.of_readme(command, release, status, expected)
        self.run("mirrorlint check", release)
        print("ok: nothing but what is new, once it is adopted", flush=True)

    def measure(self, release: pathlib.Path) -> None:
        """Twice in place of often, small in place of large, and with a binary that is built already."""
        build, compare, scale = (
            c for c in console_commands() if c.startswith(("cargo build", "tests/bench/compare.sh"))
        )
        self.of_readme(build, self.project)
        for command, row in [(compare, "| `rg -c base_images"), (scale, "| 1 | ")]:
            self.known.add(command)
            quick = command.replace("compare.sh", "compare.sh --runs 2").replace("1,4,16", "1")
            quick = quick.replace("target/release", str(PROJECT / "target/debug"))
            said = self.run(quick.replace("path/to/release", str(release)), self.project)
            if row not in said:
                sys.exit(f"FAILED: {quick}\ndoes not say {row!r}:\n{said}")
            print(f"ok: {quick}", flush=True)

    def forgets_nothing(self) -> None:
        unknown = [c for c in console_commands() + adoption_commands() if c not in self.known]
        if unknown:
            sys.exit("FAILED: nothing runs these commands of the README:\n" + "\n".join(unknown))


def main() -> None:
    for program in ("cargo", "git", "hyperfine", "rg", "jq", "time", "maturin", "pre-commit"):
        if shutil.which(program) is None:
            sys.exit(f"FAILED: {program} is missing")
    with tempfile.TemporaryDirectory() as work:
        trial = Trial(pathlib.Path(work))
        trial.install()
        release = trial.real_checkout()
        trial.hook_of_one_line(release)
        trial.pre_commit(release)
        trial.replay(release)
        trial.presubmits(release)
        trial.reviewdog(release)
        trial.measure(release)
        trial.adopt(release)
        trial.forgets_nothing()


main()
