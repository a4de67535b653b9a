/** Writes every page of docs/ that is generated, whole or in part. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { PAGES } from "./pages/all.ts";

for (const { path, text } of PAGES) {
  const before = existsSync(path) ? readFileSync(path, "utf8") : "";
  writeFileSync(path, await text(before));
}
