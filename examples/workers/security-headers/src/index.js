// In front of whoever answers here, a Worker or the cache: pages that have moved, and what every page should say.
const MOVED = new Map([["/security-headers/old.html", "/security-headers/page.html"]]);

const FIELDS = {
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
};

export default {
  async fetch(request) {
    const url = new URL(request.url);
    const target = MOVED.get(url.pathname);
    if (target) return Response.redirect(new URL(target, url), 301);

    // On to what stands behind. What is stored stays as it came from there: only this visitor's copy changes.
    const response = await fetch(request);
    const copy = new Response(response.body, response);
    for (const [name, value] of Object.entries(FIELDS)) copy.headers.set(name, value);
    return copy;
  },
};
