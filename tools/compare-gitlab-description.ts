import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { differencesOf, type PublishedApi } from "./forges/compared.ts";
import type { DescribedOperation } from "./forges/described.ts";

// Shows how test/fixtures/forges/gitlab.json, which is typed by hand, differs from GitLab's published description:
//   node bin/launch.mjs tools/compare-gitlab-description.ts openapi_v3.yaml
// The file is that of doc/api/openapi in gitlab-org/gitlab. test/fixtures/forges/README.md explains each difference.

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("name the file openapi_v2.yaml or openapi_v3.yaml of GitLab");

const published = parse(readFileSync(file, "utf8"), { maxAliasCount: -1 }) as PublishedApi;
const own = new URL("../test/fixtures/forges/gitlab.json", import.meta.url);
const { operations } = JSON.parse(readFileSync(own, "utf8")) as {
  readonly operations: readonly DescribedOperation[];
};
for (const one of operations)
  for (const line of differencesOf(one, published))
    process.stdout.write(`${one.method} ${one.path}: ${line}\n`);
process.stdout.write(`${operations.length} operations compared\n`);
