import type { AuditFact } from "../../audit/entry.ts";
import { unknownAuthors, type ChangeAuthors, type PendingAuthors } from "../../model/authors.ts";
import type { ManifestObject } from "../../manifest/compile/objects.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";
import type { RecordChange } from "../../model/records/record-change.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import { prefixOf } from "../../model/keys/source-prefix.ts";
import { inSlices, readInParts } from "../slices.ts";
import type { EnforcedState } from "../state/controller-state.ts";
import type { AcceptedRevision } from "./accept.ts";
import type { Intake } from "./sources/intake-of-source.ts";
import { acceptedStatuses } from "./commit-status.ts";
import { mergedAfter } from "./merged/accepted.ts";
import { decidedAlerts, formerSourceAlerts } from "./sources/decided-alerts.ts";
import { changedObjects, distinctObjects, objectRecords } from "./object-records.ts";
import { pendingAuthors, type RecordedBefore } from "../../manifest/revision/pending-authors.ts";
import { refusedFileAlerts } from "./refused-files.ts";
import type { FetchResult } from "./revisions.ts";
import { knownSources } from "./sources/known-sources.ts";
import { mayBeUnread } from "../../manifest/revision/unread.ts";

type New = Extract<FetchResult, { readonly kind: "new" }>;

/** Records an accepted revision, and what the manifests of all sources mean together with it. */
export async function recordAccepted(
  fetched: New,
  compiled: AcceptedRevision,
  intake: Intake,
): Promise<PendingAuthors> {
  const { context, target, recorded, record, signal } = intake;
  const { state, settings, ports } = context;
  const { enforced, fileKeys, refusedFiles } = compiled;
  const { snapshot, authors: step, verified, pin } = fetched;
  const { source, revision } = snapshot;
  const { objects: declared, brokenFiles } = enforced.compilation;
  const { namespace } = target;
  const files = [...snapshot.files, ...snapshot.refused].map(({ path }) => path);
  const made = ownStep(step, namespace, [...files, ...Object.keys(record?.fileKeys ?? {})]);
  const before = await objectsBefore(declared, intake);
  const finding = pendingAuthors({ fileKeys, objects: declared, brokenFiles }, made, {
    ...recordedBefore(intake),
    keys: await ports.store.appliedMarks(),
    objects: before.all,
    paths: settings.compile,
    approvers: new Set(Object.values(settings.mails).flat()),
  });
  const authors = await inSlices(finding, ports.eventLoop, signal);
  const noted = await mergedAfter(fetched, compiled, intake);
  const accepted = {
    source,
    acceptedRevision: revision,
    heldRevision: pin === undefined ? null : (record?.heldRevision ?? null),
    ...(verified === null ? {} : { verified }),
    ...(pin !== undefined && { pin }),
    ...noted.merged,
  };
  const sources = sourceRecords(compiled, { ...intake, record: { ...accepted, fileKeys: {} } }, authors);
  const { change, all } = await objectChange(enforced, before, intake);
  const settlement = {
    facts: [...rollbackFacts(source, pin), acceptedFact(fetched, enforced, intake)],
    change: { sources, ...change },
    alerts: [
      ...(pin === undefined ? decidedAlerts(revision, intake) : []),
      ...formerSourceAlerts(recorded.former),
      ...refusedFileAlerts(refusedFiles, recorded.of(null)?.refusedFiles, settings.compile),
      ...acceptedStatuses(context, revision, [
        record?.acceptedRevision,
        pin === undefined ? record?.heldRevision?.revision : undefined,
        target.memory.memory.refused,
      ]),
      ...noted.alerts,
    ],
  };
  await state.recordedObjects.replace(all, () => ports.recorder.record(settlement));
  noted.recorded();
  return authors;
}

function rollbackFacts(source: string, pin: New["pin"]): readonly AuditFact[] {
  if (pin === undefined) return [];
  const { revision, from, actor, reason, until } = pin;
  return [{ kind: "rolled-back", source, revision, from, actor, reason, until }];
}

function acceptedFact(
  { snapshot: { source, revision, uncommitted }, commits, verified, signers }: New,
  enforced: EnforcedState,
  { target, record }: Intake,
): AuditFact {
  return {
    kind: "revision-accepted",
    source,
    revision,
    previous: record?.acceptedRevision ?? null,
    commits,
    uncommitted,
    quarantined: quarantinedPlaces(enforced, target.namespace),
    ...(verified === null ? {} : { signatures: verified.message }),
    // Of as many commits as the entry names.
    ...(signers.length > 0 && { signers: signers.slice(-MAX_SIGNERS) }),
  };
}

const MAX_SIGNERS = 100;

/**
 * A source that is no longer in the configuration is like a folder that was removed: what it declared is no longer
 * listed. Without such a source, nothing is recorded.
 */
export async function recordWithoutFormer(compiled: AcceptedRevision, intake: Intake): Promise<void> {
  const { context, recorded } = intake;
  if (recorded.former.length === 0) return;
  const sources = sourceRecords(compiled, intake, recorded.of(null)?.authors);
  const before = await objectsBefore(compiled.enforced.compilation.objects, intake);
  const { change, all } = await objectChange(compiled.enforced, before, intake);
  const alerts = formerSourceAlerts(recorded.former);
  const settlement = { facts: [], change: { sources, ...change }, alerts };
  await context.state.recordedObjects.replace(all, () => context.ports.recorder.record(settlement));
}

/**
 * The records of all sources: a revision of one may change what the files of another one declare. The platform's has
 * what counts for all.
 */
function sourceRecords(
  { enforced, fileKeys, unreadFiles, refusedFiles }: AcceptedRevision,
  { context, target, recorded, record }: Intake,
  authors: PendingAuthors | undefined,
): readonly SourceRecord[] {
  const ofAll = {
    profiles: enforced.compilation.profiles,
    windows: enforced.compilation.windows,
    ...(authors !== undefined && { authors }),
    refusedFiles: refusedFiles.map(({ path }) => path),
  };
  const targets = knownSources(context);
  const keysOf = Map.groupBy(Object.entries(fileKeys), ([path]) => prefixOf(path));
  const unreadOf = Map.groupBy(Object.entries(unreadFiles), ([path]) => prefixOf(path));
  const current = targets.flatMap(({ source: { name }, namespace }): readonly SourceRecord[] => {
    const before = namespace === target.namespace ? record : recorded.of(namespace);
    const keys = keysOf.get(namespace) ?? [];
    if (before === null && keys.length === 0) return [];
    return [
      {
        ...(before ?? firstRecord(name)),
        fileKeys: Object.fromEntries(keys),
        unreadFiles: Object.fromEntries(unreadOf.get(namespace) ?? []),
        ...(namespace === null ? ofAll : {}),
      },
    ];
  });
  return [...current, ...recorded.former.map(({ source }) => firstRecord(source))];
}

export function firstRecord(source: string): SourceRecord {
  return { source, acceptedRevision: null, heldRevision: null, fileKeys: {} };
}

/** What the accepted revisions before declared. */
function recordedBefore({
  context,
  recorded,
}: Intake): Pick<RecordedBefore, "record" | "namespaceRevisions"> {
  const platform = recorded.of(null);
  if (platform === null) return { record: null };
  const namespaces = context.ports.namespaceSources.map(({ namespace }) => namespace);
  const records = namespaces.flatMap((namespace) => recorded.of(namespace) ?? []);
  const fileKeys: SourceRecord["fileKeys"] = Object.assign(
    {},
    ...[...recorded.former, platform, ...records].map((one) => one.fileKeys),
  );
  const accepted = records.flatMap(({ source, acceptedRevision }) =>
    acceptedRevision === null ? [] : [[source, acceptedRevision] as const],
  );
  return {
    record: { ...platform, fileKeys },
    ...(accepted.length > 0 && { namespaceRevisions: new Map(accepted) }),
  };
}

/** An unknown author of a namespace source is an author of its own files only. */
function ownStep(step: ChangeAuthors, namespace: Namespace | null, files: readonly string[]): ChangeAuthors {
  if (namespace === null || step.kind === "read") return step;
  const authors = unknownAuthors(step.reason, step.people);
  return { kind: "read", byFile: new Map(files.map((file) => [file, authors])) };
}

/** What the record has before a revision. */
interface ObjectsBefore {
  readonly all: readonly (ObjectRecord | ManifestObject)[];
  /** The objects of the revision that may differ from the record. */
  readonly objects: readonly ManifestObject[];
  /** The records of these objects, and of those that the revision does not have. */
  readonly records: readonly ObjectRecord[];
}

/** The first time, everything is read and compared: another version may have written it. Then only what changed. */
async function objectsBefore(
  objects: readonly ManifestObject[],
  { context: { state, ports } }: Intake,
): Promise<ObjectsBefore> {
  const recorded = state.recordedObjects.known;
  if (recorded === null) {
    const records = await ports.store.objects();
    return { all: records, objects, records };
  }
  const { objects: changed, ids } = changedObjects(objects, recorded);
  const records = await readInParts(ids, (part) => ports.store.objectsNamed(part), ports.eventLoop);
  return { all: recorded, objects: changed, records };
}

interface ObjectChange {
  readonly change: Pick<RecordChange, "objects" | "removedObjects">;
  /** What the record has after it; null: also objects of files that cannot be read now. */
  readonly all: readonly ManifestObject[] | null;
}

async function objectChange(
  enforced: EnforcedState,
  { objects: changed, records }: ObjectsBefore,
  { context: { ports }, signal }: Intake,
): Promise<ObjectChange> {
  const declared = enforced.compilation.objects;
  const comparing = objectRecords(
    changed,
    { records, isUnread: mayBeUnread(enforced) },
    new Date(ports.clock.nowMs()).toISOString(),
  );
  const { objects, removed, kept } = await inSlices(comparing, ports.eventLoop, signal);
  return { change: { objects, removedObjects: removed }, all: kept > 0 ? null : distinctObjects(declared) };
}

/** The maximum number of broken documents that one entry of the audit names. */
const MAX_QUARANTINED = 100;

/** A revision of the platform may break documents of every source, one of a namespace source only its own. */
function quarantinedPlaces({ compilation }: EnforcedState, namespace: Namespace | null): readonly string[] {
  return compilation.diagnostics
    .filter(({ severity }) => severity === "error")
    .filter(({ origin }) => namespace === null || prefixOf(origin.file) === namespace)
    .map(({ origin, message }) => `${origin.file}:${origin.line}:${origin.column} ${message}`)
    .slice(0, MAX_QUARANTINED);
}
