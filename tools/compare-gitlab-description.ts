import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";
import { differencesOf } from "./forges/compared.ts";
import type { DescribedOperation } from "./forges/described.ts";
import { factsOf } from "./forges/facts.ts";
import type { PublishedApi } from "./forges/published.ts";

// Shows how test/fixtures/forges/gitlab.json, which is typed by hand, differs from GitLab's published description, and
// writes the facts of that description that Grantkeeper uses to gitlab-published.json next to it:
//   node bin/launch.mjs tools/compare-gitlab-description.ts openapi_v3.yaml "gitlab-org/gitlab at COMMIT, DAY"
// The file is that of doc/api/openapi in gitlab-org/gitlab; the second argument names where and when it was read, and without
// it nothing is written. test/fixtures/forges/README.md explains each difference, which a unit test lists.

const [file, source] = process.argv.slice(2);
if (file === undefined) throw new Error("name the file openapi_v2.yaml or openapi_v3.yaml of GitLab");

const published = parse(readFileSync(file, "utf8"), { maxAliasCount: -1 }) as PublishedApi & {
  readonly info: { readonly version: string };
};
const folder = new URL("../test/fixtures/forges/", import.meta.url);
const { operations } = JSON.parse(readFileSync(new URL("gitlab.json", folder), "utf8")) as {
  readonly operations: readonly DescribedOperation[];
};
for (const one of operations)
  for (const line of differencesOf(one, published))
    process.stdout.write(`${one.method} ${one.path}: ${line}\n`);
process.stdout.write(`${operations.length} operations compared\n`);
if (source !== undefined) {
  const facts = { source, version: published.info.version, ...factsOf(operations, published) };
  writeFileSync(new URL("gitlab-published.json", folder), `${JSON.stringify(facts, null, 2)}\n`);
}
