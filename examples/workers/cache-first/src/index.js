// Cache first: what this data centre holds is the answer; the origin is asked for the rest, and a copy kept.
const SECONDS = 300;

export default {
  async fetch(request, env, ctx) {
    if (request.method !== "GET") return fetch(request);

    const cache = caches.default;
    const kept = await cache.match(request);
    if (kept) return marked(kept, "HIT");

    // By URL alone: what is kept for everybody is asked for without this visitor's cookies, ranges and conditions.
    const response = await fetch(request.url, { redirect: "manual" });
    if (!response.ok) return response;

    const copy = new Response(response.body, response);
    copy.headers.set("Cache-Control", `public, max-age=${SECONDS}`);
    // The visitor does not wait for this. A clone, because put() reads the body.
    ctx.waitUntil(cache.put(request, copy.clone()));
    return marked(copy, "MISS");
  },
};

// The headers of a match() are immutable: this is a copy.
function marked(response, status) {
  const copy = new Response(response.body, response);
  copy.headers.set("X-Cache-Api", status);
  return copy;
}
