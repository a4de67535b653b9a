import { readFileSync } from "node:fs";

export const VERSION = packageVersion();

function packageVersion(): string {
  const text = readFileSync(new URL(import.meta.resolve("#package.json")), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
