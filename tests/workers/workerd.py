"""A real workerd between a recording host and a test.

`Workerd` starts one script as the host does (docs/formats/worker-wire.md §1), with a text configuration. `Host` listens on the
`out` and `cache` sockets, records every request and answers as it is told. Nothing waits by time.
"""

import json
import os
import queue
import socket
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
JS = ROOT / "src/workers/js"
BINARY = os.environ.get("FESTINA_WORKERD", ROOT / "node_modules/@cloudflare/workerd-linux-64/bin/workerd")
if not Path(BINARY).exists():
    raise SystemExit(f"no workerd at {BINARY}: run `make deps`, or set FESTINA_WORKERD")
RAY = "89abcdef01234567"  # of requests that name no other
LIMIT = 20  # seconds until a wait for an event that never comes fails the test


@dataclass
class Message:
    """One HTTP/1.1 message as it came."""

    line: str
    fields: list  # (name, value) in order
    body: bytes = b""  # without the outer framing
    complete: bool = True
    on: str = ""  # which socket of the host: "out" or "cache"

    def get(self, name):
        values = [value for key, value in self.fields if key.lower() == name.lower()]
        return values[0] if values else None

    @property
    def status(self):
        return int(self.line.split(" ")[1])

    @property
    def cf(self):
        """As it is on the wire, but for the tag: that is told by its parts."""
        cf = json.loads(self.get("CF-Blob"))
        if isinstance(cf.get("$f"), str):
            op, ray = cf["$f"].split(" ")
            cf["$f"] = {"ray": None if ray == "-" else ray, "op": op}
        return cf

    @property
    def tag(self):
        return self.cf["$f"]


def read_message(stream):
    """The next message of a connection, or None at its end."""
    line = stream.readline()
    if not line:
        return None
    message = Message(line.decode("latin-1").rstrip("\r\n"), [])
    while (text := stream.readline().decode("latin-1").rstrip("\r\n")) != "":
        name, _, value = text.partition(":")
        message.fields.append((name, value.strip()))
    if (message.get("Transfer-Encoding") or "").lower() == "chunked":
        read_chunks(stream, message)
    elif length := int(message.get("Content-Length") or 0):
        message.body = stream.read(length)
        message.complete = len(message.body) == length
    return message


def read_chunks(stream, message):
    while size := stream.readline().strip():
        data = stream.read(int(size, 16))
        stream.readline()
        if not data:
            return
        message.body += data
    message.complete = False


def reply(status="204 No Content", body=b"", *fields):
    head = [f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(head).encode() + body


MISS = reply("504 Gateway Timeout", b"", "CF-Cache-Status: MISS")


class Host:
    """The host's sockets `out` and `cache`. `answers[line or method]` is the bytes for a request, None closes."""

    def __init__(self, folder):
        self.answers = {"GET": reply("200 OK", b"origin"), "PUT": reply(), "PURGE": reply("404 Not Found"), "POST": reply()}
        self.seen = queue.Queue()
        self.listeners = [self.listen(folder, name) for name in ("out", "cache")]

    def listen(self, folder, name):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"{folder}/{name}.sock")
        listener.listen()
        threading.Thread(target=self.accept, args=(listener, name), daemon=True).start()
        return listener

    def accept(self, listener, name):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection, name), daemon=True).start()

    def serve(self, connection, name):
        with connection, connection.makefile("rb") as stream:
            while message := self.read(stream):
                message.on = name
                answer = self.answers.get(message.line, self.answers.get(message.line.split(" ")[0]))
                self.seen.put(message)
                if answer is None or not message.complete:
                    return
                connection.sendall(answer)

    def read(self, stream):
        try:
            return read_message(stream)
        except ConnectionResetError:
            return None

    def next(self):
        """The next request that arrived, waiting for it."""
        return self.seen.get(timeout=LIMIT)

    def forget(self):
        while not self.seen.empty():
            self.seen.get_nowait()

    def next_of(self, op):
        """The next request with that tag; others are dropped."""
        while True:
            message = self.next()
            if message.get("CF-Blob") and message.cf.get("$f", {}).get("op") == op:
                return message

    def close(self):
        for listener in self.listeners:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()


# One service per colo: the same modules, its own socket and its own identity.
CONFIG = """
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [ {services} ], sockets = [ {sockets} ], extensions = [ {extension} ]);
"""
WORKER = """
(name = "{colo}", worker = ({code},
  compatibilityDate = "{date}", compatibilityFlags = [ {flags} ],
  globalOutbound = "{colo}/out", cacheApiOutbound = "{colo}/cache", bindings = [ {bindings} ]))
"""
OUTBOUND = """
(name = "{colo}/{name}", external = (address = "unix:{folder}/{name}.sock", http = (style = proxy, cfBlobHeader = "CF-Blob",
  injectRequestHeaders = [ (name = "X-Festina-Src", value = "site-api@5f0c21d7/{colo}") ])))
"""
SOCKET = '(name = "{colo}", http = (style = proxy, cfBlobHeader = "CF-Blob"), service = "{colo}")'


@dataclass
class Module:
    """A module that is not JavaScript of the ES kind. `kind` is its name in workerd's configuration."""

    kind: str
    content: bytes


@dataclass
class Workerd:
    """One running script. `modules` are the user's, the first is the main one; ours are put around.

    A service worker is its first module alone; `exports` are those of the main module."""

    modules: dict
    date: str = "2025-06-01"
    flags: tuple = ("nodejs_als",)
    bindings: str = ""
    contents: dict = field(default_factory=dict)  # bindings that are a Module's content
    clock: bool = False
    calls: int = 1000  # that the script may make for one request
    colos: tuple = ("FRA",)
    exports: tuple = ("default",)
    service_worker: bool = False
    ready: list = field(default_factory=list)  # lines of the control descriptor

    def __enter__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="wire")
        self.folder = Path(self.temporary.name)
        self.host = Host(self.folder)
        self.inbound = {colo: self.listen(colo) for colo in self.colos}
        self.start()
        return self

    def listen(self, colo):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"{self.folder}/{colo}.sock")
        listener.listen()
        return listener

    def start(self):
        reading, writing = os.pipe()
        sockets = [f"--socket-fd={colo}={listener.fileno()}" for colo, listener in self.inbound.items()]
        self.errors = open(self.folder / "stderr", "w+")
        self.process = subprocess.Popen(
            [BINARY, "serve", self.write_config(), *sockets, f"--control-fd={writing}"],
            pass_fds=[listener.fileno() for listener in self.inbound.values()] + [writing],
            stdout=self.errors, stderr=self.errors,
        )
        os.close(writing)
        with open(reading) as control:  # no line when the process ended instead
            self.ready += [json.loads(line) for _, line in zip(self.colos, control)]

    def ours(self, file, names, prefix):
        """One of our modules, with the names under which it finds the others."""
        text = (JS / file).read_text().replace("{{calls}}", str(self.calls))
        for name in ("rt", "native"):
            text = text.replace("{{%s}}" % name, prefix + names[name])
        return text.replace("{{clock}}", f'import "{prefix}{names["clock"]}";' if self.clock else "").replace("{{source_map}}", "")

    def runtime(self, names, native, prefix):
        files = {"rt": "rt.js", "native": native} | ({"clock": "clock.js"} if self.clock else {})
        return {names[name]: self.ours(file, names, prefix) for name, file in files.items()}

    def all_modules(self):
        names = {name: f"__festina_{name}.js" for name in ("rt", "native", "clock")}
        main = self.ours("main.js", names, "./").replace("{{main}}", "./" + next(iter(self.modules)))
        lines = [f"const export{n} = wrap(user[{json.dumps(name)}]);\nexport {{ export{n} as {json.dumps(name)} }};"
                 for n, name in enumerate(self.exports)]
        main = main.replace("{{exports}}", "\n".join(lines))
        return {"__festina_main.js": main} | self.runtime(names, "native.js", "./") | self.modules

    def extension(self):
        names = {name: f"festina:{name}" for name in ("rt", "native", "clock")}
        modules = self.runtime(names, "native_internal.js", "")
        return modules | {"festina:service_worker": self.ours("service_worker.js", names, "")}

    def embedded(self, content):
        """What the configuration says for a content: the name of a file that has it."""
        self.files += 1
        content = content.encode() if isinstance(content, str) else content
        (self.folder / f"{self.files}.embedded").write_bytes(content)
        return f'embed "{self.files}.embedded"'

    def module(self, name, source, more=""):
        source = Module("esModule", source) if isinstance(source, str) else source
        return f'(name = "{name}", {more}{source.kind} = {self.embedded(source.content)})'

    def code(self):
        if not self.service_worker:
            return "modules = [" + ", ".join(self.module(*each) for each in self.all_modules().items()) + "]"
        name, source = next(iter(self.modules.items()))
        return "serviceWorkerScript = " + self.embedded(f"{source}\n//# sourceURL={name}\n")

    def write_config(self):
        self.files = 0
        bindings, flags, extension = self.bindings, self.flags, ""
        bindings = ", ".join([bindings] * bool(bindings) + [self.module(*each) for each in self.contents.items()])
        if self.service_worker:
            ours = '(name = "__festina", wrapped = (moduleName = "festina:service_worker"))'
            bindings = f"{ours}, {bindings}"
            flags = ("new_module_registry",)
            modules = [self.module(*each, more="internal = true, ") for each in self.extension().items()]
            extension = f"(modules = [ {', '.join(modules)} ])"
        values = {
            "code": self.code(), "flags": ", ".join(f'"{flag}"' for flag in flags),
            "date": self.date, "bindings": bindings, "folder": self.folder,
        }
        services = [WORKER.format(colo=colo, **values) for colo in self.colos]
        services += [OUTBOUND.format(colo=colo, name=name, **values) for colo in self.colos for name in ("out", "cache")]
        sockets = [SOCKET.format(colo=colo) for colo in self.colos]
        path = self.folder / "config.capnp"
        path.write_text(CONFIG.format(services=", ".join(services), sockets=", ".join(sockets), extension=extension))
        return path

    def get(self, target="https://site.test/", *fields, method="GET", body=b"", ray=RAY, colo="FRA"):
        """One request as the host sends it; the answer, or None when the connection ended without one.

        What the host saw before is forgotten."""
        self.host.forget()
        head = [f"{method} {target} HTTP/1.1", "Host: site.test", f"CF-Ray: {ray}", *fields]
        head += [f"Content-Length: {len(body)}"] if body else []
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(LIMIT)
            connection.connect(f"{self.folder}/{colo}.sock")
            connection.sendall("\r\n".join([*head, "", ""]).encode() + body)
            with connection.makefile("rb") as stream:
                return read_message(stream)

    def log(self):
        self.errors.seek(0)
        return self.errors.read()

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for listener in self.inbound.values():
            listener.close()
        self.host.close()
        self.errors.close()
        self.temporary.cleanup()


def handler(body):
    """The modules of a script whose fetch handler has this body."""
    return {"src/index.js": f"export default {{\n  async fetch(request, env, ctx) {{\n    {body}\n  }}\n}};\n"}


def service_worker(body):
    """A service worker whose listener has this body."""
    return {"src/worker.js": f"addEventListener('fetch', function (event) {{\n  {body}\n}});\n"}


def routes(**bodies):
    """A script with one handler body per path."""
    rows = [f"  async {name}(request, env, ctx) {{ {body} }}," for name, body in bodies.items()]
    dispatch = "export default { fetch(r, env, ctx) { return on[new URL(r.url).pathname.slice(1)](r, env, ctx); } };\n"
    return {"src/index.js": "\n".join(["const on = {", *rows, "};", dispatch])}


def url(name):
    return f"https://site.test/{name}"
