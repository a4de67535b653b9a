import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import fc from "fast-check";
import { dueActions } from "../../../src/judge/choose.ts";
import type { Action } from "../../../src/model/plan.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import type { PastWrite } from "../../../src/model/keys/key-record.ts";
import { liveRole, type LiveAccount, type LivePolicy } from "../../../src/model/live.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import type { PlanContext } from "../../../src/plan/inputs/context.ts";
import { managedText } from "../../../src/diff/documents/permissions.ts";
import { applyTo, pastWrites } from "../../support/pass/apply.ts";
import {
  allow,
  appliedRecord,
  attachment,
  binding,
  BOUNDARY,
  compiled,
  deny,
  desiredOf,
  documentOf,
  NOW_MS,
  ORIGIN,
  OTHER_BOUNDARY,
  SETTLE_MS,
} from "../../support/pass/bindings.ts";
import { context, planOfBinding } from "../../support/pass/plans.ts";
import { accountWith, livePolicyOf, liveRoleOf } from "../../support/pass/live-state.ts";
import { type EvaluatedRole } from "../../support/policies/evaluator.ts";

export const ACTIONS = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage"];

export const RESOURCES = ["arn:aws:s3:::a/x", "arn:aws:s3:::b/x"];

const statement: fc.Arbitrary<Statement> = fc
  .record({
    deny: fc.boolean(),
    action: fc.constantFrom(...ACTIONS, "s3:*"),
    resource: fc.constantFrom(...RESOURCES, "*", "arn:aws:s3:::*"),
  })
  .map((drawn) => (drawn.deny ? deny : allow)(drawn.action, drawn.resource));

export const statements = fc.uniqueArray(statement, { maxLength: 3, selector: (one) => JSON.stringify(one) });

export const allowOnly = statements.map((drawn) =>
  drawn.map((one): Statement => ({ ...one, Effect: "Allow" })),
);

/** After how many writes each pass is killed. */
export const kills = fc.array(fc.nat(3), { maxLength: 10 });

const NAMES = ["p0", "p1", "p2"];

export interface State {
  readonly inline: readonly Statement[];
  readonly attached: readonly string[];
  readonly boundary: "default" | "other";
}

export interface World {
  readonly from: State;
  readonly to: State;
  readonly policies: readonly LivePolicy[];
}

export function stateOf(inline: fc.Arbitrary<readonly Statement[]>): fc.Arbitrary<State> {
  return fc.record({
    inline,
    attached: fc.subarray(NAMES),
    boundary: fc.constantFrom("default" as const, "other" as const),
  });
}

export function world(documents: fc.Arbitrary<readonly Statement[]>): fc.Arbitrary<World> {
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

export function bindingOf(state: State): DesiredBinding {
  const sids = state.inline.map((one, at) => ({ Sid: `S${at}x${JSON.stringify(one).length}`, ...one }));
  const arn = state.boundary === "default" ? BOUNDARY : OTHER_BOUNDARY;
  return binding({
    inline: compiled(...sids),
    attachments: state.attached.map(attachment),
    boundary: { arn, origin: ORIGIN },
  });
}

export function evaluated(live: LiveAccount): EvaluatedRole {
  const role = liveRole(live, binding().role.name);
  if (role.kind !== "present") throw new Error("no role");
  const { inline, attachments, boundary } = role.value;
  return {
    documents: [...inline.map(({ text }) => text), ...attachments.map((arn) => managedText(arn, live) ?? "")],
    boundary: boundary === null ? null : (managedText(boundary, live) ?? null),
  };
}

export interface Start {
  readonly desired: DesiredBinding;
  readonly before: DesiredBinding;
  readonly live: LiveAccount;
  readonly wanted: EvaluatedRole;
}

export function startOf({ from, to, policies }: World): Start {
  const [before, desired] = [bindingOf(from), bindingOf(to)];
  const live = accountWith({ role: liveRoleOf(before), policies });
  const wanted = evaluated(accountWith({ role: liveRoleOf(desired), policies }));
  return { desired, before, live, wanted };
}

export function planning(start: Start, change: Partial<PlanContext> = {}): PlanContext {
  return context(start.live, {
    record: appliedRecord(start.before),
    desired: desiredOf([start.desired]),
    ...change,
  });
}

export interface OnePass {
  /** The state that is certain: every write that is old enough to have reached all of AWS. */
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
export function passesOf(start: Start, cut: readonly number[] = []): readonly OnePass[] {
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
