"""The container: what can be known of it without building it."""

import json
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from node import PROGRAM, ROOT, Node

DOCKERFILE = ROOT / "packaging" / "Dockerfile"


def instructions():
    """(name, argument) of each, with continued lines joined and comments gone."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line.strip()]


def arguments_of(name):
    return [argument for each, argument in instructions() if each == name]


def config_in(test, text):
    """A configuration file in a directory of the test's own."""
    config = Path(test.enterContext(tempfile.TemporaryDirectory())) / "festina.toml"
    config.write_text(text)
    return config


class Dockerfile(unittest.TestCase):
    def test_copies_only_what_is_in_the_repository(self):
        for argument in arguments_of("COPY"):
            words = argument.split()
            if words[0].startswith("--from="):
                self.assertEqual(words[0], "--from=build")
                continue
            for source in words[:-1]:
                self.assertTrue((ROOT / source).exists(), source)

    def test_builds_with_the_projects_own_targets(self):
        makefile = (ROOT / "Makefile").read_text()
        targets = re.findall(r"^RUN make (\w+)", DOCKERFILE.read_text(), flags=re.MULTILINE)
        self.assertEqual(targets, ["deps", "dist"])
        for target in targets:
            self.assertRegex(makefile, rf"(?m)^{target}:")

    def test_copies_first_what_installing_needs(self):
        before = []
        for name, argument in instructions():
            if (name, argument) == ("RUN", "make deps"):
                break
            before.append(argument)
        for needed in ("Makefile", "package-lock.json", "tools/deps", "tools/debian-packages.txt"):
            self.assertTrue(any(needed in argument for argument in before), needed)

    def test_runs_without_privileges_and_keeps_its_state(self):
        self.assertEqual(len(arguments_of("FROM")), 2)
        self.assertEqual(arguments_of("USER"), ["festina"])
        self.assertEqual(arguments_of("VOLUME"), ["/var/lib/festina"])
        config = (ROOT / "packaging" / "container.toml").read_text()
        self.assertIn('dir = "/var/lib/festina"', config)
        self.assertEqual(re.findall(r'"http://0\.0\.0\.0:(\d+)"', config), arguments_of("EXPOSE"))

    def test_serves_what_it_copies(self):
        config = (ROOT / "packaging" / "container.toml").read_text()
        folder = re.search(r'origin = "file:(.+)"', config)[1]
        self.assertIn(f"examples/site/public {folder}", arguments_of("COPY"))

    def test_starts_a_command_that_the_program_has(self):
        words = json.loads(arguments_of("ENTRYPOINT")[0]) + json.loads(arguments_of("CMD")[-1])
        self.assertEqual(words[1], "serve")
        text = (ROOT / "packaging" / "container.toml").read_text().replace("/srv/www", str(ROOT / "examples/site/public"))
        done = subprocess.run([PROGRAM, "check", "--config", config_in(self, text)], check=False)
        self.assertEqual(done.returncode, 0)


class ContainerHealth(unittest.TestCase):
    def health(self, address):
        script = ROOT / "packaging" / "container-health"
        host, _, port = address.rpartition(":")
        return subprocess.run([script, host, port], capture_output=True, check=False).returncode

    def test_is_the_nodes(self):
        text = '[control]\nlisten = "http://127.0.0.1:0"\n[[colos]]\nname = "FRA"\nlisten = ["http://127.0.0.1:0"]\n'
        with Node(config_in(self, text)) as node:
            self.assertEqual(self.health(node.control), 0)
            self.assertNotEqual(self.health(node.listener()), 0, "another listener is no control listener")
        self.assertNotEqual(self.health(node.control), 0)


if __name__ == "__main__":
    unittest.main()
