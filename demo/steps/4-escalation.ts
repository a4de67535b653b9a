import type { DesiredBinding } from "../../src/model/desired.ts";
import type { CallRecord } from "../../src/simulator/calls.ts";
import type { WorldState } from "../../src/simulator/world.ts";
import { seconds } from "../print.ts";
import type { Stage } from "../stage.ts";
import type { Played, Step } from "../story.ts";
import { AT_MOST_MS, until } from "../wait.ts";
import { isInSync, untilShown } from "./bindings.ts";
import { bindingOf, callersOf, inlineOf, roleOf } from "./world-parts.ts";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const SID = "test1";

/** Escalation and exposure by hand: detected, alerted and reverted immediately. */
export const escalation: Step = {
  title: "An operator attaches AdministratorAccess and lets anyone invoke",
  by: null,
  play,
};

async function play(stage: Stage): Promise<Played> {
  const { world } = stage.simulator;
  const binding = bindingOf(stage, "staging", "orders-api");
  const given = givenByGit(world, binding);
  const mark = stage.ledger.mark();
  const alertsBefore = stage.alerts.received.length;
  await stage.console.attach(binding.role.name, ADMINISTRATOR);
  await stage.console.letAnyoneInvoke(binding.functionName, SID);
  const alert = await untilAlert(stage, alertsBefore);
  await untilShown(stage, "the changes are reverted and read back", async () =>
    !isOpen(world, binding) && (await isInSync(stage, binding.key)) ? true : undefined,
  );
  const times = timesOf(stage, mark);
  const untouched = givenByGit(world, binding) === given;
  return {
    lines: [
      `Removed by Grantkeeper, open for ${seconds(times.closedMs - times.openedMs)}; alert received after ${seconds(alert.atMs - times.openedMs)}.`,
      `The declared permissions ${untouched ? "are unchanged" : "CHANGED"}.`,
    ],
    facts: {
      alertAfterMs: alert.atMs - times.openedMs,
      stoodMs: times.closedMs - times.openedMs,
      writes: times.writes,
    },
    checks: [
      { claim: "an alert names orders-api", holds: alert.text.includes("orders-api") },
      { claim: "AdministratorAccess and the public statement are removed", holds: !isOpen(world, binding) },
      { claim: "two calls reverted both changes", holds: times.writes === 2 },
      { claim: "the declared permissions are unchanged", holds: untouched },
    ],
  };
}

function untilAlert(
  stage: Stage,
  alertsBefore: number,
): Promise<{ readonly atMs: number; readonly text: string }> {
  const probe = () =>
    stage.alerts.received.slice(alertsBefore).find(({ text }) => text.includes("orders-api"));
  return until("an alert about orders-api", probe, { withinMs: AT_MOST_MS, signal: stage.signal });
}

function isOpen(world: WorldState, binding: DesiredBinding): boolean {
  const attached = roleOf(world, binding)?.attached ?? [];
  return attached.includes(ADMINISTRATOR) || callersOf(world, binding, null).includes(`"${SID}"`);
}

/** Inline document and callers, without the added access. */
function givenByGit(world: WorldState, binding: DesiredBinding): string {
  const aliases = callersOf(world, binding, "live");
  return [inlineOf(world, binding), callersOf(world, binding, null), aliases].join("\n");
}

/** Measured with the simulator's own clock and log. */
function timesOf(
  stage: Stage,
  mark: number,
): { readonly openedMs: number; readonly closedMs: number; readonly writes: number } {
  const calls: readonly CallRecord[] = stage.simulator.calls().slice(mark);
  const [opened] = calls.filter((call) => call.effective);
  const writes = stage.ledger.writes(mark);
  return { openedMs: opened?.atMs ?? 0, closedMs: writes.at(-1)?.atMs ?? 0, writes: writes.length };
}
