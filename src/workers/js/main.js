// The main module put around a script of ES modules: template, see docs/formats/worker-wire.md §1.
import { wrap } from "{{rt}}"; // first: evaluated before the user's modules
{{clock}}
{{source_map}}
import * as user from "{{main}}";

export * from "{{main}}"; // names that are not known below
{{exports}}
