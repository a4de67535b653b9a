import { AttachRolePolicyCommand, DetachRolePolicyCommand } from "@aws-sdk/client-iam";
import { AddPermissionCommand, GetPolicyCommand } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { followEvents } from "../support/installation/change-events.ts";
import { estate, fileOf, functions, PROD, roleNameOf, WRITE_ORDERS } from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const FILES = estate(functions(["f1", "f2", "f3", "f4", "f5"], WRITE_ORDERS));

describe("a change in AWS whose event arrives", () => {
  let installation: Installation;
  let events: { readonly stop: () => Promise<void> };
  const outcomes: string[] = [];

  beforeEach(async () => {
    outcomes.length = 0;
    const count = (name: string, labels?: Readonly<Record<string, string>>): void => {
      if (name === "change_messages_total") outcomes.push(labels?.["outcome"] ?? "");
    };
    installation = await Installation.start({ files: FILES, telemetry: { count } });
    await installation.converge();
  });
  afterEach(async () => {
    await events.stop();
    await installation.stop();
  });

  const attach = async (name: string): Promise<void> => {
    const { iam } = installation.consoleOf(PROD);
    await iam.send(new AttachRolePolicyCommand({ RoleName: roleNameOf(name), PolicyArn: ADMINISTRATOR }));
  };
  const attached = (name: string): readonly string[] =>
    installation.world.accounts[PROD]?.iam.roles[roleNameOf(name)]?.attached ?? [];
  /** CloudTrail has whole seconds: a call in the second of the last read may have been before it. */
  const aSecondAfterTheLastRead = async (): Promise<void> => {
    const readMs = Date.now();
    await installation.until(
      "the second after the next",
      () => Math.floor(Date.now() / 1_000) * 1_000 > readMs + 1_000,
    );
  };
  const isAlerted = (text: string): boolean => installation.alerts.some((body) => body.includes(text));

  test("is reverted without a sweep, by reading only what it names, and our own writes cause no read", async () => {
    events = followEvents(installation);
    const sweeps = () =>
      installation.reads().filter(({ operation }) => operation === "GetAccountAuthorizationDetails").length;
    const before = sweeps();
    const readsBefore = installation.reads().length;
    await aSecondAfterTheLastRead();

    await attach("f1");
    await installation.until("the policy is detached", () => attached("f1").length === 0);
    await installation.until("an alert", () => isAlerted("AdministratorAccess"));
    await installation.until("our own write is recognised", () => outcomes.includes("own"));

    expect(sweeps()).toBe(before);
    const opened = installation.alerts.find((body) => body.includes("drift-opened")) ?? "";
    expect(opened).toMatch(
      /Who: {2}last call seen that set this: \S+ from 203\.0\.113\.7 attached AdministratorAccess at \d\d:\d\d:\d\dZ \(event [0-9a-f-]+\)/,
    );
    expect(opened).not.toContain("not known yet");
    const entries = await installation.entries();
    const found = entries.findLast((entry) => entry.kind === "drift-found");
    expect(found).toMatchObject({
      authors: [{ attribution: { kind: "named", change: { actor: { kind: "root" } } } }],
    });
    expect(outcomes).toEqual(["read", "own"]);
    const reads = installation.reads().slice(readsBefore);
    const ofFunction = reads.filter(({ input }) => JSON.stringify(input).includes('"f1'));
    // One read of its role and function finds the change; one reads back what was written.
    expect(ofFunction.length).toBeGreaterThanOrEqual(7);
    expect(ofFunction.length).toBeLessThanOrEqual(14);
    expect(JSON.stringify(reads)).not.toContain(roleNameOf("f2"));
  });

  test("is reverted without a sweep while its manifest has an error: the applied state is in force", async () => {
    const file = fileOf("f1");
    await installation.push({ ...FILES, [file]: `${FILES[file] ?? ""}\n  unknownField: 1\n` });
    await installation.settled();
    events = followEvents(installation);
    await aSecondAfterTheLastRead();

    await attach("f1");
    await installation.until("the policy is detached", () => attached("f1").length === 0);

    await installation.until("our own write is recognised", () => outcomes.includes("own"));
    expect(outcomes).toEqual(["read", "own"]);
  });

  test("is read once if it arrives twice and out of order", async () => {
    events = followEvents(installation, { repeatEvery: 1, overtakeEvery: 2 });

    await attach("f1");
    await attach("f2");
    await installation.until(
      "both policies are detached",
      () => attached("f1").length + attached("f2").length === 0,
    );
    await installation.until("every message was read", () => outcomes.length === 8);

    const sorted = outcomes.toSorted();
    expect(sorted.filter((outcome) => outcome === "read")).toHaveLength(2);
    expect(sorted.filter((outcome) => outcome === "repeated").length).toBe(2);
  });

  test("is found by the next sweep if the event is lost", async () => {
    events = followEvents(installation, { loseEvery: 1 });

    await attach("f1");
    await installation.settled();

    expect(attached("f1")).toEqual([]);
    expect(outcomes).toEqual([]);
  });

  test("that is undone before it is read leaves no drift and no alert", async () => {
    events = followEvents(installation, { delayMs: 300 });
    const { iam } = installation.consoleOf(PROD);
    const before = installation.alerts.length;

    await attach("f1");
    await iam.send(new DetachRolePolicyCommand({ RoleName: roleNameOf("f1"), PolicyArn: ADMINISTRATOR }));
    await installation.until("both events were read", () => outcomes.length === 2);
    await installation.until("no key waits", async () => {
      const { accounts } = await installation.overview();
      return accounts.every(({ passing }) => !passing);
    });

    expect(installation.alerts.slice(before)).toEqual([]);
  });

  test("of the function's policy is reverted, and the alert names it", async () => {
    events = followEvents(installation);
    const { lambda } = installation.consoleOf(PROD);
    const isPublic = async (): Promise<boolean> => {
      // Without a statement the policy does not exist.
      const answer = await lambda.send(new GetPolicyCommand({ FunctionName: "f1" })).catch(() => null);
      return answer?.Policy?.includes('"public"') === true;
    };

    await lambda.send(
      new AddPermissionCommand({
        FunctionName: "f1",
        StatementId: "public",
        Action: "lambda:InvokeFunction",
        Principal: "*",
      }),
    );
    expect(await isPublic()).toBe(true);
    await installation.until("an alert", () => isAlerted("public"));
    await installation.until("the statement is removed", async () => !(await isPublic()));

    // The event names a statement by its sid only.
    expect(installation.alerts.find((body) => body.includes("public"))).toMatch(
      /Who: {2}not certain: \S+ .*added the statement public/,
    );
  });
});
