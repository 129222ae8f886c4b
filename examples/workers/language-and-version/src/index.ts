// A key of one's own: one entry for each language and API version, whatever else the request carries.
const LANGUAGES = ["en", "de", "fr"] as const;
const VERSIONS = ["1", "2"] as const;
const SECONDS = 300;

type Language = (typeof LANGUAGES)[number];
type Version = (typeof VERSIONS)[number];

interface Variant {
  language: Language;
  version: Version;
}

export default {
  async fetch(request: Request, env: unknown, ctx: ExecutionContext): Promise<Response> {
    if (request.method !== "GET") return new Response("Send GET.\n", { status: 405, headers: { Allow: "GET" } });

    const version = VERSIONS.find((known) => known === (request.headers.get("X-API-Version") ?? "1"));
    if (!version) return new Response(`X-API-Version is one of ${VERSIONS.join(", ")}.\n`, { status: 400 });
    const variant: Variant = { language: preferred(request.headers.get("Accept-Language")), version };

    const key = keyOf(request, variant);
    const kept = await caches.default.match(key);
    if (kept) return marked(kept, "HIT");

    const response = await asked(request, variant);
    if (response.ok) ctx.waitUntil(caches.default.put(key, response.clone()));
    return marked(response, "MISS");
  },
};

// The origin is told the variant and nothing else of the visitor, so that the answer is everybody's.
async function asked(request: Request, { language, version }: Variant): Promise<Response> {
  const { origin, pathname } = new URL(request.url);
  const headers = { "Accept-Language": language, "X-API-Version": version };
  const response = await fetch(origin + pathname, { headers, redirect: "manual" });
  if (!response.ok) return response;

  const copy = new Response(response.body, response);
  copy.headers.set("Cache-Control", `public, max-age=${SECONDS}`);
  copy.headers.set("Content-Language", language);
  copy.headers.set("Vary", "Accept-Language, X-API-Version"); // for browsers: the Cache API does not heed it
  return copy;
}

// A URL that nobody visits: path, language and version, without the visitor's query.
function keyOf(request: Request, { language, version }: Variant): string {
  const { origin, pathname } = new URL(request.url);
  return `${origin}${pathname}?${new URLSearchParams({ language, version })}`;
}

// "de-AT, en;q=0.8" is de: regions do not matter, weights do.
function preferred(accepted: string | null): Language {
  const wanted = (accepted ?? "")
    .split(",")
    .map((range) => {
      const [tag, weight] = range.trim().split(/\s*;\s*q=/);
      return { language: tag.toLowerCase().split("-")[0], weight: Number(weight ?? 1) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  for (const { language } of wanted) {
    const known = LANGUAGES.find((each) => each === language);
    if (known) return known;
  }
  return LANGUAGES[0];
}

function marked(response: Response, status: "HIT" | "MISS"): Response {
  const copy = new Response(response.body, response);
  copy.headers.set("X-Cache-Api", status);
  return copy;
}
