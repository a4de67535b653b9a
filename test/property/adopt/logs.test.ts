import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { ownLogs, prefixLogs } from "../../../src/manifest/grants/own.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { PLACE, recognized } from "../../support/adopt/policies.ts";
import { FC_RUNS } from "../../support/fc-runs.ts";

const NAME = "orders-prod-api";
const FACTS = {
  functionName: NAME,
  functionArn: `arn:aws:lambda:eu-west-1:111122223333:function:${NAME}`,
  logGroups: [`/aws/lambda/${NAME}`],
  serviceTargets: [],
};
const GROUPS = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/";

const action = fc.constantFrom(
  "logs:CreateLogGroup",
  "logs:CreateLogStream",
  "logs:PutLogEvents",
  "logs:TagResource",
  "logs:PutRetentionPolicy",
);
const resource = fc
  .tuple(
    fc.constantFrom("orders-prod", "orders-pr", "orders", "payments-prod", "orders-prod-api", ""),
    fc.constantFrom("*:*", "*:*:*", ":*", ""),
  )
  .map(([name, end]) => `${GROUPS}${name}${end}`);

/** The statements of the framework, and near misses of them. */
const statement: fc.Arbitrary<Statement> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("orders-prod", "orders", "payments-prod"),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
    )
    .map(([prefix, create, tag, isWrite]): Statement => {
      const logs = { groupPrefix: `/aws/lambda/${prefix}`, create, tag: create && tag };
      return {
        Effect: "Allow",
        Action: [],
        Resource: [],
        ...asStatements(prefixLogs(logs, PLACE))[isWrite ? 1 : 0],
      };
    }),
  fc
    .tuple(fc.uniqueArray(action, { minLength: 1 }), fc.uniqueArray(resource, { minLength: 1, maxLength: 2 }))
    .map(([Action, Resource]): Statement => ({ Effect: "Allow", Action, Resource })),
);

/** Each permission as text, by a way of its own: not the canonical permissions of the code under test. */
function permissions(statements: readonly Statement[]): readonly string[] {
  const all = statements.flatMap(({ Action, Resource }) =>
    [Action ?? []].flat().flatMap((name) => [Resource ?? []].flat().map((arn) => `${name} ${arn}`)),
  );
  return [...new Set(all)].sort();
}

function asStatements(expansions: ReturnType<typeof ownLogs>): readonly Statement[] {
  return expansions.map(({ effect, actions, resources }) => ({
    Effect: effect,
    Action: actions,
    Resource: resources,
  }));
}

test("logs of a manifest and the remaining statements together are the permissions of the policy, no more and no less", () => {
  fc.assert(
    fc.property(fc.array(statement, { minLength: 1, maxLength: 5 }), (statements) => {
      const { own, rest, proof } = recognized(statements, FACTS);

      const declared = own.flatMap(({ fields }) =>
        asStatements(
          "groupPrefix" in fields ? prefixLogs(fields as never, PLACE) : ownLogs(fields as never, PLACE),
        ),
      );
      const after = [...declared, ...rest.map((one) => one.statement)];
      expect(permissions(after)).toEqual(permissions(statements));
      expect(proof.kind).toBe("proved");
    }),
    { numRuns: FC_RUNS },
  );
});
