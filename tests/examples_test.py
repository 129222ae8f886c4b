"""Every example is a good configuration, and a node starts with it."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from node import ENVIRONMENT, PROGRAM, ROOT, Node, get
from pages import console_blocks, run_page

EXAMPLES = sorted([*(ROOT / "examples").glob("*.toml"), *(ROOT / "examples").glob("*/festina.toml")])


class Examples(unittest.TestCase):
    def copy_of(self, example):
        """The example with the files beside it, in a directory of the test's own."""
        folder = Path(self.enterContext(tempfile.TemporaryDirectory())) / "examples"
        shutil.copytree(ROOT / "examples", folder, ignore=shutil.ignore_patterns(".festina"))
        return folder / example.relative_to(ROOT / "examples")

    def startable(self, example):
        """With ports and folders that a test may use."""
        config = self.copy_of(example)
        text = config.read_text()
        text = re.sub(r"\[control\]\nlisten = .*\n", "", text)
        text = re.sub(r"(?m)^listen = \[.*\]", 'listen = ["http://127.0.0.1:0"]', text)
        text = text.replace("/var/log/festina/", "").replace("/var/lib/festina", "state")
        if "[[colos]]" not in text:
            text += '\n[[colos]]\nname = "FRA"\nlisten = ["http://127.0.0.1:0"]\n'
        config.write_text('[control]\nlisten = "http://127.0.0.1:0"\n' + text)
        return config

    def test_all_of_them_pass_the_check(self):
        self.assertEqual(
            {path.name for path in EXAMPLES},
            {"laptop.toml", "site.toml", "colos.toml", "behind-proxy.toml", "workers.toml", "festina.toml"},
        )
        for example in EXAMPLES:
            with self.subTest(example.name):
                command = [PROGRAM, "check", "--config", self.copy_of(example)]
                done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_a_node_starts_with_each(self):
        for example in EXAMPLES:
            with self.subTest(example.name):
                with Node(self.startable(example)) as node:
                    for colo in node.addresses["colos"]:
                        status, headers, _ = get(node.listener(colo), "no-such-zone.example", "/")
                        self.assertEqual(status, 530)
                        self.assertTrue(headers["CF-Ray"].endswith("-" + colo))
                    self.assertEqual(get(node.control, "localhost", "/festina/v1/health")[0], 200)
                self.assertEqual(node.exit_code, 0)

    def test_what_they_say_can_be_tried_is_so(self):
        with Node(self.startable(ROOT / "examples" / "laptop.toml")) as node:
            self.assertIn("The kettle is on.", get(node.listener(), "site.localhost", "/api/hello")[2])
        with Node(self.startable(ROOT / "examples" / "colos.toml")) as node:
            statuses = [
                get(node.listener(colo), "site.localhost", "/style.css")[1]["CF-Cache-Status"]
                for colo in ("FRA", "FRA", "LHR", "GRU")
            ]
            self.assertEqual(statuses, ["MISS", "HIT", "MISS", "MISS"])

    def test_what_the_page_of_workers_says_is_so(self):
        page = (ROOT / "docs" / "examples.md").read_text()
        self.assertEqual(len(console_blocks(page)), 13)
        config = self.startable(ROOT / "examples" / "workers.toml")
        with Node(config) as node:
            edge_port = node.listener().rpartition(":")[2]
            options = f"--config {config} --control http://{node.control}"

            def here(text):
                return (
                    text.replace("workers.localhost:8787", f"workers.localhost:{edge_port}")
                    .replace("127.0.0.1:8788", node.control)
                    .replace("build/release/festina", PROGRAM)
                    .replace("--config examples/workers.toml", options)
                )

            run_page(self, page, here)


if __name__ == "__main__":
    unittest.main()
