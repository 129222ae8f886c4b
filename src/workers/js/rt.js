// The runtime module: ties what a Worker does to the request it does it for.
//
// Evaluated before the script. fetch() and the Cache API are patched to write the tag
//   $f = "op ray"
// into `cf`, which workerd sends as CF-Blob (docs/formats/worker-wire.md). The script's own `cf` is kept, the tag
// always wins. All else stays native, errors included: what we cannot rebuild, the native call judges itself.
// Both syntaxes share this module; main.js and service_worker.js put it around a script.
//
// All of this runs for every request. What enters the runtime (a field that is read, a `cf` that is parsed, a promise
// more) costs many times what stays in JavaScript: so it happens when it is needed, and once.
import { AsyncLocalStorage, WorkerEntrypoint } from "{{native}}";

const kReportTo = "https://festina.invalid/exception";
const kPrintTo = "https://festina.invalid/console";
const kMaxText = 8192;
const kMaxCalls = {{calls}}; // for one request: fetch() and the Cache API together
const kTooManyFetches = "Too many subrequests.";
const kTooManyOperations = "Too many API requests by single worker invocation.";
const kRequestOver = "The request was answered too long ago: its waitUntil() work has ended.";
const kModuleRoot = "file:///bundle/"; // in front of module names at newer compatibility dates
const kUnknown = "-"; // in place of a ray
const kMaxLines = 64; // of what is printed, in one report

const NativeRequest = Request;
const nativeFetch = fetch;
const serving = new AsyncLocalStorage(); // the scope of the request being served: {request, ray, clock, calls, printed}

// How many milliseconds Date runs ahead for the request being served.
export const clockOffset = () => serving.getStore()?.clock ?? 0;

// The host says it in a field, which is read when something is first sent for the request.
function rayOf(scope) {
  if (scope === undefined) return kUnknown;
  if (scope.ray === undefined) scope.ray = scope.request.headers.get("CF-Ray") ?? kUnknown;
  return scope.ray;
}

// The clock goes only where another Worker reads it: the host has its own.
function tagged(cf, op) {
  const scope = serving.getStore();
  const link = `${op} ${rayOf(scope)}`;
  const $f = op === "call" && scope !== undefined && scope.clock !== 0 ? `${link} ${scope.clock}` : link;
  return cf === undefined ? { $f } : { ...cf, $f };
}
const cfOf = (input) => (input instanceof NativeRequest ? input.cf : undefined);

// A native fetch() made to write the tag.
function tagging(native, op) {
  return function fetch(input, init) {
    if (init === undefined || init === null) return native.call(this, input, { cf: tagged(cfOf(input), op) });
    if (Object.getPrototypeOf(init) !== Object.prototype) return withObject(native, op, this, input, init);
    const cf = init.cf === undefined ? cfOf(input) : init.cf; // replaces the Request's cf, does not merge
    if (init.cf !== undefined && Object(cf) !== cf) return native.call(this, input, init); // refused there
    return native.call(this, input, { ...init, cf: tagged(cf, op) });
  };
}

// `init` is a Request, or another object whose members are not its own: the constructor reads them as fetch() would.
async function withObject(native, op, self, input, init) {
  const request = new NativeRequest(input, init);
  return native.call(self, request, { cf: tagged(request.cf, op) });
}

// Counts one more call; a rejected promise when it is one too many. The host counts too, over all Workers of a request and
// every hop of a redirect: what it refuses is marked, and thrown in the same words. It alone knows when a request is over.
function oneTooMany(text) {
  const scope = serving.getStore();
  if (scope === undefined) return undefined;
  scope.calls += 1;
  return scope.calls > kMaxCalls ? Promise.reject(new Error(text)) : undefined;
}

function heard(response, text) {
  const refused = response.status === 429 ? response.headers.get("X-Festina-Refused") : null;
  if (refused !== null) throw new Error(refused === "time" ? kRequestOver : text);
  return response;
}

const fetched = (response) => heard(response, kTooManyFetches);
const taggedFetch = tagging(nativeFetch, "fetch");
globalThis.fetch = function fetch(input, init) {
  return oneTooMany(kTooManyFetches) ?? taggedFetch.call(this, input, init).then(fetched);
};

// Service bindings lead to another isolate, where our store cannot be seen: their fetch() says in the tag which request
// the call is part of. Their class has no global name, so it is taken from the first binding that is found. What is in
// `bindings` does not change while the isolate lives.
let hasTaggedBindings = false;
export function tagBindings(bindings) {
  if (hasTaggedBindings) return;
  hasTaggedBindings = true;
  const binding = Object.values(bindings ?? {}).find((value) => value?.constructor?.name === "Fetcher");
  if (binding === undefined) return;
  const prototype = Object.getPrototypeOf(binding);
  prototype.fetch = tagging(prototype.fetch, "call");
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

// An export with its fetch handler in the scope of the request it serves. What is no entrypoint is left as it is: workerd
// judges it.
export function wrap(user) {
  if (typeof user === "function") return user.prototype instanceof WorkerEntrypoint ? wrapClass(user) : user;
  if (user === null || typeof user !== "object" || typeof user.fetch !== "function") return user;
  const native = user.fetch;
  const fetch = (request, env, ctx) => serve(request, env, ctx, (seen) => native.call(user, seen, env, ctx));
  return Object.create(user, { fetch: { value: fetch } });
}

function wrapClass(User) {
  if (typeof User.prototype.fetch !== "function") return User;
  class Wrapped extends User {
    fetch(request) {
      return serve(request, this.env, this.ctx, (seen) => super.fetch(seen));
    }
  }
  return Object.defineProperty(Wrapped, "name", { value: User.name });
}

function serve(request, env, ctx, handle) {
  tagBindings(env);
  watchWaitUntil(ctx);
  return within(request, ctx, (seen) => answered(handle, seen, ctx));
}

// Calls `handle` in the scope of a request, with what the script may see of that. A tag is there when another Worker of
// this process calls, as a text, and when the host has more to say than the ray: {clock, console}.
export function within(request, ctx, handle) {
  const tag = request.cf?.$f;
  if (tag === undefined) {
    return serving.run({ request, ray: undefined, clock: 0, calls: 0, printed: null }, handle, request);
  }
  const [, ray, ahead] = typeof tag === "string" ? tag.split(" ") : [];
  const clock = Number(ahead ?? tag.clock ?? 0);
  const printed = tag.console === true ? new Printed(ctx) : null;
  return serving.run({ request, ray, clock, calls: 0, printed }, handle, withoutTag(request));
}

// The `cf` of an inbound Request cannot be changed, that of a copy can.
function withoutTag(request) {
  const { $f, ...cf } = request.cf;
  return new NativeRequest(request, { cf });
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

// Stacks are told as their author would read them: source_map.js knows how, where there is need of it.
let translated = (stack) => stack;
export function translateStacks(by) {
  translated = by;
}

// As a console would show it, on one line.
function shown(value) {
  if (typeof value === "string") return value;
  if (value instanceof Error) return translated(String(value.stack).replaceAll(kModuleRoot, ""));
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

// What the handler answers, or throws: workerd's own answer to that, and passThroughOnException(), stay as they are.
// What it throws at once or later is told. `ctx` is whatever has waitUntil().
function answered(handle, argument, ctx) {
  try {
    return watched(handle(argument), ctx);
  } catch (thrown) {
    tell(thrown, ctx);
    throw thrown;
  }
}

// An answer that may still fail. It comes back itself; only what merely behaves like a promise becomes one, lest its
// then() is called twice.
export function watched(answer, ctx) {
  if (typeof answer?.then !== "function") return answer;
  const promise = answer instanceof Promise ? answer : Promise.resolve(answer);
  promise.catch((thrown) => tell(thrown, ctx));
  return promise;
}

export function tell(thrown, ctx) {
  ctx.waitUntil(report(thrown).catch(() => {}));
}

// What is given to waitUntil() and rejects is told, too: workerd says nothing of it. The prototype that has the method is
// taken from the first context that is seen, or the first event; all others have the same.
let watchesWaitUntil = false;
export function watchWaitUntil(ctx) {
  if (watchesWaitUntil) return;
  watchesWaitUntil = true;
  let prototype = Object.getPrototypeOf(ctx);
  while (!Object.hasOwn(prototype, "waitUntil")) prototype = Object.getPrototypeOf(prototype);
  const native = prototype.waitUntil;
  prototype.waitUntil = function waitUntil(promise) {
    native.call(this, promise);
    if (promise instanceof Promise) promise.catch((thrown) => native.call(this, report(thrown).catch(() => {})));
  };
}

async function report(thrown) {
  const body = JSON.stringify({ ...description(thrown), timestamp: Date.now() });
  const headers = { "Content-Type": "application/json" };
  await nativeFetch(kReportTo, { method: "POST", headers, body, cf: tagged(null, "exception") });
}

function description(thrown) {
  if (!(thrown instanceof Error)) return { name: typeof thrown, message: cut(thrown), stack: "" };
  const theirs = (line) => !/(__festina_|festina:)/.test(line);
  const lines = cut(thrown.stack).split("\n").filter(theirs);
  const stack = cut(translated(lines.join("\n").replaceAll(kModuleRoot, "")));
  return { name: cut(thrown.name), message: cut(thrown.message), stack };
}

const cut = (value) => String(value).slice(0, kMaxText);
