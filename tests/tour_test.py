"""The README's tour, executed.

The example runs on ports of its own here, so that a node on the usual ports is not disturbed; the tour's texts are
changed accordingly.
"""

import shutil
import tempfile
import unittest
from pathlib import Path

from node import PROGRAM, ROOT, Node
from pages import console_blocks, run_page


class Tour(unittest.TestCase):
    def test_every_command_prints_what_the_readme_says(self):
        site = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="tour-"))) / "site"
        shutil.copytree(ROOT / "examples" / "site", site, ignore=shutil.ignore_patterns(".festina"))
        config = site / "festina.toml"
        text = config.read_text()
        config.write_text(text.replace("127.0.0.1:8787", "127.0.0.1:0").replace("127.0.0.1:8788", "127.0.0.1:0"))
        readme = (ROOT / "README.md").read_text()
        self.assertGreaterEqual(len(console_blocks(readme)), 7)

        with Node(config) as node:
            edge_port = node.listener().rpartition(":")[2]

            def here(text):
                return (
                    text.replace("localhost:8787", f"localhost:{edge_port}")
                    .replace("127.0.0.1:8787", node.listener())
                    .replace("127.0.0.1:8788", node.control)
                    .replace("build/release/festina", PROGRAM)
                    .replace("--config examples/site/festina.toml", f"--config {config} --control http://{node.control}")
                )

            run_page(self, readme, here)


if __name__ == "__main__":
    unittest.main()
