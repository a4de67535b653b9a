import type { KeyJudgement } from "../../judge/judgement.ts";
import type { Pass, PassContext } from "../../judge/subject.ts";
import type { AlertEvent } from "../../model/alert-event.ts";
import { alertedBeforeWrites } from "../drift/incident.ts";
import { openDriftsOf } from "../drift/open-drifts.ts";
import { openedDrifts } from "../drift/new-drifts.ts";
import { outcomeView } from "../outcome/outcome.ts";
import { driftOpened, MANY, recreatedAlerts } from "./pass-alerts.ts";

/** The alerts to the drift of keys that the pass is about to write. They are recorded before the first write. */
export function alertsBeforeWrites(pass: PassContext, keys: readonly KeyJudgement[]): readonly AlertEvent[] {
  const found = keys
    .map((judged) => ({
      judged,
      drifts: alertedBeforeWrites(judged.subject.record, openedDrifts(judged)),
    }))
    .filter(({ drifts }) => drifts.length > 0);
  const proposes = found.length <= MANY;
  return found.flatMap(({ judged, drifts }) => [
    driftOpened(pass, aboutToBeWritten(judged, pass), {
      drifts,
      openDrifts: openDriftsOf(pass, judged.subject.record, {
        opened: drifts,
        drifts: judged.drifts,
        writes: pass.writes,
      }),
      proposes,
    }),
    ...recreatedAlerts(pass, judged.subject.key, drifts),
  ]);
}

function aboutToBeWritten(judged: KeyJudgement, { suspensions }: Pass): ReturnType<typeof outcomeView> {
  const readBack = { kind: "not-read", reason: "changes are being applied" } as const;
  return outcomeView({ kind: "written", judged, writes: [], readBack }, suspensions);
}
