import unittest

from support import CLEAN, TABLE, TreeTest


class CheckLayersTest(TreeTest):
    def verdict(self, changes):
        self.write({**CLEAN, **changes})
        return self.run_tool("check_layers")

    def test_accepts_a_tree_that_keeps_the_rules(self):
        self.assertEqual(self.verdict({}), (0, ""))

    def test_refuses_what_breaks_one_rule(self):
        cases = [
            ({"src/base/text.h": '#include "http/message.h"\n'}, "base may not import http"),
            ({"src/base/text.h": '#include "base/log.h"\n'}, "log stands below text"),
            ({"src/base/text.cc": '#include "base/log.h"\n'}, "log stands below text"),
            ({"src/edge/pipeline.h": '#include "http/headers.h"\n'}, "front door: message"),
            ({"src/edge/pipeline.h": '#include "http/cookies.h"\n'}, "is not the header of a unit"),
            ({"src/http/message.h": '#include "http/samples.h"\n'}, "is not the header of a unit"),
            ({"src/http/headers.h": "#include <fmt/core.h>\n"}, "is included only by base/log"),
            ({"src/base/text.h": "#include <openssl/evp.h>\n"}, "is included only by base/text.cc"),
            ({"src/http/headers.h": "#include <zstd/zstd.h>\n"}, "a library without a door"),
            ({"src/base/log.cc": "#include <gtest/gtest.h>\n"}, "is included only by tests"),
            ({"src/edge/extra.cc": ""}, "extra has no line in src/LAYERS"),
            ({"src/moon/rock.h": ""}, "rock has no line in src/LAYERS"),
            ({"src/LAYERS": TABLE.replace("  pipeline\n", "  pipeline\n  colo\n")}, "edge/colo is listed and not on disk"),
            ({"src/LAYERS": TABLE.replace("layer base 0:", "layer base 0: edge")}, "which is not below it"),
            ({"src/LAYERS": TABLE.replace("door message", "door window")}, "has the door window"),
            ({"src/LAYERS": TABLE + "lay bricks\n"}, "cannot read 'lay bricks'"),
        ]
        for changes, expected in cases:
            with self.subTest(expected):
                code, output = self.verdict(changes)
                self.assertEqual(code, 1)
                self.assertIn(expected, output)
            for path in changes:
                (self.root / path).unlink()

    def test_names_file_and_line(self):
        _, output = self.verdict({"src/base/text.h": '#pragma once\n#include "edge/pipeline.h"\n'})
        self.assertIn("src/base/text.h:2: edge/pipeline.h: base may not import edge", output)

    def test_lets_a_test_use_every_unit_of_its_layer(self):
        code, output = self.verdict({"src/base/text_test.cc": '#include "base/log.h"\n#include <openssl/evp.h>\n'})
        self.assertEqual((code, output), (0, ""))

    def test_lets_headers_for_tests_use_each_other(self):
        table = TABLE.replace("layer base 0:\n", "layer base 0:\ntesting probe sample\n")
        self.assertNotEqual(table, TABLE)
        code, output = self.verdict(
            {"src/LAYERS": table, "src/base/probe.h": '#include "base/sample.h"\n', "src/base/sample.h": ""}
        )
        self.assertEqual((code, output), (0, ""))


if __name__ == "__main__":
    unittest.main()
