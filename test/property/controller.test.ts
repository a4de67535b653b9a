import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { DesiredBinding } from "../../src/model/desired.ts";
import type { Key } from "../../src/model/keys/key.ts";
import type { LiveAccount } from "../../src/model/live.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../src/model/aws/tag.ts";
import { withFunction } from "../support/pass/apply.ts";
import {
  allow,
  attachment,
  binding,
  caller,
  compiled,
  desiredAccount,
  INSTANCE,
  ORDERS_READ,
  policy,
  REGION,
} from "../support/pass/bindings.ts";
import { emptyAccount, liveFunctionOf } from "../support/pass/live-state.ts";
import { awsError, type Mishap } from "../support/fakes/fake-aws.ts";
import { RecordedPasses, survive, type States } from "../support/fakes/recorded-passes.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { allKeys } from "../support/record/all-keys.ts";

const BUCKET = "arn:aws:s3:::uploads/*";
const POLICY = policy(compiled(allow("s3:GetObject", BUCKET)));
const WIDER = policy(compiled(allow(["s3:GetObject", "s3:PutObject"], BUCKET)));
const ACCOUNT = desiredAccount({ propagationWaitMs: 30_000, revertOtherMs: 0 });

function named(name: string, more: boolean, attached: boolean): DesiredBinding {
  const inline = more ? compiled(ORDERS_READ, allow("s3:PutObject", BUCKET)) : compiled(ORDERS_READ);
  const tags = [
    { key: INSTANCE_TAG, value: INSTANCE },
    { key: OWNER_TAG, value: `orders/${name}` },
  ];
  return binding(
    {
      name: `${name}-role`,
      inline,
      attachments: attached ? [attachment("audit-read")] : [],
      description: more ? "more" : "less",
      tags,
    },
    {
      key: `function/111122223333/eu-west-1/orders/${name}` as Key,
      name: name as DesiredBinding["name"],
      functionName: name,
    },
  );
}

/** Binding `a` has a caller of its own; its Sid belongs to the function of `support/bindings.ts`. */
function called(more: boolean): DesiredBinding {
  return binding(
    { inline: more ? compiled(ORDERS_READ, allow("s3:PutObject", BUCKET)) : compiled(ORDERS_READ) },
    { callers: more ? [caller("uploads"), caller("other")] : [caller("uploads")] },
  );
}

function statesOf(more: boolean): States {
  return [called(more), named("b", more, true), named("c", !more, more), more ? WIDER : POLICY];
}

/** The account before anything of ours: functions alone. */
function functionsOnly(): LiveAccount {
  return statesOf(false).reduce<LiveAccount>(
    (live, state) =>
      "functionName" in state
        ? withFunction(live, REGION, liveFunctionOf(state, { policies: new Map([["", { kind: "absent" }]]) }))
        : live,
    emptyAccount(),
  );
}

const worldOf = (): RecordedPasses => new RecordedPasses(functionsOnly(), ACCOUNT);

const mishap: fc.Arbitrary<Mishap> = fc.oneof(
  fc.constantFrom<Mishap>(
    { kind: "dies-before" },
    { kind: "dies-after" },
    { kind: "answer-lost" },
    { kind: "request-lost" },
  ),
  fc
    .constantFrom("throttled" as const, "replan" as const, "retry" as const, "circuit" as const)
    .map((kind): Mishap => ({ kind: "fails", error: awsError(kind) })),
);

/** Which writes of the run go wrong, counted from 1, and how. */
const mishaps = fc.dictionary(fc.integer({ min: 1, max: 25 }).map(String), mishap, { maxKeys: 6 });

describe("a controller whose writes fail at any place", () => {
  test(
    "converges to the state of an undisturbed one, with an outcome for each intent and no key written twice at the same time",
    async () => {
      const calm = worldOf();
      await calm.converge(statesOf(false));
      await calm.converge(statesOf(true));

      await fc.assert(
        fc.asyncProperty(mishaps, fc.integer({ min: 1, max: 6 }), async (wrong, troubled) => {
          const world = worldOf();
          let tried = 0;
          world.aws.mishap = () => wrong[String((tried += 1))] ?? null;
          for (let round = 0; round < troubled; round += 1) {
            await survive(() => world.pass(statesOf(round > 2)));
            world.clock.set(world.clock.nowMs() + 7_000);
          }
          world.aws.mishap = () => null;
          // The window in which AWS might still show a write that was lost.
          world.clock.set(world.clock.nowMs() + 31_000);

          expect(await world.converge(statesOf(true))).toBe(true);
          expect(withoutIds(world.aws.live)).toEqual(withoutIds(calm.aws.live));
          expect(world.aws.overlaps).toBe(0);
          const { open, intents } = await world.ledger();
          expect(open).toBe(0);
          expect(intents).toBeGreaterThanOrEqual(world.aws.writes.length);
        }),
        { numRuns: FC_RUNS },
      );
    },
    LAW_TIMEOUT_MS,
  );

  test(
    "converges if it is killed before or after its n-th write, for every n",
    async () => {
      const calm = worldOf();
      await calm.converge(statesOf(true));
      const count = calm.aws.writes.length;

      for (const kind of ["dies-before", "dies-after"] as const) {
        for (let at = 1; at <= count; at += 1) {
          const world = worldOf();
          let tried = 0;
          world.aws.mishap = () => ((tried += 1) === at ? { kind } : null);
          await survive(async () => void (await world.converge(statesOf(true))));
          world.aws.mishap = () => null;
          world.clock.set(world.clock.nowMs() + 31_000);

          expect([at, kind, await world.converge(statesOf(true))]).toEqual([at, kind, true]);
          expect(withoutIds(world.aws.live)).toEqual(withoutIds(calm.aws.live));
          expect((await world.ledger()).open).toBe(0);
        }
      }
    },
    LAW_TIMEOUT_MS,
  );

  test("observes a converged account without a write and without a change of the record", async () => {
    const world = worldOf();
    await world.converge(statesOf(true));
    const before = [world.aws.writes.length, JSON.stringify(await allKeys(world.store))];

    await world.pass(statesOf(true));
    await world.pass(statesOf(true));

    expect([world.aws.writes.length, JSON.stringify(await allKeys(world.store))]).toEqual(before);
  });
});

/** What AWS made up by itself: ids, times and numbers of versions and revisions. */
function withoutIds(live: LiveAccount): unknown {
  const roles = [...live.roles].flatMap(([name, reading]) => {
    if (reading.kind !== "present") return [];
    const { roleId: _, createdAtMs: _created, ...role } = reading.value;
    return [[name, role]];
  });
  const policies = [...live.policies].flatMap(([arn, reading]) => {
    if (reading.kind !== "present") return [];
    const { versions, defaultVersionId, tags } = reading.value;
    return [[arn, versions.find(({ id }) => id === defaultVersionId)?.text, tags]];
  });
  const statements = [...live.regions.values()].flatMap((region) =>
    region.kind === "read"
      ? [...region.functions.values()].map(({ name, roleArn, policies: by }) => [
          name,
          roleArn,
          [...by].map(([qualifier, reading]) => [
            qualifier,
            reading.kind === "present" ? sidsIn(reading.value.text) : [],
          ]),
        ])
      : [],
  );
  const sorted = (list: readonly unknown[]): readonly string[] =>
    list.map((one) => JSON.stringify(one)).sort();
  return [sorted(roles), sorted(policies), sorted(statements)];
}

function sidsIn(text: string): readonly unknown[] {
  const { Statement } = JSON.parse(text) as { readonly Statement: readonly { readonly Sid?: string }[] };
  return Statement.map(({ Sid }) => Sid ?? "").sort();
}
