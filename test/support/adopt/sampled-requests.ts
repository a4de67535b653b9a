import { parseCaller } from "../../../src/iam/evaluate/caller.ts";
import { evaluate, type AppliedPolicies } from "../../../src/iam/evaluate/evaluate.ts";
import { attachedPolicy } from "../../../src/iam/evaluate/policy.ts";
import { accessRequest, type AccessRequest } from "../../../src/iam/evaluate/request.ts";
import { existingActions, possiblePairs } from "../policies/possible-requests.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";

const ACCOUNT = "111122223333";

const list = (value: string | readonly string[] | undefined): readonly string[] => [value ?? []].flat();

interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, readonly string[]>>;
}

/**
 * Requests that the statements of the documents are about: with and without what their conditions ask, and next to their
 * patterns. Of actions that exist, on resources of a type that the action takes: a request that AWS never makes, such as
 * GetItem on an index, is not asked.
 */
async function requestsAbout(texts: readonly string[], roleArn: string): Promise<readonly AccessRequest[]> {
  const caller = parseCaller(roleArn);
  if (caller.kind !== "ok") throw new Error(roleArn);
  const asked = (await Promise.all(texts.flatMap(statementsIn).map(askedOf))).flat();
  const isPossible = await possiblePairs(asked.map(({ action }) => action));
  return asked
    .filter(({ action, resource }) => isPossible(action, resource))
    .map((one) => accessRequest({ ...one, caller: caller.value, resourceAccount: ACCOUNT }));
}

async function askedOf({ Action, Resource, Condition = {} }: Statement): Promise<readonly Asked[]> {
  const keys = Object.values(Condition).flatMap((tests) => Object.entries(tests));
  const context = Object.fromEntries(keys.map(([key, value]) => [key, list(value)]));
  const patterns = Action === undefined ? ["s3:GetObject", "iam:CreateUser"] : list(Action).slice(0, 12);
  const actions = await Promise.all(patterns.map(existingActions));
  const resources = Resource === undefined ? ["*"] : list(Resource).slice(0, 4);
  return actions.flat().flatMap((action) =>
    resources.flatMap((pattern) =>
      ["", "y"].flatMap((suffix) => {
        const resource = pattern === "*" ? "arn:aws:s3:::other/x" : `${concrete(pattern)}${suffix}`;
        return [{}, context].map((given) => ({ action, resource, context: given }));
      }),
    ),
  );
}

function statementsIn(text: string): readonly Statement[] {
  const { Statement: all } = JSON.parse(text) as { readonly Statement: Statement | readonly Statement[] };
  return [all].flat();
}

function concrete(pattern: string): string {
  return pattern.replaceAll("*", "x1").replaceAll("?", "a");
}

/** Requests that one set of documents allows and the other does not, by the evaluator, which knows nothing of canonical permissions. */
export async function differingRequests(
  before: readonly string[],
  after: readonly string[],
  roleArn: string,
): Promise<{ readonly asked: number; readonly differing: readonly string[] }> {
  const [old, now] = [applied(before), applied(after)];
  const requests = await requestsAbout([...before, ...after], roleArn);
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
