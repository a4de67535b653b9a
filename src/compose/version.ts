import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PACKAGE = new URL(import.meta.resolve("#package.json"));

/** Of package.json: the version of this program, and the exact versions of its packages. */
export const PACKAGE_TEXT = readFileSync(PACKAGE, "utf8");

/** In a checkout it has the built files too, in the same places as in the package. */
export const PACKAGE_FOLDER = fileURLToPath(new URL(".", PACKAGE));

export const VERSION = (JSON.parse(PACKAGE_TEXT) as { readonly version: string }).version;
