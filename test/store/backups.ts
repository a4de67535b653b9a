import { join } from "node:path";
import type { BackupOutcome, RestoreOutcome } from "../../src/audit/backup.ts";
import { inThreads } from "../../src/cli/toolbox/in-threads.ts";
import { restoreBackup, type RestoreRequest } from "../../src/store/backup/restore-backup.ts";
import { writeBackup, type BackupRequest } from "../../src/store/backup/recorded-backup.ts";
import { openStore, type OpenStore } from "../../src/store/sqlite/open.ts";
import { refusal } from "../support/record/audit-facts.ts";
import { optionsFor, START_MS, testClock, testTelemetry } from "./engines.ts";
import type { Places } from "./places.ts";
import { ACCOUNT_RECORD, APPROVAL, SUSPENSION } from "./stored-records.ts";

/** The store of an installation with copies of its checkpoints next to it. */
export function opened(places: Places, stateDir: string): OpenStore {
  const anchors = { file: join(stateDir, "audit-anchors.jsonl"), log: false };
  return places.keep(openStore(optionsFor(stateDir, { anchors })));
}

/** A running installation with three entries: two facts and a checkpoint. */
export async function running(
  places: Places,
): Promise<{ readonly stateDir: string; readonly store: OpenStore }> {
  const stateDir = await places.folder();
  const store = opened(places, stateDir);
  await store.store.commit({ accounts: [ACCOUNT_RECORD], approvals: [APPROVAL], suspensions: [SUSPENSION] });
  await store.audit.append([refusal(1), refusal(2)]);
  await store.audit.checkpoint();
  return { stateDir, store };
}

export function backedUp(
  stateDir: string,
  to: string,
  change: Partial<BackupRequest> = {},
): Promise<BackupOutcome> {
  const at = new Date(START_MS).toISOString();
  return writeBackup(
    { stateDir, to, instance: "main", version: "1", at, withKey: false, ...change },
    inThreads,
  );
}

export function restored(
  stateDir: string,
  from: string,
  change: Partial<RestoreRequest> = {},
): Promise<RestoreOutcome> {
  const request = { from, stateDir, instance: "main", version: "2", anchors: [], reason: null, ...change };
  return restoreBackup(request, { clock: testClock(), telemetry: testTelemetry(), inThreads });
}
