#!/usr/bin/env python3
"""A GitHub that knows comments on one pull request, and nothing else.

    github.py FOLDER

Writes its port to FOLDER/port. FOLDER/comments.json holds the comments, FOLDER/asked a line for each
request. A token that is not `good` may read only.
"""
import json
import pathlib
import re
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

folder = pathlib.Path(sys.argv[1])
store = folder / "comments.json"
PAGE = 100


class GitHub(BaseHTTPRequestHandler):
    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle_any(self):
        with (folder / "asked").open("a") as log:
            log.write(f"{self.command} {self.path}\n")
        comments = json.loads(store.read_text())
        length = int(self.headers.get("Content-Length") or 0)
        sent = json.loads(self.rfile.read(length)) if length else {}
        token = self.headers.get("Authorization")
        listed = re.fullmatch(r"/repos/o/r/issues/7/comments\?per_page=100&page=(\d+)", self.path)
        one = re.fullmatch(r"/repos/o/r/issues/comments/(\d+)", self.path)
        if self.command == "GET" and listed:
            start = (int(listed[1]) - 1) * PAGE
            return self.answer(200, comments[start : start + PAGE])
        if token != "Bearer good":
            return self.answer(403, {"message": "Resource not accessible by integration"})
        if self.command == "POST" and self.path == "/repos/o/r/issues/7/comments":
            comments.append({"id": len(comments) + 1, "user": {"type": "Bot"}, **sent})
        elif self.command == "PATCH" and one:
            next(c for c in comments if c["id"] == int(one[1])).update(sent)
        else:
            return self.answer(404, {"message": "Not Found"})
        store.write_text(json.dumps(comments))
        return self.answer(200, {})

    do_GET = do_POST = do_PATCH = handle_any

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), GitHub)
port = folder / "port.new"
port.write_text(str(server.server_port))
port.rename(folder / "port")
server.serve_forever()
