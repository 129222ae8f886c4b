"""What the program says of itself: help for every command and option, and exit codes that keep their promise."""

import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from node import PROGRAM, ROOT


def run(*arguments, cwd=None):
    return subprocess.run([PROGRAM, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def commands():
    listed = run("--help").stdout.partition("Subcommands:\n")[2].partition("\n\n")[0]
    return re.findall(r"^  (\w+) {2,}\S", listed, flags=re.MULTILINE)


class Help(unittest.TestCase):
    def test_lists_every_command_in_the_reference(self):
        page = (ROOT / "docs" / "reference" / "commands.md").read_text()
        self.assertEqual(re.findall(r"^## `festina (\w+)", page, flags=re.MULTILINE), commands())

    def test_of_every_command_has_a_sentence_for_it_each_option_and_an_example(self):
        self.assertGreaterEqual(len(commands()), 7)
        for command in commands():
            done = run(command, "--help")
            self.assertEqual((done.returncode, done.stderr), (0, ""), command)
            description, _, rest = done.stdout.partition("Usage:")
            self.assertRegex(description.strip(), r"\A[A-Z](?s:.)+[.]\Z", command)
            self.assertIn(f"festina {command}", rest.partition("Examples:")[2], command)
            for line in rest.partition("Examples:")[0].splitlines():
                if re.match(r"  -", line):
                    self.assertRegex(line, r"^  -\S+( \S+)*(  +\S.+|)$", command)
            options = re.findall(r"^  (-\S.*?)(?:  +(\S.*))?$", rest.partition("Examples:")[0], flags=re.MULTILINE)
            wrapped = re.findall(r"^  -\S[^\n]*\n {10,}(\S.*)$", rest, flags=re.MULTILINE)
            without = [option for option, sentence in options if not sentence]
            self.assertEqual(len(without), len(wrapped), f"{command}: {without}")

    def test_names_the_exit_codes(self):
        self.assertIn("Exit codes: 0 done, 1 refused, 2 usage.", run("--help").stdout)

    def test_fits_a_terminal(self):
        for command in commands():
            for line in run(command, "--help").stdout.splitlines():
                self.assertLessEqual(len(line), 100, line)


class ExitCodes(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.empty = Path(directory.name)

    def test_are_2_for_a_command_line_that_cannot_be_understood(self):
        for arguments in ([], ["no-such-command"], ["--no-such-option"]):
            self.assertEqual(run(*arguments).returncode, 2, arguments)
        for command in commands():
            done = run(command, "--no-such-option", cwd=self.empty)
            self.assertEqual(done.returncode, 2, command)
            self.assertIn(f"Try 'festina {command} --help'.", done.stderr)

    def test_are_1_for_what_cannot_be_done(self):
        refused = {
            "serve": [],
            "check": [],
            "reload": [],
            "purge": ["--zone", "example.com", "--everything"],
            "explain": ["http://example.com/"],
            "tail": [],
            "env": [],
        }
        self.assertEqual({*refused, "version"}, set(commands()))
        for command, arguments in refused.items():
            done = run(command, *arguments, cwd=self.empty)
            self.assertEqual((done.returncode, done.stdout), (1, ""), command)
            self.assertIn("festina.toml", done.stderr, command)

    def test_are_0_for_what_is_done(self):
        self.assertEqual(run("version").returncode, 0)
        self.assertEqual(run("--version").stdout, run("version").stdout)


if __name__ == "__main__":
    unittest.main()
