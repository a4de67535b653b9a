import {
  AddPermissionCommand,
  CreateAliasCommand,
  GetPolicyCommand,
  PublishVersionCommand,
} from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { followEvents } from "../support/installation/change-events.ts";
import { estate, functions, keyOf, PROD, READ_ORDERS } from "../support/installation/estate.ts";
import { allKeys } from "../support/record/all-keys.ts";
import { Installation } from "../support/installation/installation.ts";

const FIRST = "a";
const LAST = "b";
const ALL = estate(functions([FIRST, LAST], READ_ORDERS));

describe("an alias that no manifest declares", () => {
  let installation: Installation;
  let events: { readonly stop: () => Promise<void> } | null = null;

  beforeEach(async () => {
    installation = await Installation.start({
      files: estate(functions([FIRST], READ_ORDERS)),
      worldOf: ALL,
      sweepMs: 600_000,
    });
  });
  afterEach(async () => {
    await events?.stop();
    events = null;
    await installation.stop();
  });

  const addAlias = async (name: string): Promise<void> => {
    const alias = { FunctionName: name, Name: "blue", FunctionVersion: "$LATEST" };
    await installation.consoleOf(PROD).lambda.send(new CreateAliasCommand(alias));
  };
  const addVersion = async (name: string): Promise<void> => {
    await installation.consoleOf(PROD).lambda.send(new PublishVersionCommand({ FunctionName: name }));
  };
  const openToAll = async (name: string, qualifier: string): Promise<void> => {
    const statement = { StatementId: "public", Action: "lambda:InvokeFunction", Principal: "*" };
    const input = { FunctionName: name, Qualifier: qualifier, ...statement };
    await installation.consoleOf(PROD).lambda.send(new AddPermissionCommand(input));
  };
  const isOpen = async (name: string, qualifier: string): Promise<boolean> => {
    const { lambda } = installation.consoleOf(PROD);
    const input = { FunctionName: name, Qualifier: qualifier };
    // Without its last statement the policy does not exist.
    const answer = await lambda.send(new GetPolicyCommand(input)).catch(() => null);
    return answer?.Policy?.includes('"public"') === true;
  };
  const recordOf = async (name: string) => {
    const records = await allKeys(installation.store);
    return records.find(({ key }) => key === keyOf(name));
  };
  /** Both functions have had their turn. */
  const allRead = async (): Promise<void> => {
    await installation.look();
    expect((await recordOf(LAST))?.undeclaredQualifiers?.lastMs).toEqual(expect.any(Number));
  };

  test.each([
    { qualifier: "blue", made: addAlias, shown: "alias blue", what: "alias" },
    { qualifier: "1", made: addVersion, shown: "version 1", what: "version" },
  ])(
    "or version keeps a public statement that was there first until someone approves its removal: $shown",
    async (row) => {
      const { qualifier, made, shown, what } = row;
      await installation.converge();
      await made(LAST);
      await openToAll(LAST, qualifier);

      await installation.push(ALL);
      await installation.settled();

      expect(await isOpen(LAST, qualifier)).toBe(true);
      const reasons = (await installation.holds()).map(({ reason }) => reason);
      expect(reasons).toContain(
        `public statement "public" on ${shown} is not in Git, and it was there when the policy of the ${what} was first read`,
      );
      await installation.approveAll();
      await installation.settled();
      expect(await isOpen(LAST, qualifier)).toBe(false);
      expect((await recordOf(LAST))?.undeclaredQualifiers).toMatchObject({ withPolicy: [] });
      expect((await installation.condition(keyOf(LAST), "Ready"))?.status).toBe("True");
    },
  );

  test("loses a public statement that was added after its turn, by its next turn", async () => {
    await installation.converge(ALL);
    await allRead();
    await addAlias(LAST);
    await openToAll(LAST, "blue");

    await allRead();

    expect(await isOpen(LAST, "blue")).toBe(false);
    expect(await installation.holds()).toEqual([]);
  });

  test.each([
    { qualifier: "blue", made: addAlias },
    { qualifier: "1", made: addVersion },
  ])(
    "or version loses a public statement without a turn once the change event arrives: $qualifier",
    async (row) => {
      const { qualifier, made } = row;
      await installation.converge(ALL);
      await allRead();
      events = followEvents(installation);
      await made(LAST);
      const appliedMs = (await recordOf(LAST))?.applied?.atMs ?? Infinity;
      // CloudTrail has whole seconds: an event of the same second may be from before.
      await installation.until(
        "the second is over",
        () => Math.floor(Date.now() / 1_000) * 1_000 > appliedMs,
      );

      await openToAll(LAST, qualifier);

      await installation.until("the statement is removed", async () => !(await isOpen(LAST, qualifier)));
      const shown = `anyone can invoke it on ${qualifier}`;
      await installation.until("people are alerted", () => installation.alerts.join("").includes(shown));
      expect(await installation.holds()).toEqual([]);
    },
  );
});
