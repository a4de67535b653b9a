import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SourceError } from "../../controller/ports/source.ts";
import { proxyAuthorization, type Proxy } from "../../model/network/proxy.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { removeLeftoverFolders } from "./private-folder.ts";
import { SERVER_TEXT_FD } from "./process.ts";

/** A deploy key, and the host keys that the server may have. Both files are read again at each connection. */
export interface SshAuth {
  readonly kind: "ssh";
  /** A private key without a passphrase. */
  readonly privateKeyFile: string;
  /** In the format of `known_hosts`. */
  readonly knownHostsFile: string;
}

/** What one connection needs, in a folder of its own. */
export interface SshFiles {
  /** The value of GIT_SSH_COMMAND, which git hands to a shell. What the server prints is written to SERVER_TEXT_FD. */
  readonly command: string;
  /** What ssh and the tunnel of a proxy report themselves, apart from what the server prints. Empty if neither was started. */
  log(): Promise<string>;
  remove(): Promise<void>;
}

/** Where and how ssh connects. */
export interface SshRoute {
  /** The folder of private folders. */
  readonly parent: string;
  /** null: ssh connects directly. */
  readonly proxy: Proxy | null;
  /** Trusted by a proxy with TLS; null: the authorities of the system. */
  readonly caFile: string | null;
}

const PREFIX = "ssh-";
const LOG = "log";

/**
 * Copies the key and the host keys into a new private folder below `parent`. OpenSSH ignores a key that others may
 * read, and secrets are often mounted so.
 * @throws SourceError `credential-unreadable`, or `refused-path` if ssh would interpret the path of the folder
 */
export async function openSshFiles(auth: SshAuth, { parent, proxy, caFile }: SshRoute): Promise<SshFiles> {
  if (!/^[\w/.,:@+ -]+$/.test(parent)) throw refusedFolder(parent);
  const keyFile: SshFile = { what: "ssh key", path: auth.privateKeyFile, fix: KEY_FIX };
  const key = await readFileOf(keyFile);
  const problem = keyProblem(key);
  if (problem !== null) throw unreadable(keyFile, problem);
  const knownHosts = await readFileOf({ what: "known hosts", path: auth.knownHostsFile, fix: HOSTS_FIX });
  await mkdir(parent, { recursive: true, mode: 0o700 });
  await removeLeftoverFolders(parent, PREFIX);
  const folder = await mkdtemp(join(parent, PREFIX));
  await writePrivate(join(folder, "key"), withNewline(key));
  await writePrivate(join(folder, "known_hosts"), withNewline(knownHosts));
  const log = join(folder, LOG);
  const route = proxy === null ? [] : [await proxyCommand(folder, proxy, caFile)];
  await writePrivate(join(folder, "config"), configuration(folder, route));
  return {
    command: `ssh -F '${join(folder, "config")}' -E '${log}' 2>&${SERVER_TEXT_FD}`,
    log: () => readLog(log),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * No file, agent or terminal of the user is asked: only this key authenticates, and only a listed host key is
 * accepted.
 */
function configuration(folder: string, route: readonly string[]): string {
  const lines = [
    ...route,
    `IdentityFile "${join(folder, "key")}"`,
    `UserKnownHostsFile "${join(folder, "known_hosts")}"`,
    "GlobalKnownHostsFile /dev/null",
    "StrictHostKeyChecking yes",
    "UpdateHostKeys no",
    "IdentitiesOnly yes",
    "IdentityAgent none",
    "PreferredAuthentications publickey",
    "BatchMode yes",
    "ClearAllForwardings yes",
    "ControlPath none",
    "LogLevel ERROR",
    "ConnectTimeout 10",
    // Ends a stalled connection even if this process was killed.
    "ServerAliveInterval 15",
    "ServerAliveCountMax 4",
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * The login is in a file of the private folder, never in argv. ssh hands the line to a shell, after it replaced `%`:
 * the URL of the source was checked, so host and port are plain.
 */
async function proxyCommand(folder: string, proxy: Proxy, caFile: string | null): Promise<string> {
  const settings = join(folder, "proxy");
  const authorization = proxyAuthorization(proxy);
  await writePrivate(settings, JSON.stringify({ url: proxy.url, authorization, caFile }));
  // Without a compiler at run time, Node fits into the limits that git's processes have.
  const program = fileURLToPath(import.meta.resolve("#bin/proxy-tunnel.mjs"));
  const words = [process.execPath, "--jitless", program, settings].map(shellWord);
  return `ProxyCommand ${words.join(" ")} %h %p 2>>${shellWord(join(folder, LOG))}`;
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`).replaceAll("%", "%%")}'`;
}

/** Without this check, ssh answers "Permission denied" for a key that it cannot read. */
function keyProblem(text: string): string | null {
  const found = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----([^-]*)-----END/.exec(text);
  if (found === null) return "it is not a private key";
  const [, type = "", body = ""] = found;
  const isEncrypted = type === "OPENSSH " ? isEncryptedBody(body) : /ENCRYPTED/.test(`${type}${body}`);
  return isEncrypted ? "it has a passphrase, which no one can enter" : null;
}

/** OpenSSH's format: a magic text, then the name of the cipher with its length; `none` if there is no passphrase. */
function isEncryptedBody(body: string): boolean {
  const bytes = Buffer.from(body, "base64");
  const magic = "openssh-key-v1\0".length;
  return bytes.toString("latin1", magic + 4, magic + 8) !== "none";
}

/** ssh quotes little of the server in it, so it is short. */
async function readLog(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return "";
    throw cause;
  }
}

interface SshFile {
  readonly what: string;
  readonly path: string;
  readonly fix: string;
}

const KEY_FIX =
  "write a private key without a passphrase into the file (ssh-keygen -t ed25519 -N ''), and allow this process to read it";
const HOSTS_FIX =
  "write the server's host keys into the file, one line each, as in known_hosts, and allow this process to read it";

async function readFileOf(file: SshFile): Promise<string> {
  const text = await readFile(file.path, "utf8").catch((cause: unknown) => {
    throw unreadable(file, errorCode(cause) ?? "it cannot be read", cause);
  });
  if (text.trim() === "") throw unreadable(file, "it is empty");
  return text.replaceAll("\r\n", "\n");
}

function writePrivate(path: string, text: string): Promise<void> {
  return writeFile(path, text, { mode: 0o600, flag: "wx" });
}

/** OpenSSH rejects a key whose last line does not end. */
function withNewline(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

function unreadable({ what, path, fix }: SshFile, why: string, cause?: unknown): SourceError {
  const message = `cannot use the ${what} in ${path}: ${why}`;
  return new SourceError({ code: "credential-unreadable", message, fix }, cause);
}

function refusedFolder(folder: string): SourceError {
  return new SourceError({
    code: "refused-path",
    message: `ssh cannot use files in ${folder}: the path has characters that ssh interprets`,
    fix: "set stateDir to a path of letters, digits, spaces and . , : @ + _ -",
  });
}
