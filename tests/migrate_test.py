"""The configurations of the pages on migration, run in front of a real origin; the pages say what comes of it."""

import re
import tempfile
import unittest
from pathlib import Path

from node import PROGRAM, ROOT, Node, Origin
from pages import console_blocks, files, run_page

PAGES = {
    "/logo.png": (200, {"Cache-Control": "max-age=120", "Content-Type": "image/png"}, "a logo\n"),
    "/list.css?a=1&b=2": (200, {"Cache-Control": "max-age=120", "Content-Type": "text/css"}, "a list\n"),
    "/list.css?b=2&a=1": (200, {"Cache-Control": "max-age=120", "Content-Type": "text/css"}, "a list\n"),
    "/account": (200, {"Content-Type": "text/html", "Set-Cookie": "session=1"}, "an account\n"),
    "/blog/first": (200, {"Content-Type": "text/html"}, "a page\n"),
}
IMAGES = {"/logo.png": (200, {"Cache-Control": "max-age=60", "Content-Type": "image/png"}, "a picture\n")}


class Migrate(unittest.TestCase):
    def run_whole_page(self, name):
        page = (ROOT / "docs" / "migrate" / name).read_text()
        self.assertGreaterEqual(len(console_blocks(page)), 3)
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="migrate-")))
        origin = self.enterContext(Origin(PAGES))
        images = self.enterContext(Origin(IMAGES))
        for path, text in files(page).items():
            (folder / path).parent.mkdir(exist_ok=True)
            text = text.replace("127.0.0.1:9000", origin.address).replace("127.0.0.1:9001", images.address)
            (folder / path).write_text(text)
        config = folder / "festina.toml"
        # The page leaves the listeners at their defaults.
        text = config.read_text()
        self.assertNotRegex(text, r"\[control\]|\[\[colos\]\]")
        config.write_text(
            '[control]\nlisten = "http://127.0.0.1:0"\n' + text
            + '\n[[colos]]\nname = "FRA"\nlisten = ["http://127.0.0.1:0"]\n'
        )
        node = self.enterContext(Node(config))
        edge_port = node.listener().rpartition(":")[2]

        def here(text):
            text = text.replace("localhost:8787", f"localhost:{edge_port}").replace("127.0.0.1:8787", node.listener())
            access = f"--config {config} --control http://{node.control}"
            text = re.sub(r"^festina (purge|explain)", rf"{PROGRAM} \1 {access}", text)
            return re.sub(r"^festina (check|reload)", rf"{PROGRAM} \1 --config {config}", text)

        run_page(self, page, here)

    def test_from_varnish(self):
        self.run_whole_page("varnish.md")

    def test_from_nginx(self):
        self.run_whole_page("nginx.md")


if __name__ == "__main__":
    unittest.main()
