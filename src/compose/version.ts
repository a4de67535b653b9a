import { readFileSync } from "node:fs";

/** Of package.json: the version of this program, and the exact versions of its packages. */
export const PACKAGE_TEXT = readFileSync(new URL(import.meta.resolve("#package.json")), "utf8");

export const VERSION = (JSON.parse(PACKAGE_TEXT) as { readonly version: string }).version;
