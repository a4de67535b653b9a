import fc from "fast-check";
import { accessState } from "../../../src/explain/state/access-state.ts";
import type { Declaration } from "../../../src/explain/state/declared.ts";
import { permissionState, type StateFacts } from "../../../src/explain/state/permission-state.ts";
import type { DesiredBinding, DesiredCaller } from "../../../src/model/desired.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import type { TypedState } from "../../../src/model/answers/permission-state.ts";
import type { NamedFunction } from "../../../src/model/answers/questions/mapped-function.ts";
import type { LiveAccount, LiveFunction, LiveRole, Reading } from "../../../src/model/live.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import {
  ACCOUNT_ID,
  allow,
  appliedRecord,
  binding,
  caller,
  compiled,
  deny,
  desiredOf,
  documentOf,
} from "../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf, presentPolicy } from "../../support/pass/live-state.ts";
import { context, driftsOfBinding, planOfBinding } from "../../support/pass/plans.ts";
import { view } from "../../support/screens/world-states.ts";

/** A function with its state as it is shown, and with the part of it that names principals. */
export interface DrawnFunction extends NamedFunction {
  readonly complete: TypedState;
  readonly access: TypedState;
}

// Few names, so that functions meet.
const NAMES = ["f0", "f1", "f2", "f3"] as const;
const functionArn = (name: string): string => `arn:aws:lambda:eu-west-1:${ACCOUNT_ID}:function:${name}`;

const statement: fc.Arbitrary<Statement> = fc.oneof(
  fc.constantFrom(...NAMES, "*").map((name) => allow("lambda:InvokeFunction", functionArn(name))),
  fc.constantFrom("in", "out").map((bucket) => allow("s3:PutObject", `arn:aws:s3:::${bucket}/*`)),
  fc.constant(deny("s3:PutObject", "arn:aws:s3:::out/*")),
  fc.constant({ Effect: "Allow", NotAction: "s3:*", Resource: functionArn("f3") }),
);
const statements = fc.array(statement, { maxLength: 2 });

const foreign = fc.constantFrom("arn:aws:s3:::in", functionArn("f1"), functionArn("f2")).map((source) => ({
  Sid: `Added${source.length}`,
  Effect: "Allow",
  Principal: { Service: "s3.amazonaws.com" },
  Action: "lambda:InvokeFunction",
  Condition: { ArnLike: { "AWS:SourceArn": source } },
}));
const closed = fc.constantFrom("Allow", "Deny").map((effect) => ({
  Sid: `Everyone${effect}`,
  Effect: effect,
  Principal: "*",
  Action: "lambda:InvokeFunction",
}));

const drawn = fc.record({
  declared: statements,
  live: fc.option(statements),
  callers: fc.subarray(["in", "out"]),
  liveCallers: fc.option(fc.subarray(["in", "out"])),
  added: fc.array(fc.oneof(foreign, closed), { maxLength: 2 }),
  trust: fc.option(fc.constantFrom(functionArn("f1"), "arn:aws:s3:::in"), { freq: 4 }),
  role: fc.constantFrom("own", "own", "shared", "unknown", "absent"),
  policy: fc.constantFrom("read", "read", "read", "unknown"),
  function: fc.constantFrom("present", "present", "present", "absent", "unknown"),
  view: fc.constantFrom("compared", "compared", "compared", "held", "refused", "unconfirmed", "none"),
  git: fc.constantFrom("declared", "declared", "declared", "removed"),
  isUncompared: fc.constantFrom(false, false, true),
  mode: fc.constantFrom("enforce" as const, "observe" as const),
});

type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never;

export const drawnEstate: fc.Arbitrary<readonly DrawnFunction[]> = fc
  .tuple(...NAMES.map(() => drawn))
  .map((all) => all.map((one, at) => drawnFunction(NAMES[at] ?? "f0", one)));

function drawnFunction(name: string, one: Drawn): DrawnFunction {
  const state = bindingOf(name, one);
  const facts = factsOf(state, one);
  return {
    key: state.key,
    target: facts.target,
    functionArn: state.functionArn,
    complete: permissionState(facts),
    access: accessState(facts),
  };
}

function bindingOf(name: string, { declared, callers }: Drawn): DesiredBinding {
  const sids = declared.map((each, at) => ({ Sid: `S${at}`, ...each }));
  return binding(
    { inline: compiled(...sids) },
    {
      key: `function/${ACCOUNT_ID}/eu-west-1/orders/${name}` as Key,
      name: name as DesiredBinding["name"],
      functionName: name,
      callers: callers.map((bucket) => callerOf(name, bucket)),
    },
  );
}

function callerOf(functionName: string, bucket: string): DesiredCaller {
  return caller(bucket, null, { functionName, owner: `orders/${functionName}` });
}

function factsOf(state: DesiredBinding, one: Drawn): StateFacts {
  const [role, found] = [roleOf(state, one), functionOf(state, one)];
  const live = accountWith({
    ...(role.kind === "present" && { role: role.value }),
    ...(found.kind === "present" && { found: found.value }),
  });
  return {
    key: state.key,
    target: `orders/${state.name}@prod/eu-west-1`,
    declaration: declarationOf(one.git === "declared" ? [state] : []),
    isUncompared: one.isUncompared,
    view: one.view === "none" ? null : viewOf(state, { live, role, found }, one),
    live,
    failure: null,
    applied: one.git === "declared" ? null : state,
    views: new Map(),
    conditions: [],
    failing: null,
    mode: one.mode,
    suspension: undefined,
    rejections: [],
    stricterHold: null,
    waveHold: null,
    readings: new Map(),
  };
}

interface Read {
  readonly live: LiveAccount;
  readonly role: Reading<LiveRole>;
  readonly found: Reading<LiveFunction>;
}

function viewOf(state: DesiredBinding, { live, role, found }: Read, one: Drawn): StateFacts["view"] {
  const at = context(live, { desired: desiredOf([state]), record: appliedRecord(state) });
  const isKnown = role.kind !== "unknown" && found.kind !== "unknown" && one.policy === "read";
  const plan = isKnown ? planOfBinding(state, at) : null;
  const other = liveRoleOf(binding({ inline: compiled(allow("s3:*")) }, { functionName: "shared" }));
  return view(state.key, {
    desired: one.git === "declared" ? state : null,
    plan:
      one.view === "unconfirmed" && plan !== null
        ? { ...plan, actions: [], approvable: [], withheld: [] }
        : plan,
    drifts: isKnown ? driftsOfBinding(state, at) : [],
    verdict: verdictOf(one),
    readings: {
      declaredRole: role,
      function: found,
      otherRole: one.role === "shared" ? { kind: "present", value: other } : null,
    },
    unread: isKnown ? [] : ["a part was not read"],
    usedRoles: one.role === "shared" ? [{ kind: "unknown", arn: other.arn, reason: "not compared" }] : [],
  });
}

function verdictOf({ view: kind }: Drawn): NonNullable<StateFacts["view"]>["verdict"] {
  if (kind === "held")
    return { kind: "hold", code: "deletes", reason: "many", subject: digestOf("plan") } as never;
  if (kind === "refused") return { kind: "refuse", reason: "a rule", findings: [] } as never;
  return { kind: "allow" };
}

function roleOf(state: DesiredBinding, { role, live, declared, trust }: Drawn): Reading<LiveRole> {
  if (role === "unknown") return { kind: "unknown", reason: "iam:GetRole: AccessDenied" };
  if (role === "absent") return { kind: "absent" };
  const own = liveRoleOf(state);
  const inline = live === null ? own.inline : [{ name: "grantkeeper", text: documentOf(...live) }];
  const assumed = { Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sts:AssumeRole" };
  const document =
    trust === null
      ? null
      : {
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
            { ...assumed, Condition: { ArnLike: { "aws:SourceArn": trust } } },
          ],
        };
  return {
    kind: "present",
    value: {
      ...own,
      inline: declared.length === 0 && live === null ? [] : inline,
      ...(document !== null && { trust: JSON.stringify(document) }),
    },
  };
}

function functionOf(state: DesiredBinding, one: Drawn): Reading<LiveFunction> {
  if (one.function === "absent") return { kind: "absent" };
  if (one.function === "unknown") return { kind: "unknown", reason: "lambda:GetFunction: AccessDenied" };
  const buckets = one.liveCallers ?? one.callers;
  const own = buckets.map((bucket) => callerOf(state.functionName, bucket).statement);
  const added = one.added.map((each) => ({ ...each, Resource: state.functionArn }));
  const policy =
    one.policy === "unknown"
      ? ({ kind: "unknown", reason: "lambda:GetPolicy: AccessDenied" } as const)
      : presentPolicy(...own, ...added);
  return { kind: "present", value: liveFunctionOf(state, { policies: new Map([["", policy]]) }) };
}

function declarationOf(bindings: readonly DesiredBinding[]): Declaration {
  const compilation = {
    desired: desiredOf(bindings),
    diagnostics: [],
    invalid: new Map(),
    namedReferences: new Map(),
  } as unknown as Declaration["compilation"];
  return { revision: desiredOf([]).revision, compilation, brokenFileKeys: new Map() };
}
