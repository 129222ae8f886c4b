import unittest

from support import TreeTest


class CheckDocsTest(TreeTest):
    def test_accepts_links_that_lead_somewhere(self):
        self.write({"README.md": "[a](docs/a.md#part) [b](#here) [c](https://example.com/x)\n", "docs/a.md": "[up](../README.md)\n"})
        self.assertEqual(self.run_tool("check_docs"), (0, ""))

    def test_names_the_line_of_one_that_does_not(self):
        self.write({"docs/formats/a.md": "\nsee [b](../b.md)\n"})
        code, output = self.run_tool("check_docs")
        self.assertEqual(code, 1)
        self.assertIn("docs/formats/a.md:2: no such file: ../b.md", output)


if __name__ == "__main__":
    unittest.main()
