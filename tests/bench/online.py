#!/usr/bin/env python3
"""How long `check --online` takes for many images, with how many requests and connections.

Usage: online.py MIRRORLINT [IMAGES], with a MIRRORLINT that has the feature `online`. Needs docker-registry.
"""

import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))

from registry import MANIFEST, Registry, free_port, layout  # noqa: E402

MIRRORLINT = pathlib.Path(sys.argv[1]).resolve()
IMAGES = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
TAGS = 20  # of each repository


def fill(registry, folder):
    """Puts one image under many names, some of which are left out; returns all names."""
    digest = layout(folder, ["amd64"], False)
    blobs = {f"sha256:{path.name}": path.read_bytes() for path in (folder / "blobs/sha256").iterdir()}
    manifest = blobs.pop(digest)
    connection = http.client.HTTPConnection("127.0.0.1", registry.port)

    def send(method, path, body=b"", **headers):
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        response.read()
        return response

    names = []
    for at in range(IMAGES // TAGS):
        repository = f"acme/widget-{at}"
        for name, content in blobs.items():
            place = send("POST", f"/v2/{repository}/blobs/uploads/").getheader("Location")
            place = place.split(registry.host, 1)[-1]
            send("PUT", f"{place}&digest={name}", content)
        for tag in range(TAGS):
            names.append(f"{repository}:v1.{tag}")
            if tag:  # the first is missing
                headers = {"Content-Type": MANIFEST}
                connection.request("PUT", f"/v2/{repository}/manifests/v1.{tag}", manifest, headers)
                response = connection.getresponse()
                response.read()
                assert response.status == 201, response.status
    return names


class Counter:
    """Passes connections on to a registry, and counts them."""

    def __init__(self, port):
        self.listener = socket.create_server(("127.0.0.1", free_port()), backlog=64)
        self.host = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.target, self.connections = port, 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            self.connections += 1
            server = socket.create_connection(("127.0.0.1", self.target))
            for one, other in [(client, server), (server, client)]:
                threading.Thread(target=self.copy, args=(one, other), daemon=True).start()

    @staticmethod
    def copy(one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def check(folder, host, names, *arguments):
    checkout = folder / "checkout"
    mapping = checkout / "core-services/image-mirroring/acme/mapping_acme_online"
    mapping.parent.mkdir(parents=True, exist_ok=True)
    config = {"conventions": {"registries": {"online": {"hosts": [], "local": [host], "plain": [host]}}}}
    (checkout / ".mirrorlint.yaml").write_text(json.dumps(config))
    mapping.write_text("".join(f"{host}/{name} quay.io/acme/copy:{at}\n" for at, name in enumerate(names)))
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"]}
    begun = time.monotonic()
    run = subprocess.run(
        [MIRRORLINT, "check", "--online", "--output", "json", "--select", "image-not-found", *arguments, checkout],
        env=environment, capture_output=True, text=True)
    took = time.monotonic() - begun
    if run.returncode == 2:
        raise SystemExit(run.stderr)
    report = json.loads(run.stdout)
    online = report["summary"]["online"]
    assert len(report["findings"]) == len(names) // TAGS, len(report["findings"])
    assert not online["undecided"], online
    return f'{took:.2f} s, {online["asked"]} asked, {online["cached"]} cached, {online["requests"]} requests'


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        registry = Registry(folder / "registry")
        try:
            names = fill(registry, folder / "image")
            print("first:", check(folder, registry.host, names))
            print("again:", check(folder, registry.host, names))
            counter = Counter(registry.port)
            said = check(folder, counter.host, names, "--no-cache")
            print(f"through a counter of connections: {said}, {counter.connections} connections")
        finally:
            registry.close()


main()
