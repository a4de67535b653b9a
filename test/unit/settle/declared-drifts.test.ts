import { expect, test } from "@jest/globals";
import type { KeyJudgement } from "../../../src/judge/judgement.ts";
import { driftFoundFacts } from "../../../src/settle/drift/new-drifts.ts";
import { REVISION } from "../../support/record/audit-facts.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { drift } from "../../support/screens/world-states.ts";

const DECLARED = { ...drift(ORDERS_API), live: null, cause: "initial" } as const;
const judged = { subject: { key: ORDERS_API } } as KeyJudgement;

test.each([
  { drifts: [DECLARED], before: REVISION, is: [true, REVISION], because: "Git alone made it" },
  { drifts: [DECLARED], before: null, is: [true, undefined], because: "it is not known what was compared" },
  {
    drifts: [DECLARED, drift(ORDERS_API)],
    before: REVISION,
    is: [undefined, undefined],
    because: "a part of it was made in AWS",
  },
])("the entry of a new difference names the revision compared before: $because", ({ drifts, before, is }) => {
  const compared = { revision: REVISION, comparedBefore: before };
  const facts = driftFoundFacts(judged, { opened: drifts, openDrifts: {} }, compared);

  expect(facts).toMatchObject([{ kind: "drift-found" }]);
  expect(
    facts.map((fact) => fact.kind === "drift-found" && [fact.declaredOnly, fact.comparedBefore]),
  ).toEqual([is]);
});
