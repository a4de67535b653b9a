import type { UndoFinding, UndoObstacle } from "../../model/keys/adoption-undo.ts";

export function undoObstacle(
  kind: UndoObstacle["kind"],
  message: string,
  fix: string | null = null,
): UndoObstacle {
  return { kind, message, fix };
}

export function undoRefused(...obstacles: readonly UndoObstacle[]): UndoFinding {
  return { kind: "refused", obstacles };
}
