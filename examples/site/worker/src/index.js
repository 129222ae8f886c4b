// The shop's JSON API. Nothing here knows of Festina: it runs on Cloudflare as it is.
import { json, withHeader } from "./responses.js";

const routes = {
  "/api/hello": hello,
  "/api/products": products,
  "/api/cached": teaOfTheMoment,
  "/api/clear": clear,
  "/api/boom": boom,
};

export default {
  async fetch(request, env, ctx) {
    const handle = routes[new URL(request.url).pathname];
    return handle ? handle(request, env, ctx) : json({ error: "There is no such page here." }, { status: 404 });
  },
};

// Made by the Worker alone: no cache is asked.
function hello(request, env) {
  return json({ greeting: env.GREETING, colo: request.cf?.colo, time: new Date().toISOString() });
}

// Reads the zone's own data through the CDN cache, where it stays for a minute whatever its extension.
async function products(request) {
  const source = new URL("/data/products.json", request.url);
  const upstream = await fetch(source, { cf: { cacheEverything: true, cacheTtl: 60 } });
  if (!upstream.ok) return json({ error: "The list of teas is not to be had." }, { status: 502 });

  const { currency, teas } = await upstream.json();
  const price = new Intl.NumberFormat("en", { style: "currency", currency });
  const list = teas
    .filter((tea) => tea.stock > 0)
    .sort((a, b) => a.name.localeCompare(b.name))
    .map(({ cents, stock, ...tea }) => ({ ...tea, price: price.format(cents / 100), lastOnes: stock < 10 }));

  const status = upstream.headers.get("CF-Cache-Status") ?? "NONE";
  return json({ count: list.length, teas: list }, { headers: { "X-Upstream-Cache": status } });
}

// Made once, then kept in the Cache API of this data centre for half a minute.
async function teaOfTheMoment(request, env, ctx) {
  const key = keyOfTheMoment(request);
  const stored = await caches.default.match(key);
  if (stored) return withHeader(stored, "X-Cache-Api", "HIT");

  const moods = ["a bright", "a quiet", "a rainy", "a long", "an early"];
  const mood = moods[Math.floor(Math.random() * moods.length)];
  const body = { tea: `Tea for ${mood} afternoon`, brewed: new Date().toISOString() };
  const response = json(body, { headers: { "Cache-Control": "public, max-age=30" } });
  ctx.waitUntil(caches.default.put(key, response.clone()));
  return withHeader(response, "X-Cache-Api", "MISS");
}

async function clear(request) {
  if (request.method !== "POST" && request.method !== "DELETE") {
    return json({ error: "Send POST or DELETE." }, { status: 405, headers: { Allow: "POST, DELETE" } });
  }
  return json({ removed: await caches.default.delete(keyOfTheMoment(request)) });
}

const keyOfTheMoment = (request) => new URL("/api/cached", request.url).href;

// A mistake, to see how the edge reports it.
function boom() {
  throw new Error("The teapot fell.");
}
