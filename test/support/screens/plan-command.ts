import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { git } from "../git/git-repository.ts";
import { functionText, PLATFORM_FILES } from "../manifests.ts";

export const API = "teams/orders/api.yaml";
export const grants = (tables: readonly string[], more = ""): string =>
  functionText(
    "api",
    `  logs: false\n  grants:\n${tables.map((table) => `    - dynamodb: {table: ${table}, allow: [read]}\n`).join("")}${more}`,
  );

export async function writeManifests(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

/** A repository whose first commit has the platform's files and one function. */
export async function commitBase(root: string, files: Readonly<Record<string, string>> = {}): Promise<void> {
  await git(root, ["init", "--quiet"]);
  await writeManifests(root, { ...PLATFORM_FILES, [API]: grants(["orders"]), ...files });
  await git(root, ["add", "."]);
  await git(root, ["commit", "--quiet", "-m", "base"]);
}
