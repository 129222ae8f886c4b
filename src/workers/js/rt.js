// The runtime module: ties what a Worker does to the request it does it for.
//
// Evaluated before the user's modules. fetch() and the Cache API are patched to write the tag
//   $f = {ray, op}
// into `cf`, which workerd sends as CF-Blob (docs/formats/worker-wire.md). The script's own `cf` is kept, the tag
// always wins. All else stays native, errors included: what we cannot rebuild, the native call judges itself.
import { AsyncLocalStorage } from "node:async_hooks";
import { WorkerEntrypoint } from "cloudflare:workers";

const kReportTo = "https://festina.invalid/exception";
const kMaxText = 8192;
const kMaxCalls = {{calls}}; // for one request: fetch() and the Cache API together
const kTooManyFetches = "Too many subrequests.";
const kTooManyOperations = "Too many API requests by single worker invocation.";

const NativeRequest = Request;
const nativeFetch = fetch;
const serving = new AsyncLocalStorage(); // {ray, clock, calls} of the request being served

// How many milliseconds Date runs ahead for the request being served.
export const clockOffset = () => serving.getStore()?.clock ?? 0;

const tagged = (cf, op) => ({ ...cf, $f: { ray: serving.getStore()?.ray ?? null, op } });
const cfOf = (input) => (input instanceof NativeRequest ? input.cf : undefined);

// Counts one more call; a rejected promise when it is one too many. The host counts too, over all Workers of a request and
// every hop of a redirect: what it refuses is marked, and thrown in the same words.
function oneTooMany(text) {
  const scope = serving.getStore();
  if (scope === undefined) return undefined;
  scope.calls += 1;
  return scope.calls > kMaxCalls ? Promise.reject(new Error(text)) : undefined;
}

function heard(response, text) {
  if (response.status === 429 && response.headers.has("X-Festina-Refused")) throw new Error(text);
  return response;
}

globalThis.fetch = function fetch(input, init) {
  return oneTooMany(kTooManyFetches) ?? taggedFetch.call(this, input, init).then((r) => heard(r, kTooManyFetches));
};

function taggedFetch(input, init) {
  if (init === undefined || init === null) {
    return nativeFetch.call(this, input, { cf: tagged(cfOf(input), "fetch") });
  }
  if (Object.getPrototypeOf(init) !== Object.prototype) return fetchWithObject.call(this, input, init);
  const cf = init.cf === undefined ? cfOf(input) : init.cf; // replaces the Request's cf, does not merge
  if (init.cf !== undefined && Object(cf) !== cf) return nativeFetch.call(this, input, init); // refused there
  return nativeFetch.call(this, input, { ...init, cf: tagged(cf, "fetch") });
}

// `init` is a Request, or another object whose members are not its own: the constructor reads them as fetch() would.
async function fetchWithObject(input, init) {
  const request = new NativeRequest(input, init);
  return nativeFetch.call(this, request, { cf: tagged(request.cf, "fetch") });
}

// A cache key with the tag. The body of a key is never sent and must not be consumed.
function taggedKey(key, op) {
  try {
    const cf = tagged(cfOf(key), op);
    if (!(key instanceof NativeRequest) || key.body === null) return new NativeRequest(key, { cf });
    return new NativeRequest(key.url, { method: key.method, headers: key.headers, cf });
  } catch {
    return key; // not a URL: the native call says so in its own words
  }
}

// What a match found, as the script may see it. Without its status its header is a copy, which can be changed.
function found(response) {
  if (response === undefined || !heard(response, kTooManyOperations).headers.has("X-Festina-Status")) return response;
  const copy = new Response(response.body, response);
  copy.headers.delete("X-Festina-Status");
  copy.headers.delete("CF-Cache-Status");
  return copy;
}

// The native call happens before ours returns: callers of put() rely on the body being disturbed by then.
for (const op of ["match", "put", "delete"]) {
  const native = Cache.prototype[op];
  Cache.prototype[op] = function (key, ...rest) {
    const refusal = oneTooMany(kTooManyOperations);
    if (refusal !== undefined) return refusal;
    const done = native.call(this, taggedKey(key, op), ...rest);
    return op === "match" ? done.then(found) : done;
  };
}

// The default export, with its fetch handler in the scope of the request it serves. What is no handler at all is left
// to workerd to refuse.
export function wrap(user) {
  if (user === undefined) throw new Error("No event handlers were registered. This script does nothing.");
  if (typeof user === "function" && user.prototype instanceof WorkerEntrypoint) return wrapClass(user);
  if (user === null || typeof user !== "object" || typeof user.fetch !== "function") return user;
  const native = user.fetch;
  const fetch = (request, env, ctx) => serve(request, ctx, (seen) => native.call(user, seen, env, ctx));
  return Object.create(user, { fetch: { value: fetch } });
}

function wrapClass(User) {
  if (typeof User.prototype.fetch !== "function") return User;
  class Wrapped extends User {
    fetch(request) {
      return serve(request, this.ctx, (seen) => super.fetch(seen));
    }
  }
  return Object.defineProperty(Wrapped, "name", { value: User.name });
}

function serve(request, ctx, handle) {
  const ray = request.headers.get("CF-Ray");
  const clock = request.headers.get("X-Festina-Clock");
  const seen = clock === null ? request : withoutClock(request);
  return serving.run({ ray, clock: Number(clock), calls: 0 }, answer, seen, ctx, handle);
}

// Fields of an inbound Request cannot be changed, those of a copy can.
function withoutClock(request) {
  const copy = new NativeRequest(request);
  copy.headers.delete("X-Festina-Clock");
  return copy;
}

// Throws what the handler threw: workerd's own answer to that, and passThroughOnException(), stay as they are.
async function answer(request, ctx, handle) {
  try {
    return await handle(request);
  } catch (thrown) {
    ctx.waitUntil(report(thrown).catch(() => {}));
    throw thrown;
  }
}

async function report(thrown) {
  const body = JSON.stringify({ ...description(thrown), timestamp: Date.now() });
  const headers = { "Content-Type": "application/json" };
  await nativeFetch(kReportTo, { method: "POST", headers, body, cf: tagged(null, "exception") });
}

function description(thrown) {
  if (!(thrown instanceof Error)) return { name: typeof thrown, message: cut(thrown), stack: "" };
  const theirs = (line) => !line.includes("__festina_");
  const stack = cut(thrown.stack).split("\n").filter(theirs).join("\n");
  return { name: cut(thrown.name), message: cut(thrown.message), stack };
}

const cut = (value) => String(value).slice(0, kMaxText);
