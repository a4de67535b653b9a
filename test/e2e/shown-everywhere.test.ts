import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { accountOf } from "../../src/simulator/world.ts";
import { TestClock } from "../support/fakes/test-clock.ts";
import {
  estate,
  functions,
  PROD,
  READ_ORDERS,
  roleNameOf,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { denialOf, documentOf } from "../support/installation/bad-estate.ts";
import { InstallationCli } from "../support/installation/installation-cli.ts";
import { Installation } from "../support/installation/installation.ts";
import { certifiedListener, HAS_KUBECTL, kubectlWith } from "../support/kubernetes/kubectl.ts";

if (!HAS_KUBECTL) console.warn("skipped: install Debian's kubernetes-client to see the states with kubectl");

const HOUR_MS = 3_600_000;
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const NAME = `a.${PROD}.eu-west-1`;
const DEPENDS_ON_B = "  dependsOn: [b]\n";
const filesOf = (a: string, b: string) => estate({ ...functions(["a"], a), ...functions(["b"], b) });

let clock: TestClock;
let folder: string;
let installation: Installation;
let screens: InstallationCli;
let kubectl: (args: string) => Promise<string>;

beforeEach(async () => {
  clock = new TestClock();
  folder = await mkdtemp(join(tmpdir(), "shown-"));
  installation = await Installation.start({ files: filesOf(READ_ORDERS, READ_ORDERS), clock });
  await installation.converge();
  const { tls, caFile } = certifiedListener(folder);
  screens = await InstallationCli.start(installation, { clock, tls });
  const run = await kubectlWith(screens.kubeconfig(caFile), folder);
  kubectl = async (args) => {
    const { out, err } = await run(...args.split(" "));
    return `${err}${out}`;
  };
});

afterEach(async () => {
  await screens.close();
  await installation.stop();
  await rm(folder, { recursive: true, maxRetries: 3 });
});

const mayWrite = (name: string): boolean =>
  installation.world.accounts[PROD]?.iam.roles[roleNameOf(name)]?.inline["grantkeeper"]?.includes(
    "dynamodb:PutItem",
  ) === true;

const inOneLine = (text: string): string => text.replaceAll(/\s+/g, " ");

/** By screen: all that it shows. */
async function shown(): Promise<ReadonlyMap<string, string>> {
  const screensOf = new Map<string, string>();
  for (const command of ["status", "get bindings", "describe orders/a", "history orders/a"]) {
    const { out, err } = await screens.run(command.split(" "));
    screensOf.set(command, inOneLine(`${err}${out}`));
  }
  if (HAS_KUBECTL) screensOf.set("kubectl", inOneLine(await kubectl(`describe bindings ${NAME} -n orders`)));
  // The page reads both.
  screensOf.set("/bindings", await screens.read(`/namespaces/orders/bindings/${NAME}`));
  screensOf.set("/overview", await screens.read("/overview"));
  return screensOf;
}

/** The screens that have the text. */
async function having(text: RegExp): Promise<readonly string[]> {
  return [...(await shown())].flatMap(([screen, all]) => (text.test(all) ? [screen] : []));
}

const ALL = [
  "status",
  "get bindings",
  "describe orders/a",
  "history orders/a",
  ...(HAS_KUBECTL ? ["kubectl"] : []),
  "/bindings",
  "/overview",
];

/** To a revision in which the function `a` may not write. */
async function rollBack(to: string): Promise<void> {
  const order = ["rollback", to, "--for", "1h", "--reason", "INC-4410"];
  expect(await screens.run(order)).toMatchObject({ code: 0, err: "" });
  await installation.until("the older revision is applied", () => !mayWrite("a"));
  await installation.look();
}

test("a rollback is named with its author, reason and end by all screens of its functions until its time or --end", async () => {
  const { accepted } = (await installation.overview()).source;
  const old = `main@${accepted?.split(":")[1]?.slice(0, 7)}`;
  await installation.push(filesOf(WRITE_ORDERS, READ_ORDERS));
  await installation.settled();
  const isOver = () => installation.until("the newest revision is applied", () => mayWrite("a"));
  const text = `rolled back to ${old} until \\S+ \\(in .{1,9}\\) by local: "INC-4410"; main@\\w+ waits`;
  const ofKubectl = "Rolled Back: At: \\S+ By: local From: \\S+ Reason: INC-4410";
  const ofApi = '"rolledBack":\\{[^}]+"reason":"INC-4410"[^}]+"by":"local"';

  await rollBack(old);
  const during = await having(new RegExp([text, ofKubectl, ofApi].join("|")));
  accountOf(installation.world, PROD).iam.roles[roleNameOf("b")]?.attached.push(ADMINISTRATOR);
  await installation.look();
  const { alerts } = installation;
  const isAlert = (text: string): boolean => text.includes("+ AdministratorAccess attached");
  await installation.until("the alert went out", () => alerts.some(isAlert));
  const alerted = alerts.find(isAlert);
  clock.advance(HOUR_MS);
  await isOver();
  const after = await having(/rolled ?back|after the rollback/i);
  await rollBack(old);
  await screens.run(["rollback", "--end", "--reason", "it is over"]);
  await isOver();
  const ended = await having(/rolled ?back|after the rollback/i);

  expect([during, after, ended]).toEqual([ALL, [], []]);
  expect(alerted).toMatch(
    new RegExp(`Rollback: source main is at ${old} until \\S+ \\S+Z by local: .{1,3}INC-4410`),
  );
  const { out } = await screens.run(["history", "--kind", "rollback-ended"]);
  expect(inOneLine(out)).toMatch(/ local \w+: "it is over" .* Grantkeeper the time of \w+ is over/);
});

test("a function that waits for another one names it and its cause on all screens, until that one is applied", async () => {
  const prod = accountOf(installation.world, PROD);
  const roleOfB = `arn:aws:iam::${PROD}:role/grantkeeper/${roleNameOf("b")}`;
  prod.denials = documentOf(denialOf(["iam:PutRolePolicy"], roleOfB));
  await installation.push(filesOf(WRITE_ORDERS + DEPENDS_ON_B, WRITE_ORDERS));
  await installation.settled();
  const wait =
    /waits for orders\/b@prod\/eu-west-1 \(dependsOn\): it is not applied yet \(AccessDenied\)|1 waits for another function/;

  const waiting = [await having(wait), mayWrite("a")];
  delete prod.denials;
  clock.advance(HOUR_MS);
  await installation.settled();
  const applied = [mayWrite("b"), mayWrite("a"), await having(/"WaitingForDependency"|waits for another/i)];

  expect(waiting).toEqual([ALL, false]);
  expect(applied).toEqual([true, true, []]);
});

test("functions that wait for each other, or for one that Git removed, keep what was applied, and name the line", async () => {
  await installation.push(filesOf(WRITE_ORDERS + DEPENDS_ON_B, `${READ_ORDERS}  dependsOn: [a]\n`));
  await installation.settled();
  const circle = [
    await having(/teams\/orders\/a.yaml:7:15: functions that wait for each other: a → b → a/),
    mayWrite("a"),
  ];
  await installation.push(estate(functions(["a"], WRITE_ORDERS + DEPENDS_ON_B)));
  await installation.settled();
  const removed = [
    await having(/a.yaml:7:15: unknown function \\?"b\\?" in namespace orders/),
    mayWrite("a"),
  ];

  // An error in Git is no entry of the record about the function.
  const named = ALL.filter((screen) => screen !== "history orders/a");
  expect([circle, removed]).toEqual([
    [named, false],
    [named, false],
  ]);
});
