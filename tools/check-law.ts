/** Enforces the import law of .dependency-cruiser.cjs, and that the law was applied to every file. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import extractOptions from "dependency-cruiser/config-utl/extract-depcruise-options";

/** More files than this lying loose in a folder of src are a list that no one reads: they get rooms. */
const MOST_LOOSE_FILES = 16;
/** Folders that are a table, one row a file: a stranger looks up a name there and reads one file. */
const TABLES = new Map([
  ["src/cli/commands", "one file for each command"],
  ["src/manifest/grants", "one file for each AWS service"],
]);

const ROOTS = ["src", "bin", "test", "bench", "demo", "tools"].filter((folder) => existsSync(folder));
/** An import or re-export from elsewhere, at the start of a line. */
const IMPORT = /^(?:(?:import|export)\b[^;"'`=]*?\bfrom|import) ["']/m;

const options = await extractOptions("./.dependency-cruiser.cjs");
const { output } = await cruise(ROOTS, options);
if (typeof output === "string") throw new Error("the cruise returned text instead of its result");
const problems = [...violations(output), ...unread(output), ...crowded()].sort();
for (const problem of problems) console.error(problem);
console.log(`import law: ${output.modules.length} modules, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

function violations(result: ICruiseResult): string[] {
  return result.summary.violations.map(({ from, to, rule, comment }) => {
    return `${from} → ${to}: ${rule.name}${comment === undefined ? "" : ` (${comment})`}`;
  });
}

/** Files that the cruiser skipped or could not parse; it reports neither. */
function unread(result: ICruiseResult): string[] {
  const imports = new Map(result.modules.map(({ source, dependencies }) => [source, dependencies.length]));
  return globSync("src/**/*.ts").flatMap((file) => {
    const count = imports.get(file);
    if (count === undefined) return [`${file}: was not cruised`];
    if (count === 0 && IMPORT.test(readFileSync(file, "utf8"))) return [`${file}: its imports were not read`];
    return [];
  });
}

function crowded(): string[] {
  const loose = Map.groupBy(globSync("src/**/*.ts"), (file) => dirname(file));
  return [...loose].flatMap(([folder, files]) =>
    files.length <= MOST_LOOSE_FILES || TABLES.has(folder)
      ? []
      : [`${folder}: ${files.length} loose files; more than ${MOST_LOOSE_FILES} need rooms`],
  );
}
