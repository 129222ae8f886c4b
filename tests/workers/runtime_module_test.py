"""What the runtime modules do to a Worker: exceptions, wrapping, the test clock (docs/formats/worker-wire.md §1, §3, §6).

Run: python3 -m unittest discover -s tests/workers -p '*_test.py'
"""

import json
import unittest

from workerd import RAY, Workerd, handler, reply, routes, url


class Exceptions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker = cls.enterClassContext(Workerd(routes(
            error="throw new TypeError('boom');",
            rejected="await null; return Promise.reject(new RangeError('late'));",
            text="throw 'words';",
            nothing="throw undefined;",
            hostile="throw {toString() { throw new Error('no'); }};",
            long="throw new Error('x'.repeat(20000));",
            passed="ctx.passThroughOnException(); throw new Error('never mind');",
            late_work="ctx.waitUntil((async () => { await null; throw new Error('late_work'); })()); return new Response('answered');",
            late_throw="ctx.waitUntil(Promise.reject(new Error('late_throw'))); return new Response('answered');",
            no_promise="ctx.waitUntil(5); return new Response('answered');",
            hung="await new Promise(() => {});",
            status="return new Response('Internal Server Error', {status: 500, headers: {Connection: 'close'}});",
            lost="return fetch('https://gone.test/');",
        )))
        cls.worker.host.answers["GET https://gone.test/ HTTP/1.1"] = None

    def get(self, name, *fields, **more):
        return self.worker.get(url(name), *fields, **more)

    def assert_signature(self, answer):
        self.assertEqual(answer.line, "HTTP/1.1 500 Internal Server Error")
        self.assertEqual(set(answer.fields), {("Connection", "close"), ("Content-Length", "21")})
        self.assertEqual(answer.body, b"Internal Server Error")

    def report(self):
        return self.worker.host.next_of("exception")

    def test_are_reported_and_leave_the_signature(self):
        cases = [
            ("error", "TypeError", "boom", "at Object.error (src/index.js:2:"),
            ("rejected", "RangeError", "late", "at Object.rejected (src/index.js:3:"),
            ("text", "string", "words", ""),
            ("nothing", "undefined", "undefined", ""),
        ]
        for name, kind, message, frame in cases:
            with self.subTest(name):
                self.assert_signature(self.get(name))
                seen = self.report()
                body = json.loads(seen.body)
                self.assertEqual((seen.on, seen.line), ("out", "POST https://festina.invalid/exception HTTP/1.1"))
                self.assertEqual(seen.cf, {"$f": {"ray": RAY, "op": "exception"}})
                self.assertEqual(seen.get("X-Festina-Src"), "site-api@5f0c21d7/FRA")
                self.assertEqual((body["name"], body["message"]), (kind, message))
                self.assertIn(frame, body["stack"])
                self.assertNotIn("__festina", body["stack"])
                self.assertGreater(body["timestamp"], 1_700_000_000_000)

    def test_are_told_of_handlers_that_are_no_async_functions(self):
        source = (
            "let asked = 0;\n"
            "const thenable = { then(_, reject) { asked += 1; reject(new RangeError(`asked ${asked}`)); } };\n"
            "const on = {\n"
            "  once: () => { throw new TypeError('at once'); },\n"
            "  thenable: () => thenable,\n"
            "  promise: () => Promise.reject(new Error('promised')),\n"
            "};\n"
            "export default { fetch: (r) => on[new URL(r.url).pathname.slice(1)]() };\n"
        )
        with Workerd({"src/index.js": source}) as worker:
            for name, message in (("once", "at once"), ("thenable", "asked 1"), ("promise", "promised")):
                with self.subTest(name):
                    self.assert_signature(worker.get(url(name)))
                    self.assertEqual(json.loads(worker.host.next_of("exception").body)["message"], message)

    def test_take_an_answer_that_only_behaves_like_a_promise(self):
        source = "export default { fetch: () => ({ then(resolve) { resolve(new Response('thenable')); } }) };"
        with Workerd({"src/index.js": source}) as worker:
            self.assertEqual(worker.get().body, b"thenable")

    def test_are_cut_to_a_bounded_report(self):
        self.assert_signature(self.get("long"))
        body = json.loads(self.report().body)
        self.assertEqual((len(body["message"]), len(body["stack"])), (8192, 8192))

    def test_keep_the_signature_when_they_cannot_be_described(self):
        self.assert_signature(self.get("hostile"))

    def test_pass_through_sends_the_inbound_request_again_without_a_tag(self):
        for method, body in [("GET", b""), ("POST", b"hello")]:
            with self.subTest(method):
                self.worker.host.answers[method] = reply("200 OK", b"passed")
                answer = self.get("passed", 'CF-Blob: {"colo":"FRA"}', method=method, body=body)
                self.assertEqual(answer.body, b"passed")
                two = sorted([self.worker.host.next(), self.worker.host.next()], key=lambda seen: "invalid" in seen.line)
                self.assertEqual((two[0].line, two[0].body), (f"{method} {url('passed')} HTTP/1.1", body))
                self.assertEqual((two[0].cf, two[0].get("CF-Ray")), ({"colo": "FRA"}, RAY))
                self.assertEqual(json.loads(two[1].body)["message"], "never mind")

    def test_are_reported_from_what_outlives_the_answer(self):
        for name in ("late_work", "late_throw"):
            with self.subTest(name):
                self.assertEqual(self.get(name).body, b"answered")
                seen = self.report()
                self.assertEqual(json.loads(seen.body)["message"], name)
                self.assertIn("at ", json.loads(seen.body)["stack"])
                self.assertEqual(seen.tag, {"ray": RAY, "op": "exception"})

    def test_what_is_no_promise_outlives_nothing(self):
        self.assertEqual(self.get("no_promise").body, b"answered")
        self.get("error")
        self.assertEqual(json.loads(self.report().body)["message"], "boom")  # nothing came before it

    def test_a_handler_that_can_never_answer_leaves_the_signature_only(self):
        self.assert_signature(self.get("hung"))
        self.get("error")
        self.assertEqual(json.loads(self.report().body)["message"], "boom")  # nothing came before it

    def test_a_script_cannot_make_the_signature(self):
        answer = self.get("status")
        self.assertEqual((answer.status, answer.get("Connection")), (500, None))

    def test_a_lost_subrequest_that_escapes_ends_the_connection(self):
        self.assertIsNone(self.get("lost"))
        self.assertEqual(json.loads(self.report().body)["message"], "Network connection lost.")


class Wrapping(unittest.TestCase):
    CLASS = (
        "import { WorkerEntrypoint } from 'cloudflare:workers';\n"
        "export default class Site extends WorkerEntrypoint {\n"
        "  word = 'mine';\n"
        "  async fetch(request) {\n"
        "    if (request.url.endsWith('boom')) throw new Error('boom');\n"
        "    await fetch('https://o.test/');\n"
        "    return new Response([this.word, this.env.VAR, this.constructor.name, this.twice(2)].join());\n"
        "  }\n"
        "  twice(n) { return 2 * n; }\n"
        "}\n"
    )
    BINDINGS = '(name = "VAR", text = "v")'

    def test_keeps_a_class_entrypoint_what_it_is(self):
        with Workerd({"src/index.js": self.CLASS}, bindings=self.BINDINGS) as worker:
            self.assertEqual(worker.get().body, b"mine,v,Site,4")
            self.assertEqual(worker.host.next().tag, {"ray": RAY, "op": "fetch"})
            self.assertEqual(worker.get(url("boom")).status, 500)
            self.assertEqual(json.loads(worker.host.next_of("exception").body)["message"], "boom")

    def test_keeps_this_of_object_handlers(self):
        cases = [
            ("export default { word: 'mine', fetch() { return new Response(this.word); } };", "plain"),
            ("class A { #w = 'mine'; fetch() { return new Response(this.#w); } }\nexport default new A();", "private fields"),
            ("class A { w = 'mine'; fetch = () => new Response(this.w); }\nexport default new A();", "an instance with an arrow"),
            ("export default Object.freeze({ word: 'mine', fetch() { return new Response(this.word); } });", "frozen"),
        ]
        for source, why in cases:
            with self.subTest(why), Workerd({"src/index.js": source}) as worker:
                self.assertEqual(worker.get().body, b"mine")

    def test_hands_env_and_inbound_cf_over(self):
        body = "return Response.json([env.VAR, request.cf, request.headers.get('CF-Ray'), request.headers.get('Host')]);"
        with Workerd(handler(body), bindings=self.BINDINGS) as worker:
            answer = worker.get(url(""), 'CF-Blob: {"colo":"FRA"}')
            self.assertEqual(json.loads(answer.body), ["v", {"colo": "FRA"}, RAY, "site.test"])


class Clock(unittest.TestCase):
    DAY = 86_400_000
    AHEAD = f'CF-Blob: {{"$f":{{"clock":{DAY}}}}}'

    @classmethod
    def setUpClass(cls):
        cls.worker = cls.enterClassContext(Workerd(routes(
            times="const p = performance.now(); return Response.json({now: Date.now(), made: new Date().getTime(), text: Date.parse(Date()), p,"
            " fixed: new Date(5).getTime(), utc: Date.UTC(1970, 0, 2)});",
            kinds="class Mine extends Date {} const m = new Mine(); return Response.json([new Date() instanceof Date, m instanceof Mine,"
            " m instanceof Date, new Date().constructor === Date, Math.abs(m - Date.now()) < 1000]);",
            seen="return Response.json([[...request.headers.keys()], await request.text(), request.cf]);",
        ), clock=True))

    def json(self, name, *fields, **more):
        return json.loads(self.worker.get(url(name), *fields, **more).body)

    def test_runs_ahead_in_the_request_that_says_so_only(self):
        before = self.json("times")
        ahead = self.json("times", self.AHEAD)
        after = self.json("times")
        for key in ("now", "made", "text"):
            self.assertAlmostEqual(ahead[key] - before[key], self.DAY, delta=60_000)
            self.assertAlmostEqual(after[key], before[key], delta=60_000)
        self.assertLess(abs(ahead["p"] - before["p"]), 60_000)
        self.assertEqual((ahead["fixed"], ahead["utc"]), (5, self.DAY))

    def test_keeps_date_a_date(self):
        self.assertEqual(self.json("kinds", self.AHEAD), [True] * 5)

    def test_is_not_seen_by_the_script_which_sees_all_else(self):
        names, body, cf = self.json("seen", 'CF-Blob: {"colo":"FRA","$f":{"clock":5}}', method="POST", body=b"hello")
        self.assertEqual((sorted(names), body, cf), (["cf-ray", "content-length", "host"], "hello", {"colo": "FRA"}))


if __name__ == "__main__":
    unittest.main()
