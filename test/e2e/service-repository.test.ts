import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { git, makeRepository, type TestRepository } from "../support/git/git-repository.ts";
import { accountText, functionText, NARROW_PLATFORM_FILES } from "../support/manifests.ts";
import { cli } from "../support/screens/cli.ts";
import { ORDERS, PAYMENTS, teamText } from "../unit/guard/fences/fenced.ts";

const READ = functionText("orders-api", "  grants: [{dynamodb: {table: orders-main, allow: [read]}}]\n");
const WRITE = READ.replace("[read]", "[read, write]");
const OTHERS = functionText("orders-api", "  grants: [{dynamodb: {table: payments-main, allow: [read]}}]\n");

const PLATFORM = {
  ...NARROW_PLATFORM_FILES,
  "platform/orders.yaml": teamText("orders", ORDERS),
  "platform/payments.yaml": teamText("payments", PAYMENTS),
  "teams/payments/payments-api.yaml": functionText("payments-api"),
};

let root: string;
let platform: TestRepository;
/** The working tree of the service, with one commit on main. */
let service: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-service-"));
  platform = await makeRepository(root, "platform.git");
  await platform.commit(PLATFORM);
  service = join(root, "service");
  await mkdir(service);
  await git(service, ["init", "--quiet"]);
  await commit({ "src/index.ts": "export {};", "deploy/permissions/orders-api.yaml": READ });
});
afterEach(() => rm(root, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(service, path)), { recursive: true });
    await writeFile(join(service, path), text);
  }
}

async function commit(files: Readonly<Record<string, string>>): Promise<void> {
  await write(files);
  await git(service, ["add", "--all"]);
  await git(service, ["commit", "--quiet", "-m", "change"]);
}

const asService = (command: string, ...args: readonly string[]) =>
  cli([
    command,
    join(service, "deploy/permissions"),
    "--platform",
    `${platform.bare}#main`,
    "--namespace",
    "orders",
    ...args,
  ]);

describe("a service's repository", () => {
  test("plans its change with the platform's part from another repository", async () => {
    await write({ "deploy/permissions/orders-api.yaml": WRITE });

    const { code, out } = await asService("plan", "--base", "main");

    expect(code).toBe(0);
    expect(out).toMatch(/^orders\/orders-api, deploy\/permissions\/orders-api.yaml\n/);
    expect(out).toContain("+ dynamodb write  table/orders-main  line 6");
    expect(out).toContain("Plan: 1 function changes, 0 are unchanged");
    expect(out).not.toContain("payments-api");
    expect(out).not.toContain("//");
  });

  test.each(["text", "markdown", "json", "sarif"])(
    "is reviewed in the form %j without a name of another team's",
    async (form) => {
      await platform.commit({
        ...PLATFORM,
        "platform/vault.yaml": accountText("vault", "333333333333"),
        "teams/payments/ledger.yaml": functionText("ledger", "  function: shared-fn\n"),
        "teams/payments/broken.yaml": "kind: [",
      });
      const claim = functionText("orders-copy", "  function: shared-fn\n");
      await commit({
        "deploy/permissions/orders-api.yaml": WRITE,
        "deploy/permissions/orders-copy.yaml": claim,
      });

      const { code, out, err } = await asService(
        "review",
        "--base",
        "HEAD~1",
        "--head",
        "HEAD",
        ...(form === "text" ? [] : ["-o", form]),
      );

      expect(code).toBe(3);
      expect(out).toContain("deploy/permissions/orders-copy.yaml");
      expect(`${out}${err}`).not.toMatch(/payments|ledger|vault|333333333333|broken\.yaml|platform\//);
    },
  );

  test("sees that nothing changes", async () => {
    const { code, out } = await asService("plan", "--base", "main", "--exit-code");

    expect([code, out]).toEqual([0, expect.stringContaining("0 functions change")]);
  });

  test("gets the platform's rules at the lines of its own files", async () => {
    await write({ "deploy/permissions/orders-api.yaml": OTHERS });

    const validated = await asService("validate", "-o", "json");
    const planned = await asService("plan", "--base", "main", "-o", "github");

    expect(validated.code).toBe(3);
    const { diagnostics, documents, root: folder } = JSON.parse(validated.out) as Validated;
    expect([documents, folder]).toEqual([1, ""]);
    expect(diagnostics).toMatchObject([
      { code: "TEN-004", file: "deploy/permissions/orders-api.yaml", line: expect.any(Number) },
    ]);
    expect(planned.out).toContain("file=deploy/permissions/orders-api.yaml,line=");
  });

  test.each([
    {
      file: teamText("orders", "accounts: [prod], functions: ['*']"),
      message: /deploy\/permissions\/more\.yaml:\d+:\d+: .*Team/,
      because: "only the platform declares a Team",
    },
    {
      file: functionText("orders-copy").replace(
        "name: orders-copy",
        "name: orders-copy, namespace: payments",
      ),
      message: /deploy\/permissions\/more\.yaml:\d+:\d+: .*payments/,
      because: "another namespace is not its own",
    },
    {
      file: functionText("orders-copy", "  function: payments-api\n"),
      message: /deploy\/permissions\/more\.yaml:\d+:\d+: .*also claimed in another namespace/,
      because: "the function is declared in the platform's repository",
    },
  ])("is refused what the controller refuses: $because", async ({ file, message }) => {
    await write({ "deploy/permissions/more.yaml": file });

    const { code, out } = await asService("validate");

    expect([code, out]).toEqual([3, expect.stringMatching(message)]);
    expect(out).not.toContain("orders//");
  });

  test("learns that the platform's part has errors, which are not its own", async () => {
    await platform.commit({ ...PLATFORM, "teams/payments/payments-api.yaml": "kind: [" });

    const { code, out } = await asService("validate");

    expect([code, out]).toEqual([
      0,
      "1 document: 0 errors, 0 warnings\nThe platform's repository has 1 error: what they declare is not known here\n",
    ]);
  });

  test("learns that its former folder is still in the platform's repository", async () => {
    await platform.commit({ ...PLATFORM, "teams/orders/orders-api.yaml": "kind: [" });

    const { code, out } = await asService("validate");

    expect([code, out]).toEqual([
      0,
      "1 document: 0 errors, 0 warnings\nThe platform's repository still has teams/orders/: Grantkeeper does not read it, and it can be removed there\n",
    ]);
  });

  test("reads a checkout of the platform as it is", async () => {
    const checkout = join(root, "checkout");
    await git(root, ["clone", "--quiet", platform.bare, checkout]);

    const { code, out } = await cli([
      "validate",
      join(service, "deploy/permissions"),
      "--platform",
      checkout,
      "--namespace",
      "orders",
    ]);

    expect([code, out]).toEqual([0, "1 document: 0 errors, 0 warnings\n"]);
  });

  test.each([
    { args: ["--platform", "x"], message: "--platform needs --namespace" },
    { args: ["--namespace", "orders"], message: "--namespace belongs to --platform" },
    { args: ["--platform-ssh-key", "k"], message: "--platform-ssh-key belongs to --platform" },
    {
      args: ["--platform", "../typo", "--namespace", "orders"],
      message: "--platform: ../typo does not exist\nhint:  name a checkout",
    },
    {
      args: ["--platform", "../typo#main", "--namespace", "orders"],
      message: "--platform: ../typo does not exist",
    },
    {
      args: ["--platform", "test/e2e", "--namespace", "orders"],
      message: "--platform: test/e2e has no folder platform/",
    },
    {
      args: ["--platform", "git@git.example.com:p.git", "--namespace", "orders"],
      message: "an ssh URL needs a key and the keys of its host",
    },
    {
      args: ["--platform", "https://git.example.com/p", "--namespace", "orders", "--platform-ssh-key", "k"],
      message: "belong to an ssh URL",
    },
    {
      args: ["--platform", "x", "--namespace", "platform"],
      message: '"platform" is not a namespace of a team',
    },
  ])("$args: $message", async ({ args, message }) => {
    const { code, err } = await cli(["validate", service, ...args]);

    expect([code, err]).toEqual([1, expect.stringContaining(message)]);
  });

  test("compares with AWS only from the platform", async () => {
    const { code, err } = await asService("plan");

    expect([code, err]).toEqual([1, expect.stringContaining("--platform is offline: it needs --base")]);
  });

  test("learns which repository cannot be read", async () => {
    const { code, err } = await cli([
      "validate",
      join(service, "deploy/permissions"),
      "--platform",
      join(root, "none.git"),
      "--namespace",
      "orders",
    ]);

    expect(code).not.toBe(0);
    expect(err).toContain("none.git");
  });
});

interface Validated {
  readonly root: string;
  readonly documents: number;
  readonly diagnostics: readonly { readonly code: string; readonly file: string; readonly line: number }[];
}
