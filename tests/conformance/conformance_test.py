"""The HTTP cache test suite against both profiles: every test that is not passed has its reason in the lists beside this file."""

import os
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Conformance(unittest.TestCase):
    def expect_what_the_list_says(self, profile):
        command = [sys.executable, str(ROOT / "tools/conformance"), "--profile", profile]
        run = subprocess.run(command, capture_output=True, text=True, env=os.environ)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_standard(self):
        self.expect_what_the_list_says("standard")

    def test_cloudflare(self):
        self.expect_what_the_list_says("cloudflare")


if __name__ == "__main__":
    unittest.main()
