import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cli, type CliRun } from "./cli.ts";

export const ACCOUNT = "111122223333";
export const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:q`;

export const document = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
export const allow = (fields: object = {}): object => ({
  Effect: "Allow",
  Action: "sqs:SendMessage",
  Resource: QUEUE,
  ...fields,
});

/** A folder with policy documents, and the commands of `policy` on them. */
export class PolicyFolder {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async open(): Promise<PolicyFolder> {
    return new PolicyFolder(await mkdtemp(join(tmpdir(), "gk-policy-")));
  }

  /** @returns its path */
  async file(name: string, text: string | Buffer): Promise<string> {
    const path = join(this.root, name);
    await writeFile(path, text);
    return path;
  }

  /** The output without the folder's name. */
  async run(argv: readonly string[], stdin = ""): Promise<CliRun> {
    const { code, out, err } = await cli(["policy", ...argv], { stdin });
    const plain = (text: string): string => text.replaceAll(`${this.root}/`, "");
    return { code, out: plain(out), err: plain(err) };
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true });
  }
}
