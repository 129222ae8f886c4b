// What the runtime module takes from workerd, as modules get it.
export { AsyncLocalStorage } from "node:async_hooks";
export { WorkerEntrypoint } from "cloudflare:workers";
