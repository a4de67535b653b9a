import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { known, type Estate, type EstatePart } from "../../../src/adopt/estate/estate.ts";
import type { EstateReader } from "../../../src/controller/ports/estate/estate-reader.ts";
import { AwsError } from "../../../src/model/aws/errors/aws-error.ts";
import { functionArn, roleArn } from "../../../src/model/aws/arn.ts";
import type { Region } from "../../../src/model/aws/ids.ts";
import type { DesiredAccount } from "../../../src/model/desired.ts";
import { err, ok } from "../../../src/model/values/result.ts";
import { policyText } from "./policies.ts";
import { NO_ESTATES } from "../fakes/no-estates.ts";
import { estate, estateFunction, estateIam, estateRole } from "./estate.ts";
import { NO_ORGANIZATIONS } from "../fakes/no-organizations.ts";
import { NO_REFERENCES } from "../fakes/no-references.ts";
import { accountText } from "../manifests.ts";
import type { Toolbox } from "../../../src/cli/toolbox/toolbox.ts";
import { NOW } from "../fakes/fake-control.ts";
import { cli, type CliRun } from "../screens/cli.ts";

const ACCOUNTS = [accountText("staging", "111122223333"), accountText("prod", "444455556666")]
  .map((text) => text.replace("  boundary: platform-default\n", "").replace("enforce", "observe"))
  .join("\n---\n");
export const DENIED: EstatePart<Estate> = {
  kind: "unknown",
  call: "lambda:ListFunctions",
  why: "denied",
  reason: "AccessDenied: not allowed",
};
export const NOT_ASSUMED = new AwsError({
  call: "sts:AssumeRole role/observer",
  code: "AccessDenied",
  message: "not allowed",
  disposition: { kind: "terminal" },
  requestId: null,
  lost: false,
});

/** By place: what the read answers or throws; everything else has a function of its own. */
type Answers = Readonly<Record<string, EstatePart<Estate> | Error>>;

export const NOW_MS = Date.parse(NOW);

/** One function that reads a table of its account. */
function estateOf({ id, name, partition }: DesiredAccount, region: Region): Estate {
  const table = `arn:aws:dynamodb:${region}:${id}:table/orders-${name}`;
  const statement = { Effect: "Allow", Action: "dynamodb:DescribeTable", Resource: table } as const;
  const at = { partition, accountId: id };
  const role = estateRole("orders-role", {
    arn: roleArn(at, "/", "orders-role"),
    inline: [{ name: "app", text: policyText([statement]) }],
  });
  const arn = functionArn({ ...at, region }, "orders", null);
  const functions = [estateFunction("orders", { arn, roleArn: role.arn })];
  return estate({ account: { id, name, partition }, region, functions, iam: known(estateIam([role])) });
}

interface Run {
  readonly accounts?: readonly string[];
  readonly answers?: Answers;
  readonly more?: readonly string[];
  readonly abortAt?: string;
  /** Each place is read as far as one function before it is aborted. */
  readonly isMidway?: boolean;
  readonly clock?: Toolbox["clock"];
  readonly readAtMs?: number;
}

/** `import` of the accounts `staging` and `prod` into a repository in a folder, and what it asked of AWS. */
export class ImportOfPlaces {
  readonly root: string;
  /** The places that were read; a test may empty it between two imports. */
  asked: string[] = [];
  /** Places whose read was given the roles that another region of the account had. */
  reused: string[] = [];
  /** Places whose read continued another one, with the functions that it had. */
  readonly continued: string[] = [];

  private constructor(root: string) {
    this.root = root;
  }

  static async open(): Promise<ImportOfPlaces> {
    const root = await mkdtemp(join(tmpdir(), "gk-import-"));
    await mkdir(join(root, "repository/platform"), { recursive: true });
    await writeFile(join(root, "repository/platform/accounts.yaml"), ACCOUNTS);
    return new ImportOfPlaces(root);
  }

  close(): Promise<void> {
    return rm(this.root, { recursive: true });
  }

  get saved(): string {
    return join(this.root, "estate.json");
  }

  async run(run: Run): Promise<CliRun> {
    const { accounts = ["staging"], more = [] } = run;
    const controller = new AbortController();
    const aws = async () => ({
      live: null as never,
      estates: this.#readerOf(run, controller),
      organizations: NO_ORGANIZATIONS,
      references: NO_REFERENCES,
      examine: async () => [],
      serviceControl: async () => new Map(),
      close: () => undefined,
    });
    const argv = ["import", ...accounts, "--dir", join(this.root, "repository"), "--config", "x.yaml"];
    const ended = await cli([...argv, "--namespace", "orders", ...more], {
      installation: { aws },
      signal: controller.signal,
      ...(run.clock !== undefined && { clock: run.clock }),
    });
    return { ...ended, out: ended.out.replaceAll(this.root, ""), err: ended.err.replaceAll(this.root, "") };
  }

  #readerOf({ answers = {}, abortAt, isMidway, readAtMs }: Run, controller: AbortController): EstateReader {
    return {
      ...NO_ESTATES,
      read: async ({ account, region, ofAccount, resumable }, signal) => {
        const place = `${account.name}/${region}`;
        this.asked.push(place);
        if (ofAccount !== null) this.reused.push(place);
        const begun = resumable?.begun;
        if (begun) this.continued.push(`${place}: ${begun.functions.map(({ name }) => name).join(" ")}`);
        const [one] = estateOf(account, region).functions;
        if (isMidway === true && one !== undefined) resumable?.functionRead(one, NOW_MS);
        if (abortAt === place) controller.abort();
        signal.throwIfAborted();
        const answer = answers[place];
        if (answer instanceof AwsError) return err(answer);
        if (answer instanceof Error) throw answer;
        const found = estateOf(account, region);
        return ok(answer ?? known({ ...found, observedAtMs: readAtMs ?? NOW_MS }));
      },
    };
  }
}
