import { shortSubject } from "../../src/wording/words.ts";
import { counted } from "../../src/text/phrases.ts";
import type { Stage } from "../stage.ts";
import type { Played, Step } from "../story.ts";
import { isFunction, untilApplied, untilHeld } from "./bindings.ts";

const ACCOUNTS = "platform/accounts.yaml";

/** One account goes from observe to enforce: held as one plan, approved by an operator, converged. */
export const switchOn: Step = { title: "Enforce in staging", by: "git push: mode: enforce", play };

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
    "First enforcing run of staging, reviewed",
  );
  await untilApplied(stage, hold.keys, commit);
  const writes = stage.ledger.writes(before).length;
  const again = stage.ledger.mark();
  const second = await stage.command("reconcile", "--all", "--wait");
  const secondWrites = stage.ledger.writes(again).length;
  return {
    lines: [
      `Awaiting approval: the first enforcing run changes ${counted(roles, "role")} (${counted(hold.calls ?? 0, "call")}).`,
      `Approved ${subject}. ${roles} of ${roles} roles match Git. Next run: ${counted(secondWrites, "write")}.`,
    ],
    facts: { roles, needed: hold.calls, subject: hold.subject, writes, secondPassWrites: secondWrites },
    checks: [
      { claim: "the first enforcing pass was held", holds: roles > 0 },
      { claim: `the approval was accepted: ${approved.err.trim()}`, holds: approved.code === 0 },
      { claim: "the run made exactly the announced writes", holds: writes === hold.calls },
      { claim: `a second pass ran: ${second.err.trim()}`, holds: second.code === 0 },
      { claim: "the second pass wrote nothing", holds: secondWrites === 0 },
    ],
  };
}

/** The first account of the file is staging. */
function switchedOn(accounts: string): string {
  return accounts.replace("mode: observe", "mode: enforce");
}
