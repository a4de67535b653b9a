import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { readChangeMessage } from "../../src/iam/trail/change-message.ts";
import { isOfFirstRead, isVersion } from "../../src/diff/drift/first-read.ts";
import type { ChangeRecord } from "../../src/model/changes/change-event.ts";
import { driftFingerprint, type Drift } from "../../src/model/drift.ts";
import type { KeyRecord } from "../../src/model/keys/key-record.ts";
import type { LiveAccount, LiveFunction, LiveResourcePolicy, Reading } from "../../src/model/live.ts";
import { undeclaredQualifiersAfter } from "../../src/settle/key/undeclared-qualifiers.ts";
import { outcomeView, type JudgedView } from "../../src/settle/outcome/outcome.ts";
import { changeMessage } from "../support/aws/change-message.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { appliedRecord, NOW_MS } from "../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf, presentPolicy } from "../support/pass/live-state.ts";
import { BINDING, writtenOf } from "../support/pass/passes.ts";

const VERSIONS = ["7", "12"] as const;
/** Two aliases and two versions. */
const NAMES = ["blue", "7up", ...VERSIONS] as const;
type Name = (typeof NAMES)[number];

type Step =
  | { readonly kind: "create" | "delete" | "open" | "close"; readonly name: Name }
  /** A revision is applied; the function is deleted, with all that it has, and created again. */
  | { readonly kind: "apply" | "recreate" }
  | {
      readonly kind: "pass";
      /** The aliases and versions are listed, and the policies of all aliases and of the next version are read. */
      readonly isTurn: boolean;
      /** The policies of these cannot be read. */
      readonly failing: readonly Name[];
      /** The events since the last pass have arrived. */
      readonly hasEvents: boolean;
    };

const name = fc.constantFrom(...NAMES);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom("create", "delete", "open", "close"), name }),
  fc.record({ kind: fc.constantFrom("apply", "recreate") }),
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

/**
 * The last passes that read the policies of all aliases, that began a round of all versions which is complete, that found no
 * function, and the first one that read `blue` as declared.
 */
interface Evidence {
  turnMs: number | null;
  roundMs: number | null;
  absentMs: number | null;
  appliedMs: number | null;
}

/** AWS, and what the passes remember of it. */
class World {
  nowMs = NOW_MS;
  record: KeyRecord = { ...appliedRecord(BINDING), comparedSinceMs: NOW_MS };
  /** By qualifier; since when it has the statement, null: it has none. */
  readonly qualifiers = new Map<Name, number | null>();
  readonly evidence: Evidence = { turnMs: null, roundMs: null, absentMs: null, appliedMs: null };
  #isAbsent = false;
  #unseenEvents: ChangeRecord[] = [];
  /** The round of versions that is under way: its start, and the last version that it has read. */
  #round: { readonly sinceMs: number; readonly readTo: number; readonly isPartial: boolean } | null = null;

  apply({
    kind,
    name: on = "blue",
  }: Exclude<Step, { readonly kind: "pass" }> & { readonly name?: Name }): void {
    this.nowMs += 1_000;
    if (kind === "apply") return this.#applyCaller();
    if (kind === "recreate") {
      this.qualifiers.clear();
      this.#isAbsent = true;
      return;
    }
    if (kind === "create") this.#isAbsent = false;
    const since = this.qualifiers.get(on);
    if (kind === "create" && since === undefined) this.qualifiers.set(on, null);
    if (kind === "delete") this.qualifiers.delete(on);
    if (kind === "close" && since !== undefined) this.qualifiers.set(on, null);
    if (kind !== "open" || since !== null) return;
    this.qualifiers.set(on, this.nowMs);
    this.#unseenEvents.push(addedOn(on, this.nowMs));
  }

  /** A revision whose caller of `blue` is in AWS now: the pass that added it has read its policy. */
  #applyCaller(): void {
    if (this.#isAbsent) return;
    this.pass({ kind: "pass", isTurn: false, failing: [], hasEvents: false }, "blue");
    const { applied, inventory } = this.record;
    const ours = { type: "statement", id: `${extraOn("blue").subject}#ours`, uniqueId: null } as const;
    this.evidence.appliedMs ??= this.nowMs;
    const has = inventory.some(({ id }) => id === ours.id);
    this.record = {
      ...this.record,
      applied: applied === null ? null : { ...applied, atMs: this.nowMs },
      inventory: has ? inventory : [...inventory, ours],
    };
  }

  /** By qualifier with the statement, as far as the pass read it: whether it counts as one of a first read. */
  pass(
    { isTurn, failing, hasEvents }: Extract<Step, { readonly kind: "pass" }>,
    declared: Name | null = null,
  ): ReadonlyMap<Name, boolean> {
    this.nowMs += 1_000;
    const records = hasEvents ? this.#unseenEvents : [];
    this.#unseenEvents = [];
    if (this.#isAbsent) return this.#passWithoutFunction();
    const named = records.flatMap(({ event: { object } }) => ("qualifier" in object ? object.qualifier : []));
    const listed = isTurn ? [...this.qualifiers.keys()].filter((one) => !isVersion(one)) : [];
    const due = isTurn ? this.#dueVersions() : [];
    const read = NAMES.filter(
      (one) =>
        one === declared || this.#isKnown(one) || [...named, ...listed, ...due.slice(0, 1)].includes(one),
    );
    const policies = new Map(read.map((one) => [one as string, this.#policyOf(one, failing)]));
    const found = read.filter((one) => policies.get(one)?.kind === "present");
    const known = { record: this.record, changes: { records, problem: null } };
    const marks = new Map(found.map((one) => [one, isOfFirstRead(extraOn(one), known)]));
    if (isTurn && listed.every((one) => !failing.includes(one))) this.evidence.turnMs = this.nowMs;
    if (isTurn) this.#readVersions(due, read, failing);
    this.#settle(policies, isTurn ? listed : null, marks);
    return marks;
  }

  /** Those that this round has not read yet, by number. */
  #dueVersions(): readonly Name[] {
    const isDue = (one: Name): boolean => isVersion(one) && Number(one) > (this.#round?.readTo ?? 0);
    return [...this.qualifiers.keys()].filter(isDue).sort((a, b) => Number(a) - Number(b));
  }

  #readVersions(due: readonly Name[], read: readonly Name[], failing: readonly Name[]): void {
    const left = due.findIndex((one) => !read.includes(one));
    const tried = left === -1 ? due : due.slice(0, left);
    if (left === 0) return;
    const { sinceMs, isPartial: wasPartial } = this.#round ?? { sinceMs: this.nowMs, isPartial: false };
    const isPartial = wasPartial || tried.some((one) => failing.includes(one));
    if (left === -1 && !isPartial) this.evidence.roundMs = sinceMs;
    this.#round = left === -1 ? null : { sinceMs, readTo: Number(tried.at(-1)), isPartial };
  }

  #passWithoutFunction(): ReadonlyMap<Name, boolean> {
    this.#isAbsent = false;
    this.#round = null;
    this.evidence.absentMs = this.nowMs;
    const live = accountWith({ role: liveRoleOf(BINDING) });
    this.record = { ...this.#remembered(live), driftSinceMs: {}, openDrifts: {} };
    return new Map();
  }

  #isKnown(one: Name): boolean {
    const { undeclaredQualifiers, inventory } = this.record;
    const isOurs = inventory.some(({ id }) => id === `${extraOn(one).subject}#ours`);
    return isOurs || undeclaredQualifiers?.withPolicy.includes(one) === true;
  }

  #policyOf(one: Name, failing: readonly Name[]): Reading<LiveResourcePolicy> {
    if (failing.includes(one)) return { kind: "unknown", reason: "denied" };
    return (this.qualifiers.get(one) ?? null) === null ? { kind: "absent" } : OPEN;
  }

  #listedVersions(isTurn: boolean): LiveFunction["versions"] {
    if (!isTurn) return { kind: "not-requested" };
    const versions = [...this.qualifiers.keys()].filter((one) => isVersion(one));
    return { kind: "present", value: versions.map((version) => ({ version, roleArn: BINDING.role.arn })) };
  }

  #remembered(live: LiveAccount): KeyRecord {
    const { undeclaredQualifiers: _, ...rest } = this.record;
    return {
      ...rest,
      ...undeclaredQualifiersAfter(viewOf(this.record), { live, observed: live, startedAtMs: this.nowMs }),
    };
  }

  #settle(
    policies: LiveFunction["policies"],
    listed: readonly Name[] | null,
    marks: ReadonlyMap<Name, boolean>,
  ): void {
    const value = (listed ?? []).map((one) => ({ name: one, versions: ["$LATEST"] }));
    const aliases: LiveFunction["aliases"] =
      listed === null ? { kind: "not-requested" } : { kind: "present", value };
    const all = new Map<string, Reading<LiveResourcePolicy>>([["", { kind: "absent" }], ...policies]);
    const live = accountWith({
      role: liveRoleOf(BINDING),
      found: liveFunctionOf(BINDING, {
        policies: all,
        aliases,
        versions: this.#listedVersions(listed !== null),
      }),
    });
    const { driftSinceMs: sinceMs, openDrifts = {} } = this.record;
    const isUnread = [...policies.values()].some(({ kind }) => kind === "unknown");
    const open = [...marks].map(([one, isFirst]) => {
      const id = driftFingerprint(extraOn(one));
      return {
        id,
        sinceMs: sinceMs[id] ?? this.nowMs,
        drift: { lastCleanMs: null, risks: [], ...(isFirst && FIRST) },
      };
    });
    this.record = {
      ...this.#remembered(live),
      driftSinceMs: {
        ...(isUnread ? sinceMs : {}),
        ...Object.fromEntries(open.map((one) => [one.id, one.sinceMs])),
      },
      openDrifts: {
        ...(isUnread ? openDrifts : {}),
        ...Object.fromEntries(open.map((one) => [one.id, one.drift])),
      },
    };
  }
}

const FIRST = { ofFirstRead: true } as const;

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
    const before = { ...world.evidence };
    const wasOpen = new Set(NAMES.filter((on) => driftFingerprint(extraOn(on)) in world.record.driftSinceMs));
    const marks = world.pass(one);
    const isAbsent = world.evidence.absentMs !== before.absentMs;
    return NAMES.flatMap((on) => {
      const mark = marks.get(on);
      const sinceMs = world.qualifiers.get(on) ?? null;
      const last = wasOpen.has(on) ? shown.get(on) : undefined;
      if (mark !== undefined) shown.set(on, mark);
      const isUnread = wasOpen.has(on) && sinceMs !== null && mark === undefined && !isAbsent;
      if (isUnread && !one.failing.includes(on)) return [`${on} is open and was not read`];
      if (mark === undefined || sinceMs === null) return [];
      if (last !== undefined)
        return mark === last || (one.hasEvents && last) ? [] : [`${on} changed what it counts as`];
      const turnMs = isVersion(on) ? before.roundMs : before.turnMs;
      const appliedMs = on === "blue" ? before.appliedMs : null;
      const reads = [turnMs, appliedMs, before.absentMs].filter((ms) => ms !== null);
      const wasWithout = reads.some((ms) => ms < sinceMs);
      return [
        wasWithout && mark ? `${on} is new and counts as old` : [],
        !wasWithout && !one.hasEvents && !mark ? `${on} is old and counts as new` : [],
      ].flat();
    });
  });
}

test(
  "a statement on an alias or version is new if it was added after a read without it, old if it was there before and no event shows it, and stays what it was",
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
