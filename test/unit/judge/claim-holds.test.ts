import { describe, expect, test } from "@jest/globals";
import { judgePlans, type PlansContext } from "../../../src/judge/judge-plans.ts";
import { approvalOf, creating, modifying, NOT_STARTED, plansContext } from "./plans.ts";

const plans = [creating("a"), creating("b"), modifying("c")];
const [a, b, c] = plans as [(typeof plans)[0], (typeof plans)[0], (typeof plans)[0]];
const CLAIM_A = "first claim of function a, which runs on x";
const firstClaims = new Map([
  [a.key, CLAIM_A],
  [b.key, "first claim of function b, which runs on x"],
]);

const verdictsOf = (facts: Partial<PlansContext> = {}) =>
  judgePlans(plansContext(plans, { firstClaims, ...facts }));

describe("a first claim", () => {
  test("is held alone, under a subject of its own", () => {
    const verdicts = verdictsOf();
    const [first, second] = [verdicts.get(a.key), verdicts.get(b.key)];

    expect(first).toMatchObject({ kind: "hold", code: "first-claim", reason: CLAIM_A });
    expect(second).toMatchObject({ kind: "hold", code: "first-claim" });
    expect(first?.kind === "hold" && first.subject).not.toBe(second?.kind === "hold" && second.subject);
    expect(verdicts.get(c.key)).toMatchObject({ kind: "allow" });
  });

  test("is allowed once it is approved", () => {
    expect(verdictsOf({ approvals: [approvalOf([a])] }).get(a.key)).toMatchObject({ kind: "allow" });
  });

  test("is not hidden among the plans that a changed catalogue holds", () => {
    const account = { started: true, isRecordLost: false, catalogueChanged: true };
    const verdicts = verdictsOf({ account });

    expect(verdicts.get(a.key)).toMatchObject({ code: "first-claim" });
    expect(verdicts.get(c.key)).toMatchObject({ code: "catalogue-changed" });
  });

  test("is named in the reason of a profile's approval, which covers it", () => {
    const verdict = verdictsOf({ approvers: new Map([[a.key, ["security"]]]) }).get(a.key);

    expect(verdict).toMatchObject({
      code: "profile-approval",
      reason: `grants new access, which needs an approval of group security; ${CLAIM_A}`,
    });
  });

  test("is part of the first enforcing pass, whose approval covers it", () => {
    const account = NOT_STARTED;

    expect(verdictsOf({ account }).get(a.key)).toMatchObject({ code: "first-enforcing-pass" });
    expect(verdictsOf({ account, approvals: [approvalOf([a])] }).get(a.key)).toMatchObject({ kind: "allow" });
  });
});
