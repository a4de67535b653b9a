import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { SourceError } from "../../controller/ports/source.ts";
import { NetworkError } from "../../model/network/network-error.ts";
import type { Proxy, ProxyRoutes } from "../../model/network/proxy.ts";
import { type Credential, type GitAuth, withCredential } from "./credential.ts";
import { localEnvironment, remoteEnvironment } from "./environment.ts";
import { ownText } from "./failure-rules.ts";
import { type Deadline, gitFailure } from "./failure.ts";
import { collect, type GitOutcome } from "./process.ts";
import { gitAnswer, runIn, succeeded, type Repository } from "./repository.ts";
import { fileText, folderBytes, packCount, removeLeftovers } from "./mirror-files.ts";
import {
  isHash,
  objectId,
  parseAdvertised,
  type AdvertisedRef,
  type Algorithm,
  type ObjectId,
} from "./refs.ts";
import type { GitRemote } from "./url.ts";
import { Turns } from "../../model/values/turns.ts";

export interface MirrorSetting {
  readonly source: string;
  readonly remote: GitRemote;
  readonly auth: GitAuth;
  readonly caFile: string | null;
  readonly routes: ProxyRoutes;
  /** The folder of all mirrors. */
  readonly mirrorDir: string;
  readonly mirrorBytes: number;
}

/** A ref or a commit of the server, kept as the tip or as an older commit. */
interface WantedCommit {
  readonly from: string;
  readonly as: "tip" | "older";
  readonly algorithm: Algorithm;
}

/** What one connection to the server needs. */
interface ServerConnection extends Credential {
  /** Null: the server is reached directly. */
  readonly proxy: Proxy | null;
}

type FailureFacts = Pick<Repository, "server" | "sshLog" | "secrets" | "refusedFix">;

/** 200,000 tags. */
const MAX_REFS_BYTES = 16_777_216;
const MAX_PACKS = 20;
const TIP = "refs/grantkeeper/tip";
const OLDER = "refs/grantkeeper/older";

/**
 * A bare repository that only this source writes. There is one for each object format: if the remote was recreated with
 * SHA-256, the old mirror remains readable. Nothing is ever pruned, so a revision that a force-push removed is kept.
 * The history is complete, never shallow: otherwise a rollback could not be distinguished from a step forward.
 */
export class Mirror {
  readonly #setting: MirrorSetting;
  readonly #base: string;
  readonly #fetches = new Turns();

  constructor(setting: MirrorSetting) {
    this.#setting = setting;
    const id = createHash("sha256")
      .update(`${setting.source}\n${setting.remote.url}`)
      .digest("hex")
      .slice(0, 32);
    this.#base = join(setting.mirrorDir, id);
  }

  repository(algorithm: Algorithm, deadline: Deadline): Repository {
    const folder = `${this.#base}.${algorithm}`;
    return { source: this.#setting.source, folder, env: localEnvironment(folder), deadline };
  }

  /** The ref of the last complete fetch; undefined if there is none, or if it does not name a commit. */
  async tip(algorithm: Algorithm, deadline: Deadline): Promise<AdvertisedRef | undefined> {
    const text = await query(this.repository(algorithm, deadline), ["rev-parse", TIP, `${TIP}^{commit}`]);
    const [object = "", commit = ""] = text?.split("\n") ?? [];
    return isHash(object) && isHash(commit) ? { object, commit: objectId(commit) } : undefined;
  }

  /**
   * Whether the ref of the last complete fetch still names this object, without a process: a fork takes as long as the process
   * is large. Git keeps a fetched ref in a file of its own. False also if it does not, and then `tip` shows it.
   */
  async hasTip({ object, commit: { algorithm } }: AdvertisedRef): Promise<boolean> {
    return (await fileText(join(`${this.#base}.${algorithm}`, TIP))).trimEnd() === object;
  }

  async has({ algorithm, hash }: ObjectId, deadline: Deadline): Promise<boolean> {
    const args = ["cat-file", "-e", `${hash}^{commit}`];
    return (await query(this.repository(algorithm, deadline), args)) !== undefined;
  }

  /** This full ref on the server; undefined if the server has no such ref. */
  async advertised(ref: string, deadline: Deadline): Promise<AdvertisedRef | undefined> {
    // A pattern of ls-remote also matches refs that only end with it.
    return (await this.#listRefs([ref, `${ref}^{}`], deadline)).get(ref);
  }

  /** All tags of the server, by name. */
  async tags(deadline: Deadline): Promise<ReadonlyMap<string, AdvertisedRef>> {
    const refs = await this.#listRefs(["refs/tags/*"], deadline);
    const prefix = "refs/tags/";
    const tags = [...refs].filter(([ref]) => ref.startsWith(prefix));
    return new Map(tags.map(([ref, at]) => [ref.slice(prefix.length), at]));
  }

  /** Reads the credential and the login of the proxy for one connection. */
  #connected<T>({ signal }: Deadline, use: (connection: ServerConnection) => Promise<T>): Promise<T> {
    const { auth, caFile, mirrorDir: parent } = this.#setting;
    const proxy = this.#proxy();
    const { password } = proxy?.login ?? {};
    return withCredential({ auth, route: { parent, proxy, caFile }, signal }, (credential) => {
      const secrets = password === undefined ? credential.secrets : [...credential.secrets, password];
      return use({ ...credential, proxy, secrets });
    });
  }

  /** For ssh, the proxy of https servers: it opens a tunnel for either. */
  #proxy(): Proxy | null {
    const { source, remote, routes } = this.#setting;
    if (remote.scheme !== "https" && remote.scheme !== "ssh") return null;
    try {
      return routes.proxyFor(remote.scheme === "ssh" ? remote.origin.replace(/^ssh/, "https") : remote.url);
    } catch (cause) {
      if (!(cause instanceof NetworkError)) throw cause;
      const { message, fix } = cause;
      throw new SourceError({ source, code: "proxy-login", message, fix }, cause);
    }
  }

  async #listRefs(
    patterns: readonly string[],
    deadline: Deadline,
  ): Promise<ReadonlyMap<string, AdvertisedRef>> {
    await this.#makeFolder();
    const { source, remote, mirrorDir } = this.#setting;
    return this.#connected(deadline, async (credential) => {
      const env = this.#serverEnvironment(null, credential, deadline);
      const server: Repository = {
        source,
        folder: mirrorDir,
        env: { ...env, GIT_CEILING_DIRECTORIES: mirrorDir },
        deadline,
      };
      const { sink, text } = collect(MAX_REFS_BYTES);
      const args = ["ls-remote", "--quiet", "--end-of-options", "origin", ...patterns];
      const outcome = await runIn(server, { args, sink });
      if (!succeeded(outcome)) {
        const attempt = { ...server, ...(await this.#failureFacts(credential)) };
        throw gitFailure(attempt, `read ${patterns[0] ?? ""} at ${remote.url}`, outcome);
      }
      return parseAdvertised(text());
    });
  }

  /** After the command: they have what ssh reported. */
  async #failureFacts(connection: ServerConnection): Promise<FailureFacts> {
    const { authorization, ssh, secrets, refusedFix } = connection;
    const hasLogin = authorization !== null || ssh !== null;
    const sshLog = (await ssh?.log()) ?? "";
    return { server: { scheme: this.#setting.remote.scheme, hasLogin }, sshLog, secrets, refusedFix };
  }

  #serverEnvironment(gitDir: string | null, credential: ServerConnection, { timeoutMs }: Deadline) {
    const { remote, caFile } = this.#setting;
    return remoteEnvironment(gitDir, { remote, credential, caFile, proxy: credential.proxy, timeoutMs });
  }

  /** Fetches one ref or commit with its complete history. If the fetch fails, nothing changes. */
  fetch(wanted: WantedCommit, deadline: Deadline): Promise<void> {
    const local = this.repository(wanted.algorithm, deadline);
    return this.#fetches.inTurn(() => this.#fetch(wanted, local));
  }

  async #fetch(wanted: WantedCommit, local: Repository): Promise<void> {
    const { folder } = local;
    if (existsSync(folder)) await this.#prepare(wanted.from, local);
    else await this.#make(wanted.algorithm, local);
    await this.#connected(local.deadline, (credential) => this.#fetchWith(credential, wanted, local));
    await repack(local);
  }

  /** A mirror that exists may have files of a killed git, and may be too large already; a new one is empty. */
  async #prepare(from: string, local: Repository): Promise<void> {
    const { folder } = local;
    await removeLeftovers(folder);
    const reason = await this.#tooLarge(folder);
    if (reason !== undefined) throw gitFailure(local, `fetch ${from}`, { kind: "stopped", reason });
  }

  async #fetchWith(
    credential: ServerConnection,
    { from, as }: WantedCommit,
    local: Repository,
  ): Promise<void> {
    const { remote } = this.#setting;
    const { folder, deadline } = local;
    const env = this.#serverEnvironment(folder, credential, deadline);
    const server: Repository = { ...local, env };
    const args = fetchArguments(from, as === "tip" ? TIP : OLDER);
    const { outcome } = await gitAnswer(server, args, { watch: () => this.#tooLarge(folder) });
    // For git a fetch from a shallow remote succeeds and changes no ref: an old commit would look like the newest.
    if (!succeeded(outcome) || isShallow(outcome, remote)) {
      await removeLeftovers(folder);
      const attempt = { ...server, ...(await this.#failureFacts(credential)) };
      throw gitFailure(attempt, `fetch ${from} from ${remote.url}`, outcome);
    }
  }

  async #tooLarge(gitDir: string): Promise<string | undefined> {
    const { mirrorBytes } = this.#setting;
    return (await folderBytes(gitDir)) > mirrorBytes
      ? `the mirror ${gitDir} grew past ${mirrorBytes} bytes`
      : undefined;
  }

  async #make(algorithm: Algorithm, { folder, ...attempt }: Repository): Promise<void> {
    // Created in a temporary folder and then moved, so that an incomplete repository is never used.
    const temporary = `${folder}.new`;
    await this.#makeFolder();
    await rm(temporary, { recursive: true, force: true });
    const parent = { ...attempt, folder: this.#setting.mirrorDir, env: localEnvironment(temporary) };
    const options = ["--quiet", "--bare", "--template=", `--object-format=${algorithm}`];
    const { outcome } = await gitAnswer(parent, ["init", ...options, "--end-of-options", temporary]);
    if (!succeeded(outcome)) throw gitFailure(parent, `make ${temporary}`, outcome);
    await rename(temporary, folder);
  }

  async #makeFolder(): Promise<void> {
    const { source, mirrorDir } = this.#setting;
    try {
      await mkdir(mirrorDir, { recursive: true, mode: 0o700 });
    } catch (cause) {
      const message = `cannot make the folder ${mirrorDir}`;
      const fix = "check the free space and the permissions of stateDir";
      throw new SourceError({ source, code: "unwritable", message, fix }, cause);
    }
  }
}

/** Undefined if there is no mirror yet, or if git exits with an error. */
async function query(repository: Repository, args: readonly string[]): Promise<string | undefined> {
  if (!existsSync(repository.folder)) return undefined;
  const { outcome, text } = await gitAnswer(repository, args);
  if (outcome.kind !== "exited") throw gitFailure(repository, "read the mirror", outcome);
  return outcome.code === 0 ? text : undefined;
}

/** Combines many packs into one and keeps unreachable objects. This only saves time later, so a failure is ignored. */
async function repack(repository: Repository): Promise<void> {
  if ((await packCount(repository.folder)) <= MAX_PACKS) return;
  await gitAnswer(repository, ["repack", "-a", "-d", "--keep-unreachable", "--quiet"]);
}

/**
 * Intentionally without `--filter`: with it, git fetches missing objects by itself. If a server of static files names a
 * commit that it does not have, this becomes an endless chain of processes. Forbidding that fetch breaks packs whose
 * deltas are based on a blob that was filtered out.
 */
function fetchArguments(from: string, into: string): readonly string[] {
  return [
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    "--no-auto-maintenance",
    "--end-of-options",
    "origin",
    `+${from}:${into}`,
  ];
}

function isShallow(outcome: GitOutcome, { scheme }: GitRemote): boolean {
  if (outcome.kind !== "exited") return false;
  return /because shallow roots are not allowed/.test(ownText(outcome.errors, scheme));
}
