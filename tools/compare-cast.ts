/**
 * `npm run --silent demo -- --once | node bin/launch.mjs tools/compare-cast.ts`: fails if the demo of today prints other lines than
 * the moving picture of the README shows.
 */
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { castDifferences } from "./cast/cast-texts.ts";

const FILE = fileURLToPath(new URL("../docs/pictures/demo.svg", import.meta.url));

// Where CI is set, the demo prints colours into a pipe too.
const printed = stripVTControlCharacters(await text(process.stdin));
const differences = castDifferences(readFileSync(FILE, "utf8"), printed);
if (differences.length > 0) {
  console.error(differences.join("\n"));
  console.error("hint: node bin/launch.mjs tools/write-cast.ts, and the first steps in README.md");
  process.exitCode = 1;
}
