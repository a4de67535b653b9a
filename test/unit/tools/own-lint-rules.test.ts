import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

const CHECKOUT = new URL("../../..", import.meta.url).pathname;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "own-lint-rules-"));
  await writeFile(
    join(folder, ".oxlintrc.json"),
    JSON.stringify({
      jsPlugins: [join(CHECKOUT, "tools/lint/plugin.mjs")],
      categories: { correctness: "off" },
      rules: {
        "grantkeeper/no-module-state": "error",
        "grantkeeper/no-arn-parsing": "error",
        "grantkeeper/no-parsed-sentence": "error",
        "grantkeeper/no-own-label": "error",
        "grantkeeper/no-imported-hooks": "error",
        "grantkeeper/no-double-slash": "error",
      },
    }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

const STATE = [
  "let last = 0;",
  "export let last = 0;",
  "const known = new WeakMap();",
  "const CHECKS = new RoleChecks();",
  "export const read = createMemo(parse);",
  "const known = new Map();\nfunction f(a) { known.set(a, 1); }",
  "const seen = [];\nfunction f(a) { seen.push(a); }",
  "const last = { at: 0 };\nfunction f() { last.at = 1; }",
  "const last = { at: 0 };\nfunction f() { last.at += 1; last.at++; delete last.at; }",
  "const PATTERN = /a/y;\nfunction f() { PATTERN.lastIndex = 0; }",
  "const last = { of: { a: 0 }, all: [] };\nfunction f() { last.of.a = 1; }",
  "const last = { of: { a: 0 }, all: [] };\nfunction f(a) { last.all.push(a); }",
  "import { known } from './known.mjs';\nfunction f(a) { known.set(a, 1); }",
  "class Cache { static known = new Map(); }",
  "export const read = (() => { const known = new Map(); return (a) => known.set(a, 1); })();",
  "const read = (function () { const known = new Map(); return (a) => known.get(a); })();",
  "const cacheOf = makeCache();",
  "export const readOnce = rememberResults(read);",
  "const find = finder();\nfunction finder() { const known = new Map(); return (a) => known.set(a, 1); }",
];
const NO_STATE = [
  "const TABLE = new Map([[1, 2]]);\nfunction f(a) { return TABLE.get(a); }",
  "function f() { const known = new Map(); known.set(1, 2); let at = 0; at += 1; return at; }",
  "class Cache { #known = new WeakMap(); add(a) { this.#known.set(a, 1); } }",
  "const NAMES = ['b', 'a'].toSorted();",
  "import { known } from './known.mjs';\nfunction f(a) { const own = [...known]; own.push(a); return known.get(a); }",
  "class Names { static of(a) { return new Names(a); } }",
  "const NAMES = list();\nfunction list() { const all = new Map(); all.set(1, 2); return [...all]; }",
  "function f(a) { const cache = makeCache(); return (() => cache.get(a))(); }",
];

/** An exception counts for one line. */
const ALLOWED = "// oxlint-disable-next-line grantkeeper/no-parsed-sentence -- a text of AWS\n";
const PARSED = [
  'const label = on.includes(" in ") ? on : `${on} in ${place}`;',
  'const name = section.title.replace(/^account /, "");',
  "const scope = SCOPE.exec(entry.scope);",
  'const [kind, ...rest] = incident.split("/");',
  "const event = { incident: `hold/${id}/${subject}` };",
  'if (error.message.includes("denied")) retry();',
  'const [what] = condition.reason.split(": ");',
  'const own = hint?.replace("TEXT", "INC-1");',
  "const known = /^role .* is/.test(entry.status.message);",
  "const found = PATTERN.exec(failureReason);",
  'const held = status.reason === "first enforcing run";',
  'const next = lines.find((line) => line.startsWith("Next: "));',
  "const kept = lines.filter((line) => /^(See|Approve):/.test(line));",
  "const label = /^[a-z]+: +/.exec(line)?.[0];",
  'const notes = lines.filter((line) => line.startsWith("note: "));',
  "const late = `${count} calls` !== fix;",
  'const [headline] = message.text.split("\\n");',
  'function first({ text }) { return text.split("\\n")[0]; }',
  'const heads = all.map(({ text }) => text.split("\\n", 1)[0]);',
  'const { text } = message;\nconst head = text.slice(0, text.indexOf("\\n"));',
  'const [action] = facts.call.split(" ", 1);',
  'function actionOf({ call, denial }) { return denial ?? call.split(" ", 1)[0]; }',
  'const on = resourcesText(names).replace(/, indexes$/, "");',
  "const name = revertText(change).slice(2);",
  "const has = texts.deltaText(delta)?.match(/admin/);",
  `${ALLOWED}const [first] = message.split(": ");\nconst [, second] = message.split(": ");`,
];
const NOT_PARSED = [
  `${ALLOWED}const [first] = message.split(": ");`,
  'const held = ready.reason === "AwaitingApproval";',
  'const shown = reason === "" ? [] : [reason];',
  'const found = names.includes("a") && /^a/.test(name);',
  'const isArn = name.startsWith("arn:") && /^[A-Z]/.test(name);',
  "const line = error.message.slice(0, 500).trim();",
  "const shown = message.text.slice(0, 500);",
  'function parse(text) { return text.split("\\n"); }',
  'function parse(text, { line }) { return text.split("\\n")[line]; }',
  'const lines = chunk.text.split("\\n");',
  'const safe = cleanText(name).replaceAll("%", "%25");',
  'const isRead = call.startsWith("iam:");',
];

const IMPORTED_HOOKS = [
  "beforeEach(() => {});",
  "afterEach(() => {});",
  "beforeAll(() => {});",
  "export const a = 1;\nafterAll(() => {});",
];
const OWN_HOOKS = [
  "export function useFolder() { beforeEach(() => {}); afterEach(() => {}); }",
  "prepare();",
];

const DOUBLE_SLASHES = ["import { a } from './b//a.mjs';", "export { a } from '..//a.mjs';"];
const ONE_SLASH = ["import { a } from './b/a.mjs';", "export const a = 'http://x';"];

const PARSED_ARNS = [
  "const isRole = /^arn:aws:iam::/.test(text);",
  'const [id] = /^arn:(.*)$/.exec(arn) ?? [""];',
  'const other = arn.replace(/^arn:[^:]*:/, "arn:aws-cn:");',
  'const [, partition] = arn.split(":");',
  'const fields = statement.resource.split(":").length;',
  'const name = sourceArn?.split(":").at(-1);',
  'const cause = text.replaceAll(accountId, "…");',
];
const OTHER_TEXTS = [
  "const ROLE = { pattern: /^arn:aws:iam::/, example: 'arn:aws:iam::111122223333:role/x' };",
  'const [hour, minute] = time.split(":");',
  'const parts = arn.split("/");',
];

const OWN_LABELS = [
  'const line = "note: nothing is written";',
  "const line = `  hint:  ${command}`;",
  "const line = `\n warning: ${place}`;",
];
const OTHER_LABELS = ['const line = "call:  iam:GetRole";', "const text = `${message}\nhint: ${hint}`;"];

/** The files in which a rule reported something. */
function lint(sources: readonly string[]): Promise<readonly string[]> {
  const written = sources.map((source, at) => writeFile(join(folder, `${at}.mjs`), source));
  const oxlint = join(CHECKOUT, "node_modules/oxlint/bin/oxlint");
  return Promise.all(written).then(
    () =>
      new Promise((resolve) => {
        execFile(process.execPath, [oxlint, "--format=unix", "."], { cwd: folder }, (_error, output) => {
          const found = output.split("\n").filter((line) => line.includes("grantkeeper(no-"));
          resolve([...new Set(found.map((line) => line.replace(/:.*/, "").replace(/^.*\//, "")))].sort());
        });
      }),
  );
}

test("state of a module, a parsed sentence or ARN, a label of an own form, an imported hook and two slashes in a path are reported in every form, and nothing else", async () => {
  const forbidden = [
    ...STATE,
    ...PARSED,
    ...PARSED_ARNS,
    ...OWN_LABELS,
    ...IMPORTED_HOOKS,
    ...DOUBLE_SLASHES,
  ];
  const allowed = [...NO_STATE, ...NOT_PARSED, ...OTHER_TEXTS, ...OTHER_LABELS, ...OWN_HOOKS, ...ONE_SLASH];

  const found = await lint([...forbidden, ...allowed]);

  expect(found).toEqual(forbidden.map((_, at) => `${at}.mjs`).sort());
});
