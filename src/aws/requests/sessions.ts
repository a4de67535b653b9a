import type { IAMClient } from "@aws-sdk/client-iam";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import { AssumeRoleCommand, type AssumeRoleCommandOutput } from "@aws-sdk/client-sts";
import type { Clock } from "../../controller/ports/clock.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { AwsError } from "../../model/aws/aws-error.ts";
import type { AssumedIdentity, DesiredAccount } from "../../model/desired.ts";
import type { Region } from "../../model/aws/ids.ts";
import { type CallSite, type Identity, siteName } from "../calls/calls.ts";
import { classify, incompleteAnswer, secondTry } from "../errors/classify.ts";
import type { Clients } from "./clients.ts";
import { orAborted } from "./or-aborted.ts";
import { UNLIMITED } from "./rate-limits.ts";
import { sendCommand } from "./send.ts";
import { sessionName } from "./session-name.ts";

export type AssumableIdentity = Exclude<Identity, "base">;

/** The identity that makes a call, in which account and for which pass. */
export interface CallPrincipal {
  readonly account: DesiredAccount;
  readonly identity: AssumableIdentity;
  readonly pass: string;
}

/** One assumed role and its clients. */
export interface Session {
  readonly pass: string;
  readonly expiresMs: number;
  iam(): IAMClient;
  lambda(region: Region): LambdaClient;
}

/** A session is no longer used this long before it ends. */
const MARGIN_MS = 300_000;

/**
 * Assumed roles, one for each account and identity. The observer session is kept until shortly before its end, and its
 * name contains the pass that opened it. Writer and binder open one session for each pass, so that the session name in
 * CloudTrail identifies the pass.
 */
export class Sessions {
  readonly #clients: Clients;
  readonly #clock: Clock;
  readonly #open = new Map<string, Promise<Session>>();

  constructor(clients: Clients, clock: Clock) {
    this.#clients = clients;
    this.#clock = clock;
  }

  /** @throws AwsError if the role cannot be assumed */
  async get(principal: CallPrincipal, signal: AbortSignal): Promise<Session> {
    const name = sessionKey(principal);
    for (;;) {
      const opening = this.#open.get(name);
      const known = await orAborted(opening?.catch(unlessAbandoned), signal);
      if (known !== undefined && this.#serves(known, principal)) return known;
      if (this.#open.get(name) === opening) return this.#assumeOnce(name, principal, signal);
    }
  }

  /** Call this if AWS rejects the session: the next call opens a new one, unless a new one is already open. */
  async ended(principal: CallPrincipal, session: Session): Promise<void> {
    const name = sessionKey(principal);
    const opening = this.#open.get(name);
    const known = await opening?.catch(() => undefined);
    if (known === session && this.#open.get(name) === opening) this.#open.delete(name);
  }

  /** The next call opens a new session. */
  drop(principal: CallPrincipal): void {
    this.#open.delete(sessionKey(principal));
  }

  #serves(session: Session, principal: CallPrincipal): boolean {
    if (this.#clock.nowMs() >= session.expiresMs - MARGIN_MS) return false;
    return principal.identity === "observer" || session.pass === principal.pass;
  }

  async #assumeOnce(name: string, principal: CallPrincipal, signal: AbortSignal): Promise<Session> {
    const opening = this.#assume(principal, signal);
    this.#open.set(name, opening);
    try {
      return await opening;
    } catch (cause) {
      if (this.#open.get(name) === opening) this.#open.delete(name);
      throw cause;
    }
  }

  async #assume(principal: CallPrincipal, signal: AbortSignal): Promise<Session> {
    const { account, pass } = principal;
    const assumed = assumedIdentity(principal);
    const site = assumeSite(principal, assumed);
    const command = new AssumeRoleCommand({
      RoleArn: assumed.roleArn,
      RoleSessionName: sessionName(pass),
      ExternalId: assumed.externalId,
    });
    try {
      const client = this.#clients.sts(account.partition);
      const options = { client, rateLimit: UNLIMITED, mark: null, attemptMs: this.#clients.attemptMs };
      return this.#session(principal, await sendCommand(command, options, signal), site);
    } catch (cause) {
      signal.throwIfAborted();
      const error = classify(cause, site);
      if (secondTry(error) === "new-session") this.#clients.forgetBase(account.partition);
      throw error;
    }
  }

  #session(principal: CallPrincipal, answer: AssumeRoleCommandOutput, site: CallSite): Session {
    const { account, identity, pass } = principal;
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
    const repeat = identity === "observer" ? "reads" : "never";
    const lambdas = new Map<Region, LambdaClient>();
    let iam: IAMClient | null = null;
    return {
      pass,
      expiresMs: Expiration.getTime(),
      iam: () => (iam ??= this.#clients.iam(account.partition, credentials, repeat)),
      lambda: (region) => {
        const client = lambdas.get(region) ?? this.#clients.lambda(region, credentials, repeat);
        lambdas.set(region, client);
        return client;
      },
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

function assumedIdentity({ account, identity }: CallPrincipal): AssumedIdentity {
  const found = account[identity];
  if (found === null) throw new Error(`account ${account.name} has no ${identity}`);
  return found;
}

function assumeSite({ account }: CallPrincipal, assumed: AssumedIdentity): CallSite {
  const object = assumed.roleArn.slice(assumed.roleArn.indexOf(":role/") + 1);
  return { call: "sts:AssumeRole", identity: "base", accountId: account.id, region: null, object };
}

function sessionKey({ account, identity }: CallPrincipal): string {
  const { roleArn, externalId } = assumedIdentity({ account, identity, pass: "" });
  return `${account.id} ${identity} ${roleArn} ${externalId}`;
}

function wrongAccount(site: CallSite, arn: string, account: DesiredAccount): AwsError {
  return new AwsError({
    call: siteName(site),
    code: "WrongAccount",
    message: `wrong account behind the credentials: ${arn} is not in account ${account.id} ("${account.name}")`,
    disposition: { kind: "circuit", scope: "account" },
    requestId: null,
    lost: false,
  });
}
