// Two origins with the same content are one entry of the cache: what one has answered is not asked of the other.
const TTL = { "200-299": 300 };
let turn = 0; // round robin, within one isolate

export default {
  async fetch(request, env) {
    if (request.method !== "GET") return fetch(request);

    const url = new URL(request.url);
    const cacheKey = `mirrored:${url.pathname}${url.search}`;
    url.hostname = env.MIRRORS[turn++ % env.MIRRORS.length];

    // A plan below enterprise ignores cacheKey: then each mirror has entries of its own.
    const response = await fetch(url, { cf: { cacheEverything: true, cacheTtlByStatus: TTL, cacheKey } });
    const copy = new Response(response.body, response);
    copy.headers.set("X-Mirror", url.hostname);
    return copy;
  },
};
