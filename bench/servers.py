"""The servers that are measured beside each other: how each is configured and started, and what it costs."""

import os
import pwd
import resource
import shutil
import socket
import string
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "bench.example"
START_LIMIT = 20  # seconds
TICKS = os.sysconf("SC_CLK_TCK")
DESCRIPTORS = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 1 << 18)  # that any process may have
SYSTEM_PATH = f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"


class Failed(Exception):
    """The benchmark cannot be run, or what it measured would not be what it says."""


@dataclass
class Server:
    name: str
    command: list
    port: int
    environment: dict = field(default_factory=dict)
    process: subprocess.Popen | None = None

    def spawn(self, directory, cpus):
        with open(directory / f"{self.name}.log", "w") as log:
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=log,
                env=os.environ | self.environment,
                preexec_fn=lambda: os.sched_setaffinity(0, cpus),
            )

    def said(self, directory):
        return (directory / f"{self.name}.log").read_text()

    def start(self, directory, cpus):
        self.spawn(directory, cpus)
        deadline = time.monotonic() + START_LIMIT
        while not accepts(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"{self.name} did not start:\n{self.said(directory)}")
            time.sleep(0.05)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def pids(self):
        """The process and everything it started."""
        found, parents = [self.process.pid], all_parents()
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def cpu_seconds(self):
        return cpu_seconds(self.pids())

    def cpu_seconds_of_children(self):
        return cpu_seconds(self.pids()[1:])


def cpu_seconds(pids):
    return sum(sum(map(int, stat_fields(pid)[11:13])) for pid in pids) / TICKS


def stat_fields(pid):
    """Fields of /proc/PID/stat from the state on; the name before it may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def all_parents():
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(stat_fields(entry.name)[1])
            except (FileNotFoundError, ProcessLookupError):
                pass  # it ended meanwhile
    return parents


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def program(name):
    return shutil.which(name, path=SYSTEM_PATH)


def filled(template, target, **names):
    text = string.Template((ROOT / "bench" / template).read_text()).substitute(names)
    target.write_text(text)
    return str(target)


def bare_loop(options, body_bytes):
    port = free_port()
    return Server("bare_loop", [str(options.bare_loop), str(port), str(body_bytes)], port)


def festina(directory, origin_port, options, threads):
    port = free_port()
    config = directory / "festina.toml"
    config.write_text(f"""
[control]
listen = "http://127.0.0.1:0"

[state]
dir = "{directory}/state"

[log]
level = "warn"

[cache]
memory = "1GiB"

[[colos]]
name = "FRA"
listen = ["http://127.0.0.1:{port}"]

[[zones]]
name = "{HOST}"
origin = "http://127.0.0.1:{origin_port}"
""")
    command = [str(options.festina), "serve", "--threads", str(threads), "--config", str(config)]
    return Server("festina", command, port)


def nginx(directory, origin_port, _, threads, template="nginx.conf.in"):
    port = free_port()
    for name in ("cache", "proxy"):
        (directory / name).mkdir()
    user = f"user {pwd.getpwuid(0).pw_name};" if os.getuid() == 0 else ""  # the worker writes into our directory
    config = filled(
        template,
        directory / "nginx.conf",
        dir=directory,
        port=port,
        origin_port=origin_port,
        user=user,
        threads=threads,
        descriptors=DESCRIPTORS,
        open_files=max(DESCRIPTORS - 2 * 4096, 1),  # 4096 connections, each with one to the origin
    )
    return Server("nginx", [program("nginx"), "-p", str(directory), "-c", config, "-e", "stderr"], port)


def haproxy(directory, origin_port, _, threads):
    port = free_port()
    config = filled("haproxy.cfg.in", directory / "haproxy.cfg", port=port, origin_port=origin_port, threads=threads)
    return Server("haproxy", [program("haproxy"), "-q", "-f", config], port)


def varnish(directory, origin_port, _, threads):
    port = free_port()
    rules = filled("varnish.vcl.in", directory / "varnish.vcl", origin_port=origin_port)
    command = [program("varnishd"), "-F", "-j", "none", "-n", str(directory / "varnish"), "-f", rules]
    command += ["-a", f"127.0.0.1:{port}", "-s", "malloc,1g", "-p", f"thread_pools={threads}"]
    return Server("varnish", command, port)


def trafficserver(directory, origin_port, _, threads):
    port = free_port()
    root = directory / "ats"
    for name in ("etc", "var/run", "var/log", "var/cache", "share"):
        (root / name).mkdir(parents=True)
    layout = {
        "prefix": root,
        "exec_prefix": root,
        "bindir": "/usr/bin",
        "sbindir": "/usr/sbin",
        "sysconfdir": root / "etc",
        "datadir": root / "share",
        "libexecdir": "/usr/lib/trafficserver/modules",
        "localstatedir": root / "var",
        "runtimedir": root / "var/run",
        "logdir": root / "var/log",
        "cachedir": root / "var/cache",
    }
    (root / "runroot.yaml").write_text("".join(f"{name}: {path}\n" for name, path in layout.items()))
    records = {
        "http.server_ports": ("STRING", f"{port}:ip-in=127.0.0.1"),
        "exec_thread.autoconfig": ("INT", 0),
        "exec_thread.limit": ("INT", threads),
        "accept_threads": ("INT", 0),
        "admin.user_id": ("STRING", "#-1" if os.getuid() else "trafficserver"),  # it refuses to serve as root
        "http.cache.required_headers": ("INT", 0),
        "cache.ram_cache.size": ("INT", 1 << 30),
        "cache.min_average_object_size": ("INT", 1000),  # room in its directory for 100,000 small objects, twice over
        "log.logging_enabled": ("INT", 0),
        "url_remap.remap_required": ("INT", 1),
        "http.insert_response_via_str": ("INT", 0),
    }
    lines = [f"CONFIG proxy.config.{name} {kind} {value}\n" for name, (kind, value) in records.items()]
    (root / "etc/records.config").write_text("".join(lines))
    (root / "etc/storage.config").write_text(f"{root / 'var/cache'} 512M\n")
    (root / "etc/remap.config").write_text(f"map http://{HOST}/ http://127.0.0.1:{origin_port}/\n")
    (root / "etc/ip_allow.yaml").write_text(
        "ip_allow:\n  - apply: in\n    ip_addrs: 127.0.0.1\n    action: allow\n    methods: ALL\n"
    )
    if os.getuid() == 0:
        directory.parent.chmod(0o755)
        for path in (root, *root.rglob("*")):
            shutil.chown(path, "trafficserver")
    command = [program("traffic_server"), f"--run-root={root / 'runroot.yaml'}"]
    return Server("trafficserver", command, port)


# How each is made, and which program shows that it is installed.
MAKERS = {
    "festina": (festina, None),
    "nginx": (nginx, "nginx"),
    "haproxy": (haproxy, "haproxy"),
    "varnish": (varnish, "varnishd"),
    "trafficserver": (trafficserver, "traffic_server"),
}


def installed():
    return [name for name, (_, binary) in MAKERS.items() if binary is None or program(binary)]
