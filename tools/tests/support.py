"""What the tests of the tools share: running a tool on a small tree made for the test, and loading one as a module."""

import importlib.machinery
import importlib.util
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parent.parent

TABLE = """\
layer base 0:
  text
  log

layer http 1: base
door message
testing samples
  headers
  message

layer edge 2: base http
  pipeline

library fmt: base/log
library openssl: base/text.cc
library gtest: tests
"""

CLEAN = {
    "src/LAYERS": TABLE,
    "src/base/text.h": "#include <string>\n",
    "src/base/text.cc": '#include "base/text.h"\n#include <openssl/evp.h>\n',
    "src/base/log.h": '#include "base/text.h"\n',
    "src/base/log.cc": '#include "base/log.h"\n#include <fmt/core.h>\n',
    "src/base/log_test.cc": '#include "base/log.h"\n#include <gtest/gtest.h>\n',
    "src/http/headers.h": '#include "base/text.h"\n#include <sys/socket.h>\n',
    "src/http/headers_test.cc": '#include "http/samples.h"\n',
    "src/http/samples.h": '#include "http/message.h"\n',
    "src/http/message.h": '#include "http/headers.h"\n',
    "src/edge/pipeline.h": '#include "http/message.h"\n',
}


def load(tool):
    """The tool as a module (tools have no .py ending)."""
    sys.path.insert(0, str(TOOLS))
    loader = importlib.machinery.SourceFileLoader(tool, str(TOOLS / tool))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(tool, loader))
    sys.modules[tool] = module
    loader.exec_module(module)
    return module


class TreeTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)

    def write(self, files):
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text)

    def run_tool(self, tool, *arguments):
        """(exit code, what it printed) of the tool on this tree."""
        command = [sys.executable, "-B", str(TOOLS / tool), "--root", str(self.root), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr
