"""Pages that are run: every `$` line of their console blocks is executed, and what it prints is compared.

"…" in expected output matches any text within a line, and a line of "…" alone any lines.
"""

import re
import subprocess

from node import ENVIRONMENT, PATIENCE, ROOT

END = "== end of output =="


def console_blocks(markdown):
    return re.findall(r"^```console\n(.*?)^```$", markdown, flags=re.MULTILINE | re.DOTALL)


def files(markdown):
    """Contents by name, of the blocks that name a file behind their language."""
    return dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", markdown, flags=re.MULTILINE | re.DOTALL))


def steps(block):
    """Pairs of a command and the output it should print."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def pattern(lines):
    parts = []
    for line in lines:
        if line == "…":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(re.escape(line).replace("…", ".*") + r"\n")
    return "".join(parts)


def output_of(shell, command):
    # What sets a variable must run in the shell itself, not in a pipeline.
    if re.match(r"(eval |\w+=)", command):
        shell.stdin.write(f"{command}\necho; echo '{END}'\n")
    else:
        shell.stdin.write(f"{{ {command}\n}} 2>&1 | tr -d '\\r' ; echo; echo '{END}'\n")
    shell.stdin.flush()
    output = ""
    while (line := shell.stdout.readline()) != END + "\n":
        if not line:
            raise AssertionError(f"the shell ended after: {command}\n{output}")
        output += line
    return output.rstrip("\n") + "\n" if output.strip() else ""


def run_page(test, markdown, here):
    """Runs all of the page's commands in one shell: variables set by one are used by later ones. `here` gives the page's
    text with the ports and paths of this run."""
    shell = subprocess.Popen(
        ["bash"], cwd=ROOT, env=ENVIRONMENT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    try:
        for command, expected in (step for block in console_blocks(markdown) for step in steps(block)):
            output = output_of(shell, here(command))
            test.assertRegex(output, re.compile(r"\A" + here(pattern(expected)) + r"\Z"), command)
    finally:
        shell.stdin.close()
        shell.wait(PATIENCE)
        shell.stdout.close()
