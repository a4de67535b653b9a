import { createPrivateKey, sign, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { SourceError } from "../../controller/ports/source.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { NetworkError } from "../../model/network/network-error.ts";
import { cleanServerText } from "../rules/clean-text.ts";

type AppPermission = "contents" | "statuses" | "pull_requests";

export interface GitHubAppOptions {
  /** The App's id, or its client id. */
  readonly appId: string;
  readonly installationId: string;
  /** RSA, in PEM; read again for each token. */
  readonly privateKeyFile: string;
  /** `https://api.github.com`, without a slash at the end. */
  readonly apiUrl: string;
  /** The name of the only repository that the tokens can use. */
  readonly repository: string;
  /** What the tokens can do there. */
  readonly permission: AppPermission;
  /** Through the proxies of the installation. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly nowMs: () => number;
}

/** The REST API of the server of a repository: GitHub, GitHub with data residency, or an Enterprise Server. */
export function githubApiUrl(url: string): string {
  const { host } = new URL(url);
  if (host === "github.com" || host.endsWith(".ghe.com")) return `https://api.${host}`;
  return `https://${host}/api/v3`;
}

/** The last part of the path, without `.git`. */
export function repositoryOf(url: string): string {
  const path = new URL(url).pathname.replace(/\/+$/, "");
  return decodeURIComponent(path.slice(path.lastIndexOf("/") + 1)).replace(/\.git$/, "");
}

const TIMEOUT_MS = 20_000;
/** GitHub accepts at most 10 minutes; it counts a minute less for clocks that are ahead. */
const VALID_SECONDS = 540;
const BACKDATED_SECONDS = 60;
/** A difference from which GitHub refuses a token. */
const SKEW_SECONDS = 45;
const MAX_ANSWER_BYTES = 65_536;

/** Makes tokens of a GitHub App that have one permission for one repository, and nothing else, for one hour. */
export class GitHubApp {
  readonly #options: GitHubAppOptions;

  constructor(options: GitHubAppOptions) {
    this.#options = options;
  }

  /**
   * A new token: one that was revoked, or an App that lost its access, is noticed at the next connection.
   * @throws SourceError that names the cause
   */
  async token(signal: AbortSignal): Promise<string> {
    const jwt = await this.#jwt();
    const { apiUrl, installationId, repository, permission } = this.#options;
    const response = await this.#post(`${apiUrl}/app/installations/${installationId}/access_tokens`, {
      headers: {
        authorization: `Bearer ${jwt}`,
        accept: "application/vnd.github+json",
        "content-type": "application/json",
        "user-agent": "grantkeeper",
        "x-github-api-version": "2022-11-28",
      },
      body: JSON.stringify({
        repositories: [repository],
        permissions: { [permission]: ACCESS[permission].access },
      }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const answer = memberTexts(await shortText(response));
    if (response.status === 201 && isToken(answer.token)) return answer.token;
    throw this.#refusal(response, cleanServerText(answer.message ?? "", [jwt]));
  }

  async #jwt(): Promise<string> {
    const key = await readKey(this.#options.privateKeyFile);
    const seconds = Math.floor(this.#options.nowMs() / 1_000);
    const claims = {
      iat: seconds - BACKDATED_SECONDS,
      exp: seconds + VALID_SECONDS,
      iss: this.#options.appId,
    };
    const head = [{ alg: "RS256", typ: "JWT" }, claims].map(encoded).join(".");
    return `${head}.${sign("RSA-SHA256", Buffer.from(head), key).toString("base64url")}`;
  }

  async #post(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#options.fetch(url, { ...init, method: "POST", redirect: "manual" });
    } catch (cause) {
      init.signal?.throwIfAborted();
      const [why, fix] =
        cause instanceof NetworkError
          ? [cause.message, cause.fix]
          : [causeCode(cause), "Grantkeeper tries again at the next interval; check the network and apiUrl"];
      throw this.#failure("unreachable", { why: `it cannot be reached (${why})`, fix }, cause);
    }
  }

  #refusal({ status, headers }: Response, message: string): SourceError {
    const answer = message === "" ? `it answers ${status}` : `it answers ${status} "${message}"`;
    const skew = this.#skewSeconds(headers.get("date"));
    if (status === 401 && Math.abs(skew) > SKEW_SECONDS)
      return this.#failure("clock-skew", {
        why: `the clock of this machine is ${Math.abs(skew)} s ${skew > 0 ? "behind" : "ahead of"} its clock; ${answer}`,
        fix: "synchronise the clock (NTP)",
      });
    // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- a text of GitHub, which has no code for it
    const row = REFUSALS.find((one) => one.status === status && one.pattern.test(message));
    const { label } = ACCESS[this.#options.permission];
    if (row !== undefined) return this.#failure(row.code, { why: answer, fix: row.fix(label) });
    const isBusy = status === 429 || status >= 500;
    return this.#failure(isBusy ? "unreachable" : "auth-failed", {
      why: answer,
      fix: isBusy
        ? "Grantkeeper tries again at the next interval"
        : "check apiUrl: it must be the REST API of the server that has the repository",
    });
  }

  /** Positive if this machine's clock is behind. */
  #skewSeconds(date: string | null): number {
    const serverMs = Date.parse(date ?? "");
    return Number.isNaN(serverMs) ? 0 : Math.round((serverMs - this.#options.nowMs()) / 1_000);
  }

  #failure(
    code: string,
    { why, fix }: { readonly why: string; readonly fix: string },
    cause?: unknown,
  ): SourceError {
    const { apiUrl, installationId, repository } = this.#options;
    const message = `cannot get a token of the GitHub App for ${repository} (installation ${installationId}) from ${apiUrl}: ${why}`;
    return new SourceError({ code, message, fix }, cause);
  }
}

/** `label`: as GitHub's settings of an App name it. */
const ACCESS = {
  contents: { access: "read", label: "Contents: read" },
  statuses: { access: "write", label: "Commit statuses: write" },
  pull_requests: { access: "write", label: "Pull requests: write" },
} as const satisfies Record<AppPermission, { readonly access: "read" | "write"; readonly label: string }>;

/** The first row that matches counts. @see https://docs.github.com/en/rest/apps/apps */
const REFUSALS: readonly {
  readonly status: number;
  readonly pattern: RegExp;
  readonly code: string;
  readonly fix: (permission: string) => string;
}[] = [
  {
    status: 401,
    pattern: /./s,
    code: "auth-failed",
    fix: () =>
      "check appId, and that the key in privateKeyFile is one of the App's private keys and was not deleted there",
  },
  {
    status: 403,
    pattern: /suspended/i,
    code: "auth-failed",
    fix: () => "the installation is suspended: unsuspend it in the settings of the organization or user",
  },
  {
    status: 404,
    pattern: /(?:)/,
    code: "auth-failed",
    fix: () =>
      "check installationId (the number at the end of the URL of the installation's settings), appId and apiUrl, and that the App is still installed",
  },
  {
    status: 422,
    pattern: /repositor/i,
    code: "auth-failed",
    fix: () => "give the installation access to the repository, and check the name at the end of the URL",
  },
  {
    status: 422,
    pattern: /permission/i,
    code: "auth-failed",
    fix: (permission) =>
      `give the App the repository permission "${permission}", and accept it for the installation`,
  },
];

async function readKey(path: string): Promise<KeyObject> {
  const unreadable = (why: string, cause: unknown): SourceError =>
    new SourceError(
      {
        code: "credential-unreadable",
        message: `cannot use the private key of the GitHub App in ${path}: ${why}`,
        fix: "write the private key that GitHub generated for the App (PEM) into the file, and allow this process to read it",
      },
      cause,
    );
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw unreadable(errorCode(cause) ?? "it cannot be read", cause);
  });
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === "rsa") return key;
  } catch (cause) {
    throw unreadable("it is not a private key in PEM without a passphrase", cause);
  }
  throw unreadable("it is not an RSA key", undefined);
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** Without a check of its form or length: GitHub changes both. It becomes a header, so it has no line break. */
function isToken(token: string | undefined): token is string {
  return token !== undefined && /^[\x21-\x7e]{1,8192}$/.test(token);
}

/** At most 64 KiB; a longer answer is none of GitHub's API. */
async function shortText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) return "";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function memberTexts(text: string): { readonly token?: string; readonly message?: string } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return {};
    const members = Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    return Object.fromEntries(members);
  } catch {
    return {};
  }
}

/** Of an error of `fetch`: `ECONNREFUSED`, or its name. */
function causeCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return errorCode(cause) ?? (error instanceof Error ? error.name : "error");
}
