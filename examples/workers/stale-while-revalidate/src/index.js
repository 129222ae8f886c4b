// Stale-while-revalidate by hand. The Cache API heeds no such directive, so the copy is kept for as long as it may be
// shown at all, and X-Cached-At says how old it is:
//
//   age    0 ......... 60 ................. 600
//   state  FRESH       STALE: shown, and    MISS: nothing is kept,
//                      renewed behind it    the visitor waits
const FRESH_SECONDS = 60;
const KEEP_SECONDS = 600;

// A cache of its own: fetch() may find what is in caches.default, and would take it for the origin's.
const copies = () => caches.open("stale-while-revalidate");

export default {
  async fetch(request, env, ctx) {
    if (request.method !== "GET") return fetch(request);

    const cache = await copies();
    const kept = await cache.match(request.url);
    if (!kept) return shown(await renewed(cache, request.url, ctx), "MISS");

    const age = (Date.now() - Number(kept.headers.get("X-Cached-At"))) / 1000;
    if (age < FRESH_SECONDS) return shown(kept, "FRESH");

    ctx.waitUntil(renewed(cache, request.url, ctx));
    return shown(kept, "STALE");
  },
};

// Asks the origin, and keeps what is worth it. A failure leaves the old copy where it is. By URL alone: what is kept for
// everybody is asked for without this visitor's cookies, ranges and conditions.
async function renewed(cache, url, ctx) {
  const response = await fetch(url, { redirect: "manual" });
  if (!response.ok) return response;

  const copy = new Response(response.body, response);
  copy.headers.set("Cache-Control", `public, max-age=${KEEP_SECONDS}`);
  copy.headers.set("X-Cached-At", Date.now().toString());
  ctx.waitUntil(cache.put(url, copy.clone()));
  return copy;
}

function shown(response, state) {
  const copy = new Response(response.body, response);
  copy.headers.set("Cache-Control", "no-cache"); // our own lifetime is not the browser's
  copy.headers.set("X-Cache-State", state);
  return copy;
}
