import { trailRegions } from "../../iam/trail/trail-regions.ts";
import { arnParts, nameInArn } from "../../model/aws/arn.ts";
import { isSmallOffset, offsetText } from "../../model/changes/clock-offset.ts";
import { AwsError, awsFailureText, NO_TRANSITIVE_TAGS } from "../../model/aws/errors/aws-error.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { Region } from "../../model/aws/ids.ts";
import type { Identity, ReadCall, CallSite } from "../calls/calls.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import { inParallel } from "../requests/in-parallel.ts";
import type { Clients } from "../requests/clients.ts";
import { AWS_CALLS } from "../calls/permissions.ts";
import { OPTIONAL_ACTIONS, type OwnIdentity } from "../../model/aws/own-roles.ts";
import type { Session, Sessions, CallPrincipal } from "../requests/sessions.ts";
import { PROBES } from "./probes.ts";
import type { Probe } from "../../model/answers/probe.ts";
import { resultOf } from "../../model/values/result.ts";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { classify, incompleteAnswer } from "../errors/classify.ts";
import { isNotThereCode } from "../errors/not-there.ts";
import { UNLIMITED } from "../requests/rate-limits.ts";
import { sendCommand } from "../requests/send.ts";
import { sessionTags } from "../calls/session-tags.ts";
import { sessionPolicy } from "../calls/session-policy.ts";

export interface DoctorParts {
  readonly clients: Clients;
  readonly gateway: AwsGateway;
  readonly sessions: Sessions;
  /** Whether CloudTrail is asked who made a difference. */
  readonly lookupEvents: boolean;
}

interface ReadAttempt {
  readonly call: ReadCall;
  readonly region: Region | null;
}

const WIDTH = 4;
/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const ROOT = "the root user can assume no role; use a user or a role";
/** CloudFormation's answer for a resource of no stack. STS and IAM answer a wrong request with it. */
const OF_NO_STACK = "ValidationError";

/**
 * Checks without writing what only calls prove: it assumes every role, and makes every read call once. A finding that
 * only makes answers less informative is a warning.
 */
export class Doctor {
  readonly #parts: DoctorParts;

  constructor(parts: DoctorParts) {
    this.#parts = parts;
  }

  /**
   * In a fixed order: the process itself, then observer, writer, binder; for each first the assumed role, then the calls by
   * name. Without credentials of the process nothing else is tried.
   */
  async examine(account: DesiredAccount, signal: AbortSignal): Promise<readonly Probe[]> {
    const base = await this.#base(account, signal);
    const checks: Probe[] = [base, ...this.#clock()];
    if (base.outcome === "failed") return checks;
    for (const identity of ["observer", "writer", "binder"] as const) {
      if (account[identity] === null) continue;
      const assumed = await this.#assume(account, identity, signal);
      checks.push(...assumed);
      if (identity === "observer" && assumed.some(({ outcome }) => outcome === "failed")) continue;
      if (identity === "observer") checks.push(...(await this.#reads(account, signal)));
    }
    return checks;
  }

  async #base(account: DesiredAccount, signal: AbortSignal): Promise<Probe> {
    const about = { identity: "base", region: null, what: "credentials" } as const;
    const found = await resultOf(baseIdentity(this.#parts.clients, account, signal), AwsError);
    if (found.kind === "ok" && arnParts(found.value.arn).resource === "root")
      return { ...about, outcome: "failed", detail: ROOT };
    if (found.kind === "ok")
      return { ...about, outcome: "passed", detail: `${found.value.arn} from ${found.value.place}` };
    // The policy of a VPC endpoint may allow sts:AssumeRole alone.
    const isDenied = found.error.facts.denial !== undefined;
    return { ...about, outcome: isDenied ? "not-checked" : "failed", detail: awsFailureText(found.error) };
  }

  #clock(): readonly Probe[] {
    const offset = this.#parts.clients.clockOffset();
    if (offset === null || isSmallOffset(offset)) return [];
    const effect = "a controller here names no author of a change with certainty: synchronize it (NTP)";
    const detail = `${offsetText(offset, "this machine")}; ${effect}`;
    return [{ identity: "base", region: null, what: "clock", outcome: "warning", detail }];
  }

  async #assume(
    account: DesiredAccount,
    identity: OwnIdentity,
    signal: AbortSignal,
  ): Promise<readonly Probe[]> {
    const roleArn = account[identity]?.roleArn ?? "";
    const { writes, tags } = identity === "observer" ? NO_LIMIT : longestSession(account, identity);
    const principal = { account, identity, pass: "doctor", writes, tags };
    this.#parts.sessions.drop(principal);
    let session: Session | null = null;
    const assumed = await checked({ identity, region: null, what: `sts:AssumeRole ${roleArn}` }, async () => {
      session = await this.#parts.sessions.get(principal, signal);
    });
    if (tags.length === 0 || session === null) return [assumed];
    return [assumed, tagCheck(identity, session), ...sizeChecks(identity, session)];
  }

  async #reads(account: DesiredAccount, signal: AbortSignal): Promise<readonly Probe[]> {
    const isMade = (call: ReadCall): boolean => {
      if (call === "cloudtrail:LookupEvents") return this.#parts.lookupEvents;
      return !call.startsWith("cloudformation:") || (account.adoptableRoles ?? []).length > 0;
    };
    const calls = AWS_CALLS.filter((call): call is ReadCall => Object.hasOwn(PROBES, call)).filter(isMade);
    const tries = calls.flatMap((call): readonly ReadAttempt[] =>
      call.startsWith("iam:")
        ? [{ call, region: null }]
        : regionsOf(call, account).map((region) => ({ call, region })),
    );
    return inParallel(tries, WIDTH, ({ call, region }) => this.#read(account, { call, region }, signal));
  }

  async #read(account: DesiredAccount, { call, region }: ReadAttempt, signal: AbortSignal): Promise<Probe> {
    const principal = { account, identity: "observer", pass: "doctor", writes: [], tags: [] } as const;
    const { input, command } = PROBES[call]({
      roleName: roleName(account, "observer"),
      partition: account.partition,
      accountId: account.id,
      region,
    });
    const check = await checked({ identity: "observer", region, what: call }, () =>
      this.#parts.gateway.probe({ principal, call, region, input, command, intent: null }, signal),
    );
    return optionalCheck(check);
  }
}

/** The events of IAM are in the home region. */
function regionsOf(call: ReadCall, { partition, regions }: DesiredAccount): readonly Region[] {
  return call === "cloudtrail:LookupEvents" ? trailRegions(partition, regions) : regions;
}

/** Grantkeeper works without the call, and the check shows what it does not do then. */
function optionalCheck(check: Probe): Probe {
  const effect = OPTIONAL_ACTIONS.get(check.what.toLowerCase());
  if (effect === undefined || check.outcome !== "failed") return check;
  return { ...check, outcome: "warning", detail: `${effect}: ${check.detail ?? ""}` };
}

const NO_LIMIT = { writes: [], tags: [] };

function tagCheck(identity: Identity, { isTagged }: Session): Probe {
  const about = { identity, region: null, what: "sts:TagSession" };
  if (isTagged) return { ...about, outcome: "passed", detail: null };
  const detail = `session tags are refused, so CloudTrail does not show for which binding and commit the ${identity} wrote: allow sts:TagSession in the role's trust policy, in a statement of its own, and for the base identity (docs/aws-permissions.md); if the log names PackedPolicyTooLarge, ${NO_TRANSITIVE_TAGS}`;
  return { ...about, outcome: "warning", detail };
}

async function checked(
  about: Pick<Probe, "identity" | "region" | "what">,
  check: () => Promise<unknown>,
): Promise<Probe> {
  const found = await resultOf(check(), AwsError);
  if (found.kind === "ok" || isNotFound(about.what, found.error))
    return { ...about, outcome: "passed", detail: null };
  return { ...about, outcome: "failed", detail: awsFailureText(found.error) };
}

function isNotFound(call: string, { facts: { code } }: AwsError): boolean {
  return isNotThereCode(code) || (code === OF_NO_STACK && call.startsWith("cloudformation:"));
}

function roleName(account: DesiredAccount, identity: OwnIdentity): string {
  return nameInArn(account[identity]?.roleArn ?? "");
}

interface BaseIdentity {
  readonly arn: string;
  /** Where its credentials come from, for people. */
  readonly place: string;
}

/**
 * Who the process is. AWS answers this call for every identity, without a permission.
 * @throws AwsError
 */
async function baseIdentity(
  clients: Clients,
  account: DesiredAccount,
  signal: AbortSignal,
): Promise<BaseIdentity> {
  const { partition, id: accountId } = account;
  const call = "sts:GetCallerIdentity";
  const site: CallSite = { call, identity: "base", accountId, region: null, object: null };
  try {
    const place = await clients.basePlace(partition);
    const client = clients.sts(partition);
    const options = { client, rateLimit: UNLIMITED, write: null, attemptMs: clients.attemptMs };
    const { Arn: arn } = await sendCommand(new GetCallerIdentityCommand({}), options, signal);
    if (arn === undefined) throw incompleteAnswer(call, "the ARN of the caller");
    return { arn, place };
  } catch (cause) {
    signal.throwIfAborted();
    clients.forgetBase(partition);
    throw classify(cause, site);
  }
}

/** IAM allows 64 characters for a role, 128 for a policy; Lambda 64 for a function. */
const LONGEST_ROLE = 64;
const LONGEST_POLICY = 128;
const LONGEST_FUNCTION = 64;
/** Of a namespace and of a binding. */
const LONGEST_NAME = 63;
/** Of a commit with SHA-256. */
const LONGEST_HASH = 64;

/**
 * The session of a pass that needs the most space: of the longest object that the identity may write, which does not exist,
 * with the tags of the longest binding. A session that a pass opens is never longer.
 */
export function longestSession(
  { id, partition, regions }: DesiredAccount,
  identity: "writer" | "binder",
): Pick<CallPrincipal, "writes" | "tags"> {
  const region = [...regions].sort((left, right) => right.length - left.length)[0] ?? "";
  const role = `arn:${partition}:iam::${id}:role/grantkeeper/${name(LONGEST_ROLE)}`;
  const policy = `arn:${partition}:iam::${id}:policy/grantkeeper/${name(LONGEST_POLICY)}`;
  const lambda = `arn:${partition}:lambda:${region}:${id}:function:${name(LONGEST_FUNCTION)}`;
  const forBinder = [lambda, role, `arn:${partition}:kms:${region}:*:key/*`];
  const forWriter = [role, policy, lambda].sort((left, right) => needs(right) - needs(left)).slice(0, 1);
  const key = `function/${id}/${region}/${name(LONGEST_NAME)}/${name(LONGEST_NAME)}`;
  return {
    writes: identity === "binder" ? forBinder : forWriter,
    tags: sessionTags(key, name(LONGEST_HASH)),
  };
}

function name(length: number): string {
  return "grantkeeper-doctor-".padEnd(length, "x");
}

function needs(arn: string): number {
  return sessionPolicy([arn]).length;
}

/** AWS refuses a session above 100 %. */
const ALMOST_FULL = 90;

/** AWS does not publish how it packs policy and tags, so only the size of a session shows it. */
export function sizeChecks(
  identity: Probe["identity"],
  { isTagged, packedPercent }: Pick<Session, "isTagged" | "packedPercent">,
): readonly Probe[] {
  if (packedPercent === null) return [];
  const about = { identity, region: null, what: "size of a session" };
  const parts = isTagged ? "session policy and session tags" : "session policy";
  const detail = `the longest ${parts} take ${packedPercent} % of what AWS allows`;
  if (packedPercent < ALMOST_FULL) return [{ ...about, outcome: "passed", detail }];
  return [{ ...about, outcome: "warning", detail: `${detail}; ${NO_TRANSITIVE_TAGS}` }];
}
