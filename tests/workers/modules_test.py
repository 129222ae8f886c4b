"""Modules of every kind, and named entrypoints (docs/formats/worker-wire.md §1, §2).

Run: python3 -m unittest discover -s tests/workers -p '*_test.py'
"""

import json
import unittest

from workerd import RAY, Module, Workerd, url

O = "https://o.test/p"
KINDS = {
    "src/index.js": "import text from './A-tea.txt'; import data from './B-noise.bin'; import wasm from './C-add.wasm';\n"
    "import old from './lib/old.cjs'; import { word } from './lib/new.mjs';\n"
    "export default { fetch: () => Response.json([text, data instanceof ArrayBuffer, data.byteLength,"
    " wasm instanceof WebAssembly.Module, old.word, word]) };\n",
    "src/A-tea.txt": Module("text", "oolong"),
    "src/B-noise.bin": Module("data", b"\0\1\2"),
    "src/C-add.wasm": Module("wasm", b"\0asm\1\0\0\0"),
    "src/lib/old.cjs": Module("commonJsModule", "module.exports = {word: 'old'};"),
    "src/lib/new.mjs": "export const word = 'new';",
}


class Kinds(unittest.TestCase):
    def test_are_what_wrangler_makes_of_them_in_both_registries(self):
        for date in ("2022-11-03", "2025-06-01", "2026-11-17"):
            with self.subTest(date), Workerd(KINDS, date=date) as worker:
                self.assertEqual(json.loads(worker.get().body), ["oolong", True, 3, True, "old", "new"])


class Traces(unittest.TestCase):
    def test_have_the_users_names_in_both_registries(self):
        source = {"src/index.js": "export default {\n  fetch() { throw new Error('boom'); }\n};\n"}
        for date in ("2022-11-03", "2026-11-17"):
            with self.subTest(date), Workerd(source, date=date) as worker:
                self.assertEqual(worker.get().status, 500)
                stack = json.loads(worker.host.next_of("exception").body)["stack"]
                self.assertEqual(stack.split("\n")[1].strip(), "at Object.fetch (src/index.js:2:19)")


class Entrypoints(unittest.TestCase):
    SOURCE = (
        "import { WorkerEntrypoint } from 'cloudflare:workers';\n"
        "const seen = (r) => Response.json([r.cf ?? null, [...r.headers.keys()], Date.now()]);\n"
        "export class Admin extends WorkerEntrypoint {\n"
        "  async fetch(request) {\n"
        f"    if (request.url.endsWith('boom')) throw new Error('in Admin');\n"
        f"    await fetch('{O}');\n"
        "    return seen(request);\n"
        "  }\n"
        f"  async add(a, b) {{ await fetch('{O}'); return a + b; }}\n"
        "}\n"
        f"const spaced = {{ word: 'mine', async fetch() {{ await fetch('{O}'); return new Response(this.word); }} }};\n"
        "export { spaced as 'with space' };\n"
        "const on = {\n"
        "  admin: (r, env) => env.ADMIN.fetch('https://x.test/', {cf: {mine: 1}}),\n"
        "  forged: (r, env) => env.ADMIN.fetch('https://x.test/', {cf: {$f: {ray: 'x', op: 'fetch', clock: 7}}}),\n"
        "  passed: (r, env) => env.ADMIN.fetch(r),\n"
        "  spaced: (r, env) => env.SPACED.fetch('https://x.test/'),\n"
        "  boom: (r, env) => env.ADMIN.fetch('https://x.test/boom').catch(e => new Response(e.message)),\n"
        "  rpc: async (r, env) => new Response(String(await env.ADMIN.add(1, 2))),\n"
        "  name: (r, env) => new Response(`${Admin.name} ${typeof env.ADMIN.add}`),\n"
        "};\n"
        "export default { fetch: (r, env) => on[new URL(r.url).pathname.slice(1)](r, env) };\n"
    )
    BINDINGS = (
        '(name = "TEXT", text = "first"), (name = "ADMIN", service = (name = "FRA", entrypoint = "Admin")),'
        ' (name = "SPACED", service = (name = "FRA", entrypoint = "with space"))'
    )

    @classmethod
    def setUpClass(cls):
        cls.worker = cls.enterClassContext(Workerd(
            {"src/index.js": cls.SOURCE}, bindings=cls.BINDINGS, clock=True, exports=("Admin", "default", "with space")))

    def get(self, name, *fields):
        return self.worker.get(url(name), *fields)

    def test_called_by_another_worker_serve_the_request_that_one_serves(self):
        for name in ("admin", "forged", "passed", "spaced"):
            with self.subTest(name):
                self.assertEqual(self.get(name).status, 200)
                self.assertEqual(self.worker.host.next().tag, {"ray": RAY, "op": "fetch"})

    def test_do_not_see_how_they_know(self):
        cases = [("admin", {"mine": 1}), ("forged", {}), ("passed", {"colo": "FRA"})]
        for name, cf in cases:
            with self.subTest(name):
                seen = json.loads(self.get(name, 'CF-Blob: {"colo":"FRA","$f":{"clock":5}}').body)
                self.assertEqual(seen[0], cf)

    def test_have_the_time_of_their_caller(self):
        before = json.loads(self.get("admin").body)[2]
        ahead = json.loads(self.get("admin", 'CF-Blob: {"$f":{"clock":86400000}}').body)[2]
        self.assertAlmostEqual(ahead - before, 86_400_000, delta=60_000)

    def test_report_what_they_throw_and_throw_it_on(self):
        self.assertEqual(self.get("boom").body, b"in Admin")
        seen = self.worker.host.next_of("exception")
        self.assertEqual((json.loads(seen.body)["message"], seen.tag["ray"]), ("in Admin", RAY))

    def test_called_by_rpc_are_of_no_request(self):
        self.assertEqual(self.get("rpc").body, b"3")
        self.assertEqual(self.worker.host.next().tag, {"ray": None, "op": "fetch"})

    def test_stay_what_they_are(self):
        self.assertEqual(self.get("name").body, b"Admin function")

    def test_may_be_all_there_is(self):
        source = "import { WorkerEntrypoint } from 'cloudflare:workers';\nexport class Only extends WorkerEntrypoint {}\n"
        with Workerd({"src/index.js": source}, exports=("Only",)) as worker:
            self.assertEqual(len(worker.ready), 1)


if __name__ == "__main__":
    unittest.main()
