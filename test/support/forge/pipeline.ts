import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git } from "../git/git-repository.ts";
import { commitBase, writeManifests } from "../screens/plan-command.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A repository with a base branch, and a checkout of it in which a pipeline runs commands. */
export class Pipeline {
  readonly folder: string;
  readonly origin: string;
  readonly checkout: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.origin = join(folder, "origin");
    this.checkout = join(folder, "checkout");
  }

  static async start(): Promise<Pipeline> {
    const pipeline = new Pipeline(await mkdtemp(join(tmpdir(), "gk-pipeline-")));
    const { folder, origin } = pipeline;
    await git(folder, ["init", "--quiet", "-b", "main", "origin"]);
    await commitBase(origin);
    await git(origin, ["branch", "-M", "main"]);
    await git(origin, ["config", "uploadpack.allowAnySHA1InWant", "true"]);
    await git(folder, ["clone", "--quiet", `file://${origin}`, "checkout"]);
    return pipeline;
  }

  /** A commit on top of main. @param reference such as `refs/pull/12/head`, which no clone fetches */
  async committed(reference: string, files: Readonly<Record<string, string>>): Promise<string> {
    const { origin } = this;
    await git(origin, ["checkout", "--quiet", "--detach", "main"]);
    await writeManifests(origin, files);
    await git(origin, ["add", "."]);
    await git(origin, ["commit", "--quiet", "-m", "change"]);
    await git(origin, ["update-ref", reference, "HEAD"]);
    return (await git(origin, ["rev-parse", "HEAD"])).trim();
  }

  /** A clone of main as it is now. @returns its folder */
  async copied(name: string): Promise<string> {
    await git(this.folder, ["clone", "--quiet", `file://${this.origin}`, name]);
    return join(this.folder, name);
  }

  /** Runs a program in the checkout, with this environment alone. */
  run(command: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
    return execute([command, ...args], { cwd: this.checkout, env: { HOME: this.folder, ...env } });
  }

  async end(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

/** Runs a program with this environment and the PATH alone. */
export function execute(
  [command, ...args]: readonly [string, ...string[]],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Ran> {
  const { promise, resolve } = Promise.withResolvers<Ran>();
  const all = { PATH: process.env["PATH"] ?? "", ...env };
  execFile(command, args, { cwd, env: all, encoding: "utf8" }, (error, out, err) => {
    resolve({ code: error === null ? 0 : Number(error.code), out, err });
  });
  return promise;
}
