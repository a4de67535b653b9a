import { afterEach, beforeEach } from "@jest/globals";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseRevision, type Revision } from "../../../src/model/values/revision.ts";
import type { SignatureSettings, Verification } from "../../../src/model/verification.ts";
import { localEnvironment } from "../../../src/source/git/environment.ts";
import { gitDeadline } from "../../../src/source/git/failure.ts";
import { objectId } from "../../../src/source/git/refs.ts";
import type { SignatureVerifier } from "../../../src/source/signatures/verifier.ts";
import { git, type TestRepository } from "../git/git-repository.ts";
import { Bench } from "../git/git-source.ts";
import { checked } from "../record/audit-facts.ts";
import type { Signing } from "./signing-keys.ts";

/** The only file of each commit. */
export const FILE = { "teams/orders/a.yaml": "a: 1\n" };
const { signal } = new AbortController();

interface Request {
  /** The accepted commit; null: there is none. Default: the first commit. */
  readonly from?: string | null;
  readonly approved?: readonly string[];
  readonly with?: Partial<SignatureSettings>;
}

/** A repository with one unsigned commit, which is accepted, and a source that verifies the commits after it. */
export class SignedSource {
  readonly bench: Bench;
  readonly repository: TestRepository;
  readonly first: string;
  readonly #settings: SignatureSettings;

  private constructor(
    parts: { readonly bench: Bench; readonly repository: TestRepository; readonly first: string },
    settings: SignatureSettings,
  ) {
    this.bench = parts.bench;
    this.repository = parts.repository;
    this.first = parts.first;
    this.#settings = settings;
  }

  static async open(settings: SignatureSettings, format: "sha1" | "sha256" = "sha1"): Promise<SignedSource> {
    const bench = await Bench.open();
    const repository = await bench.repository(format);
    return new SignedSource({ bench, repository, first: await repository.commit(FILE) }, settings);
  }

  commit(signing?: Signing, env: Readonly<Record<string, string>> = {}): Promise<string> {
    return this.repository.commit(FILE, { env, ...(signing === undefined ? {} : { signing }) });
  }

  async verify(to: string, request: Request = {}): Promise<Verification> {
    const source = this.bench.source({
      url: this.repository.bare,
      allowedFilePath: this.repository.bare,
      signatures: { ...this.#settings, ...request.with },
    });
    await source.latest(signal);
    const { from = this.first, approved = [] } = request;
    return source.verify(
      {
        from: from === null ? null : revision(from, "main"),
        approved: approved.map((hash) => revision(hash, "main")),
        to: revision(to, "main"),
      },
      signal,
    );
  }

  /** The same for a source that follows the tag v1, on this commit. */
  async verifyTag(to: string, change: Partial<SignatureSettings> = {}): Promise<Verification> {
    const source = this.bench.source({
      url: this.repository.bare,
      allowedFilePath: this.repository.bare,
      ref: { kind: "tag", name: "v1" },
      signatures: { ...this.#settings, policy: "tag", ...change },
    });
    await source.latest(signal);
    return source.verify({ from: null, approved: [], to: revision(to, "v1") }, signal);
  }

  /** `verified`, or `REASON: message`. */
  async explain(to: string, change: Partial<SignatureSettings> = {}): Promise<string> {
    return explanationOf(await this.verify(to, { with: change }));
  }

  objectText(type: "commit" | "tag", name: string): Promise<string> {
    return this.repository.git("cat-file", type, name);
  }

  /** All commits of main after the first one, in a mirror of the source: for a verifier with an own clock or budget. */
  async newCommits(): Promise<Parameters<SignatureVerifier["verify"]>[0]> {
    await this.bench
      .source({ url: this.repository.bare, allowedFilePath: this.repository.bare })
      .latest(signal);
    const name = (await readdir(this.bench.mirrorDir)).find((entry) => entry.endsWith(".sha1")) ?? "";
    const folder = join(this.bench.mirrorDir, name);
    const tip = objectId((await this.repository.git("rev-parse", "main")).trim());
    const env = localEnvironment(folder);
    const repository = { source: "main", folder, env, deadline: gitDeadline(signal, 20_000) };
    return { repository, tip, known: [objectId(this.first)], isFirst: false, tag: null };
  }

  /** Points main, or the tag v1, at an object with exactly this text, as the owner of a forge can write it. */
  async writeObject(type: "commit" | "tag", text: string): Promise<string> {
    const args = ["hash-object", "-t", type, "-w", "--stdin", "--literally"];
    const hash = (await git(this.repository.bare, args, { input: text })).trim();
    await this.repository.git("update-ref", type === "tag" ? "refs/tags/v1" : "refs/heads/main", hash);
    return hash;
  }

  /** Fails when a process of a source is left. */
  end(): Promise<void> {
    return this.bench.end();
  }
}

function revision(hash: string, ref: string): Revision {
  return checked(parseRevision(`${ref}@${hash.length === 64 ? "sha256" : "sha1"}:${hash}`));
}

/** A new repository, and a source with these keys, for each test of the block. */
export function eachSignedSource(settings: () => SignatureSettings): () => SignedSource {
  let source: SignedSource;
  beforeEach(async () => {
    source = await SignedSource.open(settings());
  });
  afterEach(() => source.end());
  return () => source;
}

/** `verified`, or `REASON: message`. */
export function explanationOf(found: Verification): string {
  return found.kind === "unverified" ? `${found.reason}: ${found.message}` : found.kind;
}

export function reasonOf(found: Verification): string {
  return found.kind === "unverified" ? found.reason : found.kind;
}
