import { createHash, type Hash } from "node:crypto";
import type { ApiObject } from "../../api/object.ts";
import type { OverviewObject } from "../../api/overview.ts";
import type { PatientReader } from "./patient-reader.ts";

/** The lists that are compared, by what people call them. `NOT_COMPARED` of the verification names what else an export has. */
const LISTS = { bindings: "bindings", drifts: "differences", holds: "pending approvals" } as const;
const PAGE = 250;

type ComparedList = keyof typeof LISTS;

/** What the controller had at one time, by what people call it. */
export type RecordVersion = ReadonlyMap<string, string>;

/**
 * The digests of one reading of what is compared: of one before the export, of what it writes, and of one after it. They are of the
 * content: the version of a list also changes when AWS was read again without a change, and lists of the same second share one.
 */
export class VersionDigests {
  readonly #lists = new Map<ComparedList, Hash>();
  #ofOverview: RecordVersion = new Map();

  /** Items of a list in its order. */
  add(list: ComparedList, item: StatedObject): void {
    this.#hashOf(list).update(contentOf(item));
  }

  addOverview({ status }: OverviewObject): void {
    const sources = [status.source, ...(status.namespaceSources ?? [])].map(({ accepted }) => accepted);
    this.#ofOverview = new Map([
      ["the accepted revision", JSON.stringify(sources)],
      ["suspensions", JSON.stringify(status.suspensions.map(({ metadata }) => metadata.name))],
      ["the controller, which started again", status.startedAt],
    ]);
  }

  /** Nothing can be added after it. */
  version(): RecordVersion {
    const lists = listNames().map((list) => [LISTS[list], this.#hashOf(list).digest("hex")] as const);
    return new Map([...lists, ...this.#ofOverview]);
  }

  #hashOf(list: ComparedList): Hash {
    const hash = this.#lists.get(list) ?? createHash("sha256");
    this.#lists.set(list, hash);
    return hash;
  }
}

/** Reads what is compared. */
export async function recordVersion(reader: PatientReader): Promise<RecordVersion> {
  const digests = new VersionDigests();
  for (const list of listNames())
    for await (const item of reader.items<StatedObject>(`/${list}`, PAGE)) digests.add(list, item);
  digests.addOverview(await reader.read<OverviewObject>("/overview"));
  return digests.version();
}

function listNames(): readonly ComparedList[] {
  return Object.keys(LISTS) as ComparedList[];
}

export function isCompared(resource: string): resource is ComparedList {
  return resource in LISTS;
}

export type StatedObject = ApiObject<string> & { readonly status: object };

/** The names of what a repeated read changes although nothing else has changed. */
const OF_READS: ReadonlySet<string> = new Set(["lastVerifiedAt", "live", "readAt"]);

/** The object without versions and times of reads. */
function contentOf({ metadata, status }: StatedObject): string {
  const content = Object.entries(status).filter(([name]) => !OF_READS.has(name));
  return JSON.stringify([metadata.namespace, metadata.name, metadata.generation, content]);
}

/** What differs between versions of one export, in the order of their reading; empty: nothing. */
export function changesBetween(before: RecordVersion, ...later: readonly RecordVersion[]): readonly string[] {
  return [...before.keys()].filter((name) => later.some((version) => version.get(name) !== before.get(name)));
}
