import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cli, type CliRun, type CliSetting } from "./cli.ts";

/** Account and region of the example manifests' staging, as an ARN has them. */
export const STAGING = "eu-west-1:111122223333";
export const ORDERS = `arn:aws:dynamodb:${STAGING}:table/orders-staging`;

export interface FixValue {
  readonly kind: string;
  readonly lines: readonly string[];
  readonly file: string;
  readonly line: number;
  readonly path: string;
  readonly guard: { readonly verdict: string; readonly findings: readonly { readonly rule: string }[] };
}

export interface CaseValue {
  readonly answer: string;
  readonly target: string;
  readonly fix: FixValue | null;
  readonly notes: readonly string[];
}

/** A copy of the example manifests that a test may change, and `why` asked of it. */
export class WhyFolder {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async make(): Promise<WhyFolder> {
    const root = await mkdtemp(join(tmpdir(), "gk-why-"));
    await cp("manifests", root, { recursive: true });
    return new WhyFolder(root);
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true });
  }

  /** Without the folder's name in what it printed. */
  async why(argv: readonly string[], setting: CliSetting = {}): Promise<CliRun> {
    const { code, out, err } = await cli(["why", ...argv, "--dir", this.root], setting);
    return { code, out: out.replaceAll(`${this.root}/`, ""), err: err.replaceAll(`${this.root}/`, "") };
  }

  async value(argv: readonly string[], setting: CliSetting = {}): Promise<CaseValue> {
    const { out } = await cli(["why", ...argv, "--dir", this.root, "-o", "json"], setting);
    return JSON.parse(out) as CaseValue;
  }
}

export const session = (role: string, name: string, account = "444455556666"): string =>
  `arn:aws:sts::${account}:assumed-role/${role}/${name}`;

/** A line of a log with AWS's message; `rest` begins with a blank. */
export const denied = (caller: string, action: string, rest: string): string =>
  `2026-11-25T08:00:00Z ERROR AccessDenied: User: ${caller} is not authorized to perform: ${action}${rest}\n`;
