import { recentWrites } from "../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { dueActions } from "../../src/judge/choose.ts";
import type { Action } from "../../src/model/action.ts";
import type { DesiredBinding } from "../../src/model/desired.ts";
import type { PastWrite } from "../../src/model/keys/key-record.ts";
import { liveRole, type LiveAccount, type LivePolicy } from "../../src/model/live.ts";
import type { Statement } from "../../src/model/aws/policy-document.ts";
import type { PlanContext } from "../../src/plan/inputs/context.ts";
import { managedText } from "../../src/diff/documents/permissions.ts";
import { applyTo, pastWrites } from "../support/pass/apply.ts";
import {
  accountWith,
  allow,
  appliedRecord,
  attachment,
  binding,
  BOUNDARY,
  caller,
  compiled,
  context,
  convergedAccount,
  deny,
  desiredAccount,
  desiredOf,
  documentOf,
  driftsOfBinding,
  livePolicyOf,
  liveFunctionOf,
  liveRoleOf,
  NOW_MS,
  ORIGIN,
  OTHER_BOUNDARY,
  planOfBinding,
  SETTLE_MS,
} from "../support/pass/bindings.ts";
import { allows, type EvaluatedRole } from "../support/policies/evaluator.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";

const ACTIONS = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage"];
const RESOURCES = ["arn:aws:s3:::a/x", "arn:aws:s3:::b/x"];
const REQUESTS = ACTIONS.flatMap((action) => RESOURCES.map((resource) => ({ action, resource })));

const statement: fc.Arbitrary<Statement> = fc
  .record({
    deny: fc.boolean(),
    action: fc.constantFrom(...ACTIONS, "s3:*"),
    resource: fc.constantFrom(...RESOURCES, "*", "arn:aws:s3:::*"),
  })
  .map((drawn) => (drawn.deny ? deny : allow)(drawn.action, drawn.resource));
const statements = fc.uniqueArray(statement, { maxLength: 3, selector: (one) => JSON.stringify(one) });
const allowOnly = statements.map((drawn) => drawn.map((one): Statement => ({ ...one, Effect: "Allow" })));

/** After how many writes each pass is killed. */
const kills = fc.array(fc.nat(3), { maxLength: 10 });

const NAMES = ["p0", "p1", "p2"];

interface State {
  readonly inline: readonly Statement[];
  readonly attached: readonly string[];
  readonly boundary: "default" | "other";
}

interface World {
  readonly from: State;
  readonly to: State;
  readonly policies: readonly LivePolicy[];
}

function stateOf(inline: fc.Arbitrary<readonly Statement[]>): fc.Arbitrary<State> {
  return fc.record({
    inline,
    attached: fc.subarray(NAMES),
    boundary: fc.constantFrom("default" as const, "other" as const),
  });
}

function world(documents: fc.Arbitrary<readonly Statement[]>): fc.Arbitrary<World> {
  return fc
    .record({
      from: stateOf(documents),
      to: stateOf(documents),
      attached: fc.tuple(...NAMES.map(() => documents)),
      boundaries: fc.tuple(fc.constantFrom([allow("*")], [allow("sqs:*")]), allowOnly, allowOnly),
    })
    .map(({ from, to, attached, boundaries: [base, first, second] }) => ({
      from,
      to,
      policies: [
        ...NAMES.map((name, at) => livePolicyOf(attachment(name).arn, [documentOf(...(attached[at] ?? []))])),
        livePolicyOf(BOUNDARY, [documentOf(...base, ...first)]),
        livePolicyOf(OTHER_BOUNDARY, [documentOf(...base, ...first, ...second)]),
      ],
    }));
}

function bindingOf(state: State): DesiredBinding {
  const sids = state.inline.map((one, at) => ({ Sid: `S${at}x${JSON.stringify(one).length}`, ...one }));
  const arn = state.boundary === "default" ? BOUNDARY : OTHER_BOUNDARY;
  return binding({
    inline: compiled(...sids),
    attachments: state.attached.map(attachment),
    boundary: { arn, origin: ORIGIN },
  });
}

function evaluated(live: LiveAccount): EvaluatedRole {
  const role = liveRole(live, binding().role.name);
  if (role.kind !== "present") throw new Error("no role");
  const { inline, attachments, boundary } = role.value;
  return {
    documents: [...inline.map(({ text }) => text), ...attachments.map((arn) => managedText(arn, live) ?? "")],
    boundary: boundary === null ? null : (managedText(boundary, live) ?? null),
  };
}

interface Start {
  readonly desired: DesiredBinding;
  readonly before: DesiredBinding;
  readonly live: LiveAccount;
  readonly wanted: EvaluatedRole;
}

function startOf({ from, to, policies }: World): Start {
  const [before, desired] = [bindingOf(from), bindingOf(to)];
  const live = accountWith({ role: liveRoleOf(before), policies });
  const wanted = evaluated(accountWith({ role: liveRoleOf(desired), policies }));
  return { desired, before, live, wanted };
}

function planning(start: Start, change: Partial<PlanContext> = {}): PlanContext {
  return context(start.live, {
    record: appliedRecord(start.before),
    desired: desiredOf([start.desired]),
    ...change,
  });
}

/** Requests that both states allow and this one does not, or that this one allows and neither state does. */
function violations(seen: EvaluatedRole, first: EvaluatedRole, last: EvaluatedRole): readonly unknown[] {
  return REQUESTS.filter((request) => {
    const [now, was, willBe] = [seen, first, last].map((role) => allows(role, request));
    return was === willBe && now !== was;
  });
}

describe("the law for every prefix of a plan", () => {
  test.each([
    { documents: allowOnly, because: "documents with Allow only" },
    { documents: statements, because: "documents with Allow and Deny" },
  ])(
    "no prefix revokes what both states allow or grants what neither does: $because",
    ({ documents }) => {
      fc.assert(
        fc.property(world(documents), (drawn) => {
          const start = startOf(drawn);
          const plan = planOfBinding(start.desired, planning(start));

          for (let count = 0; count <= plan.actions.length; count += 1) {
            const live = applyTo(start.live, plan.actions.slice(0, count), NOW_MS);
            expect(violations(evaluated(live), evaluated(start.live), start.wanted)).toEqual([]);
          }
        }),
        { numRuns: FC_RUNS },
      );
    },
    LAW_TIMEOUT_MS,
  );

  test.each([
    { documents: allowOnly, because: "documents with Allow only" },
    { documents: statements, because: "documents with Allow and Deny" },
  ])(
    "recent writes may become visible in any order after any kill: $because",
    ({ documents }) => {
      const oneBoundary = world(documents).map((drawn) => ({
        ...drawn,
        to: { ...drawn.to, boundary: drawn.from.boundary },
      }));
      fc.assert(
        fc.property(oneBoundary, kills, (drawn, cut) => {
          const start = startOf(drawn);

          for (const { settled, onTheWay } of passesOf(start, cut)) {
            for (const arrived of arrivals(onTheWay)) {
              const seen = evaluated(applyTo(settled, arrived, NOW_MS));
              expect(violations(seen, evaluated(start.live), start.wanted)).toEqual([]);
            }
          }
        }),
        { numRuns: FC_RUNS },
      );
    },
    LAW_TIMEOUT_MS,
  );
});

/** Every choice of writes that keeps the order of those to one object. */
function arrivals(actions: readonly Action[]): readonly (readonly Action[])[] {
  const objects = [...Map.groupBy(actions, objectOf).values()];
  const partial = objects.map((writes) =>
    Array.from({ length: writes.length + 1 }, (_, count) => writes.slice(0, count)),
  );
  return partial.reduce<readonly (readonly Action[])[]>(
    (chosen, choices) => chosen.flatMap((some) => choices.map((more) => [...some, ...more])),
    [[]],
  );
}

function objectOf({ call, input }: Action): string {
  return JSON.stringify([call.replace(/Put|Delete|Attach|Detach/, ""), input["PolicyArn"]]);
}

interface OnePass {
  /** What stands for sure: all that was written so long ago that it has arrived everywhere. */
  readonly settled: LiveAccount;
  /** What was written since, this pass included. */
  readonly onTheWay: readonly Action[];
  readonly made: readonly Action[];
  readonly after: LiveAccount;
}

interface Made {
  readonly atMs: number;
  readonly actions: readonly Action[];
  readonly before: LiveAccount;
}

/** Passes until nothing is left to do; `cut` is the number of writes after which each pass is killed. */
function passesOf(start: Start, cut: readonly number[] = []): readonly OnePass[] {
  const passes: OnePass[] = [];
  const history: Made[] = [];
  let live = start.live;
  let nowMs = NOW_MS;
  let writes: readonly PastWrite[] = [];
  for (let turn = 0; turn < 40; turn += 1) {
    const plan = planOfBinding(start.desired, planning(start, { live, nowMs, writes: recentWrites(writes) }));
    if (plan.actions.length === 0) return passes;
    const due = dueActions(plan.actions, nowMs);
    const made = due.slice(0, Math.max(1, cut[turn] ?? due.length));
    history.push({ atMs: nowMs, actions: made, before: live });
    live = applyTo(live, made, nowMs);
    writes = [...writes, ...pastWrites(made, nowMs)];
    const recent = history.filter(({ atMs }) => nowMs - atMs < SETTLE_MS);
    const onTheWay = recent.flatMap(({ actions }) => actions);
    passes.push({ settled: recent[0]?.before ?? live, onTheWay, made, after: live });
    nowMs = due.length === 0 ? (plan.nextDueMs ?? nowMs + SETTLE_MS) : nowMs + 1;
  }
  throw new Error("it does not converge");
}

function named(actions: readonly Action[]): readonly string[] {
  return actions.map(({ call, input, after }) => JSON.stringify([call, input, after]));
}

/** `few` in the order of `many`. */
function isOrderedSubset(few: readonly string[], many: readonly string[]): boolean {
  let from = 0;
  return few.every((one) => {
    const at = many.indexOf(one, from);
    from = at + 1;
    return at !== -1;
  });
}

describe("convergence", () => {
  test(
    "follows a crash after any prefix, and then a second plan is empty",
    () => {
      fc.assert(
        fc.property(world(statements), kills, (drawn, cut) => {
          const start = startOf(drawn);
          const first = planOfBinding(start.desired, planning(start));
          fc.pre(first.withheld.length === 0);

          const live = passesOf(start, cut).at(-1)?.after ?? start.live;

          expect(driftsOfBinding(start.desired, planning(start, { live }))).toEqual([]);
        }),
        { numRuns: FC_RUNS },
      );
    },
    LAW_TIMEOUT_MS,
  );

  test(
    "makes only writes of the first plan in its order, so that an approval covers them to the end",
    () => {
      fc.assert(
        fc.property(world(statements), kills, (drawn, cut) => {
          const start = startOf(drawn);
          const first = planOfBinding(start.desired, planning(start));
          fc.pre(first.withheld.length === 0);

          const made = passesOf(start, cut).flatMap((pass) => pass.made);

          expect(isOrderedSubset(named(made), named(first.actions))).toBe(true);
        }),
        { numRuns: FC_RUNS },
      );
    },
    LAW_TIMEOUT_MS,
  );

  test(
    "has a digest that does not change with time",
    () => {
      fc.assert(
        fc.property(world(statements), fc.nat(7_200_000), (drawn, laterMs) => {
          const start = startOf(drawn);

          const now = planOfBinding(start.desired, planning(start));
          const later = planOfBinding(start.desired, planning(start, { nowMs: NOW_MS + laterMs }));

          expect(later.digest).toBe(now.digest);
        }),
        { numRuns: FC_RUNS },
      );
    },
    LAW_TIMEOUT_MS,
  );
});

describe("a state that matches Git", () => {
  const whole = fc.record({
    state: stateOf(statements),
    tags: fc.uniqueArray(fc.constantFrom("a", "b", "c")),
    buckets: fc.uniqueArray(fc.constantFrom("one", "two", "three")),
    qualifier: fc.constantFrom(null, "live"),
  });

  test("never drifts from itself", () => {
    fc.assert(
      fc.property(whole, ({ state, tags, buckets, qualifier }) => {
        const plain = bindingOf(state);
        const added = tags.map((key) => ({ key, value: "x" }));
        const desired: DesiredBinding = {
          ...plain,
          role: { ...plain.role, tags: [...added, ...plain.role.tags] },
          callers: buckets.map((bucket) => caller(bucket, qualifier)),
        };

        const drifts = driftsOfBinding(desired, context(convergedAccount(desired)));

        expect(drifts).toEqual([]);
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("is reached from nothing by one plan", () => {
    fc.assert(
      fc.property(whole, ({ state, tags, buckets }) => {
        const plain = bindingOf({ ...state, attached: [] });
        const desired: DesiredBinding = {
          ...plain,
          role: { ...plain.role, tags: [...tags.map((key) => ({ key, value: "x" })), ...plain.role.tags] },
          callers: buckets.map((bucket) => caller(bucket)),
        };
        const live = accountWith({
          found: liveFunctionOf({ ...desired, callers: [] }),
          policies: [livePolicyOf(OTHER_BOUNDARY, [documentOf(allow("*"))])],
        });

        const plan = planOfBinding(desired, context(live));
        const after = applyTo(live, plan.actions, NOW_MS);

        expect(plan.actions.every((action) => action.due.kind === "now")).toBe(true);
        expect(driftsOfBinding(desired, context(after))).toEqual([]);
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("does not depend on the order in which AWS lists a role's policies", () => {
    fc.assert(
      fc.property(world(statements), fc.infiniteStream(fc.nat()), (drawn, chance) => {
        const start = startOf(drawn);
        const shuffled = (list: readonly string[]) =>
          list
            .map((one) => ({ one, at: chance.next().value }))
            .sort((a, b) => a.at - b.at)
            .map(({ one }) => one);
        const role = liveRoleOf(start.before);
        const extras = shuffled(["one", "two", "three"]).map((name) => ({
          name,
          text: documentOf(allow("sqs:SendMessage")),
        }));
        const sorted = extras.toSorted((a, b) => (a.name < b.name ? -1 : 1));
        const planWith = (inline: typeof extras) => {
          const live = accountWith({
            role: { ...role, inline: [...role.inline, ...inline] },
            policies: drawn.policies,
          });
          return planOfBinding(start.desired, planning(start, { live, account: desiredAccount() }));
        };

        expect(planWith(extras)).toEqual(planWith(sorted));
      }),
      { numRuns: FC_RUNS },
    );
  });
});
