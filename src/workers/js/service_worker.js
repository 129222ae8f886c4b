// Put around a service-worker script, as the module of a wrapped binding: workerd evaluates it before the script, which
// it leaves as it is (docs/formats/worker-wire.md §1).
import { tagBindings, tell, watched, watchWaitUntil, within } from "{{rt}}";
{{clock}}

const kBinding = "__festina";
const nativeAdd = globalThis.addEventListener;
const nativeRemove = globalThis.removeEventListener;
const instead = new WeakMap(); // the script's fetch listener → what listens in its place

const isListener = (value) => typeof value === "function" || (typeof value === "object" && value !== null);

globalThis.addEventListener = function addEventListener(type, listener, ...rest) {
  delete globalThis[kBinding]; // there since our module was evaluated, of no use to the script
  if (type !== "fetch" || !isListener(listener)) return nativeAdd.call(this ?? globalThis, type, listener, ...rest);
  if (!instead.has(listener)) instead.set(listener, listening(listener));
  return nativeAdd.call(this ?? globalThis, type, instead.get(listener), ...rest);
};

globalThis.removeEventListener = function removeEventListener(type, listener, ...rest) {
  const ours = type === "fetch" && isListener(listener) ? instead.get(listener) : undefined;
  return nativeRemove.call(this ?? globalThis, type, ours ?? listener, ...rest);
};

// The listener in the scope of the request it serves; what it throws, at once or as its answer, is told.
function listening(listener) {
  return function (event) {
    tagBindings(globalThis);
    watchWaitUntil(event);
    const respondWith = event.respondWith;
    const answer = (given) => respondWith.call(event, watched(given, event));
    Object.defineProperty(event, "respondWith", { value: answer, writable: true, configurable: true });
    return within(event.request, event, (seen) => {
      if (seen !== event.request) Object.defineProperty(event, "request", { value: seen, configurable: true });
      try {
        return typeof listener === "function" ? listener.call(this, event) : listener.handleEvent(event);
      } catch (thrown) {
        tell(thrown, event);
        throw thrown;
      }
    });
  };
}

export default () => null; // what the script would see as its binding
