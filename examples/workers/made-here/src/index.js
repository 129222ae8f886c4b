// What many expect to be cached, and is not: an answer the Worker makes itself. A Worker runs before the cache, so these
// two headers do nothing here; `festina explain RAY` says so, and what would.
let made = 0;

export default {
  fetch() {
    made += 1;
    return new Response(`answer ${made}\n`, {
      headers: { "Cache-Control": "public, s-maxage=300", "Cache-Tag": "page" },
    });
  },
};
