import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DenialsReport } from "../../../../src/workbench/denials/report.ts";
import { git } from "../../../support/git/git-repository.ts";
import { cli, type CliRun, type CliSetting } from "../../../support/screens/cli.ts";

const ACCOUNT = "444455556666";
export const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:refunds-todo`;

interface TrailCall {
  readonly source?: string;
  readonly name?: string;
  readonly parameters?: object;
  readonly message?: string;
  readonly session?: string;
  readonly role?: string;
  readonly record?: object;
}

let events = 0;

/** A record of CloudTrail: a denied call of `orders-api` in prod, on its declared role. */
export function denied({
  source = "sqs",
  name = "SendMessage",
  parameters = { queueUrl: `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/refunds-todo` },
  message = "",
  session = "orders-api",
  role = "grantkeeper/orders-api-eu-west-1",
  record = {},
}: TrailCall = {}): object {
  events += 1;
  return {
    eventID: `e-${events}`,
    eventTime: "2026-11-24T10:32:07Z",
    eventSource: `${source}.amazonaws.com`,
    eventName: name,
    awsRegion: "eu-west-1",
    // A terminal would obey it.
    userAgent: "\u001b[31m<script>",
    errorCode: "AccessDenied",
    errorMessage: message,
    requestParameters: parameters,
    recipientAccountId: ACCOUNT,
    managementEvent: true,
    userIdentity: {
      type: "AssumedRole",
      principalId: `AROAEXAMPLE:${session}`,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role.split("/").at(-1) ?? ""}/${session}`,
      accountId: ACCOUNT,
      sessionContext: { sessionIssuer: { type: "Role", arn: `arn:aws:iam::${ACCOUNT}:role/${role}` } },
    },
    ...record,
  };
}

/** The message of IAM. */
export function refusal(action: string, resource: string, because: string): string {
  return `User: x is not authorized to perform: ${action} on resource: ${resource} ${because}`;
}

/** The same call of the function in the other account of its manifest. */
export function inStaging(record: object): object {
  const text = JSON.stringify(record).replaceAll(ACCOUNT, "111122223333");
  return { ...(JSON.parse(text) as object), eventID: `${(record as { eventID: string }).eventID}-staging` };
}

/** A copy of the example manifests, with `orders-api` in prod alone, and files of CloudTrail next to it. */
export class DenialsFolder {
  readonly #base: string;
  readonly root: string;

  private constructor(base: string) {
    this.#base = base;
    this.root = join(base, "manifests");
  }

  static async make(): Promise<DenialsFolder> {
    const folder = new DenialsFolder(await mkdtemp(join(tmpdir(), "gk-denials-")));
    await cp("manifests", folder.root, { recursive: true });
    await folder.target("[staging, prod]", "[prod]");
    return folder;
  }

  /** Changes the accounts of `orders-api`. */
  async target(before: string, after: string): Promise<void> {
    const path = join(this.root, "teams/orders/orders-api.yaml");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace(`accounts: ${before}`, `accounts: ${after}`));
  }

  remove(): Promise<void> {
    return rm(this.#base, { recursive: true });
  }

  async commit(): Promise<void> {
    await git(this.root, ["init", "--quiet"]);
    await git(this.root, ["add", "--all"]);
    await git(this.root, ["commit", "--quiet", "-m", "manifests"]);
  }

  async write(name: string, text: string): Promise<string> {
    const path = join(this.#base, name);
    await writeFile(path, text);
    return path;
  }

  async run(
    records: readonly object[],
    more: readonly string[] = [],
    setting: CliSetting = {},
  ): Promise<CliRun> {
    const trail = await this.write("trail.json", JSON.stringify({ Records: records }));
    const { code, out, err } = await cli(["denials", "--trail", trail, "--dir", this.root, ...more], setting);
    return { code, out: out.replaceAll(`${this.root}/`, ""), err };
  }

  async report(records: readonly object[], more: readonly string[] = []): Promise<DenialsReport> {
    const { out, err } = await this.run(records, [...more, "-o", "json"]);
    if (out === "") throw new Error(err);
    return JSON.parse(out) as DenialsReport;
  }
}
