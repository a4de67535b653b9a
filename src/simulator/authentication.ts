import { own } from "./own.ts";
import type { RawRequest } from "./http.ts";
import type { Service } from "./services.ts";
import type { Claim } from "./signature.ts";
import { verifySignature } from "./signature.ts";
import type { AccessKey, AccountState, WorldState } from "./world.ts";

/** Who calls, and where. */
export interface Caller {
  readonly key: AccessKey;
  readonly account: AccountState;
  readonly region: string;
}

/** Regions in which the global endpoint of STS signs, on in every account. */
const GLOBAL_REGIONS = new Set(["us-east-1", "aws-global", "cn-north-1", "us-gov-west-1"]);

/** @throws SimulatedError in the service's own words */
export async function authenticate(
  world: WorldState,
  service: Service,
  request: RawRequest,
  claim: Claim,
  clock: { readonly nowMs: number; readonly wallMs: number },
): Promise<Caller> {
  const { failures } = service;
  const key = own(world.accessKeys, claim.keyId);
  if (key === undefined) throw failures.unknownKey;
  const account = world.accounts[key.accountId];
  if (account === undefined || !isOn(service, account, claim.region)) throw failures.unknownKey;
  await verifySignature(request, claim, key, { code: failures.badSignatureCode, nowMs: clock.wallMs });
  checkSession(world, service, request, key, clock.nowMs);
  return { key, account, region: claim.region };
}

function isOn(service: Service, account: AccountState, region: string): boolean {
  if (service.name === "iam") return true;
  return account.regions.includes(region) || (service.name === "sts" && GLOBAL_REGIONS.has(region));
}

/** A session ends with its time and with its role. */
function checkSession(
  world: WorldState,
  service: Service,
  request: RawRequest,
  key: AccessKey,
  nowMs: number,
): void {
  const { session } = key;
  if (session === undefined) return;
  const { name = "" } = /(?<name>[^/]+)$/.exec(session.roleArn)?.groups ?? {};
  const role = world.accounts[key.accountId]?.iam.roles[name];
  if (role?.id !== session.roleId || request.headers["x-amz-security-token"] !== session.token)
    throw service.failures.unknownKey;
  if (nowMs >= Date.parse(session.expiresAt)) throw service.failures.expired;
}
