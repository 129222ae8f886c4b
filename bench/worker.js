// The Worker of run_workers: each path is one kind of call. `env.ORIGIN` is where its origin is.
const kHost = "http://bench.example";
const kBody = "x".repeat(1000);
const kFields = { "Content-Type": "text/plain", "Cache-Control": "max-age=86400" };
const kPutKeys = 1000;
let calls = 0;

async function match() {
  const found = await caches.default.match(`${kHost}/match`);
  if (found === undefined) await caches.default.put(`${kHost}/match`, new Response(kBody, { headers: kFields }));
  return found ?? new Response("stored");
}

async function put() {
  await caches.default.put(`${kHost}/put/${calls++ % kPutKeys}`, new Response(kBody, { headers: kFields }));
  return new Response("stored");
}

const answers = {
  "/hello": () => new Response("Hello"),
  "/fetch_hit": (env) => fetch(`${env.ORIGIN}/object.css`),
  "/fetch_miss": (env) => fetch(`${env.ORIGIN}/miss/${calls++}.css`),
  "/match": match,
  "/put": put,
};

export default {
  fetch(request, env) {
    const answer = answers[new URL(request.url).pathname];
    return answer?.(env) ?? new Response("no such case", { status: 404 });
  },
};
