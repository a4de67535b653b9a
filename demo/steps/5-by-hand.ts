import type { DesiredBinding } from "../../src/model/desired.ts";
import type { WorldState } from "../../src/simulator/world.ts";
import { counted } from "../../src/text/phrases.ts";
import type { Stage } from "../stage.ts";
import type { Played, Step } from "../story.ts";
import { untilApplied, untilShown } from "./bindings.ts";
import { bindingOf, listOf, roleOf, statementsOf } from "./world-parts.ts";

const FILE = "teams/orders/orders-notify.yaml";
const AFTER = "    - sns: { topic: orders-placed, allow: [publish] }\n";
const LINE = "    - sqs: { queue: orders-dlq, allow: [send] }\n";
const HOTFIX = "hotfix";

/** A harmless manual addition stays for a while, and Git then declares it without a gap. */
export const byHand: Step = { title: "An operator adds sqs:SendMessage in the console", by: null, play };

async function play(stage: Stage): Promise<Played> {
  const { world } = stage.simulator;
  const binding = bindingOf(stage, "staging", "orders-notify");
  const Resource = `arn:aws:sqs:${binding.region}:${binding.accountId}:orders-dlq`;
  await stage.console.putInline(binding.role.name, HOTFIX, {
    Effect: "Allow",
    Action: "sqs:SendMessage",
    Resource,
  });
  await untilShown(stage, "the addition is found", async () => {
    const drifts = await stage.api.list("drifts", { namespace: binding.namespace });
    return drifts.find((one) => one.status.key === binding.key && one.status.change.kind === "inline-extra");
  });
  const left = stage.ledger.mark();
  const wasLeft = maySend(world, binding, Resource);
  const gaps = watchGaps(stage, binding, Resource);
  const commit = await stage.repository.push("Dana Ruiz", "orders-notify sends to the dead-letter queue", {
    [FILE]: (stage.files[FILE] ?? "").replace(AFTER, AFTER + LINE),
  });
  await untilApplied(stage, [binding.key], commit);
  const interrupted = gaps.end();
  const writes = stage.ledger.writes(left).length;
  const isUsed = roleOf(world, binding)?.inline[HOTFIX] === undefined;
  const minutes = ([...stage.desired.accounts.values()][0]?.revertOtherMs ?? 0) / 60_000;
  return {
    lines: [
      `${minutes}m to declare it in Git. Declared: ${counted(writes, "call")}, access ${interrupted ? "INTERRUPTED" : "never interrupted"}.`,
    ],
    facts: { mayStayMinutes: minutes, writes, interrupted },
    checks: [
      { claim: "the addition was not reverted immediately", holds: wasLeft },
      {
        claim: "the declared document grants the permission now",
        holds: isUsed && maySend(world, binding, Resource),
      },
      { claim: "two calls made the change", holds: writes === 2 },
      { claim: "the function could send at every moment", holds: !interrupted },
    ],
  };
}

/** Whether any inline document of the role lets it send to the queue. */
function maySend(world: WorldState, binding: DesiredBinding, queue: string): boolean {
  const documents = Object.values(roleOf(world, binding)?.inline ?? {});
  return documents.flatMap(statementsOf).some((statement) => {
    const allows = listOf(statement.Action).includes("sqs:SendMessage");
    return allows && listOf(statement.Resource).includes(queue);
  });
}

/** Checks after every call, so that no gap between two calls is missed. */
function watchGaps(stage: Stage, binding: DesiredBinding, queue: string): { readonly end: () => boolean } {
  let interrupted = false;
  const end = stage.simulator.watch(() => {
    interrupted ||= !maySend(stage.simulator.world, binding, queue);
    return "go-on";
  });
  return {
    end: () => {
      end();
      return interrupted;
    },
  };
}
