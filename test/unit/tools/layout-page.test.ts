import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

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

test("the page of the layout has a row for every subfolder", () => {
  const page = readFileSync(join(ROOT, "src/README.md"), "utf8");
  const inText = [...page.matchAll(/`([\w-]+\/[\w-]+\/)/g)].map(([, name = ""]) => name);
  // A row names subfolders of one folder: `cli/commands/` `status/`.
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  const named = rows.flatMap((line) => {
    const [first = "", ...others] = [...(line.split("|")[1] ?? "").matchAll(/`([\w./-]+)`/g)].map(
      ([, name = ""]) => name,
    );
    const [folder = ""] = first.split("/");
    return [first, ...others.map((name) => `${folder}/${name}`), ...subfoldersInText(line, folder)];
  });
  const folders = readdirSync(join(ROOT, "src"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const subfolders = folders.flatMap(({ name }) =>
    readdirSync(join(ROOT, "src", name), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${name}/${entry.name}/`),
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
