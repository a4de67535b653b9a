import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { known, type EstatePart } from "../../../src/adopt/estate/estate.ts";
import type { RoleAccess, ServiceAccess } from "../../../src/adopt/estate/role-access.ts";
import { DAY_MS } from "../../../src/adopt/evidence/action-use.ts";
import type { EstateReader } from "../../../src/controller/ports/estate/estate-reader.ts";
import type { AccessReportRequest } from "../../../src/model/answers/questions/access-report.ts";
import type { WhyReader } from "../../../src/model/answers/questions/access-questions.ts";
import type { LiveRole } from "../../../src/model/live.ts";
import { ok } from "../../../src/model/values/result.ts";
import type { SuggestionReport } from "../../../src/workbench/suggest/report.ts";
import type { Files } from "../../../demo/manifests.ts";
import { manifests } from "../../support/fakes/fake-controller.ts";
import { git } from "../../support/git/git-repository.ts";
import { AskedController } from "../../support/screens/asked-controller.ts";
import { ORDERS_TOKEN } from "../../support/screens/http-server.ts";
import { writeManifests } from "../../support/screens/plan-command.ts";

const MAILS = "    - ses: { identity: example.com, allow: [send] }\n";
const GRANTS = `  grants:
    - dynamodb: { table: orders, allow: [read] }
    # for the mails of last year
${MAILS}    - s3: { bucket: reports, allow: [read] }
`;
const FILES: Files = {
  ...manifests({ a: GRANTS }),
  "teams/payments/p.yaml": manifests({ p: GRANTS })["teams/orders/p.yaml"] ?? "",
};

let asked: AskedController;
let root: string;
beforeAll(async () => {
  asked = await AskedController.start(FILES);
  const nowMs = asked.fake.clock.nowMs();
  asked.changeRole({ createdAtMs: nowMs - 500 * DAY_MS, lastUsedAtMs: nowMs - DAY_MS });
  await asked.sweep();
});
afterAll(() => asked.stop());
beforeEach(async () => {
  asked.fake.roleAccess = async ({ roleArns }) => ok(new Map(roleArns.map((arn) => [arn, report()])));
  root = await mkdtemp(join(tmpdir(), "gk-suggest-"));
  await writeManifests(root, FILES);
  await git(root, ["init", "--quiet"]);
  await git(root, ["add", "."]);
  await git(root, ["commit", "--quiet", "-m", "manifests"]);
  await writeFile(join(root, "notes.txt"), "not committed");
});
afterEach(() => rm(root, { recursive: true }));

/** The mails were never sent; of S3 and DynamoDB no action is reported. */
function report(): EstatePart<RoleAccess> {
  const nowMs = asked.fake.clock.nowMs();
  const used = { lastAtMs: nowMs - DAY_MS, actions: new Map() };
  const services = new Map<string, ServiceAccess>([
    ["dynamodb", used],
    ["s3", used],
    ["ses", { lastAtMs: null, actions: new Map() }],
  ]);
  return known({ reportedAtMs: nowMs, services });
}

async function suggest(...more: readonly string[]) {
  const { code, out, err } = await asked.run(["suggest", "--dir", root, "-o", "json", ...more]);
  if (out === "") throw new Error(err);
  return { code, found: JSON.parse(out) as SuggestionReport };
}

function treeOf(): Promise<string[]> {
  const commands = [
    ["status", "--porcelain"],
    ["diff", "HEAD"],
    ["symbolic-ref", "HEAD"],
  ];
  return Promise.all(commands.map((args) => git(root, args)));
}

test("suggest --server --branch commits exactly the grants that the controller's reports do not show, and leaves the work tree", async () => {
  const before = await treeOf();

  const { code, found } = await suggest("orders/a", "--branch", "smaller");

  expect(code).toBe(0);
  expect(found.lastAccessed).toBe(true);
  const [manifest] = found.manifests;
  expect(manifest?.permissions).toMatchObject([
    { permission: "dynamodb read", use: "unknown", advice: "keep" },
    {
      permission: "ses send",
      use: "not-seen",
      confidence: "strong",
      days: 400,
      granularity: "service",
      advice: "remove",
    },
    { permission: "s3 read", use: "unknown", advice: "keep" },
  ]);
  expect(found.branch?.commits).toMatchObject([{ namespace: "orders", files: ["teams/orders/a.yaml"] }]);
  const text = FILES["teams/orders/a.yaml"] ?? "";
  expect(await git(root, ["show", "smaller:teams/orders/a.yaml"])).toBe(
    text.replace(`    # for the mails of last year\n${MAILS}`, ""),
  );
  expect(await git(root, ["diff", "--name-only", "main", "smaller"])).toBe("teams/orders/a.yaml\n");
  expect(await git(root, ["log", "-1", "--format=%B", "smaller"])).toContain(
    "- ses send: strong evidence by service, window 400 days: the service ses was not accessed by role a-eu-west-1 in 400 days",
  );
  expect(await treeOf()).toEqual(before);
});

test("a token of one team gets nothing of a function of another, and its manifest stays as it is", async () => {
  const { code, out } = await asked.run(["suggest", "--all", "--dir", root, "-o", "json"], {
    env: { GRANTKEEPER_TOKEN: ORDERS_TOKEN },
  });

  const found = JSON.parse(out) as SuggestionReport;
  expect(code).toBe(3);
  expect(found.manifests.map(({ manifest, outcome }) => [manifest, outcome])).toEqual([
    ["orders/a", "smaller"],
    ["payments/p", "unchanged"],
  ]);
  expect(found.unreadAccounts).toMatchObject([
    { account: "prod", reason: expect.stringMatching(/^payments\/p@prod\/eu-west-1: .*may not see/) },
  ]);
});

const QUESTION = { key: "function/111122223333/eu-west-1/orders/a" };

test.each([
  {
    because: "a role that a function of no one it sees has too",
    change: async () => {
      asked.addFunction("unowned", asked.role().arn);
      await asked.sweep();
    },
    functions: 2,
  },
  {
    because: "a role without the tag of its namespace, which a published version of any function may have",
    change: async () => asked.changeRole({ tags: [] }),
    functions: 1,
  },
  {
    because: "a role of another namespace",
    change: async () => asked.changeRole({ tags: [{ key: "grantkeeper.dev/owner", value: "orders2/a" }] }),
    functions: 1,
  },
])("a token of one team gets no report of $because", async ({ change, functions }) => {
  const before = asked.aws.live;
  await change();
  try {
    const refused = await asked.server.post("/accessreports", QUESTION, ORDERS_TOKEN);

    expect(refused).toMatchObject({ status: 409 });
    expect(JSON.stringify(refused)).not.toMatch(/unowned|orders2|"ses"/);
    expect(await asked.server.post("/accessreports", QUESTION)).toMatchObject({
      status: 200,
      json: { status: { roles: [{ functions }] } },
    });
  } finally {
    asked.aws.live = before;
    await asked.sweep();
  }
});

function readerOf(asker: string): WhyReader {
  const hides = (): boolean => false;
  return { asker, seesEverything: true, sees: () => true, hides, hidesFunction: hides };
}

test("a report that takes too long is refused, and so is the one that waits for its turn", async () => {
  const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<EstateReader["roleAccess"]>>>();
  asked.fake.roleAccess = () => promise;
  const ask = (asker: string) =>
    asked.fake.control.accessReport(QUESTION as AccessReportRequest, readerOf(asker));
  const both = Promise.all([ask("a"), ask("b")]);
  await asked.fake.clock.pass(150_000);
  const answers = await both;
  resolve(ok(new Map()));

  expect(answers).toMatchObject([{ error: { code: "unavailable" } }, { error: { code: "unavailable" } }]);
});

test("how many functions have a role is not known while the versions of another were not read, unless it is the manifest's own", async () => {
  const before = asked.aws.live;
  asked.addFunction("other", "arn:aws:iam::111122223333:role/other" as LiveRole["arn"], {
    versions: { kind: "not-requested" },
  });
  await asked.sweep();
  try {
    const own = await asked.server.post("/accessreports", QUESTION);
    asked.changeRole({ tags: [] });
    const untagged = await asked.server.post("/accessreports", QUESTION);

    expect(own.json).toMatchObject({ status: { roles: [{ functions: 1 }] } });
    expect(untagged.json).toMatchObject({ status: { roles: [{ functions: null }] } });
  } finally {
    asked.aws.live = before;
    await asked.sweep();
  }
});

test("a function that AWS no longer has is not found", async () => {
  const before = asked.aws.live;
  asked.removeFunction("a");
  try {
    expect(await asked.server.post("/accessreports", QUESTION)).toMatchObject({ status: 404 });
  } finally {
    asked.aws.live = before;
  }
});

test("the report of a function is not that of another one which the checked-out manifest names", async () => {
  const path = join(root, "teams/orders/a.yaml");
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replace("spec:\n", "spec:\n  function: renamed\n"));

  const { code, found } = await suggest("orders/a");

  expect(code).toBe(3);
  expect(found.manifests[0]?.permissions.map(({ advice }) => advice)).toEqual(["keep", "keep", "keep"]);
  expect(found.unreadAccounts).toMatchObject([
    { reason: expect.stringMatching(/another function: arn:aws:lambda:eu-west-1:111122223333:function:a$/) },
  ]);
});

test.each([
  {
    because: "a report that IAM does not give",
    access: { kind: "unknown", call: "iam:GenerateServiceLastAccessedDetails", why: "denied", reason: "no" },
  },
  { because: "a service that the report does not have", access: null },
] as const)("nothing is suggested by $because", async ({ access }) => {
  const empty = known({ reportedAtMs: asked.fake.clock.nowMs(), services: new Map() });
  asked.fake.roleAccess = async ({ roleArns }) =>
    ok(new Map(roleArns.map((arn) => [arn, access ?? empty] as const)));

  const { code, found } = await suggest("orders/a", "--branch", "smaller");

  expect(code).toBe(access === null ? 0 : 3);
  expect(found.unreadRoles).toHaveLength(access === null ? 0 : 1);
  expect(found.manifests[0]?.permissions.map(({ advice }) => advice)).toEqual(["keep", "keep", "keep"]);
  expect(found.branch).toBeNull();
});

test("nothing is suggested of a role that is younger than the window, as it is now and not as it was last read", async () => {
  const { createdAtMs } = asked.role();
  asked.changeRole({ createdAtMs: asked.fake.clock.nowMs() - 30 * DAY_MS });

  const { found } = await suggest("orders/a");

  asked.changeRole({ createdAtMs });
  expect(found.manifests[0]).toMatchObject({
    outcome: "unchanged",
    permissions: [{}, { days: 30, confidence: "weak", advice: "review" }, {}],
  });
});
