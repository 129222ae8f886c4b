// A day at the edge, where a purge reaches it; two minutes in browsers, where nothing does.
export default {
  async fetch(request) {
    const response = await fetch(request, { cf: { cacheTtl: 86_400 } });

    // What fetch() returns is immutable, and what is stored stays as the origin sent it: only this visitor's copy changes.
    const copy = new Response(response.body, response);
    copy.headers.set("Cache-Control", "public, max-age=120");
    copy.headers.delete("Expires"); // it would contradict
    copy.headers.delete("Age"); // time at the edge, which would use up the two minutes
    return copy;
  },
};
