import { expect, test } from "@jest/globals";
import { driftFingerprint } from "../../../src/model/drift.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { endingIncidents } from "../../../src/settle/alerts/ended-states.ts";
import type { Pass } from "../../../src/judge/subject.ts";
import { contentionKey } from "../../../src/plan/inputs/contention.ts";
import type { KeyOutcome } from "../../../src/settle/outcome/outcome.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import {
  actionOf,
  driftOf,
  KEY,
  planOf,
  REFUSED,
  skippedOf,
  subjectOf,
  writtenOf,
} from "../../support/pass/passes.ts";
import { alertsAfter, condition, recordWith } from "./alerts.ts";

const REFUSAL = `refused/${KEY}`;
const CONTENTION = `contended/${KEY}`;
const ACCESS = "account/111122223333/iam:PutRolePolicy";
const GONE = "function/111122223333/eu-west-1/orders/gone" as Key;

test("the incidents that a pass may end are those of its account", () => {
  const prefixes = endingIncidents("111122223333" as AccountId);
  const isFound = (name: string): boolean => prefixes.some((prefix) => name.startsWith(prefix));

  expect(
    [REFUSAL, CONTENTION, ACCESS, "contended/policy/111122223333/search/audit"].filter(isFound),
  ).toHaveLength(4);
  expect(
    [REFUSAL, ACCESS].map((name) => name.replace("111122223333", "222233334444")).filter(isFound),
  ).toEqual([]);
});

const fine = skippedOf({ kind: "nothing-due" });
const unknown: KeyOutcome = { kind: "unknown", subject: subjectOf(recordWith([])), reason: "no answer" };
const refused = skippedOf({ kind: "nothing-due" }, { verdict: REFUSED });

const drift = driftOf();
const contended = skippedOf(
  { kind: "nothing-due" },
  {
    drifts: [drift],
    plan: planOf([], {
      withheld: [{ kind: "contended", subject: drift.subject, reason: "keeps coming back", fix: null }],
    }),
    subject: subjectOf(
      recordWith([condition("Drifted", "Contended")], {
        driftSinceMs: { [driftFingerprint(drift)]: 1 },
        revertsMs: { [contentionKey(drift)]: [1, 2, 3, 4] },
      }),
    ),
  },
);

const denial = {
  action: "iam:PutRolePolicy",
  deniedBy: "identity policy",
  how: "implicit",
  fix: "x",
} as const;
const denied = writtenOf(
  { subject: subjectOf(recordWith([])) },
  {
    writes: [
      {
        kind: "failed",
        action: actionOf(),
        intent: 1,
        error: awsError("circuit", { denial }),
        isOverdue: false,
      },
    ],
    readBack: { kind: "not-read", reason: "x" },
  },
);

const SOME_KEYS: Pass["scope"] = { kind: "keys", keys: [KEY] };

interface Row {
  readonly open: string;
  readonly outcome: KeyOutcome;
  readonly scope?: Pass["scope"];
  readonly ends: readonly string[];
  readonly because: string;
}

test.each<Row>([
  { open: REFUSAL, outcome: fine, ends: ["refusal-ended"], because: "no rule refuses it any more" },
  { open: REFUSAL, outcome: refused, ends: [], because: "it is still refused" },
  { open: REFUSAL, outcome: unknown, ends: [], because: "a key that was not read was not judged" },
  { open: `refused/${GONE}`, outcome: fine, ends: ["refusal-ended"], because: "nothing is left of the key" },
  {
    open: `refused/${GONE}`,
    outcome: fine,
    scope: SOME_KEYS,
    ends: [],
    because: "a pass over some keys does not know the others",
  },
  {
    open: "refused/function/222222222222/eu-west-1/orders/orders-api",
    outcome: fine,
    ends: [],
    because: "the key is in another account",
  },
  { open: CONTENTION, outcome: fine, ends: ["contention-ended"], because: "it matches Git" },
  { open: CONTENTION, outcome: contended, ends: [], because: "it is still changed back" },
  { open: CONTENTION, outcome: unknown, ends: [], because: "what was not read may still be changed back" },
  { open: ACCESS, outcome: fine, ends: ["access-restored"], because: "no key misses the call" },
  { open: ACCESS, outcome: denied, ends: [], because: "the call is still denied" },
  {
    open: ACCESS,
    outcome: fine,
    scope: SOME_KEYS,
    ends: [],
    because: "another key may still miss the call",
  },
  { open: ACCESS, outcome: unknown, ends: [], because: "what was not read may still miss the call" },
  {
    open: "account/222222222222/iam:PutRolePolicy",
    outcome: fine,
    ends: [],
    because: "the call is of another account",
  },
  { open: `drift/${KEY}`, outcome: fine, ends: [], because: "a drift has its own end" },
])("after $open, a pass reports the ends $ends: $because", ({ open, outcome, scope, ends }) => {
  const records = new Map([[KEY, recordWith([])]]);
  const alerts = alertsAfter([outcome], { records, scope: scope ?? { kind: "all" } }, [open]);

  expect(alerts.map(({ kind }) => kind).filter((kind) => /-ended|-restored/.test(kind))).toEqual(ends);
});

test("an end that was never reported as begun is none", () => {
  expect(alertsAfter([fine])).toEqual([]);
});
