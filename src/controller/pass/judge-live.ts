import { judgeInAws, keysToJudgeInAws, servicesInAws, type JudgedInAws } from "../../judge/live-rules.ts";
import type { LiveRules } from "../../model/answers/live-rules.ts";
import type { Key } from "../../model/keys/key.ts";
import type { Steps } from "../../model/values/steps.ts";
import { outcomeView, type PassResult } from "../../settle/outcome/outcome.ts";
import type { ControllerPorts } from "../settings.ts";
import { inSlices } from "../slices.ts";

/** The pass is over: its results are recorded, even while the process stops. */
const NEVER = new AbortController().signal;

type Ports = Pick<ControllerPorts, "actionData" | "eventLoop" | "telemetry">;

/**
 * What the rules find in AWS apart from Git, by key, for the keys that differ. It decides nothing: a document in AWS that
 * makes a rule fail must not keep the pass from being recorded, so that a failure is shown as a key that is not judged.
 */
export async function judgeLive(result: PassResult, ports: Ports): Promise<ReadonlyMap<Key, LiveRules>> {
  if (result.kind === "failed") return new Map();
  const { pass, live, writes, endedAtMs: nowMs } = result;
  const views = result.outcomes.map((outcome) => outcomeView(outcome, []));
  const read = views
    .filter((view) => view.kind === "judged")
    .filter(({ readBack }) => readBack?.kind !== "not-read");
  const keys = await inSlices(keysToJudgeInAws(read, { ...pass, live }), ports.eventLoop, NEVER);
  if (keys.length === 0) return new Map();
  const actionData = await ports.actionData.load(servicesInAws(keys, pass.actionData));
  const context = { ...pass, live, writes, nowMs, actionData };
  return inSlices(judgeEach(keys, judgeInAws(keys, context), ports), ports.eventLoop, NEVER);
}

function* judgeEach(
  keys: readonly JudgedInAws[],
  preparation: ReturnType<typeof judgeInAws>,
  ports: Ports,
): Steps<ReadonlyMap<Key, LiveRules>> {
  const judge = yield* preparation;
  const found = new Map<Key, LiveRules>();
  for (const key of keys) {
    found.set(key.judged.subject.key, yield* orUnread(judge(key), key, ports));
    yield;
  }
  return found;
}

function* orUnread(steps: Steps<LiveRules>, { judged }: JudgedInAws, { telemetry }: Ports): Steps<LiveRules> {
  try {
    return yield* steps;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    telemetry.error("live state not judged", { key: judged.subject.key, reason });
    return { breaches: [], unread: [`a rule failed on what AWS has: ${reason}`] };
  }
}
