import { beforeEach, describe, expect, test } from "@jest/globals";
import { IamActionData } from "../../../../src/aws/action-data/action-data.ts";
import { subjectOfOutcome } from "../../../../src/settle/outcome/outcome.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import { allow, attachment, binding, documentOf } from "../../../support/pass/bindings.ts";
import { accountWith, livePolicyOf } from "../../../support/pass/live-state.ts";
import { ReconcileWorld } from "./reconcile-world.ts";

/** No manifest declares it. */
const BY_HAND = attachment("by-hand");
const STATE: DesiredBinding = binding({ attachments: [BY_HAND] });
let passes: ReconcileWorld;

beforeEach(() => {
  passes = new ReconcileWorld();
});

/** The rules that refuse the binding, with the data of the services that its own manifest names. */
async function refusedBy(document: string): Promise<readonly string[]> {
  const loader = new IamActionData();
  passes.actionData = loader;
  passes.start(accountWith({ policies: [livePolicyOf(BY_HAND.arn, [document])] }));
  const result = await passes.run([STATE], { actionData: await loader.load(["dynamodb"]) });
  const [outcome] = result.outcomes;
  if (outcome === undefined) throw new Error("nothing was judged");
  expect(subjectOfOutcome(outcome).key).toBe(STATE.key);
  const { verdict } = outcome.kind === "judged" ? outcome.judged : { verdict: null };
  return verdict?.kind === "refuse" ? verdict.findings.map(({ rule }) => rule) : [];
}

describe("an attached policy of a service that no manifest names", () => {
  test("is refused where it is open on every resource", async () => {
    expect(await refusedBy(documentOf(allow("sns:Publish", "*")))).toContain("RES-001");
  });

  test("is accepted where it names its resource", async () => {
    const topic = "arn:aws:sns:eu-west-1:111122223333:orders";

    expect(await refusedBy(documentOf(allow("sns:Publish", topic)))).toEqual([]);
  });
});
