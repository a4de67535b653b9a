import type { FunctionFacts, Recognition } from "../../../src/adopt/recognize/recognize.ts";
import { recognizeGrants } from "../../../src/adopt/recognize/recognize.ts";
import { CandidateCompiler } from "../../../src/adopt/recognize/candidate-compiler.ts";
import { GRANT_ENTRIES } from "../../../src/manifest/grants/catalogue.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";

export const PLACE = { partition: "aws", accountId: "111122223333", region: "eu-west-1" };

export function policyText(statements: readonly Statement[], version = "2012-10-17"): string {
  return JSON.stringify({ Version: version, Statement: statements });
}

/** The statements of an entry of `grants`, as the catalogue compiles it. */
export function grantStatements(grant: string, fields: object): readonly Statement[] {
  const entry = GRANT_ENTRIES.find((one) => one.grant === grant);
  if (entry === undefined) throw new Error(`the catalogue has no ${grant}`);
  return entry.expand(fields as never, PLACE).map(({ effect, actions, resources, condition }) => ({
    Effect: effect,
    Action: actions,
    Resource: resources,
    ...(condition !== null && { Condition: condition }),
  }));
}

/** Of one inline policy with the name `app`. */
export function recognized(
  statements: readonly Statement[],
  ofFunction: FunctionFacts | null = null,
): Recognition {
  const policies = [{ name: "inline policy app", text: policyText(statements) }];
  return recognizeGrants(policies, new CandidateCompiler(PLACE), ofFunction);
}
