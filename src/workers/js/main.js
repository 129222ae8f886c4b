// The main module put around a script: template, see docs/formats/worker-wire.md §1.
import { wrap } from "./__festina_rt.js"; // first: evaluated before the user's modules
{{clock}}
import * as user from "{{main}}";

export * from "{{main}}"; // all but the default
export default wrap(user.default);
