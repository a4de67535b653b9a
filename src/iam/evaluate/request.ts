import { arnParts } from "../../model/aws/arn.ts";
import { lowerCase } from "../lower-case.ts";
import type { RequestContext } from "../match/template.ts";
import { callerContext, type Caller } from "./caller.ts";

export interface AccessRequest {
  readonly caller: Caller;
  /** `service:Name`; case is ignored. */
  readonly action: string;
  /** An ARN, or `*` for actions that take no resource. */
  readonly resource: string;
  /** The account of the resource; null if it is unknown (the ARN of a bucket has none), which counts as the caller's account. */
  readonly resourceAccount: string | null;
  readonly context: RequestContext;
}

export interface RequestFacts {
  readonly caller: Caller;
  readonly action: string;
  readonly resource: string;
  /** Overrides the account in the ARN. */
  readonly resourceAccount?: string | undefined;
  /** Keys in any case. These values overrule those that follow from the caller. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** With the keys that follow from the caller and the resource (`aws:PrincipalArn` …). Reads no clock: name `aws:CurrentTime`. */
export function accessRequest(facts: RequestFacts): AccessRequest {
  const { caller, action, resource } = facts;
  const resourceAccount = facts.resourceAccount ?? accountOfArn(resource);
  const context = new Map(callerContext(caller));
  if (resourceAccount !== null) context.set("aws:resourceaccount", [resourceAccount]);
  for (const [key, value] of Object.entries(facts.context ?? {})) {
    context.set(lowerCase(key), typeof value === "string" ? [value] : value);
  }
  return { caller, action, resource, resourceAccount, context };
}

function accountOfArn(resource: string): string | null {
  const { accountId: account } = arnParts(resource);
  return resource.startsWith("arn:") && /^\d{12}$/.test(account) ? account : null;
}
