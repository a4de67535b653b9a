import { parseCaller } from "../../../src/iam/evaluate/caller.ts";
import { evaluate, type AppliedPolicies } from "../../../src/iam/evaluate/evaluate.ts";
import { attachedPolicy } from "../../../src/iam/evaluate/policy.ts";
import { accessRequest, type AccessRequest } from "../../../src/iam/evaluate/request.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";

const ACCOUNT = "111122223333";

const list = (value: string | readonly string[] | undefined): readonly string[] => [value ?? []].flat();

/** Requests that the statements of the documents are about: with and without what their conditions ask, and next to their patterns. */
function requestsAbout(texts: readonly string[], roleArn: string): readonly AccessRequest[] {
  const caller = parseCaller(roleArn);
  if (caller.kind !== "ok") throw new Error(roleArn);
  return texts.flatMap(statementsIn).flatMap(({ Action, Resource, Condition = {} }) => {
    const keys = Object.values(Condition).flatMap((tests) => Object.entries(tests));
    const context = Object.fromEntries(keys.map(([key, value]) => [key, list(value)]));
    const actions = Action === undefined ? ["s3:GetObject", "iam:CreateUser"] : list(Action).slice(0, 12);
    const resources = Resource === undefined ? ["*"] : list(Resource).slice(0, 4);
    return actions.flatMap((action) =>
      resources.flatMap((resource) =>
        ["", "y"].flatMap((suffix) =>
          [{}, context].map((given) =>
            accessRequest({
              caller: caller.value,
              action: concreteAction(action),
              resource: resource === "*" ? "arn:aws:s3:::other/x" : `${concrete(resource)}${suffix}`,
              resourceAccount: ACCOUNT,
              context: given,
            }),
          ),
        ),
      ),
    );
  });
}

function statementsIn(text: string): readonly Statement[] {
  const { Statement: all } = JSON.parse(text) as { readonly Statement: Statement | readonly Statement[] };
  return [all].flat();
}

function concrete(pattern: string): string {
  return pattern.replaceAll("*", "x1").replaceAll("?", "a");
}

function concreteAction(pattern: string): string {
  return pattern === "*" ? "s3:GetObject" : pattern.replaceAll("*", "GetObject");
}

/** Requests that one set of documents allows and the other does not, by the evaluator, which knows nothing of units. */
export function differingRequests(
  before: readonly string[],
  after: readonly string[],
  roleArn: string,
): { readonly asked: number; readonly differing: readonly string[] } {
  const [old, now] = [applied(before), applied(after)];
  const requests = requestsAbout([...before, ...after], roleArn);
  const differing = requests.filter((one) => evaluate(one, old).kind !== evaluate(one, now).kind);
  return {
    asked: requests.length,
    differing: differing.map(({ action, resource }) => `${action} on ${resource}`),
  };
}

function applied(texts: readonly string[]): AppliedPolicies {
  const context = { dialect: "identity", partition: "aws", accountId: ACCOUNT } as const;
  const identity = texts.map((text, at) => attachedPolicy({ from: `document ${at}`, text }, context));
  return { identity, boundary: null, session: [], resource: { kind: "none" } };
}
