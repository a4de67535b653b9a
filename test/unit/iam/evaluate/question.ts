import {
  evaluate,
  type AppliedPolicies,
  type ResourcePolicy,
} from "../../../../src/iam/evaluate/evaluate.ts";
import { parseCaller, type Caller } from "../../../../src/iam/evaluate/caller.ts";
import type { Decision } from "../../../../src/model/answers/decision.ts";
import { attachedPolicy, type AttachedPolicy } from "../../../../src/iam/evaluate/policy.ts";
import { accessRequest } from "../../../../src/iam/evaluate/request.ts";
import type { Dialect } from "../../../../src/model/aws/policy-document.ts";

export const ACCOUNT = "111122223333";
export const OTHER = "444455556666";
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/app/orders`;
export const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/orders/s1`;
export const USER = `arn:aws:iam::${ACCOUNT}:user/ann`;
export const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
export const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:q`;

export interface Question {
  readonly caller?: Caller;
  readonly action?: string;
  readonly resource?: string;
  readonly resourceAccount?: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  readonly identity?: readonly (string | object)[];
  readonly boundary?: object | string;
  readonly session?: object;
  /** A statement, the text of a document, or "not-read". */
  readonly policy?: object | string;
  readonly trust?: object;
}

export const roleCaller: Caller = {
  kind: "role",
  accountId: ACCOUNT,
  roleArn: ROLE,
  sessionArn: SESSION,
};

export function callerOf(text: string): Caller {
  const found = parseCaller(text);
  if (found.kind === "err") throw new Error(found.error);
  return found.value;
}

/** The decision about `sqs:SendMessage` on a queue by a role's session, unless the question names others. */
export function ask(question: Question): Decision {
  const { caller = roleCaller, action = "sqs:SendMessage", resource = QUEUE } = question;
  const { resourceAccount, context = {} } = question;
  return evaluate(
    accessRequest({ caller, action, resource, resourceAccount, context }),
    policiesOf(question),
  );
}

function policiesOf({ identity = [], boundary, session, policy, trust }: Question): AppliedPolicies {
  return {
    identity: identity.map((one, at) => attached(`identity ${at}`, one, "identity")),
    boundary: boundary === undefined ? null : attached("boundary", boundary, "boundary"),
    session: session === undefined ? [] : [attached("session", session, "identity")],
    resource:
      trust === undefined
        ? resourceOf(policy)
        : { kind: "policy", policy: attached("trust", trust, "trust") },
  };
}

function resourceOf(policy: object | string | undefined): ResourcePolicy {
  if (policy === undefined) return { kind: "none" };
  if (policy === "not-read") return { kind: "not-read" };
  return { kind: "policy", policy: attached("resource", policy, "resource") };
}

function attached(from: string, one: object | string, dialect: Dialect): AttachedPolicy {
  const text = typeof one === "string" ? one : documentOf(one, dialect);
  return attachedPolicy({ from, text }, { dialect, partition: "aws", accountId: ACCOUNT });
}

/** One statement that allows everything, except where the given fields restrict it. */
function documentOf(one: object, dialect: Dialect): string {
  const written = Object.keys(one);
  const has = (name: string): boolean => written.includes(name) || written.includes(`Not${name}`);
  const statement = {
    Effect: "Allow",
    ...(!has("Action") && { Action: "*" }),
    ...(!has("Resource") && dialect !== "trust" && { Resource: "*" }),
    ...one,
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

/** `allowed`, `denied by LAYER`, `not allowed by LAYER`, `unknown`. */
export function verdict(decision: Decision): string {
  if (decision.kind !== "denied") return decision.kind;
  return decision.cause === "explicit"
    ? `denied by ${decision.by.layer}`
    : `not allowed by ${decision.layer}`;
}
