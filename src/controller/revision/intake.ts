import { NOT_RECORDED, type PendingAuthors } from "../../model/authors.ts";
import { PLATFORM } from "../../model/aws/ids.ts";
import type { AuditFact } from "../../audit/entry.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import type { Holders } from "../../manifest/compile/conflicts.ts";
import type { EarlierTenancy } from "../../manifest/compile/teams/tenancy.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { keyParts } from "../../model/keys/key.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import type { Result } from "../../model/values/result.ts";
import { shortRevision, type Revision } from "../../model/values/revision.ts";
import { SourceError } from "../ports/source.ts";
import type { ControllerContext } from "../settings.ts";
import { inSlices } from "../slices.ts";
import type { Enforced } from "../state/controller-state.ts";
import { compileSnapshot, type AcceptedRevision } from "./accept.ts";
import { acceptedStatuses, commitStatusEvents, heldStatuses, supersededStatuses } from "./commit-status.ts";
import { enforce } from "./enforce.ts";
import { hasNewOwner, incumbentsOf } from "./incumbents.ts";
import { objectRecords } from "./object-records.ts";
import { refusedFileAlerts } from "./refused-files.ts";
import { pendingAuthors } from "./pending-authors.ts";
import type { Fetched } from "./revisions.ts";
import { mayBeUnread } from "./unread.ts";

/** One fetch, with the record of the source before it. */
export interface Intake {
  readonly context: ControllerContext;
  readonly record: SourceRecord | null;
  readonly signal: AbortSignal;
}

type Of<Kind extends Fetched["kind"]> = Extract<Fetched, { readonly kind: Kind }>;

/** Nothing new. A held revision that the source no longer has needs no approval any more. */
export async function keepRevision({ verified }: Of<"same">, { context, record }: Intake): Promise<void> {
  const { state, ports } = context;
  const { refused } = state.source.memory;
  state.source.fetched(ports.clock.nowMs(), { held: null, verified });
  if (record === null || record.acceptedRevision === null) return;
  const { acceptedRevision: accepted, heldRevision: held } = record;
  const alerts = supersededStatuses(context, accepted, [held?.revision, refused]);
  if (alerts.length > 0) await ports.recorder.record({ facts: [], change: {}, alerts });
  if (held !== null) await ports.store.commit({ sources: [{ ...record, heldRevision: null }] });
}

/** Records the revision, and sends an alert, once. */
export async function holdRevision(
  { revision, reason, verified }: Of<"held">,
  { context, record }: Intake,
): Promise<void> {
  const { state, ports } = context;
  const nowMs = ports.clock.nowMs();
  const known = record?.heldRevision?.revision === revision ? record.heldRevision : null;
  const held = { revision, reason, sinceMs: known?.sinceMs ?? nowMs };
  const earlier = [record?.heldRevision?.revision, state.source.memory.refused];
  state.source.fetched(nowMs, { held, verified });
  if (known !== null) return;
  const source = ports.source.name;
  const before = record ?? firstRecord(source);
  const { acceptedRevision: accepted } = before;
  const fix = verified?.fix ?? null;
  ports.telemetry.warn("revision held", { source, revision, reason, hint: fix ?? "" });
  await ports.recorder.record({
    facts: [{ kind: "revision-held", source, revision, accepted, reason }],
    change: { sources: [{ ...before, heldRevision: held }] },
    alerts: [
      { kind: "revision-held", source, revision: shortRevision(revision), reason, fix },
      ...heldStatuses(context, held, earlier),
    ],
  });
}

function firstRecord(source: string): SourceRecord {
  return { source, acceptedRevision: null, heldRevision: null, fileKeys: {} };
}

/** Compiles, records and enforces a new revision. False: it was refused. */
export async function acceptRevision(fetched: Of<"new">, intake: Intake): Promise<boolean> {
  const { context, signal } = intake;
  const compiled = await compile(fetched.snapshot, intake);
  if (compiled.kind === "err") {
    await refuseRevision(fetched.snapshot.revision, compiled.error, intake);
    return false;
  }
  context.state.source.fetched(context.ports.clock.nowMs(), { held: null, verified: fetched.verified });
  const authors = await recordAccepted(fetched, compiled.value, intake);
  await enforce({ ...compiled.value, authors }, context, signal);
  return true;
}

async function recordAccepted(
  fetched: Of<"new">,
  { enforced, fileKeys, refusedFiles }: AcceptedRevision,
  { context, record, signal }: Intake,
): Promise<PendingAuthors> {
  const { settings, ports } = context;
  const { snapshot, authors: made, verified } = fetched;
  const { source, revision } = snapshot;
  const before = { record, keys: await ports.store.allKeys(), objects: await ports.store.objects() };
  const { objects: declared, brokenFiles, profiles } = enforced.compilation;
  const authors = pendingAuthors({ fileKeys, objects: declared, brokenFiles }, made, {
    ...before,
    paths: settings.compile,
    approvers: new Set(Object.values(settings.mails).flat()),
  });
  const stored = { records: before.objects, isUnread: mayBeUnread(enforced) };
  const now = new Date(ports.clock.nowMs()).toISOString();
  const comparing = objectRecords(declared, stored, now);
  const { objects, removed } = await inSlices(comparing, ports.eventLoop, signal);
  const accepted: SourceRecord = {
    source,
    acceptedRevision: revision,
    heldRevision: null,
    ...(verified === null ? {} : { verified }),
    fileKeys,
    profiles,
    authors,
    refusedFiles: refusedFiles.map(({ path }) => path),
  };
  const previous = record?.acceptedRevision ?? null;
  await ports.recorder.record({
    facts: [acceptedFact(fetched, enforced, previous)],
    change: { sources: [accepted], objects, removedObjects: removed },
    alerts: [
      ...refusedFileAlerts(refusedFiles, record?.refusedFiles, settings.compile),
      ...acceptedStatuses(context, revision, [
        previous,
        record?.heldRevision?.revision,
        context.state.source.memory.refused,
      ]),
    ],
  });
  return authors;
}

function acceptedFact(
  { snapshot: { source, revision, uncommitted }, commits, verified }: Of<"new">,
  enforced: Enforced,
  previous: Revision | null,
): AuditFact {
  return {
    kind: "revision-accepted",
    source,
    revision,
    previous,
    commits,
    uncommitted,
    quarantined: quarantinedPlaces(enforced),
    ...(verified === null ? {} : { signatures: verified.message }),
  };
}

/** The maximum number of broken documents that one entry of the audit names. */
const MAX_QUARANTINED = 100;

function quarantinedPlaces({ compilation }: Enforced): readonly string[] {
  return compilation.diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ origin, message }) => `${origin.file}:${origin.line}:${origin.column} ${message}`)
    .slice(0, MAX_QUARANTINED);
}

async function refuseRevision(
  revision: Revision,
  reason: string,
  { context, record }: Intake,
): Promise<void> {
  const { state, ports } = context;
  const isNew = state.source.memory.refused !== revision;
  const failure = { message: reason, fix: "push a revision that has manifests" };
  state.source.refused(ports.clock.nowMs(), revision, failure);
  if (!isNew) return;
  const source = ports.source.name;
  ports.telemetry.error("revision refused", { source, reason });
  const statuses = commitStatusEvents(context, revision, {
    state: "failure",
    text: `refused: ${reason}`,
    isNew: true,
  });
  const isFirst = record === null || record.acceptedRevision === null;
  if (isFirst && statuses.length === 0) return;
  const fix = "the accepted revision stays enforced; push a revision that has manifests";
  const failed = isFirst ? [] : [{ kind: "source-failed", source, reason, fix } as const];
  const alerts = [...failed, ...statuses];
  await ports.recorder.record({ facts: [], change: {}, alerts });
}

/**
 * Restores the recorded revision after a restart: the record has only its name, so it is compiled again. Also retries a
 * revision that was accepted but could not be put in force immediately, and decides contested claims whose owner was read
 * since. False: it is not in force.
 */
export async function restoreAccepted(intake: Intake): Promise<boolean> {
  const { context, record, signal } = intake;
  const { state, ports } = context;
  if (record === null || record.acceptedRevision === null) return true;
  if (state.enforced?.revision === record.acceptedRevision && !hasNewOwner(context)) return true;
  try {
    const snapshot = await ports.source.at(record.acceptedRevision, signal);
    const compiled = await compile(snapshot, intake);
    const { authors = NOT_RECORDED } = record;
    if (compiled.kind === "ok") await enforce({ ...compiled.value, authors }, context, signal);
    else state.source.failed({ message: compiled.error, fix: NOTHING_READ });
    return compiled.kind === "ok";
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    state.source.failed({ message: error.text, fix: error.fix });
    return false;
  }
}

/** The accepted revision had manifests when it was accepted: since then, what is read of it has changed. */
const NOTHING_READ = "check the source's paths and limits in the configuration";

async function compile(
  snapshot: Snapshot,
  { context: { state, settings, ports }, record, signal }: Intake,
): Promise<Result<AcceptedRevision, string>> {
  const nowMs = ports.clock.nowMs();
  const compiling = compileSnapshot(snapshot, {
    compile: {
      ...settings.compile,
      nowMs,
      holders: holdersIn(await ports.store.allKeys()),
      incumbents: incumbentsOf({ state, settings }),
      earlierTenancy: earlierTenancy(record, await ports.store.objects()),
    },
    limits: settings.manifestLimits,
    parsed: state.parsed,
    record,
  });
  return inSlices(compiling, ports.eventLoop, signal);
}

/** Without a record of an accepted revision, it is unknown whether there was a Team. */
function earlierTenancy(record: SourceRecord | null, objects: readonly ObjectRecord[]): EarlierTenancy {
  if (record === null || record.acceptedRevision === null) return "unknown";
  const isTeam = ({ kind, namespace }: ObjectRecord): boolean => kind === "Team" && namespace === PLATFORM;
  return objects.some(isTeam) ? "closed" : "open";
}

function holdersIn(records: readonly KeyRecord[]): Holders {
  const applied = records.flatMap(({ key, applied }) => {
    if (applied?.desired.kind !== "binding") return [];
    const { region, functionName, role } = applied.desired.binding;
    return [[key, { accountId: keyParts(key).accountId, region, functionName, role }] as const];
  });
  return new Map(applied);
}
