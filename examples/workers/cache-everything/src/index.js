// Pages in the CDN cache, whatever their extension: the same for all visitors but those who are logged in.
export default {
  async fetch(request) {
    if (isLoggedIn(request)) return fetch(request); // by the cache's defaults: pages are not stored

    const { pathname } = new URL(request.url);
    const cf = pathname.includes("/news/")
      ? { cacheEverything: true } // any extension, for as long as the origin says
      : { cacheTtl: 3600 }; // any extension, for an hour whatever the origin says
    return fetch(request, { cf });
  },
};

const isLoggedIn = (request) => /(?:^|;\s*)session=/.test(request.headers.get("Cookie") ?? "");
