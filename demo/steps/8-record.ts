import { join } from "node:path";
import { collectIntents } from "../intents.ts";
import { STATE_DIR } from "../operator-file.ts";
import { counted } from "../../src/text/phrases.ts";
import type { Stage } from "../stage.ts";
import type { Played, Step } from "../story.ts";

/** The record verifies, and it contains the same writes as the log of the simulator. */
export const record: Step = { title: "Audit log", by: null, play };

async function play(stage: Stage): Promise<Played> {
  const verified = await stage.command("audit", "verify");
  const entries = Number(/(\d+) entries/.exec(verified.out.replaceAll(/(?<=\d) (?=\d)/g, ""))?.[1] ?? 0);
  const { intents, entryCount } = await collectIntents(join(stage.folder, STATE_DIR));
  const writes = stage.ledger.writes();
  const unmatched = writes.filter((call) => {
    const intent = intents.get(intentOf(call.userAgent));
    return (
      intent === undefined ||
      intent.call !== `${call.service}:${call.operation}` ||
      intent.requestId !== call.requestId
    );
  });
  const made = new Set(writes.map((call) => intentOf(call.userAgent)));
  const notMade = [...intents.keys()].filter((seq) => !made.has(seq));
  return {
    lines: [
      `${counted(entries, "entry", "entries")} verified, ${writes.length - unmatched.length} of ${counted(writes.length, "write")} match the simulator's log.`,
    ],
    facts: { entries, writes: writes.length, intents: intents.size, unmatched: unmatched.length, notMade },
    checks: [
      { claim: `audit verify: ${verified.err.trim()}`, holds: verified.code === 0 && entries > 0 },
      { claim: "audit verify read every entry", holds: entries <= entryCount },
      { claim: "each call has its intent, by number, call and request id", holds: unmatched.length === 0 },
      { claim: "each intent has its call", holds: notMade.length === 0 },
    ],
  };
}

function intentOf(userAgent: string): number {
  return Number(/gk-intent\/(\d+)/.exec(userAgent)?.[1] ?? 0);
}
