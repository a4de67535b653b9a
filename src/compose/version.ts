import { existsSync, readFileSync } from "node:fs";

export const VERSION = packageVersion();

function packageVersion(): string {
  // In a checkout, package.json is two folders up. In a package, this file is dist/src/compose/version.js.
  const inCheckout = new URL("../../package.json", import.meta.url);
  const file = existsSync(inCheckout) ? inCheckout : new URL("../../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
}
