import type { SourceRecord } from "../../../model/records/source-record.ts";
import type { Snapshot } from "../../../model/snapshot.ts";
import type { SourceAnswer } from "../../ports/source.ts";
import { inSlices } from "../../slices.ts";
import type { SourceInput } from "../../state/source-input.ts";
import { parseSnapshot, type AcceptContext, type SourcePart } from "../accept.ts";
import type { Intake } from "./intake-of-source.ts";
import { knownSources, type KnownSource, type RecordedSources } from "./known-sources.ts";

/** A restart waits at most this long for the accepted revision of a namespace source: the others are not delayed. */
const RESTORE_MS = 10_000;

/** What the other sources of the configuration contribute, and the keys of those that are no longer in it. */
export async function otherSources(intake: Intake): Promise<Pick<AcceptContext, "others" | "formerKeys">> {
  const { context, target, recorded } = intake;
  const others = knownSources(context).filter(({ namespace }) => namespace !== target.namespace);
  const parts = others.map(async (other): Promise<SourcePart> => {
    const { namespace } = other;
    const record = recorded.of(namespace);
    return { namespace, record, input: await inputOf(other, record, intake) };
  });
  return { others: await Promise.all(parts), formerKeys: formerKeysOf(recorded) };
}

/** The keys of sources that are no longer in the configuration, by path. */
export function formerKeysOf({ former }: RecordedSources): SourceRecord["fileKeys"] {
  return Object.assign({}, ...former.map(({ fileKeys }) => fileKeys)) as SourceRecord["fileKeys"];
}

/**
 * After a restart, the accepted revisions of the namespace sources are read together with the platform's, so that no key
 * of them is shown as unread meanwhile. A source that cannot be read now is read by its own fetches.
 */
function inputOf(
  { source, namespace }: KnownSource,
  record: SourceRecord | null,
  intake: Intake,
): Promise<SourceInput | null> {
  const { state, ports, settings } = intake.context;
  const revision = record?.acceptedRevision ?? null;
  if (state.enforced !== null || revision === null)
    return Promise.resolve(state.enforced?.inputs.get(namespace) ?? null);
  const { manifestLimits: limits, compile: paths } = settings;
  return withinTime(intake, (signal) => source.at(revision, signal)).then(async (snapshot) =>
    snapshot === null
      ? null
      : inSlices(
          parseSnapshot(snapshot, { limits, paths, known: new Map() }),
          ports.eventLoop,
          intake.signal,
        ),
  );
}

/** null: it failed, or took too long. */
async function withinTime(
  { context: { ports }, signal }: Intake,
  read: (signal: AbortSignal) => SourceAnswer<Snapshot>,
): Promise<Snapshot | null> {
  const late = new AbortController();
  ports.clock.sleep(RESTORE_MS, late.signal).then(
    () => late.abort(),
    () => undefined,
  );
  try {
    const snapshot = await read(AbortSignal.any([signal, late.signal]));
    return snapshot.kind === "err" ? null : snapshot.value;
  } catch (error) {
    if (late.signal.aborted && !signal.aborted) return null;
    throw error;
  } finally {
    late.abort();
  }
}
