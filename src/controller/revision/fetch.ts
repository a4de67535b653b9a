import { noteFailure, sourceFailed, sourceFault } from "./source-failure.ts";
import { refusedFileAlerts } from "./refused-files.ts";
import type { AuditFact } from "../../audit/entry.ts";
import { shortRevision } from "../../model/values/revision.ts";
import type { Holders } from "../../manifest/compile/conflicts.ts";
import { keyParts } from "../../model/keys/key.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { Commit, Snapshot } from "../../model/snapshot.ts";
import type { Result } from "../../model/values/result.ts";
import { compileSnapshot, type AcceptedRevision } from "./accept.ts";
import { enforce } from "./enforce.ts";
import { objectRecords } from "./object-records.ts";
import { fetchRevision, type Fetched } from "./revisions.ts";
import { mayBeUnread } from "./unread.ts";
import { SourceError } from "../ports/source.ts";
import type { ControllerPorts, ControllerSettings } from "../settings.ts";
import { inSlices } from "../slices.ts";
import type { ControllerState, Enforced } from "../state/controller-state.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";

/** Fetches the source and accepts, holds or refuses the revision. The accepted revision stays enforced until the next one. */
export async function fetchAndAccept(
  state: ControllerState,
  settings: ControllerSettings,
  ports: ControllerPorts,
  signal: AbortSignal,
): Promise<void> {
  state.fetchNumber += 1;
  const number = state.fetchNumber;
  try {
    await fetchOnce(state, settings, ports, signal);
  } catch (error) {
    if (!signal.aborted) await sourceFault(error, state, ports);
    throw error;
  } finally {
    state.fetchEnded(number, ports.clock.nowMs());
  }
}

async function fetchOnce(
  state: ControllerState,
  settings: ControllerSettings,
  ports: ControllerPorts,
  signal: AbortSignal,
): Promise<void> {
  const nowMs = ports.clock.nowMs();
  const record = await ports.store.source(ports.source.name);
  const nextMs = nowMs + jittered(settings.intervalMs, ports.random.next());
  state.fetchDueMs = nextMs;
  const fetched = await fetchRevision(ports.source, record, await ports.store.approvals(nowMs), signal);
  // A hint that arrived during this fetch stays due: its change may have been too late for this fetch.
  if (state.fetchDueMs === nextMs) state.fetchDueMs = Math.max(nextMs, ports.clock.nowMs() + MIN_PAUSE_MS);
  if (signal.aborted) return;
  ports.telemetry.count("source_fetches_total", { source: ports.source.name, result: fetched.kind });
  await accept(fetched, record, state, settings, ports, signal);
}

/** If a fetch takes longer than the interval, the next one still waits. */
const MIN_PAUSE_MS = 1_000;

/** 90 % to 110 %, so that many controllers do not fetch at the same instant. */
function jittered(intervalMs: number, random: number): number {
  return Math.round(intervalMs * (0.9 + 0.2 * random));
}

async function accept(
  fetched: Fetched,
  record: SourceRecord | null,
  state: ControllerState,
  settings: ControllerSettings,
  ports: ControllerPorts,
  signal: AbortSignal,
): Promise<void> {
  if (fetched.kind === "failed") await sourceFailed(fetched.error, state, ports);
  if (fetched.kind === "held") await held(fetched, record, state, ports);
  if (fetched.kind === "same") await same(record, state, ports);
  if (
    fetched.kind === "new" &&
    (await take(fetched.snapshot, fetched.commits, record, state, settings, ports, signal))
  )
    return;
  await enforceAccepted(record, state, settings, ports, signal);
}

/** A held revision that the source no longer has needs no approval any more. */
async function same(
  record: SourceRecord | null,
  state: ControllerState,
  ports: ControllerPorts,
): Promise<void> {
  remember(state, ports, {});
  if (record !== null && record.heldRevision !== null)
    await ports.store.commit({ sources: [{ ...record, heldRevision: null }] });
}

function remember(
  state: ControllerState,
  ports: ControllerPorts,
  change: Partial<ControllerState["source"]>,
): void {
  state.source = { fetchedAtMs: ports.clock.nowMs(), failure: null, isAlerted: false, held: null, ...change };
}

async function held(
  { revision, reason }: Extract<Fetched, { readonly kind: "held" }>,
  record: SourceRecord | null,
  state: ControllerState,
  ports: ControllerPorts,
): Promise<void> {
  const known = record?.heldRevision?.revision === revision ? record.heldRevision : null;
  const sinceMs = known?.sinceMs ?? ports.clock.nowMs();
  remember(state, ports, { held: { revision, reason, sinceMs } });
  if (record === null || record.acceptedRevision === null || record.heldRevision?.revision === revision)
    return;
  const { source, acceptedRevision } = record;
  await ports.recorder.record({
    facts: [{ kind: "revision-held", source, revision, accepted: acceptedRevision, reason }],
    change: { sources: [{ ...record, heldRevision: { revision, reason, sinceMs } }] },
    alerts: [{ kind: "revision-held", source, revision: shortRevision(revision), reason }],
  });
}

/**
 * Restores the recorded revision after a restart: the record has only its name, so it is compiled again. Also retries a
 * revision that was accepted but could not be put in force immediately.
 */
async function enforceAccepted(
  record: SourceRecord | null,
  state: ControllerState,
  settings: ControllerSettings,
  ports: ControllerPorts,
  signal: AbortSignal,
): Promise<void> {
  if (record === null || record.acceptedRevision === null) return;
  if (state.enforced?.revision === record.acceptedRevision) return;
  try {
    const snapshot = await ports.source.at(record.acceptedRevision, signal);
    const compiled = await compileIt(snapshot, record, state, settings, ports, signal);
    if (compiled.kind === "ok") await enforce(compiled.value, state, settings, ports, signal);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    noteFailure(error, state);
  }
}

async function compileIt(
  snapshot: Snapshot,
  record: SourceRecord | null,
  state: ControllerState,
  settings: ControllerSettings,
  ports: ControllerPorts,
  signal: AbortSignal,
): Promise<Result<AcceptedRevision, string>> {
  const nowMs = ports.clock.nowMs();
  const compiling = compileSnapshot(snapshot, {
    compile: { ...settings.compile, nowMs, holders: holdersIn(await ports.store.allKeys()) },
    limits: settings.manifestLimits,
    parsed: state.parsed,
    record,
    nowMs,
  });
  return inSlices(compiling, ports.eventLoop, signal);
}

function holdersIn(records: readonly KeyRecord[]): Holders {
  const applied = records.flatMap(({ key, applied }) =>
    applied?.desired.kind === "binding" ? [[key, applied.desired.binding] as const] : [],
  );
  return new Map(
    applied.map(([key, { region, functionName, role }]) => [
      key,
      { accountId: keyParts(key).accountId, region, functionName, role },
    ]),
  );
}

/** False: it was refused. */
async function take(
  snapshot: Snapshot,
  commits: readonly Commit[],
  record: SourceRecord | null,
  state: ControllerState,
  settings: ControllerSettings,
  ports: ControllerPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const compiled = await compileIt(snapshot, record, state, settings, ports, signal);
  if (compiled.kind === "err") {
    await refused(compiled.error, record, state, ports);
    return false;
  }
  remember(state, ports, {});
  const { enforced, refusedFiles } = compiled.value;
  const fact: AuditFact = {
    kind: "revision-accepted",
    source: snapshot.source,
    revision: snapshot.revision,
    previous: record?.acceptedRevision ?? null,
    commits,
    uncommitted: snapshot.uncommitted,
    quarantined: quarantined(enforced),
  };
  const comparing = objectRecords(
    enforced.compilation.objects,
    await ports.store.objects(),
    mayBeUnread(enforced),
    new Date(ports.clock.nowMs()).toISOString(),
  );
  const { objects, removed } = await inSlices(comparing, ports.eventLoop, signal);
  await ports.recorder.record({
    facts: [fact],
    change: {
      sources: [
        {
          source: snapshot.source,
          acceptedRevision: snapshot.revision,
          heldRevision: null,
          fileKeys: compiled.value.fileKeys,
          refusedFiles: refusedFiles.map(({ path }) => path),
        },
      ],
      objects,
      removedObjects: removed,
    },
    alerts: refusedFileAlerts(refusedFiles, record?.refusedFiles, settings.compile),
  });
  await enforce(compiled.value, state, settings, ports, signal);
  return true;
}

function quarantined({ compilation }: Enforced): readonly string[] {
  const errors = compilation.diagnostics.filter((found) => found.severity === "error");
  const places = errors.map(
    (found) => `${found.origin.file}:${found.origin.line}:${found.origin.column} ${found.message}`,
  );
  return places.slice(0, 100);
}

async function refused(
  reason: string,
  record: SourceRecord | null,
  state: ControllerState,
  ports: ControllerPorts,
): Promise<void> {
  const began = state.source.failure?.message !== reason;
  remember(state, ports, {
    failure: { message: reason, fix: "push a revision that has manifests", refused: true },
  });
  if (!began) return;
  ports.telemetry.error("revision refused", { source: ports.source.name, reason });
  const accepted = record?.acceptedRevision ?? null;
  if (accepted === null) return;
  await ports.recorder.record({
    facts: [],
    change: {},
    alerts: [
      {
        kind: "source-failed",
        source: ports.source.name,
        reason,
        fix: "the accepted revision stays enforced; push a revision that has manifests",
      },
    ],
  });
}
