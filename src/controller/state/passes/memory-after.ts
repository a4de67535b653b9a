import type { PassResult } from "../../../settle/outcome/outcome.ts";
import type { PassSettlement } from "../../../settle/settle.ts";
import type { AccountMemory } from "../account-memory.ts";
import { unreadAreas } from "./unread-areas.ts";

/** The memory of an account after a pass. @param before its memory when the pass began */
export function memoryAfter(
  result: PassResult,
  { views, holds, orphans, attempts, failure }: PassSettlement,
  before: AccountMemory,
): AccountMemory {
  return {
    ...(result.kind === "done"
      ? { live: result.live, unread: unreadAreas(result.live) }
      : { live: before.live, unread: before.unread }),
    rejected: new Set(result.pass.rejections.map(({ subject }) => subject)),
    views,
    holds,
    orphans,
    firstPassEnded: true,
    failure,
    fault: null,
    attempts,
  };
}
