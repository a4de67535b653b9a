import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import type { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { OrganizationsClient } from "@aws-sdk/client-organizations";
import type { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, type AssumeRoleCommandOutput } from "@aws-sdk/client-sts";
import type { Clock } from "../../controller/ports/clock.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { AwsError } from "../../model/aws/errors/aws-error.ts";
import type { AssumedIdentity, DesiredAccount } from "../../model/desired.ts";
import type { Region } from "../../model/aws/ids.ts";
import type { Tag } from "../../model/aws/tag.ts";
import { calledAt, type CallSite, type Identity, siteName } from "../calls/calls.ts";
import { classify, incompleteAnswer, secondTry } from "../errors/classify.ts";
import { notSent } from "../errors/fenced.ts";
import type { Clients } from "./clients.ts";
import { orAborted } from "./or-aborted.ts";
import { UNLIMITED } from "./rate-limits.ts";
import { sendCommand } from "./send.ts";
import { fencedSessionPolicy, sessionPolicy } from "../calls/session-policy.ts";
import { isTagRefusal, SessionTagging } from "./session-tagging.ts";
import type { WriteFence } from "./write-fence.ts";
import { WRITE_BUDGET_MS } from "../../model/network/write-budget.ts";

type AssumableIdentity = Exclude<Identity, "base">;

/** The identity that makes a call, in which account and for which pass. */
export interface CallPrincipal {
  readonly account: DesiredAccount;
  readonly identity: AssumableIdentity;
  readonly pass: string;
  /** ARNs of what the session of a writer or binder may write, or patterns of them. The observer's session has no such limit. */
  readonly writes: readonly string[];
  /** Sent if the role accepts session tags; none for the observer. */
  readonly tags: readonly Tag[];
}

/** One assumed role and its clients. */
export interface Session {
  readonly pass: string;
  readonly expiresMs: number;
  /** When AWS begins to refuse its writes, by AWS's clock; null: never. */
  readonly fenceMs: number | null;
  readonly isTagged: boolean;
  /** Of the session policy and all session tags, in percent of what AWS allows; null: it has neither. */
  readonly packedPercent: number | null;
  iam(): IAMClient;
  lambda(region: Region): LambdaClient;
  organizations(): Promise<OrganizationsClient>;
  tagging(region: Region): Promise<ResourceGroupsTaggingAPIClient>;
  cloudFormation(region: Region): Promise<CloudFormationClient>;
  ssm(region: Region): Promise<SSMClient>;
  cloudTrail(region: Region): Promise<CloudTrailClient>;
  events(region: Region): Promise<EventBridgeClient>;
}

interface SessionsParts {
  readonly clients: Clients;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly fence: WriteFence;
}

/** A session is no longer used this long before it ends. */
const MARGIN_MS = 300_000;
/** Sessions kept for one identity: a pass writes 8 keys concurrently, each with a role and a function. A session has 35 kB. */
const KEPT = 16;

/**
 * Assumed roles. The observer of an account has one session, which is kept until shortly before its end; its name contains
 * the pass that opened it. Writer and binder open a session for each object and pass: it can write no other object, and
 * its name in CloudTrail identifies the pass. With a lease, it is replaced shortly before AWS refuses its writes.
 */
export class Sessions {
  readonly #clients: Clients;
  readonly #clock: Clock;
  /** By identity, then by what the session may write; the newest are last. */
  readonly #open = new Map<string, Map<string, Promise<Session>>>();
  readonly #tagging: SessionTagging;
  readonly #fence: WriteFence;

  constructor({ clients, clock, telemetry, fence }: SessionsParts) {
    this.#clients = clients;
    this.#clock = clock;
    this.#fence = fence;
    this.#tagging = new SessionTagging(clock, telemetry);
  }

  /** @throws AwsError if the role cannot be assumed */
  async get(principal: CallPrincipal, signal: AbortSignal): Promise<Session> {
    const name = limitName(principal);
    for (;;) {
      const opening = this.#of(principal).get(name);
      const known = await orAborted(opening?.catch(unlessAbandoned), signal);
      if (known !== undefined && this.#serves(known, principal)) return known;
      if (this.#of(principal).get(name) === opening) return this.#assumeOnce(principal, signal);
    }
  }

  /** Call this if AWS rejects the session: the next call opens a new one, unless a new one is already open. */
  async ended(principal: CallPrincipal, session: Session): Promise<void> {
    const name = limitName(principal);
    const sessions = this.#of(principal);
    const opening = sessions.get(name);
    const known = await opening?.catch(() => undefined);
    if (known === session && sessions.get(name) === opening) sessions.delete(name);
  }

  /** The next call of this identity opens a new session, with tags even if the role has refused them. */
  drop(principal: CallPrincipal): void {
    this.#open.delete(identityName(principal));
    this.#tagging.forget(taggedRole(principal));
  }

  #of(principal: CallPrincipal): Map<string, Promise<Session>> {
    const name = identityName(principal);
    const sessions = this.#open.get(name) ?? new Map<string, Promise<Session>>();
    this.#open.set(name, sessions);
    return sessions;
  }

  #serves(session: Session, principal: CallPrincipal): boolean {
    if (this.#clock.nowMs() >= session.expiresMs - MARGIN_MS) return false;
    if (isReading(principal)) return true;
    return session.pass === principal.pass && this.#fence.leftMs(session.fenceMs) >= WRITE_BUDGET_MS;
  }

  async #assumeOnce(principal: CallPrincipal, signal: AbortSignal): Promise<Session> {
    const name = limitName(principal);
    const sessions = this.#of(principal);
    const opening = this.#assume(principal, signal);
    sessions.delete(name);
    sessions.set(name, opening);
    for (const oldest of [...sessions.keys()].slice(0, -KEPT)) sessions.delete(oldest);
    try {
      return await opening;
    } catch (cause) {
      if (sessions.get(name) === opening) sessions.delete(name);
      throw cause;
    }
  }

  async #assume(principal: CallPrincipal, signal: AbortSignal): Promise<Session> {
    const role = taggedRole(principal);
    const untagged = { ...principal, tags: [] };
    if (principal.tags.length === 0 || !this.#tagging.isAccepted(role))
      return this.#assumeWith(untagged, signal);
    try {
      const session = await this.#assumeWith(principal, signal);
      this.#tagging.accepted(role);
      return session;
    } catch (cause) {
      if (!(cause instanceof AwsError) || !isTagRefusal(cause)) throw cause;
      const session = await this.#assumeWith(untagged, signal);
      this.#tagging.refused(role, cause);
      return session;
    }
  }

  async #assumeWith(principal: CallPrincipal, signal: AbortSignal): Promise<Session> {
    const { account, pass, writes, tags } = principal;
    const assumed = assumedIdentity(principal);
    const site = assumeSite(principal, assumed);
    const fenceMs = await this.#fenceMs(principal, site, signal);
    const command = new AssumeRoleCommand({
      RoleArn: assumed.roleArn,
      RoleSessionName: sessionName(pass),
      ExternalId: assumed.externalId,
      ...(!isReading(principal) && {
        Policy: fenceMs === null ? sessionPolicy(writes) : fencedSessionPolicy(writes, fenceMs),
      }),
      ...(tags.length > 0 && { Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })) }),
    });
    try {
      const client = this.#clients.sts(account.partition);
      const options = { client, rateLimit: UNLIMITED, write: null, attemptMs: this.#clients.attemptMs };
      return {
        ...this.#session(principal, await sendCommand(command, options, signal), site),
        fenceMs,
      };
    } catch (cause) {
      signal.throwIfAborted();
      const error = classify(cause, site);
      if (secondTry(error) === "new-session") this.#clients.forgetBase(account.partition);
      throw error;
    }
  }

  /** @throws AwsError if no session can be opened whose late writes AWS refuses */
  async #fenceMs(principal: CallPrincipal, site: CallSite, signal: AbortSignal): Promise<number | null> {
    if (isReading(principal)) return null;
    const end = await this.#fence.end(principal.account, signal);
    if (end.kind === "none") return null;
    if (end.kind === "at") return end.endMs;
    throw notSent(site, end.kind);
  }

  #session(
    principal: CallPrincipal,
    answer: AssumeRoleCommandOutput,
    site: CallSite,
  ): Omit<Session, "fenceMs"> {
    const { account, pass, tags } = principal;
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    const arn = answer.AssumedRoleUser?.Arn;
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration || arn === undefined)
      throw incompleteAnswer(siteName(site), "credentials");
    if (arnParts(arn).accountId !== account.id) throw wrongAccount(site, arn, account);
    const credentials = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
    const repeat = isReading(principal) ? "reads" : "never";
    const lambdas = new Map<Region, LambdaClient>();
    let iam: IAMClient | null = null;
    let organizations: Promise<OrganizationsClient> | null = null;
    return {
      pass,
      expiresMs: Expiration.getTime(),
      isTagged: tags.length > 0,
      packedPercent: answer.PackedPolicySize ?? null,
      iam: () => (iam ??= this.#clients.iam(account.partition, credentials, repeat)),
      lambda: (region) => {
        const client = lambdas.get(region) ?? this.#clients.lambda(region, credentials, repeat);
        lambdas.set(region, client);
        return client;
      },
      organizations: () =>
        (organizations ??= this.#clients.organizations(account.partition, credentials, repeat)),
      tagging: (region) => this.#clients.tagging(region, credentials, repeat),
      cloudFormation: (region) => this.#clients.cloudFormation(region, credentials, repeat),
      ssm: (region) => this.#clients.ssm(region, credentials, repeat),
      cloudTrail: (region) => this.#clients.cloudTrail(region, credentials, repeat),
      events: (region) => this.#clients.events(region, credentials, repeat),
    };
  }
}

/**
 * If the caller that opened the session was aborted, a waiting caller opens it again. Any other failure applies to all
 * callers.
 */
function unlessAbandoned(cause: unknown): undefined {
  if (cause instanceof AwsError) throw cause;
}

/** Its session can write nothing, so it may be kept and its calls may be repeated. */
function isReading({ identity }: CallPrincipal): boolean {
  return identity === "observer" || identity === "reader";
}

/** The account of a reader is the one that lists the organization; its observer is the reader. */
function assumedIdentity({ account, identity }: CallPrincipal): AssumedIdentity {
  const found = account[identity === "reader" ? "observer" : identity];
  if (found === null) throw new Error(`account ${account.name} has no ${identity}`);
  return found;
}

function assumeSite({ account }: CallPrincipal, assumed: AssumedIdentity): CallSite {
  const object = arnParts(assumed.roleArn).resource;
  return { call: "sts:AssumeRole", identity: "base", accountId: account.id, region: null, object };
}

function identityName(principal: CallPrincipal): string {
  const { roleArn, externalId } = assumedIdentity(principal);
  return `${principal.account.id} ${principal.identity} ${roleArn} ${externalId}`;
}

function taggedRole(principal: CallPrincipal) {
  return { account: principal.account.name, roleArn: assumedIdentity(principal).roleArn };
}

function limitName({ writes }: CallPrincipal): string {
  return writes.join(" ");
}

function wrongAccount(site: CallSite, arn: string, account: DesiredAccount): AwsError {
  return new AwsError({
    ...calledAt(site),
    code: "WrongAccount",
    message: `wrong account behind the credentials: ${arn} is not in account ${account.id} ("${account.name}")`,
    disposition: { kind: "circuit", scope: "account" },
    requestId: null,
    lost: false,
  });
}

const LONGEST = 64;

/** `gk-<pass>` as a RoleSessionName: at most 64 of `[\w+=,.@-]`. */
export function sessionName(pass: string): string {
  return `gk-${pass.replace(/[^\w+=,.@-]/g, "-")}`.slice(0, LONGEST);
}
