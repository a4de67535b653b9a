/**
 * Enforces the import law of .dependency-cruiser.cjs, that it was applied to every file, that no folders form a circle,
 * and how much a folder and a file of the composition may hold.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import extractOptions from "dependency-cruiser/config-utl/extract-depcruise-options";

/** More files than this lying loose in a folder of src are a list that no one reads: they get subfolders. */
const MOST_LOOSE_FILES = 16;
/** Folders that are a table, one row a file: a stranger looks up a name there and reads one file. */
const TABLES = new Map([
  ["src/cli/commands", "one file for each command"],
  ["src/manifest/grants", "one file for each AWS service"],
]);

/** These folders know all others, so a long file in them is several subjects. The linter limits the files of the rest. */
const SHORT = "src/{compose,config}/**/*.ts";
const MOST_LINES = 150;

const ROOTS = ["src", "bin", "test", "bench", "demo", "tools"].filter((folder) => existsSync(folder));
/** An import or re-export from elsewhere, at the start of a line. */
const IMPORT = /^(?:(?:import|export)\b[^;"'`=]*?\bfrom|import) ["']/m;

const options = await extractOptions("./.dependency-cruiser.cjs");
const { output } = await cruise(ROOTS, options);
if (typeof output === "string") throw new Error("the cruise returned text instead of its result");
const problems = [
  ...violations(output),
  ...unread(output),
  ...circles(output),
  ...crowded(),
  ...long(),
].sort();
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
  return globSync("src/**/*.{ts,tsx}").flatMap((file) => {
    const count = imports.get(file);
    if (count === undefined) return [`${file}: was not cruised`];
    if (count === 0 && IMPORT.test(readFileSync(file, "utf8"))) return [`${file}: its imports were not read`];
    return [];
  });
}

/**
 * Folders of the same parent that import each other, with all below them, directly or through others. The loose files
 * of a folder belong to no subfolder of it. The cruiser compares only folders whose files import each other directly.
 */
function circles(result: ICruiseResult): string[] {
  const imports = new Map<string, Set<string>>();
  for (const { source, dependencies } of result.modules)
    for (const { resolved } of dependencies) {
      const [from, to] = subfoldersApart(source, resolved);
      if (from !== null && to !== null) imports.set(from, (imports.get(from) ?? new Set()).add(to));
    }
  return [...imports].flatMap(([from, all]) =>
    [...all]
      .filter((to) => reached(to, imports).has(from))
      .map((to) => `${from} → ${to}: folders that import each other are one folder`),
  );
}

/** The two folders in which a file and its import part; null where the file itself does. */
function subfoldersApart(source: string, resolved: string): readonly [string | null, string | null] {
  const [from, to] = [source.split("/"), resolved.split("/")];
  if (from[0] !== "src" || to[0] !== "src") return [null, null];
  const apart = from.findIndex((name, index) => name !== to[index]);
  const subfolder = (path: readonly string[]): string | null =>
    apart < path.length - 1 ? path.slice(0, apart + 1).join("/") : null;
  return [subfolder(from), subfolder(to)];
}

/** Every folder that a folder imports, directly or through others. */
function reached(from: string, imports: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const found = new Set([from]);
  // A set also yields what is added to it meanwhile.
  for (const folder of found) for (const next of imports.get(folder) ?? []) found.add(next);
  return found;
}

function crowded(): string[] {
  const loose = Map.groupBy(globSync("src/**/*.{ts,tsx}"), (file) => dirname(file));
  return [...loose].flatMap(([folder, files]) =>
    files.length <= MOST_LOOSE_FILES || TABLES.has(folder)
      ? []
      : [`${folder}: ${files.length} loose files; more than ${MOST_LOOSE_FILES} need subfolders`],
  );
}

function long(): string[] {
  return globSync(SHORT).flatMap((file) => {
    const lines = readFileSync(file, "utf8").split("\n").length - 1;
    return lines <= MOST_LINES
      ? []
      : [`${file}: ${lines} lines; more than ${MOST_LINES} are several subjects`];
  });
}
