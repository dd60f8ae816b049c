#!/usr/bin/env python3
"""Follows the README and the book as a new user does: installs mirrorlint in each way that they name, and runs every
command and every recipe that they show, on a checkout that is a git repository.

    tests/e2e/readme.py MIRRORLINT [PAGE]...

MIRRORLINT is a debug build, in whose target folder the examples are built too. With PAGEs, such as docs/adopting.md,
only these are followed, with MIRRORLINT in the place of one that is installed. Needs cargo, git, hyperfine, ripgrep,
jq, GNU time, maturin and pre-commit with its PyYAML. What the pages fetch from GitHub comes from the repository itself
and from the rules' example checkout.

A page is followed from top to bottom, from a clean checkout. Above a block of code a comment may stand:

    <!-- not run: why -->    the commands of the block are not run
    <!-- file: PATH -->      the block is written to this file of the checkout

All builds are one build without optimisation, static as a release is; its binary is left in target/static.
"""

import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import typing

import yaml

PROJECT = pathlib.Path(__file__).resolve().parents[2]
TARGET = "x86_64-unknown-linux-gnu"
STATIC = PROJECT / "target/static"
BAD_LINE = "registry.ci.openshift.org/acme/widget:9 quay.io/acme/widget:9 nonsense!\n"
KNATIVE = "core-services/image-mirroring/knative/mapping_knative_1"
# A block of code, with the comment above it.
BLOCK = re.compile(r"^( *)(?:<!-- (not run|file): ([^\n]*) -->\n *)?```(\w+)\n(.*?)^\1```$", re.M | re.S)
# Pages in the order in which they are followed. What others there are in docs/ comes after them.
FIRST = ["README.md", "docs/install.md"]
LAST = ["CONTRIBUTING.md", "SECURITY.md"]


@dataclasses.dataclass
class Step:
    """A block of a page: `commands` to run, or `text` for `file`."""

    language: str
    text: str
    file: str = ""
    is_run: bool = True

    @property
    def commands(self) -> list[str]:
        if self.language != "console":
            return []
        lines = self.text.replace("\\\n", " ").splitlines()
        return [" ".join(line.split(" #")[0].split()) for line in lines if line.strip()]


def steps(page: str) -> list[Step]:
    found = []
    for indent, mark, said, language, text in BLOCK.findall((PROJECT / page).read_text()):
        text = re.sub(rf"^{indent}", "", text, flags=re.M)
        found.append(Step(language, text, said if mark == "file" else "", mark != "not run"))
    return found


def recipe(page: str, marker: str) -> typing.Any:
    found = [step.text for step in steps(page) if step.language == "yaml" and marker in step.text]
    assert len(found) == 1, f"{len(found)} recipes with {marker!r} in {page}"
    return yaml.safe_load(found[0])


# What a command is to say, and the status that it ends with if that is not 0. A command stands here with its page
# where it is run on several.
EXPECTED: dict[str | tuple[str, str], tuple[int, str]] = {
    "cargo run --release -- demo": (0, "error[mapping-syntax]"),
    "mirrorlint check release": (1, "decommissioned-registry"),
    "mirrorlint check release/core-services/image-mirroring/knative": (1, "decommissioned-registry"),
    "mirrorlint check release --rev origin/main": (1, "decommissioned-registry"),
    "mirrorlint check release --diff": (0, "+registry.ci.openshift.org"),
    "mirrorlint image ci/boskos:latest release": (0, "from mapping file in core-services/image-mirroring"),
    "mirrorlint explain mapping-file-unselected": (0, "mapping-file-unselected"),
    "mirrorlint image acme/widget:latest": (0, "acme/widget:latest: provided"),
    ("docs/first-registry-access.md", "mirrorlint image acme/widget:latest"): (
        0,
        "may be pulled by Group system:authenticated",
    ),
    "mirrorlint check core-services/image-mirroring/acme": (0, "No findings"),
    "mirrorlint check core-services/image-mirroring/gizmo": (1, "mapping-file-unselected"),
    "mirrorlint check clusters/app.ci/registry-access/acme": (0, "No findings"),
    "mirrorlint check clusters/app.ci/registry-access/gizmo": (0, "No findings"),
    "mirrorlint check --init": (0, "wrote"),
    "mirrorlint check --diff": (0, "+registry.ci.openshift.org"),
    "mirrorlint check --fix": (0, "1 fix in"),
    "mirrorlint check": (0, "No findings"),
    "mirrorlint check --base main --head my-branch": (1, "error[mapping-syntax]"),
    "mirrorlint replay HEAD~1000..HEAD release": (0, "gone after"),
    "tests/bench/compare.sh target/release/mirrorlint path/to/release": (0, "| `rg -c base_images"),
    "tests/bench/compare.sh --scale 1,4,16 target/release/mirrorlint": (0, "| 1 | "),
}
# Small in place of large, and twice in place of often.
SMALLER = [
    ("HEAD~1000", "HEAD~2"),
    ("compare.sh", "compare.sh --runs 2"),
    ("1,4,16", "1"),
]


def example_checkout() -> dict[str, str]:
    """The checkout of the rules' examples, whose mirror set is another's here, so that the pages can make acme's."""
    page = (PROJECT / "rules/_example.md").read_text()
    files = dict(re.findall(r"^```\w* path=(\S+)\n(.*?)^```$", page, re.M | re.S))
    for path in ["ci-operator/jobs/infra-image-mirroring.yaml", "core-services/ci-secret-bootstrap/_config.yaml"]:
        files[path] = files[path].replace("acme", "knative")
    for path in [path for path in files if path.startswith("clusters/app.ci/registry-access/acme/")]:
        del files[path]
    for path in [path for path in files if path.startswith("core-services/image-mirroring/acme/")]:
        files[path.replace("acme", "knative")] = files.pop(path).replace("quay.io/acme", "quay.io/knative")
    # A fault that has a fix.
    files[KNATIVE] = "registry.svc.ci.openshift.org/knative/serving:1 quay.io/knative/serving:1\n"
    return files


class Trial:
    def __init__(self, work: pathlib.Path, debug: pathlib.Path) -> None:
        self.work = work
        self.debug = debug
        home = work / "home"
        home.mkdir()
        own = pathlib.Path.home()
        self.plain = os.environ | {
            "HOME": str(home),
            "CARGO_HOME": os.environ.get("CARGO_HOME", str(own / ".cargo")),
            "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(own / ".rustup")),
            "PRE_COMMIT_HOME": str(work / "pre-commit"),
            "PATH": f"{work / 'bin'}:{work / 'installed/bin'}:{os.environ['PATH']}",
        }
        self.environment = self.plain | {
            "CARGO_INSTALL_ROOT": str(work / "installed"),
            # One build serves `cargo run`, `cargo install`, maturin and pre-commit; its program need not be fast.
            "CARGO_TARGET_DIR": str(STATIC),
            "CARGO_BUILD_TARGET": TARGET,
            "RUSTFLAGS": "-C target-feature=+crt-static",
            "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
            "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
        }
        (work / "bin").mkdir()
        self.project = work / "mirrorlint"
        self.upstream = work / "upstream"
        self.release = work / "release"
        self.set_up()

    def set_up(self) -> None:
        (self.work / "home/.gitconfig").write_text(
            "[user]\n\tname = T\n\temail = t@example.org\n[init]\n\tdefaultBranch = main\n"
            f'[url "file://{self.upstream}"]\n\tinsteadOf = https://github.com/openshift/release\n'
        )
        self.run(f"git clone -q {PROJECT} {self.project}", self.work)
        for path, text in example_checkout().items():
            file = self.upstream / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        self.run("git init -q && git add -A && git commit -qm start", self.upstream)
        # The format is tested against reviewdog's schema elsewhere; this is about the pipe.
        self.stand_in("reviewdog", "exec python3 -c 'import json, sys; json.load(sys.stdin)'")

    def stand_in(self, name: str, line: str) -> None:
        program = self.work / "bin" / name
        program.write_text(f"#!/bin/sh\n{line}\n")
        program.chmod(0o755)

    def run(self, command: str, cwd: pathlib.Path, status: int = 0, says: str = "", **variables: str) -> str:
        # The benchmarks' own programs are built already, with the tests.
        environment = self.plain if command.startswith("tests/bench/") else self.environment
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=cwd,
            env=environment | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if ran.returncode != status:
            sys.exit(f"FAILED: {command}\nstatus {ran.returncode}, not {status}\n{ran.stdout}")
        if says not in ran.stdout:
            sys.exit(f"FAILED: {command}\ndoes not say {says!r}:\n{ran.stdout}")
        return ran.stdout

    def follow(self, page: str) -> None:
        print(f"{page}:", flush=True)
        if self.release.exists() and page not in FIRST:
            self.run("git reset -q --hard origin/main && git clean -qfdx", self.release)
            self.run("rm -f .git/hooks/pre-commit", self.release)
        prepare = getattr(self, "before_" + re.sub(r"\W", "_", page), None)
        if prepare:
            prepare()
        for step in steps(page):
            assert step.language not in ("sh", "bash", "shell"), f"{page}: commands belong into blocks of `console`"
            if step.file:
                file = self.release / step.file
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(step.text)
            for command in step.commands if step.is_run else []:
                self.try_out(page, command)
        judge = getattr(self, "after_" + re.sub(r"\W", "_", page), None)
        if judge:
            judge()

    def try_out(self, page: str, command: str) -> None:
        if is_run_by_ci(command):
            print(f"  ok, in .ci/run: {command}", flush=True)
            return
        status, says = EXPECTED.get((page, command)) or EXPECTED.get(command) or (0, "")
        tried = command
        for large, small in SMALLER:
            tried = tried.replace(large, small)
        if tried.startswith("tests/bench/"):
            tried = tried.replace("target/release/mirrorlint", str(self.debug))
            tried = tried.replace("path/to/release", str(self.release))
            cwd = PROJECT
        elif tried.startswith(("cargo ", "maturin ", "pip ")):
            cwd = self.project
        elif re.search(r"\brelease\b(?!\.)", tried):
            cwd = self.work
        else:
            cwd = self.release
        if tried.startswith("git clone") and self.release.exists():
            shutil.rmtree(self.release)
        self.run(tried, cwd, status, says)
        print(f"  ok: {tried}", flush=True)

    def after_docs_install_md(self) -> None:
        """The wheel, in an environment of its own; and what is to be published as a crate."""
        wheel = self.work / "wheel"
        self.run(f"python3 -m venv {wheel} && {wheel}/bin/pip install -q target/wheels/*.whl", self.project)
        self.run(f"{wheel}/bin/mirrorlint --version", self.project, says="mirrorlint 0.")
        print("  ok: a wheel, installed", flush=True)
        warned = re.findall("^warning: .*", self.run("cargo package --locked --no-verify", self.project), re.M)
        if not re.search("^repository =", (PROJECT / "Cargo.toml").read_text(), re.M):
            warned.remove("warning: manifest has no documentation, homepage or repository")
        assert not warned, f"cargo package: {warned}"
        print("  ok: cargo package", flush=True)

    def after_README_md(self) -> None:
        self.refuses_bad_line()
        full = recipe("docs/before-a-merge.md", "presubmits:")["presubmits"]["openshift/release"][0]
        container = full["spec"]["containers"][0]
        short = recipe("README.md", "PULL_BASE_SHA")
        assert short["command"] == container["command"] and set(short["args"]) <= set(container["args"]), short

    def after_docs_before_a_commit_md(self) -> None:
        self.refuses_bad_line()
        (self.release / ".git/hooks/pre-commit").unlink()
        config = self.release / ".pre-commit-config.yaml"
        config.write_text(yaml.safe_dump(recipe("docs/before-a-commit.md", "local")))
        self.run("git add -A && pre-commit install", self.release)
        self.refuses_bad_line()
        print("  ok: the hook of the system", flush=True)
        built = {"repo": f"file://{self.project}", "rev": "HEAD", "hooks": [{"id": "mirrorlint"}]}
        built["rev"] = self.run("git rev-parse HEAD", self.project).strip()
        config.write_text(yaml.safe_dump({"repos": [built]}))
        self.run("git add -A && pre-commit install", self.release)
        self.refuses_bad_line()
        print("  ok: the hook, built and installed by pre-commit", flush=True)

    def refuses_bad_line(self) -> None:
        mapping = self.release / KNATIVE
        before = mapping.read_text()
        mapping.write_text(before + BAD_LINE)
        said = self.run("git commit -qam bad", self.release, status=1)
        assert "mapping-syntax" in said and "decommissioned" not in said, said
        mapping.write_text(before)
        self.run("git add -A && git commit -qm good --allow-empty", self.release)

    def before_docs_adopting_md(self) -> None:
        """A fault and its end, two commits in place of a thousand."""
        mapping = self.release / KNATIVE
        before = mapping.read_text()
        for text in (before + BAD_LINE, before):
            mapping.write_text(text)
            self.run("git commit -qam replayed", self.release)

    def after_docs_adopting_md(self) -> None:
        assert "mapping-syntax" in (self.work / "past.html").read_text()
        assert (self.release / "today.html").exists()

    def before_docs_before_a_merge_md(self) -> None:
        self.run("git checkout -q -B my-branch", self.release)
        mapping = self.release / KNATIVE
        mapping.write_text(mapping.read_text() + BAD_LINE)
        self.run("git commit -qam bad", self.release)

    def after_docs_before_a_merge_md(self) -> None:
        """What a runner makes of the recipes, in a clone with the base and the change."""
        page = "docs/before-a-merge.md"
        prow = recipe(page, "presubmits:")["presubmits"]["openshift/release"][0]["spec"]["containers"][0]
        ci_operator = recipe(page, "dockerfile_literal")["tests"][0]
        gitlab = recipe(page, "codequality")["mirrorlint"]
        assert prow["command"] == ["/usr/local/bin/mirrorlint"] and "/usr/local/bin/mirrorlint" in (
            PROJECT / "Containerfile"
        ).read_text(), prow
        base, head = self.run("git rev-parse main my-branch", self.release).split()
        for name, command, report in [
            # Kubernetes expands `$(NAME)`, in the arguments and in what Prow's entrypoint is given of them.
            ("Prow", ["mirrorlint", *prow["args"]], "junit_mirrorlint.xml"),
            ("ci-operator", ci_operator["commands"], "junit_mirrorlint.xml"),
            ("GitLab", gitlab["script"][0], "codequality.json"),
        ]:
            artifacts = self.work / name
            artifacts.mkdir()
            variables = {
                "PULL_BASE_SHA": base,
                "PULL_PULL_SHA": head,
                "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
                "ARTIFACTS": str(artifacts),
                "ARTIFACT_DIR": str(artifacts),
            }
            if isinstance(command, list):
                expanded = [re.sub(r"\$\((\w+)\)", lambda found: variables[found[1]], word) for word in command]
                command = " ".join(f"'{word}'" for word in expanded)
            said = self.run(command, self.release, 1, "error[mapping-syntax]", **variables)
            assert "decommissioned" not in said, said
            file = next(path for path in (artifacts / report, self.release / report) if path.exists())
            assert "mapping-syntax" in file.read_text()
            print(f"  ok: the recipe for {name}", flush=True)
        action = recipe(page, "vars.MIRRORLINT")["steps"][-1]
        inputs = yaml.safe_load((PROJECT / "action.yml").read_text())["inputs"]
        assert set(action["with"]) <= set(inputs), action
        self.run("git checkout -q main", self.release)

    def after_docs_configuration_md(self) -> None:
        config = recipe("docs/configuration.md", "qci:")
        (self.release / ".mirrorlint.yaml").write_text(yaml.safe_dump(config))
        self.run("mirrorlint check --fail-on never", self.release)

    def after_docs_command_line_md(self) -> None:
        """Every option of the help is explained, and every option that a page names exists."""
        page = (PROJECT / "docs/command-line.md").read_text()
        helps: dict[str, str] = {}
        for command in re.findall(r"^  (\w+) ", self.run("mirrorlint --help", self.release), re.M):
            if command != "help":
                helps[command] = self.run(f"mirrorlint {command} --help", self.release)
        missing = {option for option in re.findall(r"--[a-z-]+", helps["check"]) if option not in page}
        missing -= {"--help", "--version"}
        assert not missing, f"docs/command-line.md does not explain {missing}"
        for path in pages():
            for command, rest in re.findall(r"`mirrorlint (\w+)([^`\n]*)`", (PROJECT / path).read_text()):
                assert command in helps, f"{path}: there is no mirrorlint {command}"
                for option in re.findall(r"(?<!\S)--[a-z-]+", rest) if command != "new" else []:
                    assert option in helps[command], f"{path}: mirrorlint {command} has no {option}"
        print("  ok: every option", flush=True)


def is_run_by_ci(command: str) -> bool:
    """Whether .ci/run runs the command, or all the tests of which it runs a part."""
    lines = [line.strip() for line in (PROJECT / ".ci/run").read_text().splitlines()]
    part = re.fullmatch(r"(cargo test) --test suite (\w+)::", command)
    if part and (PROJECT / f"tests/suite/{part[2]}.rs").exists():
        command = part[1]
    return command == ".ci/run" or command in lines


def pages() -> list[str]:
    book = sorted(f"docs/{path.name}" for path in (PROJECT / "docs").glob("*.md"))
    return [*FIRST, *(page for page in book if page not in FIRST), *LAST]


def main() -> None:
    for program in ("cargo", "git", "hyperfine", "rg", "jq", "time", "maturin", "pre-commit"):
        if shutil.which(program) is None:
            sys.exit(f"FAILED: {program} is missing")
    with tempfile.TemporaryDirectory() as work:
        trial = Trial(pathlib.Path(work), pathlib.Path(sys.argv[1]).resolve())
        if sys.argv[2:]:
            trial.stand_in("mirrorlint", f'exec {trial.debug} "$@"')
            trial.run("git clone -q --depth 1 https://github.com/openshift/release", trial.work)
        for page in sys.argv[2:] or pages():
            trial.follow(page)


main()
