"""An installed tree and an unpacked tarball run from where they are, with a Worker, and without what built them."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from node import PROGRAM, ROOT, Node, get

# Nothing of the repository can be found through these.
BARE = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}

CONFIG = """\
[control]
listen = "http://127.0.0.1:0"
[[colos]]
name = "FRA"
listen = ["http://127.0.0.1:0"]
[[zones]]
name = "site.localhost"
origin = "file:public"
[[scripts]]
wrangler = "worker/wrangler.toml"
"""


def make(*arguments):
    command = ["make", "-s", "-C", str(ROOT), f"BINARY={PROGRAM}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stdout + done.stderr)


class TreeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory(prefix="installed-")
        cls.path = Path(cls.directory.name)

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def run_program(self, tree, *arguments):
        return subprocess.run(
            [str(tree / "bin" / "festina"), *arguments], cwd="/", env=BARE, capture_output=True, text=True, check=False
        )

    def expect_serves(self, tree):
        site = Path(tempfile.mkdtemp(dir=self.path))
        example = tree / "share" / "doc" / "festina" / "examples" / "site"
        shutil.copytree(example / "public", site / "public")
        shutil.copytree(example / "worker", site / "worker")
        (site / "festina.toml").write_text(CONFIG)
        with Node(site / "festina.toml", program=str(tree / "bin" / "festina"), env=BARE) as node:
            status, _, body = get(node.listener(), "site.localhost", "/api/hello")
            self.assertEqual(status, 200)
            self.assertIn("The kettle is on.", body)
            children = Path(f"/proc/{node.process.pid}/task/{node.process.pid}/children").read_text().split()
            self.assertEqual([os.readlink(f"/proc/{pid}/exe") for pid in children], [str(tree / "lib/festina/workerd")])
            self.assertEqual(get(node.listener(), "site.localhost", "/style.css")[0], 200)
        self.assertEqual(node.exit_code, 0)


class Install(TreeTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prefix = cls.path / "prefix"
        make("install", f"PREFIX={cls.prefix}")

    def test_serves_from_its_prefix(self):
        self.expect_serves(self.prefix)

    def test_has_its_own_runtime(self):
        done = self.run_program(self.prefix, "version")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(
            done.stdout,
            r"\Afestina \d+\.\d+\.\d+ \(.+\)\nworkerd \d{4}-\d\d-\d\d, newest compatibility date \d{4}-\d\d-\d\d\n\Z",
        )

    def test_runs_again_over_itself(self):
        make("install", f"PREFIX={self.prefix}")
        self.assertFalse((self.prefix / "share/doc/festina/docs/docs").exists())

    def test_puts_nothing_elsewhere(self):
        folders = {str(path.relative_to(self.prefix)) for path in self.prefix.glob("*/*")}
        self.assertEqual(folders, {"bin/festina", "lib/festina", "lib/systemd", "share/doc", "share/man"})

    def test_puts_destdir_in_front_and_names_it_nowhere(self):
        staged = self.path / "staged"
        make("install", f"DESTDIR={staged}", "PREFIX=/usr")
        unit = (staged / "usr/lib/systemd/system/festina.service").read_text()
        self.assertIn("ExecStart=/usr/bin/festina serve", unit)
        self.assertNotIn(str(staged), unit)

    def test_unit_is_one_systemd_takes(self):
        verify = shutil.which("systemd-analyze")
        if verify is None:
            self.skipTest("no systemd-analyze here")
        unit = self.prefix / "lib/systemd/system/festina.service"
        env = {**BARE, "MANPATH": str(self.prefix / "share/man")}
        done = subprocess.run([verify, "verify", str(unit)], env=env, capture_output=True, text=True, check=False)
        complaints = [line for line in done.stderr.splitlines() if "festina.service" in line and "man festina" not in line]
        self.assertEqual(complaints, [])

    def test_unit_is_confined_but_lets_v8_write_code(self):
        unit = (self.prefix / "lib/systemd/system/festina.service").read_text()
        settings = dict(re.findall(r"^(\w+)=(.*)$", unit, flags=re.MULTILINE))
        for name, value in {
            "DynamicUser": "yes",
            "StateDirectory": "festina",
            "ProtectSystem": "strict",
            "PrivateTmp": "yes",
            "NoNewPrivileges": "yes",
            "CapabilityBoundingSet": "CAP_NET_BIND_SERVICE",
            "KillMode": "mixed",
        }.items():
            self.assertEqual(settings[name], value)
        self.assertIn("AF_UNIX", settings["RestrictAddressFamilies"])
        self.assertNotIn("MemoryDenyWriteExecute", settings)
        self.assertGreater(int(settings["TimeoutStopSec"].rstrip("s")), 30 + 5)

    def test_man_page_has_every_command_and_option(self):
        page = (self.prefix / "share/man/man1/festina.1").read_text().replace("\\-", "-")
        listed = re.findall(r"^  (\w+) {2,}", self.run_program(self.prefix, "--help").stdout, flags=re.MULTILINE)
        self.assertIn("reload", listed)
        for command in listed:
            self.assertIn(f".SS festina {command}\n", page)
            for option in re.findall(r"--[a-z-]+", self.run_program(self.prefix, command, "--help").stdout):
                self.assertIn(option, page, command)

    def test_man_page_of_the_configuration_has_every_key_below_its_section(self):
        reference = (ROOT / "docs/reference/configuration.md").read_text()
        keys = re.findall(r"^## `(.*)`$|^\| `(.*?)` \|", reference, flags=re.MULTILINE)
        self.assertIn(("", "browser_cache_ttl"), keys)
        page = (self.prefix / "share/man/man5/festina.toml.5").read_text().replace("\\-", "-")
        listed = re.findall(r"^\.SH \\fB(.*)\\fR$|^\.TP\n\\fB(.*?)\\fR \(", page, flags=re.MULTILINE)
        self.assertEqual(listed, keys)
        self.assertNotRegex(page, r"`|\]\(|\*\*", "no Markdown is left")

    def test_man_pages_are_some_groff_takes(self):
        groff = shutil.which("groff")
        if groff is None:
            self.skipTest("no groff here")
        pages = sorted((self.prefix / "share/man").glob("man*/*"))
        self.assertEqual([page.name for page in pages], ["festina.1", "festina.toml.5"])
        for page in pages:
            command = [groff, "-man", "-ww", "-z", str(page)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), page.name)


class Tarball(TreeTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tree = cls.path / "made" / "festina-test"
        make("tarball", f"TREE={tree}", "LEVEL=1")
        cls.place = cls.path / "somewhere else"
        cls.place.mkdir()
        subprocess.run(["tar", "-xzf", f"{tree}.tar.gz", "-C", str(cls.place)], check=True)
        shutil.rmtree(tree.parent)
        cls.tree = cls.place / "festina-test"

    def test_serves_from_wherever_it_is_unpacked(self):
        self.expect_serves(self.tree)

    def test_brings_every_library_but_the_systems_own(self):
        done = subprocess.run(
            ["ldd", str(self.tree / "bin" / "festina")], env=BARE, capture_output=True, text=True, check=True
        )
        outside = {
            line.split()[0]
            for line in done.stdout.splitlines()
            if "=>" in line and str(self.tree) not in line
        }
        self.assertLessEqual(outside, {"libc.so.6", "libm.so.6", "libresolv.so.2"})


if __name__ == "__main__":
    unittest.main()
