"""Debian's docker-registry on the loopback, and small images to put into it."""

import gzip
import hashlib
import http.client
import json
import pathlib
import socket
import ssl
import subprocess
import time

CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, context):
    """Waits until the registry answers."""
    for _ in range(200):
        try:
            if context:
                connection = http.client.HTTPSConnection("127.0.0.1", port, context=context)
            else:
                connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("GET", "/v2/")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"no registry at port {port}")


class Registry:
    """A registry with a folder of its own."""

    def __init__(self, folder, htpasswd=None, certificate=None):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True)
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        settings = {
            "version": "0.1",
            "log": {"level": "error", "accesslog": {"disabled": True}},
            "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
            "http": {"addr": self.host},
        }
        if htpasswd:
            settings["auth"] = {"htpasswd": {"realm": "tests", "path": str(htpasswd)}}
        if certificate:
            settings["http"]["tls"] = {"certificate": str(certificate[0]), "key": str(certificate[1])}
        config = folder / "config.json"  # JSON is YAML
        config.write_text(json.dumps(settings))
        self.log = open(folder / "log", "w")
        self.process = subprocess.Popen(
            ["docker-registry", "serve", str(config)], stdout=self.log, stderr=self.log)
        context = ssl._create_unverified_context() if certificate else None
        wait_for(self.port, context)

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


def blob(folder, content):
    """Writes a blob of an OCI layout; returns its descriptor without the type."""
    digest = hashlib.sha256(content).hexdigest()
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True, exist_ok=True)
    (blobs / digest).write_bytes(content)
    return {"digest": f"sha256:{digest}", "size": len(content)}


def document(value):
    return json.dumps(value, sort_keys=True).encode()


def manifest(folder, architecture):
    """Writes an image with one empty layer; returns its descriptor."""
    layer = bytes(1024)
    config = document({
        "architecture": architecture,
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]},
    })
    content = document({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": CONFIG, **blob(folder, config)},
        # Compressed, as otherwise skopeo compresses it, and makes another manifest.
        "layers": [{"mediaType": LAYER, **blob(folder, gzip.compress(layer, mtime=0))}],
    })
    return {"mediaType": MANIFEST, **blob(folder, content)}


def layout(folder, architectures, is_index):
    """Writes an OCI layout with one image, or with an index of several."""
    folder.mkdir(parents=True)
    manifests = [
        {**manifest(folder, one), "platform": {"os": "linux", "architecture": one}} for one in architectures
    ]
    top = manifests[0]
    if is_index:
        content = document({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests})
        top = {"mediaType": INDEX, **blob(folder, content)}
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    named = {**top, "annotations": {"org.opencontainers.image.ref.name": "image"}}
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [named]}))
    return top["digest"]


def push(folder, target, *arguments):
    """Copies the image of a layout to a registry."""
    subprocess.run(
        ["skopeo", "copy", "--quiet", "--all", "--dest-tls-verify=false", *arguments,
         f"oci:{folder}:image", f"docker://{target}"],
        check=True)
