import { own } from "../contract.ts";
import type { RawRequest } from "../wire/http.ts";
import type { Service } from "../wire/services.ts";
import { type SignedRequest, verifySignature } from "./signature.ts";
import type { IamState } from "../iam/state.ts";
import type { AccessKey, AccountState, WorldState } from "../world.ts";

/** The caller of a request, with its account and region. */
export interface AuthenticatedCaller {
  readonly key: AccessKey;
  readonly account: AccountState;
  readonly region: string;
}

/** Signing regions of the global STS endpoint; they are enabled in every account. */
const GLOBAL_REGIONS = new Set(["us-east-1", "aws-global", "cn-north-1", "us-gov-west-1"]);
/** Their endpoints are global: every account has them, in any signing region. */
const GLOBAL_SERVICES = new Set(["iam", "organizations"]);

/** @throws SimulatedError with the message of the service */
export async function authenticate(
  world: WorldState,
  signed: SignedRequest & { readonly service: Service },
  clock: { readonly nowMs: number; readonly wallMs: number },
): Promise<AuthenticatedCaller> {
  const { service, request, claim } = signed;
  const { failures } = service;
  const key = own(world.accessKeys, claim.keyId);
  if (key === undefined) throw failures.unknownKey;
  const account = world.accounts[key.accountId];
  if (account === undefined || !isOn(service, account, claim.region)) throw failures.unknownKey;
  await verifySignature(signed, key, { code: failures.badSignatureCode, nowMs: clock.wallMs });
  const session = sessionProblem(key, account.iam, { request, nowMs: clock.nowMs });
  if (session !== undefined) throw failures[session];
  return { key, account, region: claim.region };
}

function isOn(service: Service, account: AccountState, region: string): boolean {
  if (GLOBAL_SERVICES.has(service.name)) return true;
  return account.regions.includes(region) || (service.name === "sts" && GLOBAL_REGIONS.has(region));
}

/** A session ends when it expires or when its role is deleted. */
function sessionProblem(
  { session }: AccessKey,
  iam: IamState,
  { request, nowMs }: { readonly request: RawRequest; readonly nowMs: number },
): "unknownKey" | "expired" | undefined {
  if (session === undefined) return undefined;
  const role = iam.roles[session.roleArn.slice(session.roleArn.lastIndexOf("/") + 1)];
  if (role?.id !== session.roleId || request.headers["x-amz-security-token"] !== session.token)
    return "unknownKey";
  return nowMs >= Date.parse(session.expiresAt) ? "expired" : undefined;
}
