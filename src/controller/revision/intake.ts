import {
  authorsOfChange,
  namedAuthors,
  NOT_RECORDED,
  recordedAuthors,
  type Authors,
} from "../../model/authors.ts";
import { PLATFORM } from "../../model/aws/ids.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import type { Holders } from "../../manifest/compile/conflicts.ts";
import type { EarlierTenancy } from "../../manifest/compile/teams/teams.ts";
import type { AppliedMark } from "../../model/keys/applied-mark.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import type { Result } from "../../model/values/result.ts";
import { shortRevision } from "../../model/values/revision.ts";
import type { Store } from "../ports/store.ts";
import type { ControllerContext } from "../settings.ts";
import type { SourceInput } from "../state/source-input.ts";
import { inSlices } from "../slices.ts";
import { compileSnapshot, type AcceptContext, type AcceptedRevision } from "./accept.ts";
import { decidedAlerts } from "./sources/decided-alerts.ts";
import { commitStatusEvents, heldStatuses, supersededStatuses } from "./commit-status.ts";
import { enforce } from "./enforce.ts";
import { hasNewOwner, incumbentsOf } from "./incumbents.ts";
import type { RecordedSources } from "./sources/known-sources.ts";
import { otherSources } from "./sources/other-sources.ts";
import { showFailure } from "./sources/source-failure.ts";
import { firstRecord, recordAccepted, recordWithoutFormer } from "./record-accepted.ts";
import { notAcceptedNotes, replacedNotes } from "./merged/notes.ts";
import { hasNewReadings, readMissing } from "./readings/references.ts";
import type { FetchResult } from "./revisions.ts";
import { restoreFiles } from "./sources/stored-files.ts";
import { withAllRecords, type Intake, type SourceIntake } from "./sources/intake-of-source.ts";

type FetchedAs<Kind extends FetchResult["kind"]> = Extract<FetchResult, { readonly kind: Kind }>;

/** Nothing new. A held revision that the source no longer has needs no approval any more. */
export async function keepRevision(
  { verified }: FetchedAs<"same">,
  { context, target, record }: SourceIntake,
): Promise<void> {
  const { ports } = context;
  const { refused } = target.memory.memory;
  target.memory.fetched(ports.clock.nowMs(), { held: null, verified });
  if (record === null || record.acceptedRevision === null) return;
  const { acceptedRevision: accepted, heldRevision: held } = record;
  const noted = withNotes(record, context.settings.notedSources.has(target.namespace));
  const alerts = [
    ...decidedAlerts(accepted, { target, record }),
    ...supersededStatuses(context, accepted, [held?.revision, refused]),
    ...replacedNotes(accepted, [held?.revision, refused], { context, target, record }),
  ];
  const isChanged = held !== null || noted !== record;
  const change = isChanged ? { sources: [{ ...noted, heldRevision: null }] } : {};
  if (alerts.length > 0 || isChanged) await ports.recorder.record({ facts: [], change, alerts });
}

/** Comments begin with the revisions after the first fetch that finds nothing new while they are switched on. */
function withNotes(record: SourceRecord, isNoted: boolean): SourceRecord {
  if (isNoted) return record.merged === undefined ? { ...record, merged: [] } : record;
  const { merged, ...rest } = record;
  return merged === undefined ? record : rest;
}

/** Records the revision, and sends an alert, once. */
export async function holdRevision(
  { revision, reason, commits, dropped, authors: change, verified }: FetchedAs<"held">,
  { context, target, record }: SourceIntake,
): Promise<void> {
  const { ports, settings } = context;
  const nowMs = ports.clock.nowMs();
  const known = record?.heldRevision?.revision === revision ? record.heldRevision : null;
  const approvers = new Set(Object.values(settings.mails).flat());
  const authors = heldAuthors(authorsOfChange(change), known?.authors, approvers);
  const held = { revision, reason, sinceMs: known?.sinceMs ?? nowMs, authors };
  const earlier = [record?.heldRevision?.revision, target.memory.memory.refused];
  const shown = { ...held, commits, ...(dropped !== undefined && { dropped }) };
  target.memory.fetched(nowMs, { held: shown, verified });
  if (known?.authors !== undefined) return;
  const { namespace } = target;
  const source = target.source.name;
  const before = record ?? firstRecord(source);
  const sources = [{ ...before, heldRevision: held }];
  if (known !== null) return ports.recorder.record({ facts: [], change: { sources }, alerts: [] });
  const { acceptedRevision: accepted } = before;
  const fix = verified?.fix ?? null;
  ports.telemetry.warn("revision held", { source, revision, reason, hint: fix ?? "" });
  await ports.recorder.record({
    facts: [{ kind: "revision-held", source, revision, accepted, reason }],
    change: { sources },
    alerts: [
      { kind: "revision-held", source, namespace, revision: shortRevision(revision), reason, fix },
      ...heldStatuses(context, held, earlier),
      ...replacedNotes(revision, earlier, { context, target, record }),
      ...notAcceptedNotes(
        { title: "awaiting approval", revision, reason, commits, authors: namedAuthors(authors) },
        { context, target, record },
      ),
    ],
  });
}

/** The authors that were recorded first stay authors, also if the commits can't be read again. */
function heldAuthors(made: Authors, recorded: Authors | undefined, approvers: ReadonlySet<string>): Authors {
  const people = [...new Set([...made.people, ...(recorded?.people ?? [])])].sort();
  return recordedAuthors({ ...made, people }, approvers);
}

/** Compiles, records and enforces a new revision. False: it was refused. */
export async function acceptRevision(fetched: FetchedAs<"new">, intake: Intake): Promise<boolean> {
  const compiled = await compileRevision(fetched.snapshot, intake);
  return acceptCompiled(fetched, compiled, intake);
}

export async function acceptCompiled(
  fetched: FetchedAs<"new">,
  compiled: Result<AcceptedRevision, string>,
  intake: Intake,
): Promise<boolean> {
  const { context, target } = intake;
  if (compiled.kind === "err") {
    await refuseRevision(fetched, compiled.error, intake);
    return false;
  }
  // A rollback decides nothing about what is held.
  const held = fetched.pin === undefined ? null : target.memory.memory.held;
  target.memory.fetched(context.ports.clock.nowMs(), { held, verified: fetched.verified });
  const authors = await recordAccepted(fetched, compiled.value, intake);
  await enforce({ ...compiled.value, authors }, intake);
  return true;
}

async function refuseRevision(
  { snapshot: { revision }, commits }: FetchedAs<"new">,
  reason: string,
  { context, target, record }: Intake,
): Promise<void> {
  const { ports } = context;
  const isNew = target.memory.memory.refused !== revision;
  const failure = { message: reason, fix: "push a revision that has manifests" };
  target.memory.refused(ports.clock.nowMs(), revision, failure);
  if (!isNew) return;
  const { namespace } = target;
  const source = target.source.name;
  ports.telemetry.error("revision refused", { source, reason, hint: failure.fix });
  const statuses = commitStatusEvents(context, revision, {
    state: "failure",
    text: `refused: ${reason}`,
    isNew: true,
  });
  const isFirst = record === null || record.acceptedRevision === null;
  const next = isFirst ? "nothing of this source is enforced" : "the accepted revision stays enforced";
  const fix = `${next}; push a revision that has manifests`;
  const notes = notAcceptedNotes(
    { title: "refused", revision, reason, commits, authors: {} },
    { context, target, record },
  );
  const alerts = [{ kind: "source-failed", source, namespace, reason, fix } as const, ...statuses, ...notes];
  await ports.recorder.record({ facts: [], change: {}, alerts });
}

/**
 * Restores the recorded revision after a restart: the record has only its name, so it is compiled again. Also retries a
 * revision that was accepted but could not be put in force immediately, decides contested claims whose owner was read
 * since, and uses the values of references that have changed since. False: it is not in force.
 */
export async function restoreAccepted(intake: SourceIntake): Promise<boolean> {
  const { target, record, signal } = intake;
  if (record === null || record.acceptedRevision === null || isInForce(intake)) return true;
  const snapshot = await target.source.at(record.acceptedRevision, signal);
  if (snapshot.kind === "err") {
    showFailure(snapshot.error, intake);
    return false;
  }
  const withRecords = await withAllRecords(intake);
  const compiled = await compileRevision(snapshot.value, withRecords);
  if (compiled.kind === "err") {
    target.memory.failed({ message: compiled.error, fix: NOTHING_READ });
    return false;
  }
  await recordWithoutFormer(compiled.value, withRecords);
  const { authors = NOT_RECORDED } = withRecords.recorded.of(null) ?? record;
  await enforce({ ...compiled.value, authors }, withRecords);
  return true;
}

function isInForce({ context, target: { namespace }, record }: SourceIntake): boolean {
  const inForce = context.state.enforced?.inputs.get(namespace)?.revision;
  const isOutdated = namespace === null && (hasNewOwner(context) || hasNewReadings(context));
  return inForce === record?.acceptedRevision && !isOutdated;
}

/** The accepted revision had manifests when it was accepted: since then, what is read of it has changed. */
const NOTHING_READ = "check the source's paths and limits in the configuration";

/** Twice, if it names values in AWS that no compilation needed before: they are read in between. */
export async function compileRevision(
  snapshot: Snapshot,
  intake: Intake,
): Promise<Result<AcceptedRevision, string>> {
  const { context, target, signal } = intake;
  const inForce = context.state.enforced?.inputs.get(target.namespace)?.parsed;
  const parsed = inForce ?? (await restoreFiles(snapshot.files, context, signal));
  const first = await compileOnce(snapshot, parsed, intake);
  if (first.kind === "err") return first;
  const { compilation, inputs } = first.value.enforced;
  if (!(await readMissing(compilation, context, signal))) return first;
  return compileOnce(snapshot, inputs.get(target.namespace)?.parsed ?? parsed, intake);
}

async function compileOnce(
  snapshot: Snapshot,
  parsed: SourceInput["parsed"],
  intake: Intake,
): Promise<Result<AcceptedRevision, string>> {
  const { context, target, recorded, record, signal } = intake;
  const { settings, ports } = context;
  const { namespace } = target;
  const compiling = compileSnapshot(snapshot, {
    compile: await compilingContext(context, recorded),
    limits: settings.manifestLimits,
    parsed,
    record,
    namespace,
    ...(await otherSources(intake)),
  });
  return inSlices(compiling, ports.eventLoop, signal);
}

/** What a compilation now needs in addition to the files. */
export async function compilingContext(
  { state, settings, ports }: ControllerContext,
  recorded: RecordedSources,
): Promise<AcceptContext["compile"]> {
  return {
    ...settings.compile,
    nowMs: ports.clock.nowMs(),
    holders: holdersIn(await ports.store.appliedMarks()),
    incumbents: incumbentsOf({ state, settings }),
    earlierTenancy: await earlierTenancy(recorded.of(null), ports.store),
    readings: state.references.readings(),
    functions: state.enforced?.compilation.functions,
  };
}

/** Without a record of an accepted revision, it is unknown whether there was a Team. */
export async function earlierTenancy(
  record: SourceRecord | null,
  store: Pick<Store, "hasObject">,
): Promise<EarlierTenancy> {
  if (record === null || record.acceptedRevision === null) return "unknown";
  return (await store.hasObject("Team", PLATFORM)) ? "closed" : "open";
}

export function holdersIn(marks: readonly AppliedMark[]): Holders {
  return new Map(marks.flatMap(({ key, claim }) => (claim === null ? [] : [[key, claim] as const])));
}
