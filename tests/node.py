"""What the Python tests share: a running node, requests to it, and an origin under the test's control."""

import http.client
import http.server
import json
import os
import select
import subprocess
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("FESTINA_BINARY", str(ROOT / "build" / "debug" / "festina"))
PATIENCE = 60  # seconds
# With the pinned workerd and esbuild.
ENVIRONMENT = {**os.environ, "PATH": f"{ROOT}/node_modules/.bin:{os.environ['PATH']}"}


class Node:
    """`festina serve` with a configuration whose listeners have port 0. Entered, it is ready; left, it has drained."""

    def __init__(self, config, program=PROGRAM, env=ENVIRONMENT):
        self.config = Path(config)
        self.program = program
        self.env = env

    def __enter__(self):
        self.files = tempfile.TemporaryDirectory(prefix="node-")
        self.log = open(Path(self.files.name) / "log", "w+")
        ready = Path(self.files.name) / "ready.json"
        self.process = subprocess.Popen(
            [self.program, "serve", "--config", str(self.config), "--ready-file", str(ready)],
            cwd=self.files.name, env=self.env, stdout=subprocess.PIPE, stderr=self.log, text=True,
        )
        # The banner is printed once everything listens: reading it is waiting for readiness.
        readable, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        if not readable or self.process.stdout.readline() != "festina is ready\n":
            self.close()
            raise AssertionError("the node did not start: " + self.log_text)
        self.addresses = json.loads(ready.read_text())
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.terminate()
        self.exit_code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.log.seek(0)
        self.log_text = self.log.read()
        self.log.close()
        self.files.cleanup()

    def listener(self, colo="FRA"):
        return self.addresses["colos"][colo][0].removeprefix("http://")

    @property
    def control(self):
        return self.addresses["control"].removeprefix("http://")


def get(address, host, path, headers=None):
    """(status, headers, body) of a GET to an address for a host."""
    connection = http.client.HTTPConnection(address, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Host": host, **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


class Origin:
    """An HTTP server whose pages are a table: path to (status, headers, body)."""

    def __init__(self, pages):
        asked = self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                asked.append(self.path)
                status, headers, body = pages.get(self.path, (404, {}, "no such page\n"))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def address(self):
        return f"127.0.0.1:{self.server.server_port}"
