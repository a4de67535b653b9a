import { fileURLToPath } from "node:url";

/** The folder of package.json: the checkout, or the installed package. */
export const ROOT = fileURLToPath(new URL(".", import.meta.resolve("#package.json")));

/** The command line, as called from the folder in which the demo was started. */
export const COMMAND = import.meta.url.endsWith(".ts") ? "bin/grantkeeper.mjs" : "npx grantkeeper";
