import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { known, type Estate, type EstatePart } from "../../../../src/adopt/estate/estate.ts";
import type { EstateReader } from "../../../../src/controller/ports/estate/estate-reader.ts";
import { AwsError } from "../../../../src/model/aws/aws-error.ts";
import { loadEstates, loadSaved } from "../../../../src/workbench/import/saved/estate-file.ts";
import { functionArn, roleArn } from "../../../../src/model/aws/arn.ts";
import type { Region } from "../../../../src/model/aws/ids.ts";
import type { DesiredAccount } from "../../../../src/model/desired.ts";
import { policyText } from "../../../support/adopt/policies.ts";
import { NO_ESTATES } from "../../../support/fakes/no-estates.ts";
import { estate, estateFunction, estateIam, estateRole } from "../../../support/adopt/estate.ts";
import { NO_ORGANIZATIONS } from "../../../support/fakes/no-organizations.ts";
import { NO_REFERENCES } from "../../../support/fakes/no-references.ts";
import { accountText } from "../../../support/manifests.ts";
import type { Toolbox } from "../../../../src/cli/toolbox/toolbox.ts";
import { NOW } from "../../../support/fakes/fake-control.ts";
import { cli, type CliRun } from "../../../support/screens/cli.ts";

const ACCOUNTS = [accountText("staging", "111122223333"), accountText("prod", "444455556666")]
  .map((text) => text.replace("  boundary: platform-default\n", "").replace("enforce", "observe"))
  .join("\n---\n");
const DENIED: EstatePart<Estate> = {
  kind: "unknown",
  call: "lambda:ListFunctions",
  why: "denied",
  reason: "AccessDenied: not allowed",
};
const NOT_ASSUMED = new AwsError({
  call: "sts:AssumeRole role/observer",
  code: "AccessDenied",
  message: "not allowed",
  disposition: { kind: "terminal" },
  requestId: null,
  lost: false,
});

/** By place: what the read answers or throws; everything else has a function of its own. */
type Answers = Readonly<Record<string, EstatePart<Estate> | Error>>;

const NOW_MS = Date.parse(NOW);

let root: string;
let asked: string[];
/** Places whose read was given the roles that another region of the account had. */
let reused: string[];
/** Places whose read continued another one, with the functions that it had. */
let continued: string[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-import-"));
  asked = [];
  reused = [];
  continued = [];
  await mkdir(join(root, "repository/platform"), { recursive: true });
  await writeFile(join(root, "repository/platform/accounts.yaml"), ACCOUNTS);
});
afterEach(() => rm(root, { recursive: true }));

function readerOf(
  { answers = {}, abortAt, isMidway, readAtMs }: Run,
  controller: AbortController,
): EstateReader {
  return {
    ...NO_ESTATES,
    read: async ({ account, region, ofAccount, resumable }, signal) => {
      const place = `${account.name}/${region}`;
      asked.push(place);
      if (ofAccount !== null) reused.push(place);
      const begun = resumable?.begun;
      if (begun) continued.push(`${place}: ${begun.functions.map(({ name }) => name).join(" ")}`);
      const [one] = estateOf(account, region).functions;
      if (isMidway === true && one !== undefined) resumable?.functionRead(one, NOW_MS);
      if (abortAt === place) controller.abort();
      signal.throwIfAborted();
      const answer = answers[place];
      if (answer instanceof Error) throw answer;
      const found = estateOf(account, region);
      return answer ?? known({ ...found, observedAtMs: readAtMs ?? NOW_MS });
    },
  };
}

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

async function importing(run: Run): Promise<CliRun> {
  const { accounts = ["staging"], more = [] } = run;
  const controller = new AbortController();
  const aws = async () => ({
    live: null as never,
    estates: readerOf(run, controller),
    organizations: NO_ORGANIZATIONS,
    references: NO_REFERENCES,
    examine: async () => [],
    serviceControl: async () => new Map(),
    close: () => undefined,
  });
  const argv = ["import", ...accounts, "--dir", join(root, "repository"), "--config", "x.yaml"];
  const ended = await cli([...argv, "--namespace", "orders", ...more], {
    installation: { aws },
    signal: controller.signal,
    ...(run.clock !== undefined && { clock: run.clock }),
  });
  return { ...ended, out: ended.out.replaceAll(root, ""), err: ended.err.replaceAll(root, "") };
}

const saved = () => join(root, "estate.json");

describe("the roles of an account", () => {
  test("are read with its first region, and handed to the others", async () => {
    await importing({ accounts: ["staging", "prod"] });

    expect(asked).toEqual(["staging/eu-west-1", "staging/us-east-1", "prod/eu-west-1", "prod/us-east-1"]);
    expect(reused).toEqual(["staging/us-east-1", "prod/us-east-1"]);
  });

  test("are not those of a saved region, which may be old", async () => {
    await importing({ more: ["--save", saved()], answers: { "staging/us-east-1": DENIED } });
    reused = [];
    await importing({ more: ["--resume", saved()] });

    expect(asked.at(-1)).toBe("staging/us-east-1");
    expect(reused).toEqual([]);
  });
});

describe("a place that cannot be read", () => {
  test("is a line with its reason and the next step, and the other regions are imported", async () => {
    const { code, out } = await importing({ answers: { "staging/eu-west-1": DENIED } });

    expect(code).toBe(3);
    expect(out).toContain("1 function: 1 imported, 1 of them proved equal");
    expect(out).toContain(
      "Not read: these may have more functions\n" +
        "  staging/eu-west-1: lambda:ListFunctions is denied: AccessDenied: not allowed; allow the call to the observer: grantkeeper bootstrap roles prints its policy\n",
    );
  });

  test("and whose observer cannot be assumed is tried once, and the other account is imported", async () => {
    const { code, out } = await importing({
      accounts: ["staging", "prod"],
      answers: { "staging/eu-west-1": NOT_ASSUMED },
    });

    expect(code).toBe(3);
    expect(asked).toEqual(["staging/eu-west-1", "prod/eu-west-1", "prod/us-east-1"]);
    expect(out).toContain(
      "  staging/eu-west-1, us-east-1: sts:AssumeRole role/observer: AccessDenied: not allowed; grantkeeper doctor --account staging",
    );
    expect(out).toContain("2 functions: ");
  });

  test("is in the published form, in which a complete read has its time", async () => {
    const { out } = await importing({ answers: { "staging/us-east-1": DENIED }, more: ["-o", "json"] });

    expect(JSON.parse(out)).toMatchObject({
      places: [
        { account: "staging", region: "eu-west-1", readAt: new Date(NOW_MS).toISOString(), reason: null },
        { account: "staging", region: "us-east-1", readAt: null, next: expect.stringMatching(/bootstrap/) },
      ],
    });
  });

  test("leaves out the functions for which variables would be derived from the others", async () => {
    const { code, out } = await importing({
      accounts: ["staging", "prod"],
      answers: { "prod/us-east-1": DENIED },
    });

    expect(code).toBe(3);
    expect(out).toContain("3 functions: 0 imported, 0 of them proved equal, 3 unknown");
    expect(out).toContain(
      "its targets differ in values that variables would replace, and prod/us-east-1 was not read",
    );
    expect(await readdir(join(root, "repository"))).toEqual(["platform"]);
  });

  test("leaves out nothing if all places were read", async () => {
    const { code, out } = await importing({ accounts: ["staging", "prod"] });

    expect(code).toBe(0);
    expect(out).toContain("4 functions: 4 imported, 4 of them proved equal");
    expect(await readFile(join(root, "repository/teams/orders/orders.yaml"), "utf8")).toContain(
      "${account.vars.ordersTable}",
    );
  });
});

describe("a read that was interrupted", () => {
  test("keeps the regions that were finished, and continues with the others", async () => {
    const first = await importing({ more: ["--save", saved()], abortAt: "staging/us-east-1" });
    const inFile = (await loadEstates(saved())).map(({ region }) => region);
    asked = [];
    const second = await importing({ more: ["--resume", saved()] });

    expect([first.code, first.err]).toEqual([
      3,
      expect.stringMatching(/interrupted.*\n.*--resume \/estate.json/),
    ]);
    expect(inFile).toEqual(["eu-west-1"]);
    expect([second.code, asked]).toEqual([0, ["staging/us-east-1"]]);
    expect(second.out).toContain("2 functions: 2 imported");
    expect(await loadEstates(saved())).toHaveLength(2);
  });

  test("within a region continues with the functions that it had, and the finished region takes their place in the file", async () => {
    const first = await importing({
      more: ["--save", saved()],
      abortAt: "staging/eu-west-1",
      isMidway: true,
    });
    const kept = await loadSaved(saved());
    const again = await importing({ more: ["--resume", saved()], abortAt: "staging/eu-west-1" });
    const keptAgain = await loadSaved(saved());
    const second = await importing({ more: ["--resume", saved()], isMidway: true });

    expect(first.err).toContain("regions that are finished: 0; functions of others: 1");
    expect([kept.estates, kept.begun.map(({ functions }) => functions.length)]).toEqual([[], [1]]);
    expect([again.code, keptAgain]).toEqual([3, kept]);
    expect([second.code, continued]).toEqual([0, ["staging/eu-west-1: orders", "staging/eu-west-1: orders"]]);
    expect((await loadSaved(saved())).begun).toEqual([]);
    expect(await loadEstates(saved())).toHaveLength(2);
  });

  test.each([
    { hours: 6, when: "after six hours" },
    { hours: -1, when: "if the clock was set back: the age of what was read is not known" },
  ])("within a region begins again $when", async ({ hours }) => {
    await importing({ more: ["--save", saved()], abortAt: "staging/eu-west-1", isMidway: true });
    const clock = { nowMs: () => NOW_MS + hours * 3_600_000, sleep: async () => undefined };

    const { code } = await importing({ more: ["--resume", saved()], clock });

    expect([code, continued]).toEqual([0, []]);
  });

  test.each([
    { hours: 23, again: [], because: "a region that was read on the same day is not read again" },
    { hours: 24, again: ["staging/eu-west-1"], because: "after a day it may have other functions" },
    { hours: -1, again: ["staging/eu-west-1"], because: "if the clock was set back, its age is not known" },
  ])("of a finished region: $because", async ({ hours, again }) => {
    await importing({
      more: ["--save", saved()],
      answers: { "staging/us-east-1": DENIED },
    });
    asked = [];
    const clock = { nowMs: () => NOW_MS + hours * 3_600_000, sleep: async () => undefined };

    const { code, err } = await importing({ more: ["--resume", saved()], clock, readAtMs: clock.nowMs() });

    expect([code, asked]).toEqual([0, [...again, "staging/us-east-1"]]);
    expect(err.includes("1 region of the file is read again")).toBe(again.length > 0);
    const kept = await loadEstates(saved());
    expect(kept.map(({ region }) => region).sort()).toEqual(["eu-west-1", "us-east-1"]);
  });

  test("counts no region as finished that the next one reads again", async () => {
    await importing({ more: ["--save", saved()] });
    const clock = { nowMs: () => NOW_MS + 86_400_000, sleep: async () => undefined };

    const { code, err } = await importing({
      more: ["--resume", saved()],
      clock,
      readAtMs: clock.nowMs(),
      abortAt: "staging/us-east-1",
    });

    expect([code, err]).toEqual([3, expect.stringContaining("regions that are finished: 1; functions of")]);
  });

  test("without a file to save to shows how the next one can continue", async () => {
    const { code, err } = await importing({ abortAt: "staging/eu-west-1" });

    expect([code, err]).toEqual([3, expect.stringContaining("with --save FILE the next one can continue")]);
  });

  test("never leaves half a file: the one before stays, which only its owner may read", async () => {
    await importing({ more: ["--save", saved()] });
    const before = await readFile(saved(), "utf8");
    await importing({ more: ["--resume", saved()], accounts: ["prod"], abortAt: "prod/eu-west-1" });

    expect(await readFile(saved(), "utf8")).toBe(before);
    expect((await stat(saved())).mode & 0o777).toBe(0o600);
    expect((await readdir(root)).sort()).toEqual(["estate.json", "repository"]);
  });

  test("tries a region again that could not be read", async () => {
    await importing({ more: ["--save", saved()], answers: { "staging/eu-west-1": DENIED } });
    asked = [];

    const { code } = await importing({ more: ["--resume", saved()] });

    expect([code, asked]).toEqual([0, ["staging/eu-west-1"]]);
  });

  test("imported with --from lists the regions that the file does not have", async () => {
    await importing({ more: ["--save", saved()], answers: { "staging/us-east-1": DENIED } });
    asked = [];

    const { code, out } = await importing({ more: ["--from", saved()] });

    expect([code, asked]).toEqual([3, []]);
    expect(out).toContain(
      "staging/us-east-1: /estate.json does not have this region; read it from AWS: --resume",
    );
  });

  test("shows that its regions were read at different times", async () => {
    await importing({ more: ["--save", saved()], answers: { "staging/us-east-1": DENIED } });

    const { out } = await importing({ more: ["--resume", saved()], readAtMs: NOW_MS + 7_200_000 });

    const [first, last] = [NOW_MS, NOW_MS + 7_200_000].map((ms) => new Date(ms).toISOString());
    expect(out).toContain(`Read between ${first} and ${last}: later changes`);
  });

  test.each([
    { options: ["--save", "a", "--resume", "b"], error: /--save and --resume exclude each other/ },
    { options: ["--from", "a", "--save", "b"], error: /--from and --save exclude each other/ },
    { options: ["--resume", "none.json"], error: /cannot read none.json/ },
  ])("is refused with $options", async ({ options, error }) => {
    const { code, err } = await importing({ more: options });

    expect([code, err]).toEqual([1, expect.stringMatching(error)]);
  });
});
