#!/usr/bin/env python3
"""`check --online` against real registries: plain, with passwords, and with certificates of its own authority.

Usage: online.py MIRRORLINT, which has the feature `online`. Needs docker-registry, skopeo, htpasswd and openssl.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from registry import Registry, layout, push

MIRRORLINT = pathlib.Path(sys.argv[1]).resolve()
MAPPING = "core-services/image-mirroring/acme/mapping_acme_online"


def certificates(folder):
    """An authority, and a certificate of its for the loopback."""
    folder.mkdir()
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, cwd=folder, stderr=subprocess.DEVNULL)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=a throw-away authority")
    openssl("req", "-x509", *key, "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=registry",
            "-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "subjectAltName=IP:127.0.0.1",
            "-addext", "basicConstraints=critical,CA:FALSE")
    return folder / "ca.pem", (folder / "cert.pem", folder / "key.pem")


class Checkout:
    """A checkout of one mapping file, and the home of whoever lints it."""

    def __init__(self, folder, local, plain):
        self.folder = folder / "checkout"
        self.home = folder / "home"
        (self.folder / MAPPING).parent.mkdir(parents=True)
        self.home.mkdir()
        config = {"conventions": {"registries": {"online": {"hosts": [], "local": local, "plain": plain}}}}
        (self.folder / ".mirrorlint.yaml").write_text(json.dumps(config))

    def log_in(self, host, login):
        auth = base64.b64encode(login.encode()).decode()
        file = self.home / "auth.json"
        file.write_text(json.dumps({"auths": {host: {"auth": auth}}}))

    def check(self, images, *arguments):
        """The rule that each image is found by, and the summary of what was asked."""
        lines = [f"{image} quay.io/acme/copy:{at}\n" for at, image in enumerate(images)]
        (self.folder / MAPPING).write_text("".join(lines))
        environment = {"HOME": str(self.home), "PATH": os.environ["PATH"],
                       "REGISTRY_AUTH_FILE": str(self.home / "auth.json")}
        run = subprocess.run(
            [MIRRORLINT, "check", "--online", "--output", "json", "--select", "image-*", *arguments, self.folder],
            env=environment, capture_output=True, text=True)
        if run.returncode == 2:
            raise SystemExit(run.stderr)
        report = json.loads(run.stdout)
        found = {finding["line"] - 1: finding for finding in report["findings"]}
        rules = [found[at]["rule"] if at in found else None for at in range(len(images))]
        return rules, report["summary"]["online"], found


def expect(what, given, expected):
    if given != expected:
        raise SystemExit(f"{what}: {given}, not {expected}")
    print(f"{what}: as expected")


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        htpasswd = folder / "htpasswd"
        users = subprocess.run(["htpasswd", "-Bbn", "alice", "secret"], check=True, capture_output=True)
        htpasswd.write_bytes(users.stdout)
        authority, certificate = certificates(folder / "certificates")
        registries = []
        try:
            plain = Registry(folder / "plain")
            registries.append(plain)
            closed = Registry(folder / "closed", htpasswd=htpasswd)
            registries.append(closed)
            secure = Registry(folder / "secure", certificate=certificate)
            registries.append(secure)
            run(folder, plain, closed, secure, authority)
        finally:
            for registry in registries:
                registry.close()


def run(folder, plain, closed, secure, authority):
    digest = layout(folder / "one", ["amd64"], False)
    layout(folder / "both", ["amd64", "arm64"], True)
    layout(folder / "arm", ["arm64"], True)
    for tag in ["v1.0", "v1.1"]:
        push(folder / "one", f"{plain.host}/acme/widget:{tag}")
    push(folder / "both", f"{plain.host}/acme/both:v1")
    push(folder / "arm", f"{plain.host}/acme/arm:v1")
    push(folder / "one", f"{closed.host}/acme/widget:v1.0", "--dest-creds", "alice:secret")
    push(folder / "one", f"{secure.host}/acme/widget:v1.0")

    local = [plain.host, closed.host, secure.host]
    checkout = Checkout(folder, local, [plain.host, closed.host])
    images = [
        f"{plain.host}/acme/widget:v1.0",
        f"{plain.host}/acme/widget:v1.2",
        f"{plain.host}/acme/wigdet:v1.0",
        f"{plain.host}/acme/widget@{digest}",
        f'{plain.host}/acme/widget@sha256:{"0" * 64}',
        f"{plain.host}/acme/both:v1",
        f"{plain.host}/acme/arm:v1",
    ]
    (checkout.home / "auth.json").write_text("{}")
    rules, online, found = checkout.check(images)
    expect("a plain registry", rules, [
        None, "image-not-found", "image-not-found", None, "image-not-found", None, "image-platform-missing"])
    expect("all of them decided", (online["asked"], online["undecided"]), (7, {}))
    expect("the nearest tags", found[1]["help"].endswith("there is `v1.1`, `v1.0`"), True)
    expect("no such repository", found[2]["message"], f"there is no repository `{plain.host}/acme/wigdet`")
    _, online, _ = checkout.check(images)
    expect("the second time", (online["cached"], online["requests"]), (7, 0))

    images = [f"{closed.host}/acme/widget:v1.0", f"{closed.host}/acme/widget:v1.2"]
    expect("no password", checkout.check(images)[0], ["image-not-pullable"] * 2)
    checkout.log_in(closed.host, "alice:wrong")
    expect("a wrong password", checkout.check(images, "--no-cache")[0], ["image-not-pullable"] * 2)
    checkout.log_in(closed.host, "alice:secret")
    expect("the password", checkout.check(images, "--no-cache")[0], [None, "image-not-found"])

    images = [f"{secure.host}/acme/widget:v1.0", f"{secure.host}/acme/widget:v1.2"]
    rules, online, _ = checkout.check(images)
    expect("an unknown authority", (rules, online["undecided"]), ([None, None], {"TLS failed": 2}))
    rules, online, _ = checkout.check(images, "--online-ca", authority)
    expect("an authority that is given", (rules, online["undecided"]), ([None, "image-not-found"], {}))


main()
