import type { AuditFact } from "../../audit/entry.ts";
import type { Key } from "../../model/keys/key.ts";
import type { WritePorts } from "./apply.ts";
import type { PassContext } from "../../judge/subject.ts";
import { staleReadMs } from "../../judge/plan-subject.ts";
import type { WriteIntended } from "../ports/audit-log.ts";
import { targetReadMs } from "./target-function.ts";
import { tookEffect } from "./took-effect.ts";

type ReadPass = Pick<PassContext, "account" | "live">;

/**
 * Closes the open intents (lost answers, a killed process) by later observations. If the effect is not visible, the
 * intent stays open until a read that began after the window of stale reads, since AWS may show it later; its key is not
 * written in the meantime.
 */
export async function resolveIntents(
  pass: ReadPass,
  keys: ReadonlySet<Key>,
  ports: Pick<WritePorts, "audit">,
): Promise<ReadonlyMap<Key, WriteIntended>> {
  const open = (await ports.audit.openIntents(pass.account.id)).filter((intent) => keys.has(intent.key));
  const facts: AuditFact[] = [];
  const unresolved = new Map<Key, WriteIntended>();
  for (const intent of open) {
    const fact = resolution(pass, intent);
    if (fact === null) unresolved.set(intent.key, intent);
    else facts.push(fact);
  }
  if (facts.length > 0) await ports.audit.append(facts);
  return unresolved;
}

function resolution({ account, live }: ReadPass, intent: WriteIntended): AuditFact | null {
  const effect = tookEffect(intent, live);
  if (effect === "unknown") return null;
  const isEarly = targetReadMs(intent.target, live) - Date.parse(intent.at) < staleReadMs(account);
  if (effect === "not-applied" && isEarly) return null;
  return {
    kind: "write-finished",
    intent: intent.seq,
    key: intent.key,
    requestId: null,
    outcome: effect === "applied" ? "found-applied" : "found-not-applied",
    error: null,
  };
}
