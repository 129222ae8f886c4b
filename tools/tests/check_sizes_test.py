import unittest

from support import TreeTest


class CheckSizesTest(TreeTest):
    def verdict(self, header_lines, implementation_lines):
        self.write({
            "src/base/text.h": "\n" * header_lines,
            "src/base/text.cc": "\n" * implementation_lines,
            "src/base/text_test.cc": "\n" * 2000,
        })
        return self.run_tool("check_sizes")

    def test_says_nothing_up_to_400_lines(self):
        self.assertEqual(self.verdict(100, 300), (0, ""))

    def test_warns_over_400_lines_of_header_and_implementation(self):
        code, output = self.verdict(100, 301)
        self.assertEqual(code, 0)
        self.assertIn("src/base/text: warning: 401 lines", output)

    def test_fails_over_600_lines(self):
        self.assertEqual(self.verdict(300, 300)[0], 0)
        code, output = self.verdict(300, 301)
        self.assertEqual(code, 1)
        self.assertIn("src/base/text: error: 601 lines", output)


if __name__ == "__main__":
    unittest.main()
