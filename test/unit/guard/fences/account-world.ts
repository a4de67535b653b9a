import type { PrincipalElement, Statement } from "../../../../src/model/aws/policy-document.ts";
import { accountText } from "../../../support/manifests.ts";
import { ACCOUNT, calledBy, FUNCTION_ARN, judged, world, type World } from "../judged.ts";

export const FRIEND = "444455556666";
export const FOREIGN = "999999999999";
export const OUR_ORGANIZATION = "o-ours123456";

/** The account admits FRIEND and OUR_ORGANIZATION. */
export const FENCED = {
  "platform/accounts.yaml": accountText(
    "prod",
    ACCOUNT,
    `  callerAccounts: ["${FRIEND}"]
  organizations: [${OUR_ORGANIZATION}]
  resourceAccounts: ["${FRIEND}"]
`,
  ),
};

export type Condition = NonNullable<Statement["Condition"]>;

export const statement = (Principal: PrincipalElement, Condition?: Condition): Statement => ({
  Effect: "Allow",
  Principal,
  Action: "lambda:InvokeFunction",
  Resource: FUNCTION_ARN,
  ...(Condition === undefined ? {} : { Condition }),
});

export const aws = (...principals: readonly string[]): PrincipalElement => ({ AWS: principals });
export const service = (name: string): PrincipalElement => ({ Service: `${name}.amazonaws.com` });
export const topic = (account: string): Condition => ({
  ArnLike: { "aws:SourceArn": `arn:aws:sns:eu-west-1:${account}:placed` },
});
export const bucketOf = (account: string): Condition => ({
  ArnLike: { "aws:SourceArn": "arn:aws:s3:::uploads" },
  StringEquals: { "aws:SourceAccount": account },
});

export function fencedWith(...statements: readonly Statement[]): World {
  const { binding } = calledBy(statements);
  const fenced = world("  tracing: true", FENCED);
  return { ...fenced, binding: { ...fenced.binding, callers: binding.callers } };
}

export const ofRules = (rules: readonly string[], found: World): readonly string[] =>
  judged(found)
    .filter(({ rule }) => rules.includes(rule))
    .map(({ rule, severity }) => `${rule} ${severity}`);
