import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConversationForge } from "../../../src/network/forges/conversation.ts";
import { git } from "../git/git-repository.ts";
import { cli, type CliRun } from "../screens/cli.ts";
import { API, commitBase, grants, writeManifests } from "../screens/plan-command.ts";
import { ForgeServer, PULL_REQUEST, TOKEN, US } from "./forge-server.ts";
import type { StoredComment } from "./forms.ts";

export const MARKER = "<!-- grantkeeper:review review -->";
/** A manifest that cannot be used, with a correction. */
export const WRONG = grants(["orders"], "    - sqs: {queue: orders, allow: [sendd]}\n");

/** A repository with a base and a change of one manifest, and the pull request of the change on a forge. */
export class ReviewedChange {
  readonly root: string;
  readonly forge: ForgeServer;
  /** The pauses that the command made, in milliseconds. */
  readonly waits: number[] = [];
  /** For a controller that is asked. */
  controllerToken = "";

  private constructor(root: string, forge: ForgeServer) {
    this.root = root;
    this.forge = forge;
  }

  /** A change of the function's manifest, or of several files. */
  static async on(
    forge: ConversationForge,
    changed: string | Readonly<Record<string, string>>,
    base: Readonly<Record<string, string>> = {},
  ): Promise<ReviewedChange> {
    const root = await mkdtemp(join(tmpdir(), "gk-review-"));
    await commitBase(root, base);
    await writeManifests(root, typeof changed === "string" ? { [API]: changed } : changed);
    await git(root, ["add", "."]);
    await git(root, ["commit", "--quiet", "-m", "change"]);
    const change = new ReviewedChange(root, await ForgeServer.start(forge));
    change.forge.pullRequest.head = (await git(root, ["rev-parse", "HEAD"])).trim();
    for (const part of (await git(root, ["diff", "HEAD~1", "HEAD"])).split(/^diff --git /m)) {
      const [, file, patch] = /^\+{3} b\/(.+)\n(@@[^]*)$/m.exec(part) ?? [];
      if (file !== undefined && patch !== undefined) change.forge.patches.set(file, patch);
    }
    return change;
  }

  /** Posts the review of the change to its pull request. */
  post(...more: readonly string[]): Promise<CliRun> {
    return this.postWithout("--pull-request", String(PULL_REQUEST), ...more);
  }

  /** The same without naming the pull request. */
  postWithout(...more: readonly string[]): Promise<CliRun> {
    const { forge, url } = this.forge;
    const target = ["--post", forge, "--api-url", url, "--repository", "acme/permissions"];
    const sleep = async (ms: number): Promise<void> => void this.waits.push(ms);
    return cli(["review", this.root, "--base", "HEAD~1", "--head", "HEAD", ...target, ...more], {
      env: { GRANTKEEPER_FORGE_TOKEN: TOKEN, GRANTKEEPER_TOKEN: this.controllerToken },
      clock: { nowMs: () => Date.parse("2026-11-30T00:00:00Z"), sleep },
    });
  }

  /** Our comments that belong to no line. */
  own(): readonly StoredComment[] {
    return this.forge.comments.filter(({ author, at }) => author.id === US.id && at === null);
  }

  async end(): Promise<void> {
    await this.forge.end();
    await rm(this.root, { recursive: true });
  }
}
