// Serves a Worker with Miniflare until it is ended: miniflare.mjs PORT SCRIPT ORIGIN DATE
import { Miniflare } from "miniflare";

const [port, script, origin, date] = process.argv.slice(2);
const server = new Miniflare({
  host: "127.0.0.1",
  port: Number(port),
  modules: true,
  scriptPath: script,
  compatibilityDate: date,
  bindings: { ORIGIN: origin },
  cf: false, // else it asks the network for one
});
process.on("SIGTERM", async () => {
  await server.dispose();
  process.exit();
});
