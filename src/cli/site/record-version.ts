import type { OverviewObject } from "../../api/overview.ts";
import type { ApiList, ApiObject } from "../../api/object.ts";
import type { PatientReader } from "./patient-reader.ts";

/** Lists whose version changes when any of their objects changes. That AWS was read again is no change. */
const VERSIONED = {
  bindings: "bindings",
  drifts: "differences",
  holds: "pending approvals",
  functionpermissions: "manifests of functions",
  managedpolicies: "manifests of policies",
  awsaccounts: "accounts",
} as const;

/** What the controller had at one time, by what people call it. */
export type RecordVersion = ReadonlyMap<string, string>;

export async function recordVersion(reader: PatientReader): Promise<RecordVersion> {
  const versions = new Map<string, string>();
  for (const [resource, name] of Object.entries(VERSIONED)) {
    const { metadata }: ApiList<ApiObject<string>> = await reader.read(`/${resource}?limit=1`);
    versions.set(name, metadata.resourceVersion);
  }
  const { status }: OverviewObject = await reader.read("/overview");
  const sources = [status.source, ...(status.namespaceSources ?? [])].map(({ accepted }) => accepted);
  versions.set("the accepted revision", JSON.stringify(sources));
  versions.set("suspensions", JSON.stringify(status.suspensions.map(({ metadata }) => metadata.name)));
  versions.set("the controller, which started again", status.startedAt);
  return versions;
}

/** What differs between two versions; empty: nothing. */
export function changesBetween(before: RecordVersion, after: RecordVersion): readonly string[] {
  return [...after].filter(([name, version]) => before.get(name) !== version).map(([name]) => name);
}
