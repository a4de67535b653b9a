import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { cli, type CliSetting } from "../../support/screens/cli.ts";
import { functionText, NARROW_PLATFORM_FILES } from "../../support/manifests.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-watch-"));
  for (const [path, text] of Object.entries(NARROW_PLATFORM_FILES)) await save(path, text);
});

afterEach(() => rm(root, { recursive: true }));

/** As editors do: a new file takes the place of the old one. */
async function save(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, `${path}~`), text);
  await rename(join(root, `${path}~`), join(root, path));
}

const API = "teams/orders/api.yaml";
const good = (name: string, table: string): string =>
  functionText(name, `  grants: [{dynamodb: {table: ${table}, allow: [read]}}]\n`);
const BROKEN = functionText("api", "  grants:\n    - dynamo: {table: x, allow: [read]}\n");

/** A running `validate --watch`, whose prints are awaited one after the other. */
class Watching {
  readonly stopped = new AbortController();
  readonly #printed: string[] = [];
  #wake: () => void = () => undefined;
  readonly done: ReturnType<typeof cli>;

  constructor(setting: CliSetting, ...argv: readonly string[]) {
    const out = async (text: string): Promise<void> => {
      if (text === "") return;
      this.#printed.push(text);
      this.#wake();
    };
    this.done = cli(["validate", root, "--watch", ...argv], {
      ...setting,
      signal: this.stopped.signal,
      terminal: { ...setting.terminal, out },
    });
  }

  /** What is printed next, without the folder. */
  async next(): Promise<string> {
    while (this.#printed.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return String(this.#printed.shift()).replaceAll(`${root}/`, "");
  }

  async stop(): Promise<unknown> {
    this.stopped.abort();
    return { ...(await this.done), printed: this.#printed };
  }
}

test("a fixed problem with a long message continues below, within 80 columns", async () => {
  const long = functionText("api", "  grants:\n    - dynamodb: {table: x, allow: [reed, wrote, scaan]}\n");
  await save(API, long);
  const watching = new Watching({ terminal: { columns: 80 } });
  await watching.next();

  await save(API, good("api", "orders"));
  const lines = (await watching.next()).trim().split("\n");
  await watching.stop();

  expect(lines.filter((line) => !line.startsWith("fixed: ") && !line.startsWith("       "))).toHaveLength(1);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("prints the corrected lines of a new finding once", async () => {
  const grants =
    "  grants:\n    - dynamodb: {table: orders, allow: [write]}\n    - sqs: {queue: a, allow: [send]}\n";
  await save(API, good("api", "orders"));
  const watching = new Watching({});
  await watching.next();

  await save(API, functionText("api", grants));
  const added = await watching.next();
  await save("teams/orders/jobs.yaml", good("jobs", "orders"));
  const after = await watching.next();
  await watching.stop();

  expect(added).toContain(`\nCORRECTED LINES\n${API}:8: BND-002\n-    - sqs: {queue: a, allow: [send]}\n`);
  expect(after).not.toContain("CORRECTED LINES");
});

test("prints what is new and what is fixed after each save, and ends without a failure", async () => {
  await save(API, BROKEN);
  const watching = new Watching({});

  expect(await watching.next()).toBe(
    `error: ${API}:7:7: unknown grant "dynamo"\n` +
      `hint:  did you mean "dynamodb"? Valid values: apigw, appconfig, bedrock, cognito, dlq, dsql, dynamodb, efs, events, firehose, kinesis, kms, lambda, metrics, rds, rdsData, s3, scheduler, secrets, ses, sns, sqs, ssm, states\n` +
      "3 documents: 1 error, 0 warnings\n",
  );
  await save(API, good("api", "orders"));
  expect(await watching.next()).toBe(
    `\nfixed: ${API}:7:7: unknown grant "dynamo"\n3 documents: 0 errors, 0 warnings\n`,
  );
  await save("teams/orders/new.yaml", good("worker", "orders"));
  expect(await watching.next()).toBe("\n4 documents: 0 errors, 0 warnings\n");
  expect(await watching.stop()).toMatchObject({ code: 0, err: "", printed: [] });
});

test("a problem that moves to another line is not printed again, and a folder that is gone is a problem", async () => {
  await save(API, BROKEN);
  let change: () => void = () => undefined;
  let isStopped = false;
  const watching = new Watching({
    watchFolders: async (_folders, changed) => {
      change = changed;
      return async () => void (isStopped = true);
    },
  });
  await watching.next();

  await save(API, `# A comment.\n${BROKEN}`);
  await save("teams/orders/new.yaml", good("worker", "orders"));
  change();

  expect(await watching.next()).toBe("\n4 documents: 1 error, 0 warnings\n");
  await rm(join(root, "platform"), { recursive: true });
  await rm(join(root, "teams"), { recursive: true });
  change();
  expect(await watching.next()).toMatch(
    /^\nfixed: .*\nerror: .* has neither platform\/ nor teams\/\nhint: .*\n0 documents: 1 error, 0 warnings\n$/,
  );
  expect(await watching.stop()).toMatchObject({ code: 0, printed: [] });
  expect(isStopped).toBe(true);
});

test("equal problems of one file are counted", async () => {
  const twice = functionText("api", "  grants:\n    - dynamo: {}\n    - dynamo: {}\n");
  await save(API, twice);
  const watching = new Watching({});
  const first = await watching.next();

  await save(API, twice.replace("    - dynamo: {}\n", ""));

  expect(first.match(/unknown grant/g)).toHaveLength(2);
  expect(await watching.next()).toMatch(/^\nfixed: .*unknown grant "dynamo"\n3 documents: 1 error/);
  await watching.stop();
});

test("a failure that is no problem of the manifests ends the command", async () => {
  const watching = new Watching({ watchFolders: () => Promise.reject(new Error("no watches left")) });

  expect(await watching.done).toMatchObject({ code: 1, err: expect.stringMatching(/no watches left/) });
});

test("another format than text is refused", async () => {
  expect(await cli(["validate", root, "--watch", "-o", "sarif"])).toMatchObject({
    code: 1,
    err: "error: --watch prints text\nhint:  leave out --watch or -o sarif\n",
  });
});
