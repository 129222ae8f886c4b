"""Start-up, fetch() and the Cache API on the wire, with the real workerd (docs/formats/worker-wire.md §1, §2, §4, §5).

Run: python3 -m unittest discover -s tests/workers -p '*_test.py'
"""

import json
import unittest

from workerd import MISS, RAY, Workerd, handler, reply, routes, url

O = "https://o.test/p"


class Start(unittest.TestCase):
    def test_says_on_the_control_descriptor_that_the_socket_listens(self):
        with Workerd(handler("return new Response('ok')")) as worker:
            self.assertEqual(worker.ready, [{"event": "listen", "socket": "FRA", "port": 0}])

    def test_serves_every_colo_of_one_process_from_an_isolate_of_its_own(self):
        counts = {"src/index.js": "let n = 0;\n" + handler(f"await fetch('{O}'); return new Response(++n);")["src/index.js"]}
        with Workerd(counts, colos=("FRA", "LHR")) as worker:
            self.assertEqual({line["socket"] for line in worker.ready}, {"FRA", "LHR"})
            for colo, count in [("FRA", b"1"), ("FRA", b"2"), ("LHR", b"1")]:
                self.assertEqual(worker.get(colo=colo).body, count)
                self.assertEqual(worker.host.next().get("X-Festina-Src"), f"site-api@5f0c21d7/{colo}")

    def test_answers_a_heartbeat_itself(self):
        with Workerd(handler(f"await fetch('{O}'); return new Response('seen')")) as worker:
            self.assertEqual(worker.get("http://festina.invalid/", method="HEARTBEAT").status, 501)
            self.assertTrue(worker.host.seen.empty(), "no script has seen it")
            self.assertEqual(worker.get().body, b"seen")

    def test_works_at_every_kind_of_date(self):
        cases = [
            ("2021-11-03", ("nodejs_als",), "old"),
            ("2025-06-01", ("nodejs_compat", "nodejs_als"), "beside the flag that implies it"),
            ("2026-11-17", ("nodejs_als",), "already the default, new module registry"),
        ]
        for date, flags, why in cases:
            with self.subTest(why), Workerd(handler(f"return fetch('{O}')"), date=date, flags=flags) as worker:
                self.assertEqual(worker.get().body, b"origin")
                self.assertEqual(worker.host.next().tag, {"ray": RAY, "op": "fetch"})

    def test_passes_other_exports_on_and_resolves_the_users_imports(self):
        modules = {
            "src/index.js": "import { word } from './lib/word.js';\n"
            "export class Other {}\n"
            "export default { fetch: () => new Response(word) };",
            "src/lib/word.js": "export const word = 'found';",
        }
        with Workerd(modules) as worker:
            self.assertEqual(worker.get().body, b"found")

    def test_refuses_what_does_not_start_in_workerds_words(self):
        cases = [
            ("export default { fetch( }", "src/index.js:1:", "syntax error, in the user's file"),
            ("import './nope.js'; export default {}", "No such module \"src/nope.js\"", "missing module"),
            ("export const x = 1;", "Incorrect type for map entry 'x'", "an export that is no handler", ("x",)),
            ("export default 1;", "Incorrect type for map entry 'default'", "a default that is no handler"),
        ]
        for source, text, why, *exports in cases:
            with self.subTest(why), Workerd({"src/index.js": source}, exports=exports[0] if exports else ("default",)) as worker:
                self.assertEqual(worker.ready, [])
                self.assertEqual(worker.process.wait(), 1)
                self.assertIn(text, worker.log())


class Fetch(unittest.TestCase):
    CASES = [
        ("plain", f"fetch('{O}')", {}),
        ("init", f"fetch('{O}', {{headers: {{a: 'b'}}}})", {}),
        ("cf", f"fetch('{O}', {{cf: {{cacheEverything: true}}}})", {"cacheEverything": True}),
        ("ttl", f"fetch('{O}', {{cf: {{cacheTtl: 60}}}})", {"cacheTtl": 60, "cacheControl": "max-age=60"}),
        ("forged", f"fetch('{O}', {{cf: {{$f: {{ray: 'x', op: 'exception'}}}}}})", {}),
        ("url", f"fetch(new URL('{O}'))", {}),
        ("request", f"fetch(new Request('{O}', {{cf: {{cacheKey: 'k'}}}}))", {"cacheKey": "k"}),
        ("requestttl", f"fetch(new Request('{O}', {{cf: {{cacheTtl: 60}}}}))", {"cacheTtl": 60, "cacheControl": "max-age=60"}),
        ("nostore", f"fetch('{O}', {{cache: 'no-store'}})", {"cacheTtl": -1, "cacheLevel": "bypass", "cacheControl": "no-store"}),
        ("requestnostore", f"fetch(new Request('{O}', {{cache: 'no-store'}}))", {"cacheTtl": -1, "cacheLevel": "bypass", "cacheControl": "no-store"}),
        ("clone", f"fetch(new Request(new Request('{O}', {{cf: {{cacheTtl: 60}}}})).clone())", {"cacheTtl": 60, "cacheControl": "max-age=60"}),
        ("replaced", f"fetch(new Request('{O}', {{cf: {{cacheKey: 'k'}}}}), {{cf: {{cacheTags: ['t']}}}})", {"cacheTags": ["t"]}),
        ("kept", f"fetch(new Request('{O}', {{cf: {{cacheKey: 'k'}}}}), {{method: 'GET'}})", {"cacheKey": "k"}),
        ("both", f"fetch('{O}', new Request('https://x.test/', {{cf: {{cacheKey: 'k'}}}}))", {"cacheKey": "k"}),
        ("inbound", f"fetch('{O}', request)", {"colo": "FRA"}),
        ("bare", f"fetch('{O}', Object.assign(Object.create(null), {{cf: {{cacheKey: 'k'}}}}))", {"cacheKey": "k"}),
        ("later", f"new Promise(r => setTimeout(r, 1)).then(() => globalThis.fetch('{O}'))", {}),
        ("torn", f"torn(() => fetch('{O}', {{cf: {{$f: {{ray: '{RAY}'}}}}}}))", {}),
    ]

    @classmethod
    def setUpClass(cls):
        modules = routes(
            **{name: f"return {call};" for name, call, _ in cls.CASES},
            post=f"return fetch('{O}', request);",
            passed=f"return fetch('{O}', {{headers: request.headers}});",
            native="const o = {fetch}; try { return await o.fetch('https://o.test/'); } catch (e) { return new Response(String(e)); }",
            cfnull=f"return fetch('{O}', {{cf: null}}).catch(e => new Response(String(e)));",
            headers=f"return fetch('{O}', {{headers: {{'X-Festina-Src': 'other@1/LHR', 'CF-Blob': '{{}}'}}}});",
            stream=f"return new Response(new ReadableStream({{async pull(c) {{ await fetch('{O}'); c.close(); }}}}));",
            keep="globalThis.kept = AsyncLocalStorage.snapshot(); return new Response('ok');",
            use=f"return kept(() => fetch('{O}'));",
            after=f"ctx.waitUntil((async () => {{ await null; await fetch('{O}'); }})()); return new Response('ok');",
        )
        prelude = "import { AsyncLocalStorage } from 'node:async_hooks';\nconst torn = AsyncLocalStorage.snapshot();\n"
        modules["src/index.js"] = prelude + modules["src/index.js"]
        cls.worker = cls.enterClassContext(Workerd(modules, clock=True))

    def get(self, name, *fields, **more):
        answer = self.worker.get(url(name), *fields, **more)
        return answer, self.worker.host.next()

    def test_is_tagged_whatever_its_form(self):
        for name, call, cf in self.CASES:
            with self.subTest(call):
                answer, seen = self.get(name, 'CF-Blob: {"colo":"FRA"}')
                self.assertEqual((answer.status, seen.on, seen.line), (200, "out", f"GET {O} HTTP/1.1"))
                ray = None if name == "torn" else RAY
                self.assertEqual(seen.cf, cf | {"$f": {"ray": ray, "op": "fetch"}})

    def test_carries_the_injected_identity_and_blob_over_forged_ones(self):
        _, seen = self.get("headers")
        self.assertEqual([value for name, value in seen.fields if name == "X-Festina-Src"], ["site-api@5f0c21d7/FRA"])
        self.assertEqual(seen.cf, {"$f": {"ray": RAY, "op": "fetch"}})

    def test_keeps_the_body_and_the_copied_ray_field(self):
        _, seen = self.get("post", method="POST", body=b"hello")
        self.assertEqual((seen.line, seen.body, seen.get("CF-Ray")), (f"POST {O} HTTP/1.1", b"hello", RAY))

    def test_keeps_the_scope_in_streams_and_after_the_answer(self):
        for name in ("stream", "after"):
            with self.subTest(name):
                self.assertEqual(self.get(name)[1].tag, {"ray": RAY, "op": "fetch"})

    def test_keeps_the_scope_where_a_later_request_takes_it_up(self):
        self.worker.get(url("keep"), ray="0000000000000001")
        self.assertEqual(self.get("use", ray="0000000000000002")[1].tag["ray"], "0000000000000001")

    def test_keeps_apart_requests_served_by_one_isolate(self):
        for ray in ("0000000000000001", "0000000000000002"):
            self.assertEqual(self.get("plain", ray=ray)[1].tag["ray"], ray)

    def test_carries_more_fields_than_the_host_lets_in(self):  # worker-wire.md §7
        fields = [f"X-Many-{number}: {number}" for number in range(600)]
        _, seen = self.get("passed", *fields)
        self.assertEqual(sum(name.startswith("X-Many-") for name, _ in seen.fields), len(fields))

    def test_fails_as_the_native_one_does(self):
        self.assertIn(b"Illegal invocation", self.worker.get(url("native")).body)
        self.assertIn(b"Incorrect type for the 'cf' field", self.worker.get(url("cfnull")).body)


class CacheApi(unittest.TestCase):
    K = "https://site.test/k"

    # A stream of unknown length; null is a failure, after the host has seen a fetch().
    PARTS = (
        "const parts = (...all) => new ReadableStream({ async pull(c) {\n"
        "  const part = all.shift();\n"
        "  if (part === undefined) return c.close();\n"
        "  if (part !== null) return c.enqueue(new TextEncoder().encode(part));\n"
        "  await fetch('https://o.test/');\n"
        "  c.error(new Error('failed'));\n"
        "} });\n"
    )

    @classmethod
    def setUpClass(cls):
        k, cache = cls.K, "caches.default"
        text = "return new Response(JSON.stringify(await %s ?? null));"
        modules = routes(
            match=f"return (await {cache}.match('{k}')) ?? new Response('undefined');",
            request=f"return (await {cache}.match(new Request('{k}', {{headers: {{Range: 'bytes=0-1'}}, cf: {{cacheKey: 'c'}}}}))) "
            "?? new Response('undefined');",
            named=f"const c = await caches.open('a b'); return new Response(String(await c.match('{k}')));",
            post=f"await {cache}.match(request, {{ignoreMethod: true}}); return new Response(await request.text());",
            get=f"await {cache}.match(request); return new Response('ok');",
            bad=f"return {cache}.match('nonsense').catch(e => new Response(String(e)));",
            put=f"return new Response(String(await {cache}.put('{k}', new Response('hello', {{headers: {{'Cache-Control': 'max-age=60'}}}}))));",
            disturbed=f"const r = new Response('hello'); const p = {cache}.put('{k}', r); const used = r.bodyUsed; await p; "
            "return new Response(String(used));",
            chunked=f"await {cache}.put('{k}', new Response(parts('ab', 'cde'))); return new Response('ok');",
            broken=f"await {cache}.put('{k}', new Response(parts('ab', null))).catch(() => {{}}); return new Response('ok');",
            putpost=f"return {cache}.put(new Request('{k}', {{method: 'POST', body: 'b'}}), new Response('x')).catch(e => new Response(String(e)));",
            remove=text % f"{cache}.delete(new Request('{k}', {{headers: {{foo: 'bar'}}}})).catch(e => String(e))",
        )
        modules["src/index.js"] = cls.PARTS + modules["src/index.js"]
        cls.worker = cls.enterClassContext(Workerd(modules))

    def setUp(self):
        self.host = self.worker.host
        self.host.answers |= {"GET": MISS, "PUT": reply(), "PURGE": reply("404 Not Found")}

    def get(self, name, **more):
        answer = self.worker.get(url(name), **more)
        return answer, self.host.next()

    def expect(self, seen, line, op):
        self.assertEqual((seen.on, seen.line, seen.tag), ("cache", line, {"ray": RAY, "op": op}))
        self.assertEqual(seen.get("X-Festina-Src"), "site-api@5f0c21d7/FRA")

    def test_match_asks_for_what_is_stored_only(self):
        answer, seen = self.get("match")
        self.assertEqual(answer.body, b"undefined")
        self.expect(seen, f"GET {self.K} HTTP/1.1", "match")
        self.assertEqual(seen.get("Cache-Control"), "only-if-cached")

    def test_match_is_decided_by_the_cache_status(self):
        cases = [
            ("200 OK", "HIT", b"body", "a hit"),
            ("504 Gateway Timeout", "HIT", b"body", "a stored 504 is a hit"),
            ("200 OK", "EXPIRED", b"undefined", "any other word is a miss"),
            ("200 OK", "hit", b"undefined", "capitals count"),
        ]
        for status, word, body, why in cases:
            with self.subTest(why):
                self.host.answers["GET"] = reply(status, b"body", f"CF-Cache-Status: {word}")
                self.assertEqual(self.get("match")[0].body, body)

    def test_match_sends_the_fields_and_cf_of_a_request(self):
        _, seen = self.get("request")
        self.assertEqual(seen.get("Range"), "bytes=0-1")
        self.assertEqual(seen.cf, {"cacheKey": "c", "$f": {"ray": RAY, "op": "match"}})

    def test_match_in_a_named_cache_names_it(self):
        self.assertEqual(self.get("named")[1].get("CF-Cache-Namespace"), "a%20b")

    def test_match_does_not_consume_the_body_of_its_key(self):
        answer, seen = self.get("post", method="POST", body=b"hello")
        self.assertEqual((answer.body, seen.line), (b"hello", f"GET {url('post')} HTTP/1.1"))

    def test_match_takes_the_inbound_request(self):
        self.expect(self.get("get")[1], f"GET {url('get')} HTTP/1.1", "match")

    def test_match_of_no_url_fails_in_native_words(self):
        self.assertIn(b"TypeError: Invalid URL: nonsense", self.worker.get(url("bad")).body)

    def test_put_of_known_length_carries_one_response(self):
        answer, seen = self.get("put")
        self.assertEqual(answer.body, b"undefined")
        self.expect(seen, f"PUT {self.K} HTTP/1.1", "put")
        head, _, body = seen.body.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        self.assertEqual(body, b"hello")
        self.assertEqual(lines[0], "HTTP/1.1 200 OK")
        self.assertEqual(set(lines[1:]), {"Content-Length: 5", "Cache-Control: max-age=60", "Content-Type: text/plain;charset=UTF-8"})
        self.assertEqual(seen.get("Content-Length"), str(len(seen.body)))

    def test_put_of_unknown_length_labels_the_inner_body_chunked_but_does_not_frame_it(self):
        _, seen = self.get("chunked")
        self.assertEqual(seen.get("Transfer-Encoding"), "chunked")
        head, _, body = seen.body.partition(b"\r\n\r\n")
        self.assertEqual((head, body), (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"abcde"))

    def test_put_that_fails_half_way_ends_early(self):
        self.worker.get(url("broken"))
        self.assertFalse(self.host.next_of("put").complete)

    def test_put_resolves_whether_stored_or_not(self):
        for status in ("413 Content Too Large", "500 Internal Server Error"):
            with self.subTest(status):
                self.host.answers["PUT"] = reply(status)
                self.assertEqual(self.get("put")[0].body, b"undefined")

    def test_put_disturbs_the_body_at_once(self):
        self.assertEqual(self.get("disturbed")[0].body, b"true")

    def test_put_of_a_post_fails_in_native_words(self):
        self.assertIn(b"Cannot cache response to non-GET request.", self.worker.get(url("putpost")).body)

    def test_delete_purges_one_url(self):
        _, seen = self.get("remove")
        self.expect(seen, f"PURGE {self.K} HTTP/1.1", "delete")
        self.assertEqual((seen.get("X-Real-IP"), seen.get("foo")), ("127.0.0.1", "bar"))

    def test_delete_reads_the_status(self):
        failed = b'"Error: Unable to delete cached response.'
        for status, text in [("200 OK", b"true"), ("404 Not Found", b"false"), ("429 Too Many Requests", failed), ("204 No Content", failed)]:
            with self.subTest(status):
                self.host.answers["PURGE"] = reply(status)
                self.assertTrue(self.get("remove")[0].body.startswith(text))


class Calls(unittest.TestCase):
    """The quota of calls for one request, as the runtime module keeps it (worker-wire.md §4)."""

    K = "https://site.test/k"
    MATCH = f"GET {K} HTTP/1.1"
    FETCH = f"GET {O} HTTP/1.1"
    FETCHES = "Error: Too many subrequests."
    OPERATIONS = "Error: Too many API requests by single worker invocation."
    OVER = "Error: The request was answered too long ago: its waitUntil() work has ended."

    @classmethod
    def setUpClass(cls):
        said = "const said = (call) => call.then(() => 'ok', String);\n"
        c, k = "caches.default", cls.K
        four = f"[fetch('{O}'), {c}.match('{k}'), {c}.put('{k}', new Response('x')), {c}.delete('{k}')]"
        modules = routes(
            four=f"return Response.json(await Promise.all({four}.map(said)));",
            fetches=f"return Response.json(await Promise.all([1, 2, 3, 4, 5].map(() => said(fetch('{O}')))));",
            fifth=f"const late = [() => {c}.match('{k}'), () => {c}.put('{k}', new Response('x')), () => {c}.delete('{k}'), () => fetch('{O}')];\n"
            f"    await Promise.all({four}); const all = []; for (const call of late) all.push(await said(call())); return Response.json(all);",
            hop=f"return new Response(await said(fetch('{O}')));",
            match=f"return new Response(await said({c}.match('{k}')));",
            hidden=f"const r = await {c}.match('{k}'); return Response.json([r.status, [...r.headers.keys()], await r.text()]);",
        )
        modules["src/index.js"] = said + modules["src/index.js"]
        cls.worker = cls.enterClassContext(Workerd(modules, calls=4))
        cls.worker.host.answers |= {cls.MATCH: MISS, "PUT": reply(), "PURGE": reply("404 Not Found")}

    def json(self, name):
        return json.loads(self.worker.get(url(name)).body)

    def test_allows_as_many_as_it_is_told(self):
        for _ in range(2):  # each request has its own
            self.assertEqual(self.json("four"), ["ok"] * 4)

    def test_counts_those_at_once(self):
        self.assertEqual(self.json("fetches"), ["ok"] * 4 + [self.FETCHES])

    def test_fails_each_call_in_its_words_beyond(self):
        self.assertEqual(self.json("fifth"), [self.OPERATIONS] * 3 + [self.FETCHES])

    def test_throws_what_the_host_refuses(self):
        refused = reply("429 Too Many Requests", b"", "X-Festina-Refused: calls", "CF-Cache-Status: HIT")
        self.worker.host.answers[self.FETCH] = refused
        self.assertEqual(self.worker.get(url("hop")).body.decode(), self.FETCHES)
        over = reply("429 Too Many Requests", b"", "X-Festina-Refused: time", "CF-Cache-Status: HIT")
        self.worker.host.answers[self.FETCH] = over
        self.assertEqual(self.worker.get(url("hop")).body.decode(), self.OVER)
        self.worker.host.answers[self.FETCH] = reply("429 Too Many Requests", b"an origin's own")
        self.assertEqual(self.worker.get(url("hop")).body, b"ok")
        del self.worker.host.answers[self.FETCH]
        self.worker.host.answers[self.MATCH] = refused
        self.assertEqual(self.worker.get(url("match")).body.decode(), self.OPERATIONS)
        self.worker.host.answers[self.MATCH] = over
        self.assertEqual(self.worker.get(url("match")).body.decode(), self.OVER)
        self.worker.host.answers[self.MATCH] = MISS

    def test_match_hides_its_status_when_the_host_says_so(self):
        self.worker.host.answers[self.MATCH] = reply("203 OK", b"kept", "CF-Cache-Status: HIT", "X-Festina-Status: hidden", "A: b")
        status, names, text = self.json("hidden")
        self.assertEqual((status, text), (203, "kept"))
        self.assertIn("a", names)
        self.assertFalse({"cf-cache-status", "x-festina-status"} & set(names))
        self.worker.host.answers[self.MATCH] = MISS


if __name__ == "__main__":
    unittest.main()
