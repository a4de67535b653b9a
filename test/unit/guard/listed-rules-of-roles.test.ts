import { describe, expect, test } from "@jest/globals";
import { judgeDesired } from "../../../src/guard/judge-desired.ts";
import { boundary, WIDE } from "./escalation.ts";
import { contextOf, document, judged, liveAccount, policyText, stating, verdicts, world } from "./judged.ts";
import { listed, allow } from "./listed.ts";

describe("other documents of the role", () => {
  const STOP = document(allow("cloudtrail:StopLogging", "*"));

  test("a policy of AWS counts as if the team had written it", () => {
    const arn = "arn:aws:iam::aws:policy/Wanted";
    const found = world(`  managedPolicies: ["${arn}"]`, WIDE);

    expect(listed(found, { live: liveAccount({ awsManaged: { [arn]: STOP } }) })).toEqual(["TMP-001 block"]);
    expect(
      listed(found, { shipped: { snapshotDate: "x", textOf: () => STOP, nearestTo: () => undefined } }),
    ).toEqual(["TMP-001 block"]);
  });

  test("a ManagedPolicy of the team breaks the rule itself, and so does the role", () => {
    const found = world("  managedPolicies: [stop]", {
      ...WIDE,
      "teams/orders/stop.yaml": policyText("stop", STOP),
    });
    const policy = [...found.desired.policies.values()].find(({ name }) => name === "stop");
    if (policy === undefined) throw new Error("no policy");

    expect(listed(found)).toEqual(["TMP-001 block"]);
    expect(verdicts(judgeDesired(policy, contextOf(found)))).toContain("TMP-001 block");
  });

  test("grants in a ManagedPolicy are as harmless as in the function", () => {
    const found = world("  managedPolicies: [keys]", {
      "teams/orders/keys.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: keys}
spec: {grants: [{kms: {key: "arn:aws:kms:eu-west-1:222222222222:alias/orders", allow: [decrypt]}}]}
`,
    });

    expect(judged(found)).toEqual([]);
  });

  test.each([
    {
      denial: { Effect: "Deny", Action: "CloudTrail:*", Resource: "*" } as const,
      breaks: [],
      because: "a Deny of everything closes it",
    },
    {
      denial: { Effect: "Deny", Action: "cloudtrail:StopLogging", Resource: "arn:aws:cloudtrail:*" } as const,
      breaks: ["TMP-001 block"],
      because: "a Deny of fewer resources leaves some open",
    },
    {
      denial: {
        Effect: "Deny",
        Action: "cloudtrail:*",
        Resource: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      } as const,
      breaks: ["TMP-001 block"],
      because: "a Deny with a condition may not apply",
    },
  ])("$because", ({ denial, breaks }) => {
    const arn = "arn:aws:iam::aws:policy/Wanted";
    const found = world(
      `  managedPolicies: ["${arn}"]
  statements: [{reason: test, statement: ${JSON.stringify(allow("cloudtrail:StopLogging", "*"))}}]`,
      WIDE,
    );

    expect(listed(found, { live: liveAccount({ awsManaged: { [arn]: document(denial) } }) })).toEqual(breaks);
  });

  test("a boundary that allows none of the actions makes it a warning", () => {
    const statement = allow("cloudtrail:StopLogging", "*");
    const closed = boundary({ Effect: "Allow", Action: "s3:*", Resource: "*" });
    const [found] = judged(stating(statement, closed)).filter(({ rule }) => rule === "TMP-001");

    expect(listed(stating(statement, closed))).toEqual(["TMP-001 warn"]);
    expect(found?.why).toMatch(/; the current boundary closes it$/);
  });
});
