import { globSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { expect, test } from "@jest/globals";
import { ALERT_NAMES } from "../../../src/model/records/alert-names.ts";

const ROOT = join(import.meta.dirname, "../../..");

interface Law {
  readonly forbidden: readonly { readonly name: string; readonly comment: string }[];
}

/** The rows of the table of folders: name and what it may import. */
function folderRows(): ReadonlyMap<string, string> {
  const page = readFileSync(join(ROOT, "src/README.md"), "utf8");
  const [, section = ""] = page.split("\n## Folders\n");
  const [table = ""] = section.split("\n## ");
  const rows = table.matchAll(/^\| `([\w.]+)\/?` *\|[^|]*\| ([^|]*?) *\|/gm);
  return new Map([...rows].map(([, folder = "", imports = ""]) => [folder, imports]));
}

/** What the import law allows a folder of src, from the comment of its rule. */
function allowedBy({ forbidden }: Law, folder: string): readonly string[] {
  const comment = forbidden.find(({ name }) => name === `${folder}/ imports`)?.comment ?? "";
  const [, list = ""] = /may import only (.*) of src/.exec(comment) ?? [];
  return list === "nothing" ? [] : list.split(" ").map((name) => name.replace(/\/$/, ""));
}

function namesIn(imports: string, above: readonly string[]): readonly string[] {
  if (imports === "–") return [];
  if (imports === "all folders above") return above;
  return imports.split(", ").map((name) => (name === "ports" ? "controller/ports" : name));
}

test("the page of the layout lists every folder of src", () => {
  const entries = readdirSync(join(ROOT, "src")).filter((name) => name !== "README.md");

  expect([...folderRows().keys()].sort()).toEqual(entries.sort());
});

test("the page of the layout allows each folder the imports that the law allows it", () => {
  const law = createRequire(import.meta.url)(join(ROOT, ".dependency-cruiser.cjs")) as Law;
  const rows = [...folderRows()].filter(([folder]) => folder !== "compose" && folder !== "main.ts");
  const folders = rows.map(([folder]) => folder);

  const page = rows.map(([folder, imports], at) => [
    folder,
    [...namesIn(imports, folders.slice(0, at))].sort(),
  ]);

  expect(page).toEqual(folders.map((folder) => [folder, [...allowedBy(law, folder)].sort()]));
});

/** Names of alerts that other values have as their kind too. */
const SHARED_KINDS: ReadonlySet<string> = new Set(["held", "refused", "contended", "unrecorded-writes"]);

test("the page of the layout names every file that creates an alert", () => {
  const page = readFileSync(join(ROOT, "src/README.md"), "utf8");
  const kinds = Object.keys(ALERT_NAMES).filter((kind) => !SHARED_KINDS.has(kind));
  const created = new RegExp(`kind: "(${kinds.join("|")})"`);
  const files = globSync("{settle,controller}/**/*.ts", { cwd: join(ROOT, "src") });

  const creating = files.filter((file) => {
    const text = readFileSync(join(ROOT, "src", file), "utf8");
    return text.includes("AlertEvent") && created.test(text);
  });

  expect(creating.length).toBeGreaterThan(10);
  expect(creating.filter((file) => !page.includes(`\`${file}\``))).toEqual([]);
});

test("the page of the layout has a row for every subfolder", () => {
  const page = readFileSync(join(ROOT, "src/README.md"), "utf8");
  const inText = [...page.matchAll(/`([\w-]+\/[\w./-]+\/)`/g)].map(([, name = ""]) => name);
  // A row names subfolders of one folder: `cli/commands/` `status/`.
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  const named = rows.flatMap((line) => {
    const [first = "", ...others] = [...(line.split("|")[1] ?? "").matchAll(/`([\w./-]+)`/g)].map(
      ([, name = ""]) => name,
    );
    const [folder = ""] = first.split("/");
    const above = dirname(first);
    return [first, ...others.map((name) => `${above}/${name}`), ...subfoldersInText(line, folder)];
  });
  const folders = readdirSync(join(ROOT, "src"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const subfolders = folders.flatMap(({ name }) =>
    readdirSync(join(ROOT, "src", name), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${relative(join(ROOT, "src"), join(entry.parentPath, entry.name))}/`),
  );

  expect(
    subfolders.filter((subfolder) => ![...inText, ...named].some((name) => name.startsWith(subfolder))),
  ).toEqual([]);
});

/** `otlp/` and the like, which the text of a row explains. */
function subfoldersInText(line: string, folder: string): readonly string[] {
  const [, , text = ""] = line.split("|");
  return [...text.matchAll(/`(\w+\/)`/g)].map(([, name = ""]) => `${folder}/${name}`);
}
