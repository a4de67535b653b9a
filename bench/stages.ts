import { CompiledTexts } from "../src/diff/documents/compiled-texts.ts";
import { DeclarationDigests } from "../src/diff/drift/declaration-digests.ts";
import { RoleDeltas } from "../src/diff/documents/role-deltas.ts";
import { recentWrites } from "../src/diff/drift/recent-writes.ts";
import { planState } from "../src/judge/plan-subject.ts";
import { Comparer } from "../src/iam/compare/comparer.ts";
import { DocumentCache } from "../src/iam/compare/document-cache.ts";
import type { Desired, DesiredBinding, DesiredPolicy } from "../src/model/desired.ts";
import type { AccountId } from "../src/model/aws/ids.ts";
import { emptyKeyRecord } from "../src/model/keys/key-record.ts";
import type { LiveAccount } from "../src/model/live.ts";
import type { PlanContext } from "../src/plan/inputs/context.ts";
import type { ActionData } from "../src/iam/action-data.ts";
import { compileAll, INSTANCE, parseAll, present } from "./desired.ts";
import { generate } from "./generate.ts";
import { actionDataOf, judgeAll } from "./judging.ts";
import { liveAccounts, type LiveKind } from "./live.ts";
import { measure, middle, tenths, type Cost } from "./measure.ts";

export interface StageCosts {
  readonly bindings: number;
  readonly parse: Cost;
  readonly compile: Cost;
  /** Compare and plan every key against each kind of live state. */
  readonly diffAndPlan: Readonly<Record<LiveKind, Cost & { readonly actions: number }>>;
  /** Every rule on every key, against the live state `changed`, after it was compared. */
  readonly judge: Cost & { readonly findings: number };
}

const NO_WRITES = recentWrites([]);
// As in a controller, whose passes share them.
const TEXTS = new CompiledTexts();
const DECLARATIONS = new DeclarationDigests();
const KINDS = ["converged", "changed", "empty"] as const satisfies readonly LiveKind[];

/** Each stage at one size; compile, diff and plan run several times, and the median counts. */
export async function measureStages(
  bindings: number,
  times: number,
  files = generate(bindings),
): Promise<StageCosts> {
  const parsed = measure(() => parseAll(files));
  // As in a controller, whose passes share it.
  const documents = new DocumentCache();
  const actionData = await actionDataOf(files);
  const runs = Array.from({ length: times }, () => oneRun(parsed.value, documents, actionData));
  const judged = middle(runs.map((run) => run.judge));
  const planned = (kind: LiveKind): StageCosts["diffAndPlan"][LiveKind] => {
    const { cost, value } = middle(runs.map((run) => run[kind]));
    return { ...cost, actions: value };
  };
  return {
    bindings,
    parse: parsed.cost,
    compile: middle(runs.map((run) => run.compile)).cost,
    diffAndPlan: { converged: planned("converged"), changed: planned("changed"), empty: planned("empty") },
    judge: { ...judged.cost, findings: judged.value },
  };
}

function oneRun(parsed: ReturnType<typeof parseAll>, documents: DocumentCache, actionData: ActionData) {
  const compiled = measure(() => compileAll(parsed));
  const { desired } = compiled.value;
  // As in a controller that has compared this revision before.
  for (const { role } of desired.bindings.values()) TEXTS.textOf(role.inline);
  for (const { document } of desired.policies.values()) TEXTS.textOf(document);
  const [converged, changed, empty] = KINDS.map((kind) => {
    const live = liveAccounts(desired, kind);
    const comparer = new Comparer(documents);
    const planned = measure(() => planAll(desired, live, comparer));
    if (kind !== "changed") return { planned, judge: null };
    return { planned, judge: measure(() => judgeAll({ desired, live, comparer, actionData, texts: TEXTS })) };
  });
  return {
    // Without what was compiled: a controller keeps one revision, not one for every time it was measured.
    compile: { cost: compiled.cost },
    converged: present(converged).planned,
    changed: present(changed).planned,
    empty: present(empty).planned,
    judge: present(changed?.judge),
  };
}

/** @returns the number of planned writes */
function planAll(desired: Desired, live: ReadonlyMap<AccountId, LiveAccount>, comparer: Comparer): number {
  const states: (DesiredBinding | DesiredPolicy)[] = [
    ...desired.policies.values(),
    ...desired.bindings.values(),
  ];
  return states.reduce(
    (sum, state) =>
      sum + plannedWrites(state, { desired, live: present(live.get(state.accountId)), comparer }),
    0,
  );
}

function plannedWrites(
  state: DesiredBinding | DesiredPolicy,
  { desired, live, comparer }: Pick<PlanContext, "desired" | "live" | "comparer">,
): number {
  const planned = planState(state, {
    live,
    record: emptyKeyRecord(state.key),
    writes: NO_WRITES,
    nowMs: 0,
    staleReadMs: 60_000,
    roleDeltas: new RoleDeltas(comparer, TEXTS),
    texts: TEXTS,
    declarations: DECLARATIONS,
    instance: INSTANCE,
    account: present(desired.accounts.get(state.accountId)),
    purpose: "converge",
    desired,
    records: new Map(),
    refusedBy: null,
    contentionLimits: { max: 3, windowMs: 3_600_000 },
    sweepMs: 300_000,
    comparer,
  });
  if (planned.kind === "unknown") throw new Error(planned.reason);
  return planned.plan.actions.length;
}

/** What judging adds to the pure part of a pass, in percent of it. */
export function judgingPercent(costs: StageCosts): number {
  return tenths((costs.judge.cpuMs / compileDiffPlanMs(costs)) * 100);
}

/** The pure part of a pass over the given number of manifests, of which a few change. */
export function compileDiffPlanMs({ compile, diffAndPlan: { changed } }: StageCosts): number {
  return tenths(compile.cpuMs + changed.cpuMs);
}
