import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { SourceError } from "../../controller/ports/source.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { AwsError } from "../../model/aws/errors/aws-error.ts";
import type { CodeCommitRepository } from "../../model/aws/codecommit.ts";
import type { CallSite } from "../calls/calls.ts";
import type { ProvidedCredentials } from "../credentials/provided-credentials.ts";
import { classify, incompleteAnswer } from "../errors/classify.ts";
import type { Clients } from "../requests/clients.ts";
import { UNLIMITED } from "../requests/rate-limits.ts";
import { sendCommand } from "../requests/send.ts";
import { sessionName } from "../requests/sessions.ts";
import { codeCommitPassword, codeCommitUser } from "./password.ts";

interface CodeCommitRole {
  readonly roleArn: string;
  readonly externalId: string | null;
}

interface CodeCommitOptions {
  readonly clients: Clients;
  readonly repository: CodeCommitRepository;
  readonly url: string;
  /** Names the session in CloudTrail. */
  readonly source: string;
  /** Assumed to read the repository; null: the identity of the process reads it. */
  readonly role: CodeCommitRole | null;
  readonly nowMs: () => number;
}

interface CodeCommitLogin {
  readonly username: string;
  readonly password: string;
  readonly secrets: readonly string[];
  /** What to do if the server refuses it. */
  readonly refusedFix: string;
  /** Call this if the server refuses it: the next login has new credentials. */
  readonly refused: () => void;
}

/** The shortest session. */
const SESSION_SECONDS = 900;
/** A session is no longer used this long before it ends: longer than a fetch takes. */
const MARGIN_MS = 300_000;

/** A new user name and password of CodeCommit for each connection, made from the credentials of the process or of a role. */
export class CodeCommitLogins {
  readonly #options: CodeCommitOptions;
  /** Of the assumed role, until shortly before its end. */
  #session: (ProvidedCredentials & { readonly expiration: Date }) | null = null;

  constructor(options: CodeCommitOptions) {
    this.#options = options;
  }

  /** @throws SourceError that names the cause */
  async login(signal: AbortSignal): Promise<CodeCommitLogin> {
    const { url, repository, nowMs } = this.#options;
    const credentials = await this.#credentials(signal);
    const username = codeCommitUser(credentials);
    const password = codeCommitPassword(credentials, { url, region: repository.region, nowMs: nowMs() });
    const { secretAccessKey, sessionToken } = credentials;
    return {
      username,
      password,
      secrets: [username, password, secretAccessKey, sessionToken ?? ""],
      refusedFix: this.#refusedFix(),
      refused: () => this.#forget(),
    };
  }

  async #credentials(signal: AbortSignal): Promise<ProvidedCredentials> {
    const { clients, repository, role } = this.#options;
    try {
      if (role !== null) return await this.#assumed(role, signal);
      return await clients.sts(repository.partition).config.credentials();
    } catch (cause) {
      signal.throwIfAborted();
      this.#forget();
      throw this.#failure(classify(cause, this.#site()), cause);
    }
  }

  async #assumed(role: CodeCommitRole, signal: AbortSignal): Promise<ProvidedCredentials> {
    const { clients, repository, source, nowMs } = this.#options;
    const known = this.#session;
    if (known !== null && nowMs() < known.expiration.getTime() - MARGIN_MS) return known;
    const { accountId } = arnParts(role.roleArn);
    const { partition, region, name } = repository;
    const command = new AssumeRoleCommand({
      RoleArn: role.roleArn,
      RoleSessionName: sessionName(source),
      DurationSeconds: SESSION_SECONDS,
      ...(role.externalId !== null && { ExternalId: role.externalId }),
      Policy: pullPolicy(`arn:${partition}:codecommit:${region}:${accountId}:${name}`),
    });
    const client = clients.sts(partition);
    const sending = { client, rateLimit: UNLIMITED, write: null, attemptMs: clients.attemptMs };
    const { Credentials } = await sendCommand(command, sending, signal);
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
      throw incompleteAnswer("sts:AssumeRole", "credentials");
    return (this.#session = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    });
  }

  #forget(): void {
    this.#session = null;
    this.#options.clients.forgetBase(this.#options.repository.partition);
  }

  #site(): CallSite {
    const { role } = this.#options;
    const common = { identity: "base", region: null } as const;
    if (role === null) return { ...common, call: "sts:GetCallerIdentity", accountId: "", object: null };
    const { accountId, resource } = arnParts(role.roleArn);
    return { ...common, call: "sts:AssumeRole", accountId, object: resource };
  }

  #failure({ facts }: AwsError, cause: unknown): SourceError {
    const { role, repository } = this.#options;
    const whose = role === null ? "the credentials of the process" : `the role ${role.roleArn}`;
    const isPassing = ["throttled", "retry"].includes(facts.disposition.kind);
    const fix =
      facts.fix ??
      facts.denial?.fix ??
      (isPassing
        ? "Grantkeeper tries again at the next interval; check the network and the endpoint of STS"
        : "check the credentials of the process (grantkeeper doctor), and codecommit.roleArn");
    return new SourceError(
      {
        code: isPassing ? "unreachable" : "auth-failed",
        message: `cannot sign in to the CodeCommit repository ${repository.name} with ${whose}: ${facts.code}: ${facts.message}`,
        fix,
      },
      cause,
    );
  }

  #refusedFix(): string {
    const { role, repository } = this.#options;
    const { partition, region, name } = repository;
    const whose = role === null ? "the identity of the process" : `the role ${role.roleArn}`;
    const account = role === null ? "ACCOUNT" : arnParts(role.roleArn).accountId;
    return `allow codecommit:GitPull on arn:${partition}:codecommit:${region}:${account}:${name} for ${whose}, check the name of the repository, and synchronise the clock (NTP): CodeCommit accepts a signature for some minutes only`;
  }
}

/** The session can read this one repository, even if the role allows more. */
function pullPolicy(repositoryArn: string): string {
  const statement = { Effect: "Allow", Action: "codecommit:GitPull", Resource: repositoryArn };
  return JSON.stringify({ Version: "2012-10-17", Statement: statement });
}
