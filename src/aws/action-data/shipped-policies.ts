import { withArnParts } from "../../model/aws/arns/arn-fields.ts";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { nearestName } from "../../text/nearest-name.ts";
import type { ShippedPolicies } from "../../iam/shipped-policies.ts";
import { arnParts, nameInArn } from "../../model/aws/arn.ts";

/**
 * Reads the snapshot of AWS-managed policies, with one JSON line for each policy. It is read only if a command needs
 * it.
 */
export async function readShippedPolicies(): Promise<ShippedPolicies> {
  const file = new URL(import.meta.resolve("#data/aws-managed-policies.jsonl.gz"));
  const text = (await promisify(gunzip)(await readFile(file))).toString("utf8");
  const [head = "", ...lines] = text.trimEnd().split("\n");
  const { snapshotDate } = JSON.parse(head) as { readonly snapshotDate: string };
  // A line is parsed when its policy is requested: a manifest names only a few of more than a thousand.
  const lineByArn = new Map(lines.map((line) => [arnOf(line), line]));
  return {
    snapshotDate,
    textOf: (arn) => {
      const line = lineByArn.get(inMainPartition(arn));
      return line === undefined ? undefined : documentOf(line, arnParts(arn).partition);
    },
    nearestTo: (arn) => nearestPolicy(arn, [...lineByArn.keys()]),
  };
}

/** Every line starts with its ARN. */
function arnOf(line: string): string {
  return line.slice('{"arn":"'.length, line.indexOf('",'));
}

/** The snapshot is from partition `aws`; the other partitions have the same policies with their own ARNs. */
function inMainPartition(arn: string): string {
  return withArnParts(arn, { partition: "aws" });
}

function documentOf(line: string, partition: string): string {
  const { document } = JSON.parse(line) as { readonly arn: string; readonly document: object };
  return JSON.stringify(document).replaceAll('"arn:aws:', `"arn:${partition}:`);
}

/** Compares only the name, because the path (`service-role/`) is the part that is omitted most often. */
function nearestPolicy(arn: string, known: readonly string[]): string | undefined {
  const mainArn = inMainPartition(arn);
  const meantName = nearestName(nameInArn(mainArn), known.map(nameInArn));
  const meant = known.find((each) => nameInArn(each) === meantName);
  return meant === undefined ? undefined : withArnParts(meant, { partition: arnParts(arn).partition });
}
