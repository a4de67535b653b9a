import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DescribedOperation } from "./forges/described.ts";
import { forgejoOperations, giteaOperations } from "./forges/gitea.ts";
import { githubOperation } from "./forges/github.ts";
import { GITEA, GITHUB } from "./forges/operations.ts";

// Writes test/fixtures/forges/{github,gitea,forgejo}.json: the operations that Grantkeeper uses, from npm packages that
// have the published descriptions. They have 400 MB, so that they are sources and not dependencies. To refresh:
//   npm install --prefix FOLDER --ignore-scripts @octokit/openapi gitea-js @llamaduck/forgejo-ts
//   node bin/launch.mjs tools/write-forge-descriptions.ts FOLDER/node_modules
// test/fixtures/forges/README.md names the versions, and where the descriptions of the other forges are from.

const [folder] = process.argv.slice(2);
if (folder === undefined)
  throw new Error("name the folder node_modules with the packages of the descriptions");

const octokit = join(folder, "@octokit/openapi");
const published = JSON.parse(
  readFileSync(join(octokit, "generated/api.github.com.json"), "utf8"),
) as Parameters<typeof githubOperation>[0];
write(
  "github",
  octokit,
  GITHUB.map((one) => githubOperation(published, one)),
);
const gitea = join(folder, "gitea-js");
write("gitea", gitea, giteaOperations(gitea, GITEA));
const forgejo = join(folder, "@llamaduck/forgejo-ts");
write("forgejo", forgejo, forgejoOperations(forgejo, GITEA));

function write(forge: string, source: string, operations: readonly DescribedOperation[]): void {
  const { name, version, license } = JSON.parse(
    readFileSync(join(source, "package.json"), "utf8"),
  ) as Readonly<Record<"name" | "version" | "license", string>>;
  const description = { source: `npm ${name} ${version} (${license})`, operations };
  const path = new URL(`../test/fixtures/forges/${forge}.json`, import.meta.url);
  writeFileSync(path, `${JSON.stringify(description, null, 2)}\n`);
  process.stdout.write(`${forge}: ${operations.length} operations\n`);
}
