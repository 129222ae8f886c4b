// The test clock: Date runs ahead by the offset of the request being served. Only put in when the test clock is on.
// performance.now() and timers are untouched.
import { clockOffset } from "{{rt}}";

const NativeDate = Date;
const nativeNow = Date.now;
const now = () => nativeNow() + clockOffset();

globalThis.Date = new Proxy(NativeDate, {
  apply: () => new NativeDate(now()).toString(),
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
});
NativeDate.now = now;
NativeDate.prototype.constructor = Date; // the proxy: new Date().constructor === Date
