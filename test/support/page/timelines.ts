import type { Timeline } from "../../../src/model/reads/timeline.ts";
import { BY_ALICE } from "../screens/authors.ts";
import { ORDERS_API } from "../screens/world-keys.ts";

const TO_MS = Date.parse("2026-11-28T12:00:00.000Z");
const STEP_MS = 900_000;
const iso = (ms: number): string => new Date(ms).toISOString();

/** A day with one drift that lasts, one that was reverted, a gap that ended and one that lasts. */
export function timelineStatus(): Timeline {
  const fromMs = TO_MS - 96 * STEP_MS;
  const at = (step: number): string => iso(fromMs + step * STEP_MS);
  const risen = "+ AdministratorAccess attached to its role";
  const author = { difference: risen, attribution: BY_ALICE };
  const shared = { key: ORDERS_API, changes: [risen], authors: [author], lastCleanAt: at(39) };
  return {
    from: iso(fromMs),
    to: iso(TO_MS),
    stepSeconds: STEP_MS / 1_000,
    steps: Array.from({ length: 96 }, (_, step) => ({
      at: at(step),
      drifting: step >= 20 && step < 24 ? null : step >= 40 && step < 46 ? 3 : step >= 88 ? 1 : 0,
      unread: (step >= 20 && step < 24) || step >= 92 ? 3 : 0,
    })),
    accounts: 3,
    notCompared: 0,
    driftingPolicies: 0,
    drifting: [{ ...shared, since: at(88), ended: null, risks: [] }],
    ended: [
      {
        ...shared,
        since: at(40),
        ended: { at: at(46), how: "reverted", entry: 18_446 },
        risks: ["escalation"],
      },
    ],
    gaps: [
      { account: "sandbox", regions: [], since: at(92), until: null, reason: "AccessDenied by an SCP" },
      {
        account: null,
        regions: [],
        since: at(20),
        until: at(24),
        reason: "no complete read",
        startedAt: at(23),
      },
    ],
    omitted: { drifting: 0, ended: 0, gaps: 0 },
  };
}
