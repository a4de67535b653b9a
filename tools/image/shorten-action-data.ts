/**
 * `shorten-action-data.ts FOLDER`: rewrites the JSON files of the package of AWS's action data without line breaks and without
 * the descriptions, which the program does not read: half of ten megabytes.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder = ""] = process.argv.slice(2);
for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".json")) continue;
  const file = join(folder, name);
  writeFileSync(file, shortened(readFileSync(file, "utf8")));
}

function shortened(text: string): string {
  return JSON.stringify(JSON.parse(text), (name, value: unknown) =>
    name === "description" && typeof value === "string" ? undefined : value,
  );
}
