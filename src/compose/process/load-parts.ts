import { setTimeout as timer } from "node:timers/promises";

const BETWEEN_PARTS_MS = 2;

/**
 * Loads the other parts of a controller one by one: the event loop is blocked during an import, and between two imports
 * Git's answers are read.
 */
export async function loadParts(): Promise<void> {
  const parts = [
    () => import("../../store/sqlite/open.ts"),
    () => import("../../aws/apply/commands.ts"),
    () => import("../../aws/requests/clients.ts"),
    () => import("../../aws/create-aws.ts"),
    () => import("../../judge/judge.ts"),
    () => import("../../controller/controller.ts"),
    () => import("../../http/server/defences.ts"),
    () => import("../../http/start.ts"),
  ];
  for (const load of parts) {
    await timer(BETWEEN_PARTS_MS);
    await load();
  }
}
