import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { judgeDesired } from "../../src/guard/judge-desired.ts";
import { RevisionAnswers, SharedDocuments } from "../../src/guard/context/shared-documents.ts";
import type { UntouchedActions } from "../../src/iam/match/untouched-actions.ts";
import type { StatementRisks } from "../../src/iam/risk/statement-risks.ts";
import type { Arn } from "../../src/model/aws/arn.ts";
import type { Statement } from "../../src/model/aws/policy-document.ts";
import type { CompiledDocument, DesiredPolicy } from "../../src/model/desired.ts";
import { FC_RUNS } from "../support/fc-runs.ts";
import { statements } from "../support/iam/few-statements.ts";
import {
  contextOf,
  document,
  liveAccount,
  policyText,
  withRole,
  world,
  type World,
} from "../unit/guard/judged.ts";

const AWS_POLICY = "arn:aws:iam::aws:policy/Reader";

/** Each compiles and judges a role twice; the laws of the two parts are in test/property/iam/shortcuts.test.ts. */
const RUNS = Math.ceil(FC_RUNS / 10);

const role = fc.record({
  inline: statements(3),
  isGranted: fc.boolean(),
  attached: fc.option(statements(2)),
  awsManaged: fc.option(statements(2)),
  declaredBoundary: statements(3),
  liveBoundary: fc.option(statements(3)),
});

type Role = typeof role extends fc.Arbitrary<infer Value> ? Value : never;

const PLAIN = world("  managedPolicies: [own]", {
  "teams/orders/own.yaml": policyText(
    "own",
    document({ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" }),
  ),
});

function compiled(drawn: readonly Statement[], kind: "grant" | "statement"): CompiledDocument {
  const { origin } = PLAIN.binding;
  return {
    statements: drawn.map((each, at) => ({
      statement: { Sid: `S${at}`, ...each },
      source: kind === "grant" ? { kind, grant: "s3", verb: "read" } : { kind },
      origin,
      until: null,
      reason: null,
      wildcardReason: null,
    })),
  };
}

function worldOf({ inline, isGranted, attached, awsManaged, declaredBoundary }: Role): World {
  const { role: plain } = PLAIN.binding;
  const found = withRole(PLAIN, {
    inline: compiled(inline, isGranted ? "grant" : "statement"),
    attachments: [
      ...(attached === null ? [] : plain.attachments),
      ...(awsManaged === null ? [] : [{ arn: AWS_POLICY as Arn, policy: null, origin: plain.origin }]),
    ],
  });
  const documents = { attach: attached ?? [], boundary: declaredBoundary };
  const policies = [...PLAIN.desired.policies].map(
    ([key, policy]) => [key, { ...policy, document: compiled(documents[policy.use], "statement") }] as const,
  );
  const bindings = new Map([[found.binding.key, found.binding]]);
  return { ...found, desired: { ...found.desired, policies: new Map(policies), bindings } };
}

/** Compares every statement and looks at every row. */
class NothingLeftOut extends RevisionAnswers {
  override readonly risks = { mayBeRisk: () => true } as unknown as StatementRisks;

  override boundary(): UntouchedActions {
    return { has: () => false } as unknown as UntouchedActions;
  }
}

test("a role has the same findings with and without the look at its actions before its rows and its boundary", () => {
  let breaches = 0;
  fc.assert(
    fc.property(role, fc.boolean(), (drawn, isOnline) => {
      const found = worldOf(drawn);
      const { awsManaged, liveBoundary } = drawn;
      const live = isOnline
        ? liveAccount({
            awsManaged: awsManaged === null ? {} : { [AWS_POLICY]: document(...awsManaged) },
            policies:
              liveBoundary === null ? {} : { [found.account.boundary ?? ""]: document(...liveBoundary) },
          })
        : null;
      const [quick, slow] = [contextOf(found, { live }), contextOf(found, { live })];
      const thorough = {
        ...slow,
        index: { ...slow.index, shared: new SharedDocuments(new NothingLeftOut()) },
      };

      const states: readonly (typeof found.binding | DesiredPolicy)[] = [
        found.binding,
        ...found.desired.policies.values(),
      ];
      for (const state of states) {
        const findings = judgeDesired(state, thorough);
        breaches += findings.length;
        expect(judgeDesired(state, quick)).toEqual(findings);
      }
    }),
    { numRuns: RUNS },
  );

  expect(breaches).toBeGreaterThan(RUNS);
});
