import { queueFailure, type QueuePurpose } from "./failure.ts";
import type { Queue } from "./queue.ts";

interface QueueFinding {
  readonly outcome: "passed" | "warning" | "failed";
  readonly detail: string;
}

/** Whether the queue can be read, and whether EventBridge, and only it, may send to it. Receives and deletes nothing. */
export async function examineQueue(
  queue: Pick<Queue, "address" | "state">,
  purpose: QueuePurpose,
  signal: AbortSignal,
): Promise<QueueFinding> {
  try {
    const { waiting, policy } = await queue.state(signal);
    const problem = policyProblem(policy, purpose);
    const messages = `${waiting} ${waiting === 1 ? "message waits" : "messages wait"}`;
    return problem === null
      ? { outcome: "passed", detail: `its attributes can be read; ${messages}` }
      : { outcome: "warning", detail: `its attributes can be read; ${messages}; ${problem}` };
  } catch (cause) {
    signal.throwIfAborted();
    const { code, reason, fix } = queueFailure(cause, queue.address, purpose);
    return { outcome: "failed", detail: `it cannot be read: ${code}: ${reason}; ${fix}` };
  }
}

const NOUNS = { pushes: "push", changes: "change event" } as const satisfies Record<QueuePurpose, string>;

/** A message of anyone starts a fetch or a read at most, and is still no reason to let anyone send. */
function policyProblem(policy: string | null, purpose: QueuePurpose): string | null {
  const allowed = statementsOf(policy).filter(({ Effect }) => Effect === "Allow");
  if (allowed.some((one) => isAnyone(one["Principal"]) && one["Condition"] === undefined))
    return "its policy lets anyone send: name events.amazonaws.com and the rule (aws:SourceArn)";
  // Anyone under a condition, such as the ARN of the rule, can be EventBridge too.
  const bridge = allowed.filter(({ Principal }) => isAnyone(Principal) || isBridge(Principal));
  if (bridge.length === 0)
    return `its policy does not let EventBridge send (events.amazonaws.com): no ${NOUNS[purpose]} arrives`;
  return bridge.some((one) => one["Condition"] === undefined)
    ? "its policy lets the rules of every account send: add the condition aws:SourceArn with the ARN of the rule"
    : null;
}

function statementsOf(policy: string | null): readonly Readonly<Record<string, unknown>>[] {
  try {
    const { Statement } = JSON.parse(policy ?? "{}") as { readonly Statement?: unknown };
    const all = Array.isArray(Statement) ? Statement : [Statement];
    return all.filter((one): one is Record<string, unknown> => typeof one === "object" && one !== null);
  } catch {
    return [];
  }
}

function isBridge(principal: unknown): boolean {
  return JSON.stringify(principal ?? "").includes("events.amazonaws.com");
}

function isAnyone(principal: unknown): boolean {
  const text = JSON.stringify(principal ?? "");
  return text === '"*"' || text === '{"AWS":"*"}' || text === '{"AWS":["*"]}';
}
