// Network first: the origin's answer is best; when it fails or takes too long, the last good one does.
const KEEP_SECONDS = 86_400;

// A cache of its own: fetch() may find what is in caches.default, and would take it for the origin's.
const lastGood = () => caches.open("last-good");

export default {
  async fetch(request, env, ctx) {
    if (request.method !== "GET") return fetch(request);

    const fresh = await asked(request.url, env.PATIENCE_MS);
    if (fresh?.ok) {
      ctx.waitUntil(keep(request.url, fresh.clone()));
      return from("network", fresh);
    }
    // A 404 is an answer, and no reason to show what used to be there.
    if (fresh && fresh.status < 500) return from("network", fresh);

    const cache = await lastGood();
    const kept = await cache.match(request.url);
    if (kept) return from("cache", kept);
    return fresh ?? new Response("The origin does not answer.\n", { status: 504 });
  },
};

// Nothing when there was no answer in time. By URL alone: what is kept for everybody is asked for without this visitor's
// cookies, ranges and conditions.
async function asked(url, patience) {
  try {
    return await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(patience) });
  } catch {
    return undefined;
  }
}

async function keep(url, response) {
  const copy = new Response(response.body, response);
  copy.headers.set("Cache-Control", `max-age=${KEEP_SECONDS}`);
  const cache = await lastGood();
  await cache.put(url, copy);
}

function from(source, response) {
  const copy = new Response(response.body, response);
  copy.headers.set("Cache-Control", "no-cache"); // browsers ask again, too
  copy.headers.set("X-Served-From", source);
  return copy;
}
