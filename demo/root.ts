import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const isInstalled = !existsSync(new URL("../package.json", import.meta.url));

/** The folder of package.json: the checkout, or the installed package, which carries this file in dist/demo/. */
export const ROOT = fileURLToPath(new URL(isInstalled ? "../.." : "..", import.meta.url));

/** The command line, as called from the folder in which the demo was started. */
export const COMMAND = isInstalled ? "npx grantkeeper" : "bin/grantkeeper.mjs";
