import { setTimeout as timer } from "node:timers/promises";
import type { Config } from "../../config/config.ts";

const BETWEEN_PARTS_MS = 2;

/**
 * Loads the other parts of a controller one by one: the event loop is blocked during an import, and between two imports
 * Git's answers are read, and its next command is started. So no part may be large: the packages of AWS's SDK, which are
 * the largest, have a part each, in an order in which each adds little to the one before.
 */
export async function loadParts({ database }: Pick<Config, "database">): Promise<void> {
  const parts = [
    () => (database === null ? import("../../store/sqlite/open.ts") : import("../../store/postgres/open.ts")),
    () => import("../../aws/requests/routed-handler.ts"),
    () => import("../../aws/credentials/role-assumers.ts"),
    () => import("../../aws/observe/triggers.ts"),
    () => import("../../aws/apply/commands.ts"),
    () => import("../../aws/requests/clients.ts"),
    () => import("../../aws/create-aws.ts"),
    () => import("../../judge/judge.ts"),
    () => import("../../controller/controller.ts"),
    () => import("../../http/server/defences.ts"),
    () => import("../../http/start.ts"),
  ];
  for (const load of parts) {
    await betweenParts();
    await load();
  }
  await betweenParts();
}

/** Git's answers are read, and its next command is started: it runs while the next part is loaded or opened. */
export function betweenParts(): Promise<void> {
  return timer(BETWEEN_PARTS_MS);
}
