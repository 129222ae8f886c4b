import json
import tempfile
import unittest
from pathlib import Path

from support import load

run_tests = load("run_tests")


def case(status="RUN", result="COMPLETED", failures=None):
    return {"status": status, "result": result, **({"failures": failures} if failures else {})}


class RunTestsTest(unittest.TestCase):
    def googletest(self, cases, code, output=""):
        with tempfile.TemporaryDirectory() as directory:
            report = Path(directory) / "report.json"
            if cases is not None:
                report.write_text(json.dumps({"testsuites": [{"testsuite": cases}]}))
            return str(run_tests.googletest_outcome(output, code, report))

    def test_counts_a_googletest_report(self):
        cases = [case(), case(), case(failures=[{}]), case(result="SKIPPED"), case(status="NOTRUN", result="SUPPRESSED")]
        self.assertEqual(self.googletest(cases, 1), "2 passed, 1 failed, 1 skipped")

    def test_counts_a_failure_after_the_last_test(self):
        self.assertEqual(self.googletest([case()], 1), "1 passed, 1 failed")

    def test_counts_the_test_that_a_binary_died_in(self):
        output = "[ RUN      ] A.B\n[       OK ] A.B (0 ms)\n[ RUN      ] A.C\nAddressSanitizer: …\n"
        self.assertEqual(self.googletest(None, -6, output), "1 passed, 1 failed")

    def test_counts_python_unit_tests(self):
        cases = [
            ("Ran 5 tests in 0.1s\n\nOK\n", 0, "5 passed, 0 failed"),
            ("Ran 5 tests in 0.1s\n\nOK (skipped=2)\n", 0, "3 passed, 0 failed, 2 skipped"),
            ("Ran 5 tests in 0.1s\n\nFAILED (failures=1, errors=2)\n", 1, "2 passed, 3 failed"),
            ("SyntaxError: invalid syntax\n", 1, "0 passed, 1 failed"),
        ]
        for output, code, expected in cases:
            with self.subTest(expected):
                self.assertEqual(str(run_tests.python_outcome(output, code)), expected)

    def test_ends_what_runs_past_its_limit(self):
        output, code = run_tests.run(["sh", "-c", "echo begun; exec sleep 60"], 0.2, None)
        self.assertEqual((output, code), ("begun\n", None))


if __name__ == "__main__":
    unittest.main()
