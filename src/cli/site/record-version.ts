import { createHash } from "node:crypto";
import type { ApiObject } from "../../api/object.ts";
import type { OverviewObject } from "../../api/overview.ts";
import type { PatientReader } from "./patient-reader.ts";

/** The lists of which the exported state consists, by what people call them. */
const LISTS = { bindings: "bindings", drifts: "differences", holds: "pending approvals" } as const;
const PAGE = 250;

/** What the controller had at one time, by what people call it. */
export type RecordVersion = ReadonlyMap<string, string>;

/**
 * The digests of all that may not change during an export. They are of the content: the version of a list also changes when AWS was
 * read again without a change, and lists of the same second share one.
 */
export async function recordVersion(reader: PatientReader): Promise<RecordVersion> {
  const versions = new Map<string, string>();
  for (const [resource, name] of Object.entries(LISTS)) {
    const digest = createHash("sha256");
    for await (const item of reader.items<StatedObject>(`/${resource}`, PAGE)) digest.update(contentOf(item));
    versions.set(name, digest.digest("hex"));
  }
  const { status }: OverviewObject = await reader.read("/overview");
  const sources = [status.source, ...(status.namespaceSources ?? [])].map(({ accepted }) => accepted);
  versions.set("the accepted revision", JSON.stringify(sources));
  versions.set("suspensions", JSON.stringify(status.suspensions.map(({ metadata }) => metadata.name)));
  versions.set("the controller, which started again", status.startedAt);
  return versions;
}

type StatedObject = ApiObject<string> & { readonly status: object };

/** The names of what a repeated read changes although nothing else has changed. */
const OF_READS: ReadonlySet<string> = new Set(["lastVerifiedAt", "live", "readAt"]);

/** The object without versions and times of reads. */
function contentOf({ metadata, status }: StatedObject): string {
  const content = Object.entries(status).filter(([name]) => !OF_READS.has(name));
  return JSON.stringify([metadata.namespace, metadata.name, metadata.generation, content]);
}

/** What differs between two versions; empty: nothing. */
export function changesBetween(before: RecordVersion, after: RecordVersion): readonly string[] {
  return [...after].filter(([name, version]) => before.get(name) !== version).map(([name]) => name);
}
