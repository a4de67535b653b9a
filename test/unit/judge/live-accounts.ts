import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { judge } from "../../../src/judge/judge.ts";
import type { JudgeContext } from "../../../src/judge/inputs.ts";
import { judgeInAws, keysToJudgeInAws } from "../../../src/judge/live-rules.ts";
import type { Subject } from "../../../src/judge/subject.ts";
import type { LiveRules } from "../../../src/model/answers/live-rules.ts";
import type { DesiredBinding, DesiredPolicy, Waiver } from "../../../src/model/desired.ts";
import type { KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { LiveAccount, LiveFunction, LiveRole } from "../../../src/model/live.ts";
import { complete } from "../../../src/model/values/steps.ts";
import {
  allow,
  appliedRecord,
  binding,
  BOUNDARY,
  documentOf,
  NOW_MS,
  ORDERS_READ,
} from "../../support/pass/bindings.ts";
import {
  accountWith,
  liveFunctionOf,
  livePolicyOf,
  liveRoleOf,
  presentPolicy,
} from "../../support/pass/live-state.ts";
import { passOf } from "../../support/pass/passes.ts";
import { actionData } from "../guard/judged.ts";

export const EVERYTHING = documentOf(allow("*"));

export const SEND = allow("sqs:SendMessage");

/** How AWS differs from the declared state. */
export interface InAws {
  readonly role?: Partial<LiveRole>;
  readonly found?: Partial<LiveFunction>;
  readonly awsManaged?: Readonly<Record<string, string>>;
  readonly boundary?: string;
  readonly others?: readonly LiveRole[];
}

export function accountOf(
  state: DesiredBinding,
  { role, found, awsManaged = {}, boundary, others = [] }: InAws,
) {
  const parts = { role: liveRoleOf(state, role), found: liveFunctionOf(state, found), awsManaged };
  const live = accountWith({
    ...parts,
    ...(boundary === undefined ? {} : { policies: [livePolicyOf(BOUNDARY, [boundary])] }),
  });
  const roles = others.map((one) => [one.name.toLowerCase(), { kind: "present", value: one }] as const);
  return { ...live, roles: new Map([...live.roles, ...roles]) };
}

/** What the judgement has apart from the state. */
export interface JudgedWith {
  readonly states?: readonly (DesiredBinding | DesiredPolicy)[];
  readonly waivers?: readonly Waiver[];
  readonly subject?: Subject;
  readonly record?: Partial<KeyRecord>;
}

/** What the rules find of the first state in AWS; null: it is not judged, since it has no difference that counts. */
export function rulesIn(
  live: LiveAccount,
  state: DesiredBinding | DesiredPolicy,
  { states = [], waivers = [], subject, record = {} }: JudgedWith = {},
): LiveRules | null {
  const pass = passOf([state, ...states], { actionData });
  const context: JudgeContext = {
    ...pass,
    desired: { ...pass.desired, waivers },
    live,
    writes: recentWrites([]),
    nowMs: NOW_MS,
  };
  const known = appliedRecord(state, record);
  const judged = judge(context, [
    subject ?? { kind: "desired", key: state.key, record: known, desired: state },
  ]).judged;
  const keys = complete(
    keysToJudgeInAws(
      judged.map((one) => ({ judged: one, drifts: one.drifts })),
      context,
    ),
  );
  const [first] = keys;
  return first === undefined ? null : complete(complete(judgeInAws(keys, context))(first));
}

/** `RES-001 block`; in brackets what is not understood or was not read. */
export function verdictsIn(...args: Parameters<typeof rulesIn>): readonly string[] | null {
  const found = rulesIn(...args);
  return (
    found && [
      ...found.breaches.map(({ rule, severity }) => `${rule} ${severity}`),
      ...found.unread.map((text) => `(${text})`),
    ]
  );
}

export const PLAIN = binding();

export const inline = (...documents: readonly (readonly [string, string])[]): Partial<LiveRole> => ({
  inline: documents.map(([name, text]) => ({ name, text })),
});

/** The policy that Git declares. */
export const OWN = documentOf(ORDERS_READ);

export const called = (...statements: readonly unknown[]): Partial<LiveFunction> => ({
  policies: new Map([["", presentPolicy(...statements)]]),
});
