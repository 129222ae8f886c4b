"""The README's tour, executed: every `$` line of its console blocks is run, and what it prints is compared.

The example runs on ports of its own here, so that a node on the usual ports is not disturbed; the tour's texts are
changed accordingly. "…" in expected output matches any text within a line, and a line of "…" alone any lines.
"""

import json
import os
import re
import select
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("FESTINA_BINARY", str(ROOT / "build" / "debug" / "festina"))
PATIENCE = 60  # seconds


def console_blocks(markdown):
    return re.findall(r"^```console\n(.*?)^```$", markdown, flags=re.MULTILINE | re.DOTALL)


def steps(block):
    """Pairs of a command and the output it should print."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def pattern(lines):
    parts = []
    for line in lines:
        if line == "…":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(re.escape(line).replace("…", ".*") + r"\n")
    return "".join(parts)


class Tour(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="tour-", dir="/tmp")
        site = Path(self.directory.name) / "site"
        shutil.copytree(ROOT / "examples" / "site", site, ignore=shutil.ignore_patterns(".festina"))
        self.config = site / "festina.toml"
        text = self.config.read_text()
        self.config.write_text(text.replace("127.0.0.1:8787", "127.0.0.1:0").replace("127.0.0.1:8788", "127.0.0.1:0"))
        self.log = open(site / "log", "w+")
        # The banner is printed once everything listens: reading it is waiting for readiness.
        ready = site / "ready.json"
        self.server = subprocess.Popen(
            [PROGRAM, "serve", "--config", str(self.config), "--ready-file", str(ready)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=self.log, text=True,
        )
        readable, _, _ = select.select([self.server.stdout], [], [], PATIENCE)
        self.assertTrue(readable, "no banner")
        if self.server.stdout.readline() != "festina is ready\n":
            self.fail("the example did not start: " + (site / "log").read_text())
        addresses = json.loads(ready.read_text())
        self.edge_port = addresses["colos"]["FRA"][0].rsplit(":", 1)[1]
        self.control_port = addresses["control"].rsplit(":", 1)[1]

    def tearDown(self):
        self.server.terminate()
        self.server.wait(PATIENCE)
        self.server.stdout.close()
        self.log.close()
        self.directory.cleanup()

    def here(self, text):
        """The tour's text with the ports and paths of this run."""
        return (
            text.replace("localhost:8787", f"localhost:{self.edge_port}")
            .replace("127.0.0.1:8787", f"127.0.0.1:{self.edge_port}")
            .replace("127.0.0.1:8788", f"127.0.0.1:{self.control_port}")
            .replace("build/release/festina", PROGRAM)
            .replace("--config examples/site/festina.toml", f"--config {self.config} --control http://127.0.0.1:{self.control_port}")
        )

    def test_every_command_prints_what_the_readme_says(self):
        blocks = console_blocks((ROOT / "README.md").read_text())
        self.assertGreaterEqual(len(blocks), 7)
        # One shell for the whole tour: variables set by one command are used by later ones.
        shell = subprocess.Popen(
            ["bash"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        end = "== end of output =="
        try:
            for command, expected in (step for block in blocks for step in steps(block)):
                shell.stdin.write(f"{{ {self.here(command)}\n}} 2>&1 | tr -d '\\r' ; echo; echo '{end}'\n"
                                  if not re.match(r"(eval |\w+=)", command)
                                  else f"{self.here(command)}\necho; echo '{end}'\n")
                shell.stdin.flush()
                output = ""
                while (line := shell.stdout.readline()) != end + "\n":
                    self.assertTrue(line, f"the shell ended after: {command}\n{output}")
                    output += line
                output = output.rstrip("\n") + "\n" if output.strip() else ""
                self.assertRegex(output, re.compile(r"\A" + self.here(pattern(expected)) + r"\Z"), command)
        finally:
            shell.stdin.close()
            shell.wait(PATIENCE)
            shell.stdout.close()


if __name__ == "__main__":
    unittest.main()
