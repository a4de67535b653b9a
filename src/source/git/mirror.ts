import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { SourceError } from "../../controller/ports/source.ts";
import { type GitAuth, readCredential } from "./credential.ts";
import { localEnvironment, remoteEnvironment } from "./environment.ts";
import { type Deadline, gitFailure } from "./failure.ts";
import { collect, type GitOutcome, runGit } from "./process.ts";
import { answerOf, failureIn, MAX_ANSWER_BYTES, type Repository, succeeded } from "./repository.ts";
import { folderBytes, packCount, removeLeftovers } from "./mirror-files.ts";
import type { GitRemote } from "./url.ts";

export type Algorithm = "sha1" | "sha256";

export interface ObjectId {
  readonly algorithm: Algorithm;
  readonly hash: string;
}

export interface MirrorSetting {
  readonly source: string;
  readonly remote: GitRemote;
  readonly auth: GitAuth;
  /** The folder of all mirrors. */
  readonly mirrorDir: string;
  readonly mirrorBytes: number;
}

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
  #fetching: Promise<unknown> = Promise.resolve();

  constructor(setting: MirrorSetting) {
    this.#setting = setting;
    const id = createHash("sha256")
      .update(`${setting.source}\n${setting.remote.url}`)
      .digest("hex")
      .slice(0, 32);
    this.#base = join(setting.mirrorDir, id);
  }

  repository(algorithm: Algorithm): Repository {
    const folder = `${this.#base}.${algorithm}`;
    return { source: this.#setting.source, folder, env: localEnvironment(folder) };
  }

  /** The commit of the last complete fetch, tags peeled. */
  async tip(algorithm: Algorithm, deadline: Deadline): Promise<string | undefined> {
    const args = ["rev-parse", "--verify", "--quiet", `${TIP}^{commit}`];
    return (await this.#query(algorithm, args, deadline))?.trim();
  }

  async has({ algorithm, hash }: ObjectId, deadline: Deadline): Promise<boolean> {
    return (await this.#query(algorithm, ["cat-file", "-e", `${hash}^{commit}`], deadline)) !== undefined;
  }

  /** Undefined if there is no mirror yet, or if git exits with an error. */
  async #query(
    algorithm: Algorithm,
    args: readonly string[],
    deadline: Deadline,
  ): Promise<string | undefined> {
    const repository = this.repository(algorithm);
    if (!existsSync(repository.folder)) return undefined;
    const { outcome, text } = await answerOf(repository, args, deadline);
    if (outcome.kind !== "exited") throw failureIn(repository, "read the mirror", outcome, deadline);
    return outcome.code === 0 ? text : undefined;
  }

  /** The commit of this full ref on the server, tags peeled; undefined if the server has no such ref. */
  async advertised(ref: string, deadline: Deadline): Promise<ObjectId | undefined> {
    const { remote, auth, mirrorDir } = this.#setting;
    await this.#makeFolder(mirrorDir);
    const credential = await readCredential(auth);
    const output = collect(MAX_ANSWER_BYTES);
    const env = remoteEnvironment(null, { remote, credential, timeoutMs: deadline.timeoutMs });
    const args = ["ls-remote", "--quiet", "--end-of-options", "origin", ref, `${ref}^{}`];
    const command = {
      args,
      cwd: mirrorDir,
      env: { ...env, GIT_CEILING_DIRECTORIES: mirrorDir },
      sink: output.sink,
    };
    const outcome = await runGit(command, deadline.signal);
    if (!succeeded(outcome)) {
      throw this.#failure(`read ${ref} at ${remote.url}`, outcome, deadline, credential.secrets);
    }
    return parseAdvertised(output.text(), ref);
  }

  /**
   * Fetches one ref or commit with its complete history, as the tip or as an older commit. If the fetch fails, nothing
   * changes.
   */
  fetch(
    wanted: { readonly from: string; readonly as: "tip" | "older" },
    algorithm: Algorithm,
    deadline: Deadline,
  ): Promise<void> {
    const fetched = this.#fetching.then(() => this.#fetch(wanted, algorithm, deadline));
    this.#fetching = fetched.catch(() => undefined);
    return fetched;
  }

  async #fetch(
    wanted: { readonly from: string; readonly as: "tip" | "older" },
    algorithm: Algorithm,
    deadline: Deadline,
  ): Promise<void> {
    const { remote, auth } = this.#setting;
    await this.#make(algorithm, deadline);
    const { folder: gitDir } = this.repository(algorithm);
    await removeLeftovers(gitDir);
    const reason = await this.#tooLarge(gitDir);
    if (reason !== undefined)
      throw this.#failure(`fetch ${wanted.from}`, { kind: "stopped", reason }, deadline);
    const credential = await readCredential(auth);
    const command = {
      args: fetchArguments(wanted.from, wanted.as === "tip" ? TIP : OLDER),
      cwd: gitDir,
      env: remoteEnvironment(gitDir, { remote, credential, timeoutMs: deadline.timeoutMs }),
      sink: collect(MAX_ANSWER_BYTES).sink,
      watch: () => this.#tooLarge(gitDir),
    };
    const outcome = await runGit(command, deadline.signal);
    // For git a fetch from a shallow remote succeeds and changes no ref: an old commit would look like the newest.
    if (!succeeded(outcome) || isShallow(outcome)) {
      await removeLeftovers(gitDir);
      throw this.#failure(`fetch ${wanted.from} from ${remote.url}`, outcome, deadline, credential.secrets);
    }
    await this.#repack(algorithm, deadline);
  }

  async #tooLarge(gitDir: string): Promise<string | undefined> {
    const { mirrorBytes } = this.#setting;
    return (await folderBytes(gitDir)) > mirrorBytes
      ? `the mirror ${gitDir} grew past ${mirrorBytes} bytes`
      : undefined;
  }

  /** Combines many packs into one and keeps unreachable objects. This only saves time later, so a failure is ignored. */
  async #repack(algorithm: Algorithm, deadline: Deadline): Promise<void> {
    const repository = this.repository(algorithm);
    if ((await packCount(repository.folder)) <= MAX_PACKS) return;
    await answerOf(repository, ["repack", "-a", "-d", "--keep-unreachable", "--quiet"], deadline);
  }

  async #make(algorithm: Algorithm, deadline: Deadline): Promise<void> {
    const { folder: gitDir } = this.repository(algorithm);
    if (existsSync(gitDir)) return;
    // Created in a temporary folder and then moved, so that an incomplete repository is never used.
    const temporary = `${gitDir}.new`;
    await this.#makeFolder(this.#setting.mirrorDir);
    await rm(temporary, { recursive: true, force: true });
    const command = {
      args: [
        "init",
        "--quiet",
        "--bare",
        "--template=",
        `--object-format=${algorithm}`,
        "--end-of-options",
        temporary,
      ],
      cwd: this.#setting.mirrorDir,
      env: localEnvironment(temporary),
      sink: collect(MAX_ANSWER_BYTES).sink,
    };
    const outcome = await runGit(command, deadline.signal);
    if (!succeeded(outcome)) throw this.#failure(`make ${temporary}`, outcome, deadline);
    await rename(temporary, gitDir);
  }

  async #makeFolder(folder: string): Promise<void> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    } catch (cause) {
      const text = `source "${this.#setting.source}": cannot make the folder ${folder}`;
      throw new SourceError(
        "unwritable",
        text,
        "Check the free space and the permissions of stateDir.",
        cause,
      );
    }
  }

  #failure(
    task: string,
    outcome: GitOutcome,
    deadline: Deadline,
    secrets: readonly string[] = [],
  ): SourceError {
    return gitFailure({ source: this.#setting.source, task, secrets, deadline }, outcome);
  }
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

function isShallow(outcome: GitOutcome): boolean {
  return outcome.kind === "exited" && /because shallow roots are not allowed/.test(outcome.errors);
}

/** Parses lines `<hash>\t<ref>`. The pattern of ls-remote also matches refs that only end with it. */
function parseAdvertised(text: string, ref: string): ObjectId | undefined {
  const lines = text.split("\n").map((line) => line.split("\t"));
  const hashOf = (name: string): string | undefined => lines.find(([, found]) => found === name)?.[0];
  const hash = hashOf(`${ref}^{}`) ?? hashOf(ref);
  return hash !== undefined && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(hash) ? objectId(hash) : undefined;
}

export function objectId(hash: string): ObjectId {
  return { algorithm: hash.length === 64 ? "sha256" : "sha1", hash };
}
