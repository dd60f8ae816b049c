#!/usr/bin/env python3
"""How long an editor waits for fresh diagnostics.

Talks to the language server as an editor does: opens ci-operator configs, mapping files and
manifests of a real checkout, and edits one after the other. Each edit brings a finding or takes it
away, so the time from an edit to the diagnostics of its version is the time that the user waits.

    tests/bench/lsp.py target/release/mirrorlint path/to/release
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import time

# What is put into a file of each kind, behind which line, and the rule that finds it.
MAPPING = ("", "registry.ci.openshift.org/bench/bench:latest\n", "mapping-syntax")
CONFIG = (
    "tests:\n",
    "- as: bench\n  commands: make\n  container:\n    from: bench-undeclared\n",
    "image-reference-undeclared",
)
MANIFEST = (
    "",
    "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: bench\n"
    "  namespace: bench\nroleRef:\n  apiGroup: wrong\n  kind: ClusterRole\n  name: view\n"
    "subjects: []\n",
    "rbac-role-ref",
)


class Server:
    """The server, and the version that was last published of each document."""

    def __init__(self, binary, root):
        self.process = subprocess.Popen(
            [binary, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        folder = {"uri": root.as_uri(), "name": root.name}
        self.send(
            id=0,
            method="initialize",
            params={"processId": None, "capabilities": {}, "workspaceFolders": [folder]},
        )
        self.receive(lambda message: message.get("id") == 0)
        start = time.monotonic()
        self.notify("initialized", {})
        # Nobody answers this method, but only once everything before it is worked off.
        self.send(id=1, method="bench/settle", params={})
        self.receive(lambda message: message.get("id") == 1)
        self.loaded_in = time.monotonic() - start

    def send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def notify(self, method, params):
        self.send(method=method, params=params)

    def receive(self, is_it):
        while True:
            length = 0
            while (line := self.process.stdout.readline()) != b"\r\n":
                if not line:
                    raise SystemExit("the server has ended")
                name, value = line.split(b":", 1)
                if name.lower() == b"content-length":
                    length = int(value)
            message = json.loads(self.process.stdout.read(length))
            if is_it(message):
                return message

    def published(self, uri, version):
        def is_it(message):
            params = message.get("params") or {}
            return (
                message.get("method") == "textDocument/publishDiagnostics"
                and params["uri"] == uri
                and params.get("version") == version
            )

        return self.receive(is_it)["params"]["diagnostics"]

    def resident_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        fields = dict(line.split(":", 1) for line in status.splitlines())
        return int(fields["VmRSS"].split()[0]) / 1024

    def processor_seconds(self):
        """Time on all cores, which does not depend on what else they do."""
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        fields = stat.rpartition(")")[2].split()
        return sum(int(ticks) for ticks in fields[11:13]) / os.sysconf("SC_CLK_TCK")


class Document:
    """An open document, in which one thing is wrong every other time."""

    def __init__(self, server, path, where):
        self.server = server
        self.uri = path.as_uri()
        self.version = 1
        self.is_wrong = False
        behind, self.insert, self.rule = where
        text = path.read_text()
        at = text.index(behind) + len(behind) if behind else len(text)
        self.position = self.position_of(text, at)
        self.end = self.position_of(text[:at] + self.insert, at + len(self.insert))
        document = {"uri": self.uri, "languageId": "text", "version": 1, "text": text}
        server.notify("textDocument/didOpen", {"textDocument": document})

    @staticmethod
    def position_of(text, at):
        lines = text[:at].split("\n")
        return {"line": len(lines) - 1, "character": len(lines[-1])}

    def edit(self):
        """Edits, and waits for the diagnostics. Returns the milliseconds."""
        self.version += 1
        end, text = (self.end, "") if self.is_wrong else (self.position, self.insert)
        change = {"range": {"start": self.position, "end": end}, "text": text}
        self.is_wrong = not self.is_wrong
        start = time.monotonic()
        self.server.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self.uri, "version": self.version},
                "contentChanges": [change],
            },
        )
        found = self.server.published(self.uri, self.version)
        elapsed = time.monotonic() - start
        is_found = any(diagnostic["code"] == self.rule for diagnostic in found)
        if is_found != self.is_wrong:
            raise SystemExit(f"{self.uri}: {self.rule} is {'' if is_found else 'not '}found")
        return elapsed * 1000


def candidates(root, pattern, where, count):
    """Files spread over all that fit."""
    behind = where[0]
    paths = [p for p in sorted(root.glob(pattern)) if p.is_file() and p.stat().st_size < 100_000]
    fit = []
    for path in paths[:: max(1, len(paths) // (count * 3))]:
        text = path.read_text()
        if text.endswith("\n") and text.count(behind) >= 1 and ("\n" + text).find("\n" + behind) >= 0:
            fit.append(path)
    return fit[:count]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("binary")
    arguments.add_argument("checkout", type=pathlib.Path)
    arguments.add_argument("--edits", type=int, default=1000, help="edits that are timed")
    arguments.add_argument("--more", type=int, default=9000, help="edits after that, for memory")
    given = arguments.parse_args()
    root = given.checkout.resolve()
    server = Server(given.binary, root)
    print(f"loaded in {server.loaded_in:.2f} s, {server.resident_mib():.0f} MiB")
    kinds = {
        "ci-operator configs": ("ci-operator/config/*/*/*.yaml", CONFIG),
        "mapping files": ("core-services/image-mirroring/*/mapping_*", MAPPING),
        "manifests": ("clusters/app.ci/registry-access/*/*.yaml", MANIFEST),
    }
    documents = {}
    for kind, (pattern, where) in kinds.items():
        paths = candidates(root, pattern, where, 10)
        documents[kind] = [Document(server, path, where) for path in paths]
        if not documents[kind]:
            raise SystemExit(f"no {kind} in {root}")
    times = {kind: [] for kind in kinds}

    def edit(count):
        for at in range(count):
            kind = list(kinds)[at % len(kinds)]
            opened = documents[kind]
            # Twice the same document, so that no more than a few differ from the disk.
            times[kind].append(opened[at // (2 * len(kinds)) % len(opened)].edit())

    before = server.processor_seconds()
    edit(given.edits)
    spent = (server.processor_seconds() - before) / given.edits * 1000
    for kind, taken in [*times.items(), ("all", [t for some in times.values() for t in some])]:
        cuts = statistics.quantiles(taken, n=100)
        print(
            f"{kind}: {len(taken)} edits, median {statistics.median(taken):.1f} ms, "
            f"99th percentile {cuts[98]:.1f} ms, longest {max(taken):.1f} ms"
        )
    print(f"{spent:.1f} ms of processor time an edit")
    print(f"after {given.edits} edits {server.resident_mib():.0f} MiB")
    if given.more:
        edit(given.more)
        print(f"after {given.edits + given.more} edits {server.resident_mib():.0f} MiB")
    server.send(id=2, method="shutdown")
    server.receive(lambda message: message.get("id") == 2)
    server.notify("exit", None)
    raise SystemExit(server.process.wait())


if __name__ == "__main__":
    main()
