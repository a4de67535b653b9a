import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Follower } from "../../../../src/controller/following/follower.ts";
import type {
  FollowerPorts,
  FollowerSettings,
} from "../../../../src/controller/following/compile-followed.ts";
import type { FollowedRecord, InForce } from "../../../../src/controller/ports/assigned/in-force.ts";
import { SourceError } from "../../../../src/controller/ports/source.ts";
import type { Follows } from "../../../../src/model/network/replica.ts";
import { digestOf } from "../../../../src/model/values/digest.ts";
import { err } from "../../../../src/model/values/result.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SETTINGS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { MemoryTelemetry } from "../../../support/fakes/memory-telemetry.ts";
import { service } from "../revision/two-sources.ts";

const NEVER = new AbortController().signal;
const ONE = manifests({ a: READ_ORDERS });
const TWO = manifests({ a: READ_ORDERS, b: WRITE_ORDERS });

/** An active controller, and a standby over its record with its sources. */
class World {
  readonly active = new FakeController();
  readonly published: InForce[] = [];
  readonly reports: Follows[] = [];
  readonly telemetry = new MemoryTelemetry();
  publishing: () => Promise<void> = () => Promise.resolve();
  /** What the standby reads. */
  inForce: () => InForce | null = () => this.published.at(-1) ?? null;

  constructor() {
    this.active.inForce = {
      publish: async (inForce) => {
        await this.publishing();
        this.published.push(JSON.parse(JSON.stringify(inForce)) as InForce);
      },
    };
  }

  get record(): FollowedRecord {
    const { store } = this.active;
    return {
      sources: () => store.sources(),
      appliedMarks: () => store.appliedMarks(),
      hasObject: (kind, namespace) => store.hasObject(kind, namespace),
      inForce: async () => this.inForce(),
      report: async (follows) => void this.reports.push(follows),
    };
  }

  standby(ports: Partial<FollowerPorts> = {}, settings: Partial<FollowerSettings> = {}): Follower {
    const { source, namespaceSources, clock, eventLoop } = this.active;
    const names = new Set(namespaceSources.map(({ namespace }) => namespace));
    const compile = { ...SETTINGS.compile, ...(names.size > 0 && { namespaceSources: names }) };
    return new Follower({
      settings: { ...SETTINGS, compile, ...settings },
      ports: {
        source,
        namespaceSources,
        clock,
        eventLoop,
        telemetry: this.telemetry,
        record: this.record,
        ...ports,
      },
    });
  }

  async push(files: Parameters<FakeController["push"]>[0]): Promise<void> {
    await this.active.push(files);
    await this.active.clock.pass(2_000);
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  const stopped = world.active.stop();
  await world.active.clock.pass(11_000);
  await stopped;
});

const CURRENT = (): Follows => ({ digest: world.published.at(-1)?.digest ?? null, reason: null });
const BEHIND = { digest: null, reason: null };

describe("a standby that follows", () => {
  test("compiles what is in force to the same, from all sources, and records nothing", async () => {
    world.active.addSource("payments").push(service({ refunds: READ_ORDERS }));
    await world.active.startConverged(ONE);
    const [commits, entries] = [world.active.store.commits, world.active.audit.log.length];
    const standby = world.standby();

    await standby.look(NEVER);

    expect(world.reports).toEqual([BEHIND, CURRENT()]);
    expect([...(standby.followed?.enforced.compilation.desired.bindings.keys() ?? [])]).toHaveLength(2);
    expect(standby.followed?.authors).toEqual((await world.active.store.sources())[0]?.authors);
    expect([world.active.store.commits, world.active.audit.log.length]).toEqual([commits, entries]);
  });

  test("is behind from the next revision until it has compiled that", async () => {
    await world.active.startConverged(ONE);
    const standby = world.standby();
    await standby.look(NEVER);
    const before = CURRENT();

    await world.push(TWO);
    await standby.look(NEVER);

    expect(CURRENT()).not.toEqual(before);
    expect(world.reports).toEqual([BEHIND, before, BEHIND, CURRENT()]);
    expect(standby.followed?.inForce).toEqual(world.published.at(-1));
  });

  test("holds the keys of a file that became unreadable as the active replica does", async () => {
    await world.active.startConverged(TWO);
    const [path = ""] = Object.keys(TWO).filter((name) => name.includes("b"));
    await world.push({ ...TWO, [path]: "kind: [" });
    const standby = world.standby();

    await standby.look(NEVER);

    expect(standby.followed?.enforced.brokenFileKeys.size).toBe(1);
    expect(world.reports.at(-1)).toEqual(CURRENT());
  });

  test("compiles the values in AWS that the active replica has read, and reads none itself", async () => {
    const text = "stack.orders.TableName";
    world.active.references.set(text, "orders-1");
    await world.active.startConverged(
      manifests({ a: `  grants: [{dynamodb: {table: "\${${text}}", allow: [read]}}]\n` }),
    );
    const reads = world.active.references.reads.length;
    const standby = world.standby();

    await standby.look(NEVER);

    const [binding] = standby.followed?.enforced.compilation.desired.bindings.values() ?? [];
    expect(JSON.stringify(binding)).toContain("table/orders-1");
    expect(world.active.references.reads).toHaveLength(reads);
  });

  test("compiles nothing while the record has another revision in force than was shown, such as after a forced push", async () => {
    await world.active.startConverged(ONE);
    const [shown = null] = world.published;
    await world.push(TWO);
    world.inForce = () => shown;
    const standby = world.standby();

    await standby.look(NEVER);
    expect([standby.followed, world.reports.at(-1)]).toEqual([null, BEHIND]);

    world.inForce = () => world.published.at(-1) ?? null;
    await standby.look(NEVER);
    expect(world.reports.at(-1)).toEqual(CURRENT());
  });

  test("states which source it cannot read, and follows when it can", async () => {
    await world.active.startConverged(ONE);
    const unreadable = new SourceError({
      source: "main",
      code: "not-found",
      message: "revision main@sha1:1 is neither in the mirror nor on the server",
      fix: "Push the commit again.",
    });
    let isReadable = false;
    const { source } = world.active;
    const at: typeof source.at = (revision) =>
      isReadable ? source.at(revision) : Promise.resolve(err(unreadable));
    const standby = world.standby({ source: Object.assign(Object.create(source), { at, name: "main" }) });

    await standby.look(NEVER);
    await standby.look(NEVER);
    const reason = `${unreadable.message}; Push the commit again.`;
    expect(world.reports).toEqual([BEHIND, { digest: null, reason }]);
    expect(world.telemetry.lines.filter(({ level }) => level === "warn")).toHaveLength(1);

    isReadable = true;
    await standby.look(NEVER);
    expect(world.reports).toHaveLength(2);
    await world.active.clock.pass(10_000);
    await standby.look(NEVER);
    expect(world.reports.at(-1)).toEqual(CURRENT());
  });

  test("with another catalogue compiles nothing, and names both", async () => {
    await world.active.startConverged(ONE);
    const other = digestOf("another catalogue");
    const source = Object.assign(Object.create(world.active.source), {
      at: () => Promise.reject(new Error("read")),
    });

    await world.standby({ source }, { catalogueDigest: other }).look(NEVER);

    const { reason } = world.reports.at(-1) ?? BEHIND;
    expect(reason).toContain(
      `its catalogue of grants is ${other}, and that of the active replica is ${SETTINGS.catalogueDigest}`,
    );
  });

  test.each([
    [{ mode: "observe" }, "compare the operator's files of both"],
    [
      { mode: "observe", version: "9.9.9" },
      `it is version 9.9.9, and the active replica is version ${SETTINGS.version}`,
    ],
  ] as const)("with another result enforces nothing: %j", async (change, why) => {
    await world.active.startConverged(ONE);
    const standby = world.standby({}, change);

    await standby.look(NEVER);

    expect(standby.followed).toBeNull();
    expect(world.reports.at(-1)?.reason).toMatch(
      /^it compiles \S+ to something else than the active replica: /,
    );
    expect(world.reports.at(-1)?.reason).toContain(why);
  });

  test("states nothing new while the record is away, and again every half a minute when it is there", async () => {
    await world.active.startConverged(ONE);
    const standby = world.standby();
    world.inForce = () => {
      throw Object.assign(new Error("away"), { isRecordFailure: true, fix: null });
    };
    await standby.look(NEVER);
    expect(world.reports).toEqual([]);

    world.inForce = () => world.published.at(-1) ?? null;
    await standby.look(NEVER);
    await world.active.clock.pass(29_000);
    await standby.look(NEVER);
    expect(world.reports).toEqual([BEHIND, CURRENT()]);
    await world.active.clock.pass(1_000);
    await standby.look(NEVER);
    expect(world.reports).toHaveLength(3);
  });
});

test("the active replica shows each revision once, and again after a failure", async () => {
  let failures = 2;
  world.publishing = () => (failures-- > 0 ? Promise.reject(new Error("away")) : Promise.resolve());
  await world.active.startConverged(ONE);
  await world.active.clock.pass(30_000);
  expect(world.published).toHaveLength(1);

  await world.push(TWO);
  await world.active.clock.pass(30_000);
  expect(world.published.map(({ revisions }) => Object.keys(revisions))).toEqual([["main"], ["main"]]);
});
