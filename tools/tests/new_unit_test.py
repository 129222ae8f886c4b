import unittest

from support import CLEAN, TreeTest


class NewUnitTest(TreeTest):
    def setUp(self):
        super().setUp()
        self.write(CLEAN)

    def test_makes_a_unit_that_check_layers_accepts(self):
        code, _ = self.run_tool("new_unit", "http", "entity_tag", "compares entity tags (RFC 9110 §8.8.3).")
        self.assertEqual(code, 0)
        self.assertEqual(self.run_tool("check_layers"), (0, ""))
        header = (self.root / "src/http/entity_tag.h").read_text()
        self.assertTrue(header.startswith("// Entity tag: compares entity tags (RFC 9110 §8.8.3).\n#pragma once\n"))
        self.assertIn("namespace festina::http {", header)
        self.assertIn('#include "http/entity_tag.h"', (self.root / "src/http/entity_tag.cc").read_text())
        self.assertIn("#include <gtest/gtest.h>", (self.root / "src/http/entity_tag_test.cc").read_text())

    def test_lists_it_last_in_its_layer(self):
        self.run_tool("new_unit", "http", "date", "a date.")
        table = (self.root / "src/LAYERS").read_text()
        self.assertIn("testing samples\n  headers\n  message\n  date\n\nlayer edge", table)

    def test_refuses_what_exists_and_what_has_no_place(self):
        for layer, unit in (("http", "headers"), ("moon", "rock"), ("http", "BadName")):
            with self.subTest(unit):
                before = (self.root / "src/LAYERS").read_text()
                self.assertEqual(self.run_tool("new_unit", layer, unit, "x.")[0], 1)
                self.assertEqual((self.root / "src/LAYERS").read_text(), before)


if __name__ == "__main__":
    unittest.main()
