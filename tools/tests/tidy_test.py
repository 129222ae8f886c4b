import unittest

from support import load

tidy = load("tidy")

COMPILED = ["src/base/log.cc", "src/base/log_test.cc", "src/base/text.cc", "src/server/main.cc"]


class TidyTest(unittest.TestCase):
    def test_chooses_every_file_of_a_changed_unit(self):
        self.assertEqual(tidy.chosen(COMPILED, ["src/base/log.h", "README.md"]), COMPILED[:2])
        self.assertEqual(tidy.chosen(COMPILED, ["src/base/log_test.cc"]), COMPILED[:2])
        self.assertEqual(tidy.chosen(COMPILED, ["README.md"]), [])

    def test_chooses_everything_without_a_base_or_with_new_rules(self):
        self.assertEqual(tidy.chosen(COMPILED, None), COMPILED)
        self.assertEqual(tidy.chosen(COMPILED, [".clang-tidy"]), COMPILED)


if __name__ == "__main__":
    unittest.main()
