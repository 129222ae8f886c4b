"""Service-worker scripts: our module runs before them and leaves them as they are (docs/formats/worker-wire.md §1).

Relies on wrapped bindings, internal extension modules and the internal names node-internal:async_hooks and
cloudflare-internal:workers of the pinned binary.

Run: python3 -m unittest discover -s tests/workers -p '*_test.py'
"""

import json
import unittest

from workerd import MISS, RAY, Module, Workerd, reply, service_worker, url

O = "https://o.test/p"
SITE = """
var sloppy = this === globalThis; undeclared = 010;
const on = {
  fetch: () => fetch('%(o)s', {cf: {cacheTtl: 60}}),
  later: () => new Promise(r => setTimeout(r, 1)).then(() => fetch('%(o)s')),
  match: async () => (await caches.default.match('https://site.test/k')) ?? new Response('undefined'),
  put: async () => { await caches.default.put('https://site.test/k', new Response('x')); return new Response('ok'); },
  boom: async () => { throw new TypeError('boom'); },
  after: event => { event.waitUntil((async () => { await null; await fetch('%(o)s'); })()); return new Response('ok'); },
  late: event => { event.waitUntil(Promise.reject(new Error('late'))); return new Response('ok'); },
  mode: () => Response.json([sloppy, undeclared, VAR, '__festina' in globalThis, typeof require]),
  event: event => Response.json([event.constructor.name, event instanceof FetchEvent, event.type, event.request.url]),
  time: event => Response.json([Date.now(), event.request.cf, [...event.request.headers.keys()]]),
  body: async event => new Response(await event.request.text()),
};
addEventListener('fetch', event => {
  const name = new URL(event.request.url).pathname.slice(1);
  if (name === 'sync') throw new RangeError('at once');
  if (name === 'nothing') return;
  if (name === 'passed') { event.passThroughOnException(); throw new Error('never mind'); }
  event.respondWith(on[name](event));
});
""" % {"o": O}


class Dates(unittest.TestCase):
    def test_every_date_links_fetch_and_cache_to_the_request(self):
        for date in ("2018-01-01", "2020-01-01", "2021-11-03", "2022-10-31", "2024-09-23", "2025-06-01", "2026-11-17"):
            with self.subTest(date), Workerd({"worker.js": SITE}, date=date, service_worker=True) as worker:
                worker.host.answers |= {f"GET https://site.test/k HTTP/1.1": MISS}
                self.assertEqual(worker.get(url("fetch")).body, b"origin")
                self.assertEqual(worker.host.next().tag, {"ray": RAY, "op": "fetch"})
                for name in ("match", "put"):
                    self.assertEqual(worker.get(url(name)).status, 200)
                    self.assertEqual(worker.host.next().tag, {"ray": RAY, "op": name})
                self.assertEqual(worker.get(url("boom")).status, 500)
                self.assertEqual(json.loads(worker.host.next_of("exception").body)["message"], "boom")
                self.assertEqual(worker.get(url("late")).body, b"ok")
                self.assertEqual(json.loads(worker.host.next_of("exception").body)["message"], "late")


class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        bindings = '(name = "VAR", text = "v")'
        cls.worker = cls.enterClassContext(
            Workerd({"src/worker.js": SITE}, bindings=bindings, clock=True, service_worker=True))

    def get(self, name, *fields, **more):
        return self.worker.get(url(name), *fields, **more)

    def test_keeps_the_scope_after_waits_and_after_the_answer(self):
        for name in ("later", "after"):
            with self.subTest(name):
                self.assertEqual(self.get(name).status, 200)
                self.assertEqual(self.worker.host.next().tag, {"ray": RAY, "op": "fetch"})

    def test_leaves_the_script_sloppy_and_its_globals_alone(self):
        self.assertEqual(json.loads(self.get("mode").body), [True, 8, "v", False, "undefined"])

    def test_leaves_the_event_what_it_is(self):
        self.assertEqual(json.loads(self.get("event").body), ["FetchEvent", True, "fetch", url("event")])

    def test_reports_what_a_listener_throws_and_what_its_answer_rejects_with(self):
        for name, kind, message in [("boom", "TypeError", "boom"), ("sync", "RangeError", "at once")]:
            with self.subTest(name):
                answer = self.get(name)
                self.assertEqual((answer.status, answer.body), (500, b"Internal Server Error"))
                self.assertEqual(set(answer.fields), {("Connection", "close"), ("Content-Length", "21")})
                report = json.loads(self.worker.host.next_of("exception").body)
                self.assertEqual((report["name"], report["message"]), (kind, message))
                self.assertIn("src/worker.js:", report["stack"])
                self.assertNotIn("festina", report["stack"])

    def test_passes_through_when_told_so_and_when_nobody_answers(self):
        self.worker.host.answers["GET"] = reply("200 OK", b"origin")
        for name in ("passed", "nothing"):
            with self.subTest(name):
                self.assertEqual(self.get(name).body, b"origin")
                seen = [self.worker.host.next()] + ([self.worker.host.next()] if name == "passed" else [])
                again = next(each for each in seen if "invalid" not in each.line)
                self.assertEqual((again.line, again.get("CF-Ray"), again.get("CF-Blob")), (f"GET {url(name)} HTTP/1.1", RAY, None))

    def test_moves_date_and_hides_what_says_so(self):
        before = json.loads(self.get("time").body)[0]
        now, cf, names = json.loads(self.get("time", 'CF-Blob: {"$f":{"clock":86400000}}').body)
        self.assertAlmostEqual(now - before, 86_400_000, delta=60_000)
        self.assertEqual((cf, sorted(names)), ({}, ["cf-ray", "host"]))
        self.assertEqual(self.get("body", 'CF-Blob: {"$f":{"clock":5}}', method="POST", body=b"hello").body, b"hello")


class Listeners(unittest.TestCase):
    def answer(self, source, **more):
        with Workerd({"worker.js": source}, service_worker=True, **more) as worker:
            return worker.get().body

    def test_may_be_objects_removed_or_several(self):
        respond = "event.respondWith(new Response('%s'))"
        cases = [
            ("addEventListener('fetch', {word: 'mine', handleEvent(event) { event.respondWith(new Response(this.word)); }});", b"mine", "object"),
            (f"self.addEventListener('fetch', event => {respond % 'self'});", b"self", "through self"),
            (f"const a = event => {respond % 'a'}; addEventListener('fetch', a); removeEventListener('fetch', a);"
             f" addEventListener('fetch', event => {respond % 'b'});", b"b", "removed"),
            (f"addEventListener('fetch', () => {{}}); addEventListener('fetch', event => {respond % 'second'});", b"second", "second"),
            (f"addEventListener('fetch', event => {{ {respond % 'direct'}; }}, {{once: false}});", b"direct", "with options"),
        ]
        for source, body, why in cases:
            with self.subTest(why):
                self.assertEqual(self.answer(source), body)

    def test_without_one_a_script_does_not_start(self):
        with Workerd({"worker.js": "const x = 1;"}, service_worker=True) as worker:
            self.assertEqual(worker.ready, [])
            self.assertIn("No event handlers were registered. This script does nothing.", worker.log())

    def test_get_contents_as_globals(self):
        bindings = "__A_tea_txt", "__B_noise_bin", "__C_add_wasm"
        body = f"event.respondWith(Response.json([{bindings[0]}, {bindings[1]}.byteLength, {bindings[2]} instanceof WebAssembly.Module]));"
        with Workerd(service_worker(body), service_worker=True, contents={
            bindings[0]: Module("text", "oolong"),
            bindings[1]: Module("data", b"\0\1\2"),
            bindings[2]: Module("wasmModule", b"\0asm\1\0\0\0"),
        }) as worker:
            self.assertEqual(json.loads(worker.get().body), ["oolong", 3, True])


if __name__ == "__main__":
    unittest.main()
