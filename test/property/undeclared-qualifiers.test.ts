import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { readChangeMessage } from "../../src/iam/trail/change-message.ts";
import { isOfFirstRead } from "../../src/diff/drift/first-read.ts";
import type { ChangeRecord } from "../../src/model/changes/change-event.ts";
import { driftFingerprint, type Drift } from "../../src/model/drift.ts";
import type { KeyRecord } from "../../src/model/keys/key-record.ts";
import type { LiveFunction, LiveResourcePolicy, Reading } from "../../src/model/live.ts";
import { undeclaredQualifiersAfter } from "../../src/settle/key/undeclared-qualifiers.ts";
import { outcomeView, type JudgedView } from "../../src/settle/outcome/outcome-view.ts";
import { changeMessage } from "../support/aws/change-message.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { appliedRecord, NOW_MS } from "../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf, presentPolicy } from "../support/pass/live-state.ts";
import { BINDING, writtenOf } from "../support/pass/passes.ts";

const NAMES = ["blue", "green", "7up"] as const;
type Name = (typeof NAMES)[number];

type Step =
  | { readonly kind: "create" | "delete" | "open" | "close"; readonly name: Name }
  | {
      readonly kind: "pass";
      /** The aliases are listed, and all their policies are read. */
      readonly isTurn: boolean;
      /** The policies of these cannot be read. */
      readonly failing: readonly Name[];
      /** The events since the last pass have arrived. */
      readonly hasEvents: boolean;
    };

const name = fc.constantFrom(...NAMES);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom("create", "delete", "open", "close"), name }),
  fc.record({
    kind: fc.constant("pass"),
    isTurn: fc.boolean(),
    failing: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.uniqueArray(name)),
    hasEvents: fc.boolean(),
  }),
);

const OPEN = presentPolicy({
  Sid: "test1",
  Effect: "Allow",
  Principal: "*",
  Action: "lambda:InvokeFunction",
});
const MESSAGE = readChangeMessage(changeMessage(), new Set(["111122223333"]));

function extraOn(qualifier: Name): Pick<Drift, "subject" | "change" | "live"> {
  const change = { kind: "statement-extra", qualifier, sid: "test1", ours: false, danger: "public" } as const;
  return { subject: `${BINDING.functionArn}:${qualifier}`, change, live: "{}" };
}

function addedOn(qualifier: Name, atMs: number): ChangeRecord {
  if (MESSAGE.kind !== "change") throw new Error(`not a change: ${MESSAGE.kind}`);
  const object = { kind: "function", region: BINDING.region, name: BINDING.functionName, qualifier } as const;
  const aspect = { kind: "statement-added", sid: "test1" } as const;
  return { event: { ...MESSAGE.event, object, aspect, atMs }, receivedMs: atMs };
}

/** AWS, and what the passes remember of it. */
class World {
  nowMs = NOW_MS;
  record: KeyRecord = appliedRecord(BINDING);
  /** By alias; since when it has the statement, null: it has none. */
  readonly aliases = new Map<Name, number | null>();
  /** When the first pass began that read the policies of all aliases. */
  firstMs: number | null = null;
  #unseenEvents: ChangeRecord[] = [];

  apply(step: Exclude<Step, { readonly kind: "pass" }>): void {
    this.nowMs += 1_000;
    const { kind, name: alias } = step;
    const since = this.aliases.get(alias);
    if (kind === "create" && since === undefined) this.aliases.set(alias, null);
    if (kind === "delete") this.aliases.delete(alias);
    if (kind === "close" && since !== undefined) this.aliases.set(alias, null);
    if (kind !== "open" || since !== null) return;
    this.aliases.set(alias, this.nowMs);
    this.#unseenEvents.push(addedOn(alias, this.nowMs));
  }

  /** By alias with the statement, as far as the pass read it: whether it counts as one of a first read. */
  pass({ isTurn, failing, hasEvents }: Extract<Step, { readonly kind: "pass" }>): ReadonlyMap<Name, boolean> {
    this.nowMs += 1_000;
    const records = hasEvents ? this.#unseenEvents : [];
    this.#unseenEvents = [];
    const known = this.record.undeclaredQualifiers?.withPolicy ?? [];
    const named = records.flatMap(({ event: { object } }) => ("qualifier" in object ? object.qualifier : []));
    const listed = isTurn ? [...this.aliases.keys()] : [];
    const read = NAMES.filter((one) => [...known, ...named, ...listed].includes(one));
    const policies = new Map(read.map((one) => [one as string, this.#policyOf(one, failing)]));
    const found = read.filter((one) => policies.get(one)?.kind === "present");
    const changes = { records, problem: null };
    const marks = new Map(
      found.map((one) => [one, isOfFirstRead(extraOn(one), { record: this.record, changes })]),
    );
    if (isTurn && listed.every((one) => !failing.includes(one))) this.firstMs ??= this.nowMs;
    this.#settle({ policies, isTurn, found }, changes);
    return marks;
  }

  #policyOf(alias: Name, failing: readonly Name[]): Reading<LiveResourcePolicy> {
    if (failing.includes(alias)) return { kind: "unknown", reason: "denied" };
    return (this.aliases.get(alias) ?? null) === null ? { kind: "absent" } : OPEN;
  }

  #settle(
    {
      policies,
      isTurn,
      found,
    }: { policies: LiveFunction["policies"]; isTurn: boolean; found: readonly Name[] },
    changes: { readonly records: readonly ChangeRecord[]; readonly problem: null },
  ): void {
    const value = [...this.aliases.keys()].map((one) => ({ name: one, versions: ["$LATEST"] }));
    const aliases: LiveFunction["aliases"] = isTurn ? { kind: "present", value } : { kind: "not-requested" };
    const live = accountWith({
      role: liveRoleOf(BINDING),
      found: liveFunctionOf(BINDING, { policies: new Map([["", { kind: "absent" }], ...policies]), aliases }),
    });
    const seen = { live, changes, startedAtMs: this.nowMs };
    const before = this.record.driftSinceMs;
    const isUnread = [...policies.values()].some(({ kind }) => kind === "unknown");
    const since = found
      .map((one) => driftFingerprint(extraOn(one)))
      .map((id) => [id, before[id] ?? this.nowMs]);
    const { undeclaredQualifiers: _, ...rest } = this.record;
    this.record = {
      ...rest,
      ...undeclaredQualifiersAfter(viewOf(this.record), seen),
      driftSinceMs: { ...(isUnread ? before : {}), ...Object.fromEntries(since) },
    };
  }
}

function viewOf(record: KeyRecord): JudgedView {
  const written = writtenOf();
  const subject = { ...written.judged.subject, record } as typeof written.judged.subject;
  const view = outcomeView({ ...written, judged: { ...written.judged, subject } }, []);
  if (view.kind !== "judged") throw new Error("a written key was judged");
  return view;
}

/** Each sentence is a claim that a pass broke. */
function brokenBy(steps: readonly Step[]): readonly string[] {
  const world = new World();
  const shown = new Map<Name, boolean>();
  return steps.flatMap((one) => {
    if (one.kind !== "pass") {
      world.apply(one);
      return [];
    }
    const before = world.record;
    const marks = world.pass(one);
    return NAMES.flatMap((alias) => {
      const mark = marks.get(alias);
      const sinceMs = world.aliases.get(alias) ?? null;
      const wasOpen = driftFingerprint(extraOn(alias)) in before.driftSinceMs;
      const isKnown = before.undeclaredQualifiers?.withPolicy.includes(alias) === true;
      const isRead = sinceMs === null || one.failing.includes(alias) || mark !== undefined;
      const last = wasOpen ? shown.get(alias) : undefined;
      if (mark !== undefined) shown.set(alias, mark);
      const isNew = !wasOpen && mark !== undefined && (sinceMs ?? 0) > (world.firstMs ?? Infinity);
      const isOld = !wasOpen && mark !== undefined && !isNew && !one.hasEvents;
      const stays = mark === undefined || last === undefined || mark === last || (one.hasEvents && last);
      return [
        wasOpen && !(isKnown && isRead) ? `${alias} is open and was not read` : [],
        isNew && mark ? `${alias} is new and counts as old` : [],
        isOld && !mark ? `${alias} is old and counts as new` : [],
        stays ? [] : `${alias} changed what it counts as`,
      ].flat();
    });
  });
}

test(
  "a statement on an alias is new if it was added after all were read, old if it was there before and no event shows it, and stays what it was",
  () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 3, maxLength: 40 }), (steps) => {
        expect(brokenBy(steps)).toEqual([]);
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);
