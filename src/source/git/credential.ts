import { open } from "node:fs/promises";
import { SourceError } from "../../controller/ports/source.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { openSshFiles, type SshAuth, type SshFiles, type SshRoute } from "./ssh.ts";

export type GitAuth =
  | SshAuth
  | { readonly kind: "none" }
  /**
   * An access token, sent as the password of `x-access-token`: GitHub, GitLab, Gitea and Azure DevOps accept this form.
   */
  | { readonly kind: "token"; readonly tokenFile: string }
  /** A login that is made for each connection; `login` throws a SourceError. */
  | { readonly kind: "made"; readonly login: (signal: AbortSignal) => Promise<GitLogin> }
  | { readonly kind: "basic"; readonly username: string; readonly passwordFile: string };

export interface GitLogin {
  readonly username: string;
  readonly password: string;
  /** Texts that must not appear in any output. */
  readonly secrets: readonly string[];
  /** What to do if the server refuses it; null: as for a token. */
  readonly refusedFix: string | null;
  /** Called if the server refuses it. */
  readonly refused: () => void;
}

export interface Credential {
  /** The value of `Authorization`, or null for none. */
  readonly authorization: string | null;
  /** The command that connects over SSH, and what it reports; null: git may not use SSH. */
  readonly ssh: Pick<SshFiles, "command" | "log"> | null;
  /**
   * Texts that must not appear in any output: the secret, and its encoded form in the header; `hideSecrets` knows
   * further encodings.
   */
  readonly secrets: readonly string[];
  /** What to do if the server refuses it; null: as for a token. */
  readonly refusedFix: string | null;
}

const MAX_SECRET_BYTES = 8_192;

interface CredentialUse {
  readonly auth: GitAuth;
  readonly route: SshRoute;
  readonly signal: AbortSignal;
}

/**
 * Reads the secret file on each call, so that a rotated token works from the next fetch on.
 * @throws SourceError, such as `credential-unreadable`
 */
export async function withCredential<T>(
  { auth, route, signal }: CredentialUse,
  use: (credential: Credential) => Promise<T>,
): Promise<T> {
  if (auth.kind === "made") return withLogin(await auth.login(signal), use);
  if (auth.kind !== "ssh") return use(await readCredential(auth));
  const files = await openSshFiles(auth, route);
  try {
    return await use({ authorization: null, ssh: files, secrets: [], refusedFix: null });
  } finally {
    await files.remove();
  }
}

/** The user name and password of an access token. */
export function tokenLogin(token: string): GitLogin {
  return {
    username: TOKEN_USER,
    password: token,
    secrets: [token],
    refusedFix: null,
    refused: () => undefined,
  };
}

async function withLogin<T>(login: GitLogin, use: (credential: Credential) => Promise<T>): Promise<T> {
  const { username, password, secrets, refusedFix } = login;
  const credential = basic(username, password);
  try {
    return await use({ ...credential, secrets: [...credential.secrets, ...secrets], refusedFix });
  } catch (cause) {
    if (cause instanceof SourceError && cause.code === "auth-failed") login.refused();
    throw cause;
  }
}

async function readCredential(
  auth: Exclude<GitAuth, SshAuth | { readonly kind: "made" }>,
): Promise<Credential> {
  if (auth.kind === "none") return { authorization: null, ssh: null, secrets: [], refusedFix: null };
  if (auth.kind === "token") return basic(TOKEN_USER, await readSecret(auth.tokenFile));
  return basic(auth.username, await readSecret(auth.passwordFile));
}

const TOKEN_USER = "x-access-token";

function basic(username: string, secret: string): Credential {
  const encoded = Buffer.from(`${username}:${secret}`).toString("base64");
  return {
    authorization: `Basic ${encoded}`,
    ssh: null,
    secrets: [encoded, secret],
    refusedFix: null,
  };
}

async function readSecret(path: string): Promise<string> {
  const secret = await readStart(path);
  // A line break would start another header.
  if (/^[\x21-\x7e]+$/.test(secret)) return secret;
  throw unreadable(path, secret === "" ? "it is empty" : "it is not a single line of printable ASCII");
}

async function readStart(path: string): Promise<string> {
  try {
    const file = await open(path, "r");
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_SECRET_BYTES), 0, MAX_SECRET_BYTES, 0);
      return buffer.toString("latin1", 0, bytesRead).replace(/\r?\n$/, "");
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable(path, errorCode(cause) ?? "it cannot be read", cause);
  }
}

function unreadable(path: string, why: string, cause?: unknown): SourceError {
  return new SourceError(
    {
      code: "credential-unreadable",
      message: `cannot read the git credential in ${path}: ${why}`,
      fix: "write only the token or password into the file, and allow this process to read it",
    },
    cause,
  );
}
