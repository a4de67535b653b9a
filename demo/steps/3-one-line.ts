import { counted } from "../../src/text/phrases.ts";
import { shortArn } from "../../src/plan/render/words.ts";
import type { Stage } from "../stage.ts";
import type { Played, Step } from "../story.ts";
import { untilApplied } from "./bindings.ts";
import { allBut, bindingOf, functionCount, inlineOf, listOf, statementsOf } from "./world-parts.ts";

const FILE = "teams/orders/orders-api.yaml";
const AFTER = "    - sqs: { queue: orders-incoming, allow: [send] }\n";
const LINE = "    - dynamodb: { table: customers, allow: [read] }\n";

/** A pull request of one line changes one role and nothing else. */
export const oneLine: Step = { title: "A team adds 1 line", by: "git push", play };

async function play(stage: Stage): Promise<Played> {
  const { world } = stage.simulator;
  const binding = bindingOf(stage, "staging", "orders-api");
  const others = allBut(world, binding);
  const had = new Set(statementsOf(inlineOf(world, binding)).map((statement) => statement.Sid));
  const mark = stage.ledger.mark();
  const commit = await stage.repository.push("Robin Okafor", "orders-api reads customers", {
    [FILE]: (stage.files[FILE] ?? "").replace(AFTER, AFTER + LINE),
  });
  await untilApplied(stage, [binding.key], commit);
  const writes = stage.ledger.writes(mark).length;
  const added = statementsOf(inlineOf(world, binding)).filter((statement) => !had.has(statement.Sid));
  const actions = added.flatMap((statement) => listOf(statement.Action)).length;
  const [resource = ""] = added.flatMap((statement) => listOf(statement.Resource));
  const untouched = allBut(world, binding) === others;
  return {
    lines: [
      `+ dynamodb read ${shortArn(resource)}, ${counted(writes, "call")}`,
      otherFunctions(stage, untouched),
    ],
    facts: { resource, actions, writes, othersUntouched: untouched },
    checks: [
      { claim: "orders-api may read table/customers", holds: shortArn(resource) === "table/customers" },
      { claim: "one call made the change", holds: writes === 1 },
      { claim: "no other byte changed", holds: untouched },
    ],
  };
}

function otherFunctions(stage: Stage, untouched: boolean): string {
  return `The other ${functionCount(stage) - 1} functions ${untouched ? "are unchanged" : "CHANGED"}.`;
}
