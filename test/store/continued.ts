import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { refusal } from "../support/record/audit-facts.ts";
import { backedUp, running } from "./backups.ts";
import type { Places } from "./places.ts";

/** A backup that ends at entry 3, and the state directory, which has two more entries and is closed. */
export async function continued(
  places: Places,
): Promise<{ readonly stateDir: string; readonly backup: string }> {
  const { stateDir, store } = await running(places);
  const backup = join(await places.folder(), "backup");
  await backedUp(stateDir, backup);
  await store.audit.append([refusal(3)]);
  await store.audit.checkpoint();
  await places.close(store);
  return { stateDir, backup };
}

/** Without the lock, and without what a reader of the database leaves. */
export async function filesOf(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names.filter((name) => !/^lock\.|-(?:wal|shm)$/.test(name)).sort();
}
