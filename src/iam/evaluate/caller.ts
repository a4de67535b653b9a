import { arnParts, parseArn } from "../../model/aws/arn.ts";
import { parseAccountId } from "../../model/aws/ids.ts";
import { principalName } from "../../model/aws/principal.ts";
import { err, ok, type Result } from "../../model/values/result.ts";

/** Who asks. */
export type Caller =
  | {
      readonly kind: "role";
      readonly accountId: string;
      readonly roleArn: string;
      /** `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`; null when the session has no name that is known. */
      readonly sessionArn: string | null;
    }
  | { readonly kind: "user" | "federated-user" | "account"; readonly accountId: string; readonly arn: string }
  | { readonly kind: "service"; readonly name: string }
  /** An identity provider's user, before any role is assumed. */
  | { readonly kind: "federated"; readonly provider: string }
  | { readonly kind: "anonymous" };

/**
 * The ARN of a role, role session, user, federated user or account root; an account id (its root, in partition `aws`);
 * a service principal; `anonymous`. The ARN of a session does not contain the path of its role: such a role is assumed to
 * have none.
 */
export function parseCaller(text: string): Result<Caller, string> {
  if (text === "anonymous") return ok({ kind: "anonymous" });
  if (/^\d{12}$/.test(text))
    return ok({ kind: "account", accountId: text, arn: `arn:aws:iam::${text}:root` });
  if (/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(text)) return ok({ kind: "service", name: text });
  const { partition, service, region, accountId, resource } = arnParts(parseArn(text) ?? "");
  if (parseAccountId(accountId) === undefined || region !== "") return err(NOT_A_CALLER);
  const [type = "", ...names] = resource.split("/");
  const name = names.join("/");
  const [roleName = "", session] = names;
  const kind = CALLER_KINDS.get(`${service}:${type}`);
  if (kind === undefined || (name === "") !== (kind === "account")) return err(NOT_A_CALLER);
  if (kind !== "role") return ok({ kind, accountId, arn: text });
  if (service === "iam") return ok({ kind, accountId, roleArn: text, sessionArn: null });
  if (session === undefined) return err(NOT_A_CALLER);
  return ok({
    kind,
    accountId,
    roleArn: `arn:${partition}:iam::${accountId}:role/${roleName}`,
    sessionArn: text,
  });
}

const NOT_A_CALLER =
  "is neither the ARN of a role, session, user or account nor an account id, service principal or anonymous";

const CALLER_KINDS: ReadonlyMap<string, "role" | "user" | "federated-user" | "account"> = new Map([
  ["iam:role", "role"],
  ["sts:assumed-role", "role"],
  ["iam:user", "user"],
  ["sts:federated-user", "federated-user"],
  ["iam:root", "account"],
] as const);

/** The account whose identity policies decide; null for those who have none. */
export function callerAccount(caller: Caller): string | null {
  return "accountId" in caller ? caller.accountId : null;
}

/** How near a principal element comes to the caller: it names what asks itself, the role of the session, or the account only. */
export type PrincipalTie = "direct" | "role" | "account";

/** The caller's names as principals of a normal form, from itself outwards. A nameless session can't be named. */
export function callerNames(caller: Caller): readonly (readonly [name: string, tie: PrincipalTie])[] {
  if (caller.kind === "anonymous") return [];
  if (caller.kind === "service") return [[principalName("Service", caller.name), "direct"]];
  if (caller.kind === "federated") return [[principalName("Federated", caller.provider), "direct"]];
  if (caller.kind === "account") return [[principalName("AWS", caller.arn), "direct"]];
  if (caller.kind !== "role")
    return [
      [principalName("AWS", caller.arn), "direct"],
      [rootName(caller.arn, caller.accountId), "account"],
    ];
  return [
    [principalName("AWS", caller.sessionArn ?? "a session without a name"), "direct"],
    [principalName("AWS", caller.roleArn), "role"],
    [rootName(caller.roleArn, caller.accountId), "account"],
  ];
}

function rootName(arn: string, accountId: string): string {
  return principalName("AWS", `arn:${arnParts(arn).partition}:iam::${accountId}:root`);
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
export function callerContext(caller: Caller): ReadonlyMap<string, readonly string[]> {
  if (caller.kind === "service") {
    return new Map([
      ["aws:principalisawsservice", ["true"]],
      ["aws:principalservicename", [caller.name]],
    ]);
  }
  if (caller.kind === "anonymous") return ANONYMOUS;
  if (caller.kind === "federated") return new Map([["aws:federatedprovider", [caller.provider]]]);
  const arn = caller.kind === "role" ? caller.roleArn : caller.arn;
  return new Map([
    ["aws:principalarn", [arn]],
    ["aws:principalaccount", [caller.accountId]],
    ["aws:principaltype", [PRINCIPAL_TYPES[caller.kind]]],
    ["aws:principalisawsservice", ["false"]],
    ...(caller.kind === "user" ? [["aws:username", [arn.split("/").at(-1) ?? ""]] as const] : []),
  ]);
}

const ANONYMOUS: ReadonlyMap<string, readonly string[]> = new Map([
  ["aws:principalaccount", ["anonymous"]],
  ["aws:principaltype", ["Anonymous"]],
]);

const PRINCIPAL_TYPES = {
  role: "AssumedRole",
  user: "User",
  "federated-user": "FederatedUser",
  account: "Account",
} as const satisfies Partial<Record<Caller["kind"], string>>;
