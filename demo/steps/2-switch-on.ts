import { counted, shortSubject } from "../../src/cli/render/words.ts";
import type { Stage } from "../stage.ts";
import type { Played, Step } from "../story.ts";
import { isFunction, untilApplied, untilHeld } from "./bindings.ts";

const ACCOUNTS = "platform/accounts.yaml";

/** One account goes from observe to enforce: held as a whole, approved by a person, converged. */
export const switchOn: Step = { title: "Switch staging on", by: "git push: mode: enforce", play };

async function play(stage: Stage): Promise<Played> {
  const commit = await stage.repository.push("Dana Ruiz", "Staging: enforce", {
    [ACCOUNTS]: switchedOn(stage.files[ACCOUNTS] ?? ""),
  });
  const hold = await untilHeld(stage, "staging");
  const roles = hold.keys.filter(isFunction).length;
  const before = stage.ledger.mark();
  const subject = shortSubject(hold.subject);
  const approved = await stage.command(
    "approve",
    subject,
    "--reason",
    "First converge of staging, looked through",
  );
  await untilApplied(stage, hold.keys, commit);
  const writes = stage.ledger.writes(before).length;
  const again = stage.ledger.mark();
  const second = await stage.command("reconcile", "--all", "--wait");
  const secondWrites = stage.ledger.writes(again).length;
  const settleS = ([...stage.desired.accounts.values()][0]?.settleMs ?? 0) / 1_000;
  return {
    lines: [
      `Held, as the first time always is: ${counted(roles, "role")}, ${counted(hold.calls ?? 0, "call")}.  → approve ${subject}   (on AWS with a propagation wait of ${settleS} s)`,
      `${roles} of ${roles} read back as git says. ${counted(writes, "write")}, ${hold.calls ?? 0} needed. Second pass: ${counted(secondWrites, "write")}.`,
    ],
    facts: { roles, needed: hold.calls, subject: hold.subject, writes, secondPassWrites: secondWrites },
    checks: [
      { claim: "the first enforcing pass was held", holds: roles > 0 },
      { claim: `approve was taken: ${approved.err.trim()}`, holds: approved.code === 0 },
      { claim: "as many writes as were needed", holds: writes === hold.calls },
      { claim: `a second pass ran: ${second.err.trim()}`, holds: second.code === 0 },
      { claim: "the second pass wrote nothing", holds: secondWrites === 0 },
    ],
  };
}

/** The first account of the file is staging. */
function switchedOn(accounts: string): string {
  return accounts.replace("mode: observe", "mode: enforce");
}
