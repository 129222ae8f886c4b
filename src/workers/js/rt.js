// The runtime module: ties what a Worker does to the request it does it for.
//
// Evaluated before the user's modules. fetch() and the Cache API are patched to write the tag
//   $f = {ray, op}
// into `cf`, which workerd sends as CF-Blob (docs/formats/worker-wire.md). The script's own `cf` is kept, the tag
// always wins. All else stays native, errors included: what we cannot rebuild, the native call judges itself.
import { AsyncLocalStorage } from "node:async_hooks";
import { WorkerEntrypoint } from "cloudflare:workers";

const kReportTo = "https://festina.invalid/exception";
const kPrintTo = "https://festina.invalid/console";
const kMaxText = 8192;
const kMaxLines = 64; // of what is printed, in one report

const NativeRequest = Request;
const nativeFetch = fetch;
const serving = new AsyncLocalStorage(); // {ray, clock, printed} of the request being served

// How many milliseconds Date runs ahead for the request being served.
export const clockOffset = () => serving.getStore()?.clock ?? 0;

const tagged = (cf, op) => ({ ...cf, $f: { ray: serving.getStore()?.ray ?? null, op } });
const cfOf = (input) => (input instanceof NativeRequest ? input.cf : undefined);

globalThis.fetch = function fetch(input, init) {
  if (init === undefined || init === null) {
    return nativeFetch.call(this, input, { cf: tagged(cfOf(input), "fetch") });
  }
  if (Object.getPrototypeOf(init) !== Object.prototype) return fetchWithObject.call(this, input, init);
  const cf = init.cf === undefined ? cfOf(input) : init.cf; // replaces the Request's cf, does not merge
  if (init.cf !== undefined && Object(cf) !== cf) return nativeFetch.call(this, input, init); // refused there
  return nativeFetch.call(this, input, { ...init, cf: tagged(cf, "fetch") });
};

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

// The native call happens before ours returns: callers of put() rely on the body being disturbed by then.
for (const op of ["match", "put", "delete"]) {
  const native = Cache.prototype[op];
  Cache.prototype[op] = function (key, ...rest) {
    return native.call(this, taggedKey(key, op), ...rest);
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
  const printed = request.headers.has("X-Festina-Console") ? new Printed(ctx) : null;
  const seen = clock === null && printed === null ? request : withoutOurs(request);
  return serving.run({ ray, clock: Number(clock), printed }, answer, seen, ctx, handle);
}

// Fields of an inbound Request cannot be changed, those of a copy can.
function withoutOurs(request) {
  const copy = new NativeRequest(request);
  copy.headers.delete("X-Festina-Clock");
  copy.headers.delete("X-Festina-Console");
  return copy;
}

// What is printed while a request is served that somebody listens to: sent on in order, several lines at a time.
class Printed {
  #ctx;
  #lines = [];
  #sent = Promise.resolve();

  constructor(ctx) {
    this.#ctx = ctx;
  }

  add(level, args) {
    this.#lines.push({ level, message: cut(args.map(shown).join(" ")), timestamp: Date.now() });
    if (this.#lines.length > 1) return; // those before it are still to be sent
    this.#sent = this.#sent.then(() => this.#send()).catch(() => {});
    this.#ctx.waitUntil(this.#sent);
  }

  async #send() {
    while (this.#lines.length > 0) {
      const body = JSON.stringify({ lines: this.#lines.splice(0, kMaxLines) });
      const headers = { "Content-Type": "application/json" };
      await nativeFetch(kPrintTo, { method: "POST", headers, body, cf: tagged(null, "console") });
    }
  }
}

// As a console would show it, on one line.
function shown(value) {
  if (typeof value === "string") return value;
  if (value instanceof Error) return String(value.stack);
  if (Object(value) !== value || typeof value === "function") return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value); // in a circle, or with a number too great for JSON
  }
}

for (const level of ["debug", "error", "info", "log", "warn"]) {
  const native = console[level];
  console[level] = function (...args) {
    serving.getStore()?.printed?.add(level, args);
    return native.apply(this, args);
  };
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
