import { beforeEach, describe, expect, test } from "@jest/globals";
import { readChangeMessage } from "../../../../src/iam/trail/change-message.ts";
import { finish } from "../../../support/record/audit-facts.ts";
import { WRITER } from "../../../support/trail/own-role-events.ts";
import { ACCOUNTS, named } from "./inbox-world.ts";
import { OwnRoleWorld, POLICY, ROLE } from "./own-role-world.ts";

let world: OwnRoleWorld;

beforeEach(async () => {
  world = new OwnRoleWorld();
  await world.begin();
});

describe("a write by a role of Grantkeeper that is not in its record", () => {
  test("is recorded with its call, object, role, session, source address, access key and event", async () => {
    await world.receive(world.message("e1"));

    expect(world.fake.audit.log.findLast(({ kind }) => kind === "unrecorded-writes")).toMatchObject({
      accountId: "111122223333",
      account: "prod",
      omitted: 0,
      writes: [
        {
          eventId: "e1",
          at: new Date(world.nowMs).toISOString(),
          call: "iam:AttachRolePolicy",
          object: "role/orders-api",
          identity: "writer",
          role: WRITER,
          requestId: "r-e1",
          actor: {
            name: "gk-pass-1",
            role: "writer",
            sourceAddress: "203.0.113.7",
            accessKeyId: "ASIAEXAMPLE0000000007",
          },
        },
      ],
    });
    expect(world.telemetry.outcomes).toEqual(["unrecorded"]);
  });

  test.each([
    {
      change: {
        roleArn: WRITER.toUpperCase()
          .replace(/^ARN:AWS:IAM/, "arn:aws:iam")
          .replace(":ROLE/", ":role/"),
      },
      because: "IAM compares names without regard to case",
    },
    { change: { roleArn: WRITER.replace("/writer", "/observer") }, because: "the observer never writes" },
    {
      change: { record: { eventName: "CreateUser", requestParameters: { userName: "x" } } },
      because: "Grantkeeper never makes the call",
    },
    {
      change: { record: { eventName: "PutRolePolicy", requestParameters: null } },
      because: "the record has no parameters",
    },
    {
      change: { record: { requestParameters: { roleName: "of-no-manifest", policyArn: POLICY } } },
      because: "the role is of no manifest",
    },
    {
      change: { record: { sourceIPAddress: "cloudformation.amazonaws.com" } },
      because: "a service made it for the session",
    },
    { change: { record: { userAgent: "" } }, because: "it names no user agent" },
  ])("is found if $because", async ({ change }) => {
    await world.receive(world.message("e1", change));

    expect(world.recorded()).toEqual([["e1"]]);
  });

  test.each([
    {
      of: {},
      event: { record: { requestParameters: { roleName: "orders-api", policyArn: `${POLICY}2` } } },
      because: "the open intent attaches another policy",
    },
    { of: { target: `${ROLE}-2` }, event: {}, because: "the open intent is of another role" },
    { of: { call: "iam:DetachRolePolicy" }, event: {}, because: "the open intent is another call" },
  ] as const)("is found although it claims an intent, if $because", async ({ of, event }) => {
    const { seq } = await world.intended(of);

    await world.receive(world.message("e1", { intent: seq, ...event }));

    expect(world.recorded()).toEqual([["e1"]]);
  });

  test("is found if it claims an intent that ended with another request", async () => {
    const entry = await world.intended();
    await world.fake.audit.append([finish(entry, "applied")]);

    await world.receive(world.message("e1", { intent: entry.seq }));

    expect(world.recorded()).toEqual([["e1"]]);
  });

  test("is found if it claims an intent whose answer was lost long before", async () => {
    const entry = await world.intended();
    await world.fake.audit.append([{ ...finish(entry, "found-applied"), requestId: null }]);

    await world.receive(world.message("e1", { intent: entry.seq, atMs: world.nowMs + 3_600_000 }));

    expect(world.recorded()).toEqual([["e1"]]);
  });

  test("is recorded once, although its event arrives again, in another process too", async () => {
    await world.receive(world.message("e1"), world.message("e1"));
    await world.receive(world.message("e1"), world.message("e2"));
    world.restart();
    await world.receive(world.message("e2"), world.message("e1"));

    expect(world.recorded()).toEqual([["e1"], ["e2"]]);
  });

  test("is recorded once, although a search finds its event again 89 days and a restart later", async () => {
    const body = world.message("e1");
    await world.receive(body);
    world.fake.clock.set(world.nowMs + 89 * 86_400_000);
    world.restart();

    const message = readChangeMessage(body, ACCOUNTS);
    await world.inbox.judge(message.kind === "change" ? [message.event] : []);

    expect(message.kind).toBe("change");
    expect(world.recorded()).toEqual([["e1"]]);
  });

  test("is found if another service did not make the call for the session", async () => {
    const { detail, ...envelope } = JSON.parse(world.message("e1")) as { readonly detail: object };
    const change = { eventSource: "sts.amazonaws.com", eventName: "AssumeRole", requestParameters: {} };

    await world.receive(JSON.stringify({ ...envelope, source: "aws.sts", detail: { ...detail, ...change } }));

    expect(world.recorded()).toEqual([["e1"]]);
  });

  test("stays in the queue while the record cannot be written", async () => {
    world.bodies = [world.message("e1")];
    const append = world.fake.audit.append.bind(world.fake.audit);
    let refusals = 2;
    world.fake.audit.append = async (facts) => {
      refusals -= 1;
      if (refusals >= 0) throw named("ENOSPC");
      return append(facts);
    };

    await world.read(() => world.bodies.length === 0);

    expect(world.recorded()).toEqual([["e1"]]);
  });

  test("makes the keys of its object due, also if it claims an open intent with another input", async () => {
    const { seq } = await world.intended({
      input: { RoleName: "orders-api", PolicyArn: "arn:aws:iam::aws:policy/X" },
    });

    await world.receive(
      world.message("e1", {
        intent: seq,
        record: { requestParameters: { roleName: "orders-api-eu-west-1", policyArn: POLICY } },
      }),
    );

    expect(world.recorded()).toEqual([["e1"]]);
    expect(world.state.queue.depth()).toBe(1);
  });
});
