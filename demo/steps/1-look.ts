import type { DriftObject } from "../../src/api/bindings.ts";
import { counted } from "../../src/text/phrases.ts";
import { keyParts } from "../../src/model/keys/key.ts";
import type { Stage } from "../stage.ts";
import type { Played, Step } from "../story.ts";
import { functionBindings, overviewOf, untilShown } from "./bindings.ts";

/** Both accounts are in observe: everything is compared, nothing is written. */
export const look: Step = { title: "Observe", by: null, play };

async function play(stage: Stage): Promise<Played> {
  await untilShown(stage, "both accounts are read completely", async () => {
    const { accounts } = await overviewOf(stage);
    const isRead = accounts.length > 0 && accounts.every((account) => account.lastSweepAt !== null);
    return isRead ? true : undefined;
  });
  const reads = stage.ledger.reads().length;
  const bindings = await functionBindings(stage);
  const differing = bindings.filter(({ status }) => status.sync === "OutOfSync");
  const open = (await stage.api.list("drifts")).filter(isOpen).map(({ status }) => keyParts(status.key).name);
  const writes = stage.ledger.writes().length;
  return {
    lines: [
      `${counted(bindings.length, "binding")} compared, ${differing.length} differ, ${open.length} exposed. ${counted(reads, "read")}, ${counted(writes, "write")}.`,
    ],
    facts: { compared: bindings.length, differ: differing.length, worthALook: open, reads, writes },
    checks: [
      { claim: "every binding in Git was compared", holds: bindings.length === stage.desired.bindings.size },
      {
        claim: "no binding has an unknown state",
        holds: bindings.every(({ status }) => status.sync !== "Unknown"),
      },
      { claim: "the differences were found", holds: differing.length > 0 },
      {
        claim: "report-export is known to be open to anyone",
        holds: open.includes("report-export" as never),
      },
      { claim: "nothing was written", holds: writes === 0 },
    ],
  };
}

function isOpen({ status: { change } }: DriftObject): boolean {
  return change.kind === "statement-extra" && change.danger === "public";
}
