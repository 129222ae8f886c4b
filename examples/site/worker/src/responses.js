// What an API answers with.
export function json(value, { status = 200, headers = {} } = {}) {
  return Response.json(value, { status, headers: { "Cache-Control": "no-store", ...headers } });
}

// Responses that come from a cache or a fetch have immutable headers: this one is a copy.
export function withHeader(response, name, value) {
  const copy = new Response(response.body, response);
  copy.headers.set(name, value);
  return copy;
}
