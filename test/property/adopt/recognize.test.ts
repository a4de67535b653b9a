import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { GRANT_ENTRIES } from "../../../src/manifest/grants/catalogue.ts";
import {
  UNUSABLE_RULES,
  type UnusablePermission,
} from "../../../src/iam/match/unusable/unusable-permissions.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { grantStatements, recognized } from "../../support/adopt/policies.ts";
import { FC_RUNS } from "../../support/fc-runs.ts";
import { possiblePairs } from "../../support/policies/possible-requests.ts";

const ALL = GRANT_ENTRIES.flatMap(({ grant, examples }) =>
  examples.flatMap((fields) => grantStatements(grant, fields as object)),
);

type Change = (statement: Statement, at: number) => readonly Statement[];

const list = (value: string | readonly string[] | undefined): readonly string[] => [value ?? []].flat();

/** Ways to write or to change a statement. Most of them change its meaning a little. */
const CHANGES: readonly Change[] = [
  (one) => [one],
  (one) => list(one.Action).map((Action) => ({ ...one, Action })),
  (one) => list(one.Resource).map((Resource) => ({ ...one, Resource })),
  (one, at) => [{ Sid: `S${at}`, ...one, Action: list(one.Action).map((name) => name.toUpperCase()) }],
  (one) => [{ ...one, Action: list(one.Action).slice(1).concat("s3:PutObjectAcl") }],
  (one) => [{ ...one, Action: `${list(one.Action)[0]?.split(":")[0] ?? "s3"}:*` }],
  (one) => [{ ...one, Action: list(one.Action).slice(1, 3) }].filter(({ Action }) => Action.length > 0),
  (one) => [{ ...one, Resource: list(one.Resource).slice(0, 1) }],
  (one) => [{ ...one, Resource: "*" }],
  (one) => [{ ...one, Condition: { ...one.Condition, Bool: { "aws:SecureTransport": "true" } } }],
  (one) => [{ ...one, Effect: one.Effect === "Allow" ? "Deny" : "Allow" }],
  // As SAM and the CDK write them: also on indexes, and with the actions of streams or of the objects of a bucket.
  (one) => [{ ...one, Resource: list(one.Resource).flatMap((arn) => [arn, `${arn}/index/*`]) }],
  (one) => [{ ...one, Action: [...list(one.Action), "dynamodb:GetRecords", "s3:ListBucket"] }],
  (one) => [{ ...one, Resource: list(one.Resource).flatMap((arn) => [arn, arn.replace(/\/.*$/, "")]) }],
];

const policy = fc
  .array(fc.tuple(fc.constantFrom(...ALL), fc.constantFrom(...CHANGES)), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.flatMap(([statement, change], at) => change(statement, at)));

/** Each permission as text, by a way of its own: not the canonical permissions of the code under test. */
function permissions(statements: readonly Statement[]): ReadonlySet<string> {
  return new Set(
    statements.flatMap(({ Effect, Action, Resource, Condition = {} }) => {
      const tests = Object.entries(Condition).flatMap(([operator, keys]) =>
        Object.entries(keys).map(([key, values]) => [operator, key.toLowerCase(), [...list(values)].sort()]),
      );
      const condition = JSON.stringify(tests.map((one) => JSON.stringify(one)).sort());
      return list(Action).flatMap((action) =>
        list(Resource).map((resource) => `${Effect} ${action.toLowerCase()} ${resource} ${condition}`),
      );
    }),
  );
}

function pairText({ action, resource }: UnusablePermission): string {
  return `${action.toLowerCase()} ${resource}`;
}

describe("recognised grants", () => {
  test("and the remaining statements together are the permissions of the policy: no more, and no less but what is listed as left out because AWS never makes such a request", async () => {
    const isPair = await possiblePairs(UNUSABLE_RULES.flatMap(({ actions }) => actions));
    const isPossible = ({ action, resource }: UnusablePermission): boolean =>
      isPair(action, resource.replaceAll("*", "x1"));
    fc.assert(
      fc.property(policy, (statements) => {
        const { grants, rest, leftOut, proof } = recognized(statements);

        const declared = grants.flatMap(({ grant, fields }) => grantStatements(grant, fields));
        const all = permissions([...declared, ...rest.map(({ statement }) => statement)]);
        const live = permissions(statements);
        expect([...all].filter((text) => !live.has(text))).toEqual([]);
        const missing = [...live].filter((text) => !all.has(text)).map((text) => text.split(" "));
        const listed = leftOut.flatMap(({ permissions: left }) => left.map(pairText));
        expect(missing.filter(([, action, resource]) => !listed.includes(`${action} ${resource}`))).toEqual(
          [],
        );
        expect(leftOut.flatMap(({ permissions: left }) => left).filter(isPossible)).toEqual([]);
        expect(proof.kind).toBe("proved");
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("are the same in any order of the statements", () => {
    const shuffled = policy.chain((statements) =>
      fc.tuple(
        fc.constant(statements),
        fc.shuffledSubarray(statements, { minLength: statements.length, maxLength: statements.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([statements, others]) => {
        const [one, other] = [recognized(statements), recognized(others)];

        expect(other.grants).toEqual(one.grants);
        expect(other.rest.map(({ normal }) => normal.structure)).toEqual(
          one.rest.map(({ normal }) => normal.structure),
        );
      }),
      { numRuns: FC_RUNS },
    );
  });
});
