// Lifetimes by route, in one table: how long the edge stores, and what browsers are told. The first row that fits counts.
const ROUTES = [
  // Named by their content: they never change.
  { path: /\/assets\/.+\.[0-9a-f]{8}\.\w+$/, edge: 2_592_000, browser: "public, max-age=31536000, immutable" },
  { path: /\/api\//, edge: 10, browser: "no-cache" },
  { path: /\/account(\/|$)/, edge: -1, browser: "private, no-store" },
  { path: /./, edge: 300, browser: "public, max-age=60" },
];

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const route = ROUTES.find(({ path }) => path.test(pathname));

    // Cache-Control of our answer is for browsers. What the edge stores is said here; -1 is not at all.
    const response = await fetch(request, { cf: { cacheTtl: route.edge } });
    if (!response.ok) return response;

    const copy = new Response(response.body, response);
    copy.headers.set("Cache-Control", route.browser);
    copy.headers.delete("Age"); // time at the edge, which would use up the browser's
    return copy;
  },
};
