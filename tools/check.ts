/** Everything about the sources that no test runs: `npm run check`, or some of it: `npm run check -- types law`. */
import { spawnSync } from "node:child_process";

/** Each step is a program and its arguments, run on this Node. */
const STEPS = {
  types: ["node_modules/typescript/bin/tsc"],
  // The page runs in a browser: it has the types of the DOM. That it uses nothing of Node is checked when it is built.
  "types of the page": ["node_modules/typescript/bin/tsc", "--project", "src/page"],
  lint: [
    "node_modules/oxlint/bin/oxlint",
    "--type-aware",
    "--deny-warnings",
    // A suppression that is no longer needed would hide the next problem of its line.
    "--report-unused-disable-directives",
  ],
  format: ["tools/check-format.ts"],
  law: ["tools/check-law.ts"],
  "dead code": ["node_modules/knip/bin/knip.js"],
  words: ["tools/words/check-words.ts"],
} as const satisfies Record<string, readonly string[]>;

/**
 * The compiler and the linter are Go's programs and use up to 3 GB. They collect no garbage below that: collections took up
 * to four fifths of their time where memory is slow, and saved 0.5 GB.
 */
const ENVIRONMENT = { GOGC: "off", GOMEMLIMIT: "4GiB", ...process.env };

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(STEPS, name));
if (unknown.length > 0)
  throw new Error(`no such step: ${unknown.join(", ")}; there are ${Object.keys(STEPS).join(", ")}`);

const steps = Object.entries(STEPS).filter(([name]) => wanted.length === 0 || wanted.includes(name));
const failed = steps.filter(([name, command]) => !passes(name, command)).map(([name]) => name);
console.log(failed.length === 0 ? "check: all passed" : `check: failed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;

function passes(name: string, command: readonly string[]): boolean {
  console.log(`== ${name}`);
  const { status } = spawnSync(process.execPath, command, { stdio: "inherit", env: ENVIRONMENT });
  return status === 0;
}
