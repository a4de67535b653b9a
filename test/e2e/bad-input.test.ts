import { mkdtemp, readFile, rm, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Files } from "../../demo/manifests.ts";
import type { Clock } from "../../src/controller/ports/clock.ts";
import { accountOf, addRole } from "../../src/simulator/world.ts";
import { git } from "../support/git/git-repository.ts";
import {
  addBadEstate,
  ARCHIVE,
  denialOf,
  documentOf,
  LONGEST,
  NOT_PARSED,
  PLATFORM,
  REGION,
} from "../support/installation/bad-estate.ts";
import { CLOCK } from "../support/installation/compose.ts";
import { keyOf, PROD } from "../support/installation/estate.ts";
import { InstallationCli } from "../support/installation/installation-cli.ts";
import { Installation } from "../support/installation/installation.ts";
import type { CliRun } from "../support/screens/cli.ts";

const HOUR_MS = 3_600_000;
/** Functions in which something becomes wrong after they were imported, and those that an import mentions only. */
const LATER = ["deleted", "recreated", "odd-later", "half-later", "quota-later", "large", "dead-letter"];

let offsetMs = 0;
const clock: Clock = { ...CLOCK, nowMs: () => CLOCK.nowMs() + offsetMs };
let installation: Installation;
let screens: InstallationCli;
let folder = "";
/** With one account that cannot be read, and with all of them. */
let [first, second]: readonly CliRun[] = [];
let files: Files = {};
/** By function, after it became wrong. */
const shown = new Map<string, string>();

const teams = (): string => join(folder, "repository/teams/orders");
const arnOf = (name: string): string => `arn:aws:lambda:${REGION}:${PROD}:function:${name}`;
/** A screen without its line breaks, wherever they are. */
const inOneLine = (text = ""): string => text.replace(/\s+/g, " ");

async function imports(): Promise<void> {
  const [prod, archive] = [PROD, ARCHIVE].map((id) => accountOf(installation.world, id));
  Object.assign(prod ?? {}, { denials: documentOf(denialOf(["lambda:GetPolicy"], arnOf("half"))) });
  Object.assign(archive ?? {}, { denials: documentOf(denialOf(["lambda:ListFunctions"])) });
  const unwatch = installation.simulator.watch(({ operation }) => {
    if (operation === "ListAliases") delete prod?.lambda[REGION]?.functions["vanishes"];
    return "go-on";
  });
  const from = ["--dir", join(folder, "repository"), "--config", "grantkeeper.yaml"];
  const argv = ["import", "prod", "staging", "archive", ...from, "--namespace", "orders"];
  first = await screens.run(argv);
  unwatch();
  delete archive?.denials;
  second = await screens.run(argv);
}

async function importedFiles(): Promise<Files> {
  const names = await readdir(teams());
  const texts = names.map(async (name) => {
    const inPlace = "role: { name: large-role, path: /, adopt: reviewed }";
    const way = name === "large.yaml" ? inPlace : "functionRole: manage";
    const text = await readFile(join(teams(), name), "utf8");
    return [
      `teams/orders/${name}`,
      text.replace("\n  mode: observe\n", `\n  mode: enforce\n  ${way}\n`),
    ] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

/** The declared roles are there, and no switch is approved. */
async function adopt(): Promise<void> {
  const { "teams/orders/quota-later.yaml": _, ...early } = files;
  await installation.push({ ...PLATFORM, ...early });
  await installation.settled();
  offsetMs += 25 * HOUR_MS;
  await installation.look();
  await installation.approveAll();
  await installation.settled();
}

async function breakThem(): Promise<void> {
  const prod = accountOf(installation.world, PROD);
  const { roles, quotas } = prod.iam;
  delete prod.lambda[REGION]?.functions["deleted"];
  const { inline = {} } = roles["recreated-role"] ?? {};
  delete roles["recreated-role"];
  addRole(installation.world, { accountId: PROD, name: "recreated-role", inline });
  Object.assign(roles["odd-later-role"]?.inline ?? {}, { odd: NOT_PARSED });
  prod.denials = documentOf(denialOf(["lambda:ListAliases"], arnOf("half-later")));
  quotas.RolesQuota = Object.keys(roles).length;
  await installation.push({ ...PLATFORM, ...files });
  await installation.settled();
  const quotaLater = keyOf("quota-later");
  for (const { subject, keys } of await installation.holds())
    if (keys.includes(quotaLater))
      await installation.control.approve({ subject, reason: "test", forMs: HOUR_MS }, "dana");
  await installation.settled();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bad-input-"));
  installation = await Installation.start({
    files: PLATFORM,
    seed: ({ world }) => addBadEstate(world),
    clock,
    withinMs: 100_000,
  });
  screens = await InstallationCli.start(installation);
  await git(folder, ["clone", "--quiet", installation.repository.bare, "repository"]);
  await imports();
  files = await importedFiles();
  await adopt();
  await breakThem();
  for (const name of LATER)
    shown.set(name, inOneLine((await screens.run(["describe", `orders/${name}@prod`])).out));
}, 300_000);
afterAll(async () => {
  await screens.close();
  await installation.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

describe("an import by the command line and real calls reports, with the reason and the next step,", () => {
  test.each([
    {
      problem: "an account that cannot be read",
      line: "archive/eu-west-1: lambda:ListFunctions is denied: ",
      next: "allow the call to the observer: grantkeeper bootstrap roles prints its policy",
    },
    {
      problem: "functions of two accounts that need variables, which the third account may contradict",
      line: "unknown: 2 functions (billing@prod/eu-west-1, billing@staging/eu-west-1): its targets differ in values that variables would replace, and archive/eu-west-1 was not read",
      next: "read all places, or import without the account that cannot be read",
    },
    {
      problem: "a function whose policy cannot be read",
      line: "unknown: half@prod/eu-west-1: lambda:GetPolicy is denied",
      next: "allow the call to the observer, and import again",
    },
    {
      problem: "a statement that cannot be parsed",
      line: 'blocked: odd@prod/eu-west-1: a statement of inline policy odd cannot be declared: unknown element "Scope"',
      next: "change the statement in AWS, and import again",
    },
    {
      problem: "a function that is deleted while it is read",
      line: "unknown: vanishes@prod/eu-west-1: lambda:ListAliases failed",
      next: "import again",
    },
    {
      problem: "a role that does not exist",
      line: "blocked: no-role@prod/eu-west-1: its role arn:aws:iam::222222222222:role/no-role-role does not exist",
      next: "create the role, or delete the function",
    },
    {
      problem: "a role over its quota",
      line: "not possible: large@prod/eu-west-1: the role's inline policies would have 12739 of 10240 characters",
      next: "make its policies smaller first, or give the function a new role",
    },
    {
      problem: "a permission that the function needs and its role does not have",
      line: "missing-permission: dead-letter@prod/eu-west-1: its role does not allow its dead-letter queue, now and after the import",
      next: 'grants: - sqs: {queue: "arn:aws:sqs:eu-west-1:222222222222:dead", allow: [send]}',
    },
  ])("$problem", ({ line, next }) => {
    const reported = first?.out.split("\n").find((one) => one.includes(line));

    expect(first?.code).toBe(3);
    expect(reported).toContain(next);
  });

  test("and writes names at their limits and equal names as files of their own", () => {
    const named = Object.values(files).flatMap((text) => /^ {2}function: (.*)$/m.exec(text)?.[1] ?? []);

    expect(named.sort()).toEqual(["Api_x", "api-x", LONGEST].sort());
    expect(Object.keys(files).filter((path) => path.includes("/api-x"))).toHaveLength(2);
  });

  test("and, once all three accounts are read, writes one manifest for the function that they have alike", () => {
    expect(second?.out).toContain("3 imported, 3 of them proved equal, 11 declared");
    expect(files["teams/orders/billing.yaml"]).toContain('{ table: "${account.vars.ordersTable}"');
    expect(files["teams/orders/billing.yaml"]?.match(/accounts: \[\w+\]/g)).toHaveLength(3);
  });
});

describe("the controller shows on describe, with the reason and the next step,", () => {
  test.each([
    {
      problem: "a function that is deleted while it is adopted",
      name: "deleted",
      reason: "not deployed: the function does not exist in AWS",
      next: "it is to be deployed with the declared role",
    },
    {
      problem: "a role that is created again under the same name",
      name: "recreated",
      reason: "role recreated-role was deleted and created again, so the proof began again",
      next: "hint: find out who created the role again; if that was intended, wait",
    },
    {
      problem: "a statement that cannot be parsed",
      name: "odd-later",
      reason: "the declared role does not grant the same as role odd-later-role",
      next: "hint: change the manifest: grantkeeper describe lists the differences under COMPARED",
    },
    {
      problem: "a part that cannot be read any more",
      name: "half-later",
      reason: "its aliases were not read: lambda:ListAliases function/half-later: AccessDenied",
      next: "hint: grantkeeper doctor shows whether a permission is missing",
    },
    {
      problem: "an account that may have no more roles",
      name: "quota-later",
      reason: "LimitExceeded: Cannot exceed quota for RolesPerAccount",
      next: "hint: declare less, or ask AWS to raise the quota",
    },
    {
      problem: "a role over its quota",
      name: "large",
      reason: "Not applied: the role's inline policies would have 12739 of 10240 characters",
      next: "hint: make the change in two steps, or smaller",
    },
    {
      problem: "a permission that the function needs",
      name: "dead-letter",
      reason: "the declared role does not allow its dead-letter queue",
      next: 'hint: add grants: - sqs: {queue: "arn:aws:sqs:eu-west-1:222222222222:dead", allow: [send]}',
    },
  ])("$problem", ({ name, reason, next }) => {
    expect(shown.get(name)).toContain(reason);
    expect(shown.get(name)).toContain(next);
  });

  test("and no function leaves its old role without an approval of its switch", () => {
    const { functions = {} } = accountOf(installation.world, PROD).lambda[REGION] ?? {};
    const moved = Object.values(functions).filter(({ versions }) =>
      versions["$LATEST"]?.Role.includes(":role/grantkeeper/"),
    );

    expect(moved).toEqual([]);
    expect(installation.writes().map(({ operation }) => operation)).toContain("CreateRole");
  });
});
