import type { Namespace } from "../../../model/aws/ids.ts";
import type { SourceRecord } from "../../../model/records/source-record.ts";
import { prefixOf } from "../../../model/keys/source-prefix.ts";
import type { Source } from "../../ports/source.ts";
import type { ControllerContext } from "../../settings.ts";
import type { SourceState } from "../../state/source-state.ts";

/** A source of the configuration, and what its last fetches found. */
export interface KnownSource {
  readonly source: Source;
  /** null: the platform source. */
  readonly namespace: Namespace | null;
  readonly memory: SourceState;
  readonly intervalMs: number;
}

/** The platform source is the first one. */
export function knownSources({ state, settings, ports }: ControllerContext): readonly KnownSource[] {
  const platform = { source: ports.source, namespace: null, intervalMs: settings.intervalMs };
  return [platform, ...ports.namespaceSources].map((one) => ({
    ...one,
    memory: state.sourceOf(one.namespace),
  }));
}

export function knownSourceOf(namespace: Namespace | null, context: ControllerContext): KnownSource {
  const target = knownSources(context).find((one) => one.namespace === namespace);
  if (target === undefined) throw new Error(`no source of the configuration has namespace ${namespace}`);
  return target;
}

/** The records of all sources. */
export interface RecordedSources {
  readonly of: (namespace: Namespace | null) => SourceRecord | null;
  /** Namespace sources that are no longer in the configuration, and still have keys or a held revision. */
  readonly former: readonly SourceRecord[];
}

export async function recordedSources(context: ControllerContext): Promise<RecordedSources> {
  return recordedIn(await context.ports.store.sources(), knownSources(context));
}

/** @param targets the sources of the configuration */
export function recordedIn(
  records: readonly SourceRecord[],
  targets: readonly Pick<KnownSource, "source" | "namespace">[],
): RecordedSources {
  const byNamespace = new Map(targets.map((target) => [target.namespace, recordIn(records, target)]));
  const names = new Set(targets.map(({ source }) => source.name));
  const former = records.filter((record) => !names.has(record.source) && formerNamespace(record) !== null);
  return { of: (namespace) => byNamespace.get(namespace) ?? null, former };
}

/** The record of this source. */
export async function recordedSource(
  target: KnownSource,
  { ports }: ControllerContext,
): Promise<SourceRecord | null> {
  const record = await ports.store.source(target.source.name);
  return record === null ? null : recordIn([record], target);
}

/** The namespace of a namespace source, from its record; null: it declares nothing, and nothing of it is pending. */
export function formerNamespace({ fileKeys, heldRevision }: SourceRecord): Namespace | null {
  const names = [...Object.keys(fileKeys), ...(heldRevision === null ? [] : [heldRevision.revision])];
  return names.map(prefixOf).find((namespace) => namespace !== null) ?? null;
}

/** A record under the same name may be of a source of the other kind, from before the configuration changed. */
function recordIn(
  records: readonly SourceRecord[],
  { source, namespace }: Pick<KnownSource, "source" | "namespace">,
): SourceRecord | null {
  const record = records.find(({ source: name }) => name === source.name);
  if (record === undefined) return null;
  const revision = record.acceptedRevision ?? record.heldRevision?.revision ?? null;
  return revision === null || prefixOf(revision) === namespace ? record : null;
}
