// Grace and a circuit breaker: a failing origin is covered by what was kept for an hour beyond its time, and is left
// alone for half a minute once it has failed three times in a row.
const FRESH_SECONDS = 60;
const GRACE_SECONDS = 3600;
const FAILURES = 3;
const REST_SECONDS = 30;

// A cache of its own: fetch() may find what is in caches.default, and would take it for the origin's.
const copies = () => caches.open("grace");

// Of this isolate: others learn for themselves.
const breaker = { failures: 0, restsUntil: 0 };

export default {
  async fetch(request, env, ctx) {
    if (request.method !== "GET") return fetch(request);

    const cache = await copies();
    const kept = await cache.match(request.url);
    if (kept && ageOf(kept) < FRESH_SECONDS) return from("cache", kept);

    const response = mayAsk() ? await asked(request.url) : undefined;
    if (response) {
      if (response.ok) ctx.waitUntil(keep(cache, request.url, response.clone()));
      return from("origin", response);
    }
    if (kept) return from("grace", kept);
    return new Response("Back in a moment.\n", { status: 503, headers: { "Retry-After": `${REST_SECONDS}` } });
  },
};

// Open: nobody asks. After the rest one request tries, and the others rest on until it has succeeded.
function mayAsk() {
  if (breaker.failures < FAILURES) return true;
  if (Date.now() < breaker.restsUntil) return false;
  breaker.restsUntil = Date.now() + REST_SECONDS * 1000;
  return true;
}

// Nothing when the origin failed. By URL alone: what is kept for everybody is asked for without this visitor's cookies,
// ranges and conditions.
async function asked(url) {
  const response = await fetch(url, { redirect: "manual" }).catch(() => undefined);
  if (response && response.status < 500) {
    breaker.failures = 0;
    return response;
  }
  breaker.failures += 1;
  breaker.restsUntil = Date.now() + REST_SECONDS * 1000;
  return undefined;
}

function keep(cache, url, response) {
  const copy = new Response(response.body, response);
  copy.headers.set("Cache-Control", `max-age=${FRESH_SECONDS + GRACE_SECONDS}`);
  copy.headers.set("X-Cached-At", Date.now().toString());
  return cache.put(url, copy);
}

const ageOf = (kept) => (Date.now() - Number(kept.headers.get("X-Cached-At"))) / 1000;

function from(source, response) {
  const copy = new Response(response.body, response);
  copy.headers.set("Cache-Control", "no-cache");
  copy.headers.set("X-Served-From", source);
  return copy;
}
