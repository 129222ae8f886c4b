// What the runtime module takes from workerd, as an extension gets it: such modules see internal names only.
import hooks from "node-internal:async_hooks";
import workers from "cloudflare-internal:workers";

export const { AsyncLocalStorage } = hooks;
export const { WorkerEntrypoint } = workers;
