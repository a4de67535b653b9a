import { trailRegions } from "../../iam/trail/trail-regions.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import { isSmallOffset, offsetText } from "../../model/changes/clock-offset.ts";
import { AwsError, awsFailureText, NO_TRANSITIVE_TAGS } from "../../model/aws/aws-error.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { Region } from "../../model/aws/ids.ts";
import type { Identity, ReadCall } from "../calls/calls.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import { inParallel } from "../requests/in-parallel.ts";
import { baseIdentity } from "./base-identity.ts";
import type { Clients } from "../requests/clients.ts";
import { AWS_CALLS } from "../calls/permissions.ts";
import { OPTIONAL_ACTIONS, type OwnIdentity } from "../../model/aws/own-roles.ts";
import type { Session, Sessions } from "../requests/sessions.ts";
import { PROBES } from "./probes.ts";
import type { Probe } from "../../model/answers/probe.ts";
import { longestSession, sizeChecks } from "./session-size.ts";
import { resultOf } from "../../model/values/result.ts";

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
const NOT_FOUND = new Set(["NoSuchEntity", "ResourceNotFound"]);
/** CloudFormation's answer for a resource of no stack. STS and IAM answer a wrong request with it. */
const OF_NO_STACK = "ValidationError";

/**
 * Checks without writing what only calls prove: it assumes every role, and makes every read call once. What is only less
 * informative than it could be is a warning.
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
  return NOT_FOUND.has(code) || (code === OF_NO_STACK && call.startsWith("cloudformation:"));
}

function roleName(account: DesiredAccount, identity: OwnIdentity): string {
  return nameInArn(account[identity]?.roleArn ?? "");
}
