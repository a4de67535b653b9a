/** Writes every page of docs/ that is generated, whole or in part. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { PAGES } from "./pages/all.ts";

for (const { path, text } of PAGES) {
  const before = existsSync(path) ? readFileSync(path, "utf8") : "";
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, await text(before));
}
