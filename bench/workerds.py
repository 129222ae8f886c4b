"""Festina's workerd without Festina: alone, and with nginx in the place of Festina's server."""

import shutil
from dataclasses import dataclass

from servers import HOST, ROOT, Server, free_port, nginx

COMPATIBILITY_DATE = "2026-07-01"  # one that the workerd of Miniflare knows, too
MODULES = ROOT / "node_modules"
WORKER = ROOT / "bench/worker.js"

CONFIG = """using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = [{flags}],
  services = [
    (name = "main", worker = .worker),
    (name = "origin", external = (address = "{origin}", http = ({http}))),
  ],
  sockets = [(name = "http", address = "{address}", http = ({http}), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [{modules}],
  bindings = [(name = "ORIGIN", text = "http://{host}")],
  compatibilityDate = "{date}",
  compatibilityFlags = ["nodejs_als"],
  globalOutbound = "origin",
  cacheApiOutbound = "origin",
);
"""
# What a script's main module and the runtime module are filled in with (docs/formats/worker-wire.md §1).
FILLED_IN = {
    "{{rt}}": "rt.js",
    "{{native}}": "native.js",
    "{{main}}": "./worker.js",
    "{{exports}}": 'const export0 = wrap(user["default"]);\nexport { export0 as "default" };',
    "{{calls}}": "1000",
    "{{clock}}": "",
    "{{source_map}}": "",
}


def workerd(directory, port, modules, **config):
    """`modules` are in `directory`, beside the script; the first is the main one."""
    shutil.copy(WORKER, directory / WORKER.name)
    listed = ", ".join(f'(name = "{module}", esModule = embed "{module}")' for module in modules)
    file = directory / "workerd.capnp"
    file.write_text(CONFIG.format(modules=listed, host=HOST, date=COMPATIBILITY_DATE, **config))
    return Server("workerd", [str(MODULES / ".bin/workerd"), "serve", str(file)], port)


def bare_workerd(directory, origin_port, _):
    """The script as it is, all defaults."""
    port = free_port()
    places = {"address": f"127.0.0.1:{port}", "origin": f"127.0.0.1:{origin_port}"}
    server = workerd(directory, port, [WORKER.name], http="", flags="", **places)
    server.name = "bare"
    return server


@dataclass
class NginxInstead:
    """nginx before a workerd and behind its fetch()."""

    name: str
    front: Server
    behind: Server

    @property
    def port(self):
        return self.front.port

    def spawn(self, directory, cpus):
        self.behind.spawn(directory, cpus)
        self.front.spawn(directory, cpus)

    def said(self, directory):
        return self.behind.said(directory) + self.front.said(directory)

    def stop(self):
        self.front.stop()
        self.behind.stop()

    def cpu_seconds(self):
        return self.front.cpu_seconds() + self.behind.cpu_seconds()


def nginx_instead(directory, origin_port, options):
    """nginx tells the Worker as much of a visitor, and caches what it fetches. workerd is run as Festina runs it: with
    its module, flags and environment, over Unix sockets."""
    for module in ("main.js", "rt.js", "native.js"):
        text = (ROOT / "src/workers/js" / module).read_text()
        for name, value in FILLED_IN.items():
            text = text.replace(name, value)
        (directory / module).write_text(text)
    behind = workerd(
        directory,
        None,
        ["main.js", "rt.js", "native.js", WORKER.name],
        address=f"unix:{directory}/worker.sock",
        origin=f"unix:{directory}/out.sock",
        http='cfBlobHeader = "CF-Blob"',
        flags='"--min-semi-space-size=4"',
    )
    behind.environment = {"GLIBC_TUNABLES": "glibc.pthread.rseq=0"}
    front = nginx(directory, origin_port, options, threads=1, template="nginx_workerd.conf.in")
    return NginxInstead("nginx", front, behind)
