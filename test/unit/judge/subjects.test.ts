import { describe, expect, test } from "@jest/globals";
import { limitFacts } from "../../../src/judge/limit-facts.ts";
import { desiredOf, modeOf, type Pass } from "../../../src/judge/subject.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import { subjectsInScope } from "../../../src/judge/subjects.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import { accountIdOf, type Key } from "../../../src/model/keys/key.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import {
  allow,
  appliedRecord,
  attachment,
  binding,
  compiled,
  desiredAccount,
  NOW_MS,
  ORIGIN,
  policy,
} from "../../support/pass/bindings.ts";
import { BINDING, KEY, knownRecord, passOf } from "../../support/pass/passes.ts";

const named = (name: string): Key => `function/111122223333/eu-west-1/orders/${name}` as Key;
const ELSEWHERE = "function/444455556666/eu-west-1/orders/x" as Key;
const DIAGNOSTIC: Diagnostic = { severity: "error", code: "x", origin: ORIGIN, message: "x", fix: null };

class CountedMap<Name, Value> extends Map<Name, Value> {
  looks = 0;

  override keys(): MapIterator<Name> {
    this.looks += 1;
    return super.keys();
  }

  override values(): MapIterator<Value> {
    this.looks += 1;
    return super.values();
  }
}

function found(pass: Pass): readonly string[] {
  return subjectsInScope(pass, pass.scope, NOW_MS).map(({ key, kind }) => `${kind} ${key.split("/").at(-1)}`);
}

describe("the subjects of a pass", () => {
  test("over all keys are the declared, the invalid and the ones that only the record knows, sorted", () => {
    const pass = passOf([BINDING], {
      invalid: new Map([
        [named("invalid"), [DIAGNOSTIC]],
        [ELSEWHERE, [DIAGNOSTIC]],
      ]),
      brokenFileKeys: new Map([[named("broken"), DIAGNOSTIC]]),
      records: new Map([
        [named("gone"), { ...knownRecord(), key: named("gone") }],
        [named("nothing"), emptyKeyRecord(named("nothing"))],
      ]),
    });

    expect(found(pass)).toEqual(["invalid broken", "removed gone", "invalid invalid", "desired orders-api"]);
  });

  test("over some keys are these keys and the policies that they attach", () => {
    const POLICY = policy(compiled(allow("s3:GetObject")));
    const attaching = binding({ attachments: [attachment("audit-read")] });
    const pass = passOf([attaching, POLICY, binding({}, { key: named("other") })], {
      scope: { kind: "keys", keys: [KEY, named("nothing")] },
    });

    expect(found(pass)).toEqual(["desired orders-api", "desired audit-read"]);
  });

  test("of a second account are found without a look at the bindings of all accounts", () => {
    const given = passOf([BINDING, binding({}, { key: ELSEWHERE })]);
    const bindings = new CountedMap(given.desired.bindings);
    const pass = { ...given, desired: { ...given.desired, bindings } };
    const first = found(pass);
    bindings.looks = 0;

    const second = found({ ...pass, account: desiredAccount({ id: accountIdOf(ELSEWHERE) }) });

    expect([first, second]).toEqual([["desired orders-api"], ["desired x"]]);
    expect(bindings.looks).toBe(0);
  });

  describe("the mode of a ManagedPolicy", () => {
    const POLICY = policy(compiled(allow("s3:GetObject")));
    const OTHER = named("other");
    const attaching = (change: Partial<DesiredBinding>): DesiredBinding =>
      binding({ attachments: [attachment("audit-read")] }, change);
    const observing = attaching({ mode: "observe" });
    const invalid = new Map([[OTHER, [DIAGNOSTIC]]]);

    test.each<{
      readonly states: readonly DesiredBinding[];
      readonly change?: Partial<Pass>;
      readonly mode: "observe" | "enforce";
      readonly because: string;
    }>([
      { states: [observing], mode: "observe", because: "the only function that attaches it observes" },
      {
        states: [observing, attaching({ key: OTHER })],
        mode: "enforce",
        because: "one of the functions that attach it enforces",
      },
      { states: [], mode: "enforce", because: "no function attaches it" },
      {
        states: [observing, attaching({ key: OTHER, released: true })],
        mode: "observe",
        because: "the function that enforced it is released",
      },
      {
        states: [observing],
        change: { invalid, records: new Map([[OTHER, appliedRecord(attaching({ key: OTHER }))]]) },
        mode: "enforce",
        because: "a function whose document has an error was applied with it",
      },
      {
        states: [observing],
        change: { invalid },
        mode: "observe",
        because: "a function whose document has an error was never applied",
      },
    ])("is $mode if $because", ({ states, change, mode }) => {
      const pass = passOf([...states, POLICY], change);
      const subject = subjectsInScope(pass, { kind: "all" }, NOW_MS).find(({ key }) => key === POLICY.key);

      expect(subject === undefined ? null : modeOf(subject, pass)).toBe(mode);
    });
  });

  test("an invalid key stays invalid, even if a version of it compiles", () => {
    const pass = passOf([BINDING], {
      invalid: new Map([[KEY, [DIAGNOSTIC]]]),
    });

    expect(found(pass)).toEqual(["invalid orders-api"]);
  });

  test("a broken file keeps a key only while no other file declares it", () => {
    expect(found(passOf([BINDING], { brokenFileKeys: new Map([[KEY, DIAGNOSTIC]]) }))).toEqual([
      "desired orders-api",
    ]);
  });

  test("an expired statement is removed after its grace period", () => {
    const ended = compiled(allow("s3:GetObject"), allow("sqs:SendMessage"));
    const [first, second] = ended.statements;
    if (first === undefined || second === undefined) throw new Error("no statements");
    const until = new Date(NOW_MS).toISOString();
    const pass = passOf([binding({ inline: { statements: [{ ...first, until }, second] } })]);
    const count = (nowMs: number): number => {
      const [subject] = subjectsInScope(pass, pass.scope, nowMs);
      const state = subject === undefined ? null : desiredOf(subject);
      return state !== null && "role" in state ? state.role.inline.statements.length : -1;
    };

    expect([count(NOW_MS + 299_000), count(NOW_MS + 301_000)]).toEqual([2, 1]);
  });
});

describe("the facts behind the limits", () => {
  const { revision } = passOf();
  const older = `${revision.slice(0, -1)}0` as Revision;
  const recordOf = (key: Key, change: Partial<KeyRecord>): readonly [Key, KeyRecord] => [
    key,
    { ...appliedRecord(BINDING), key, ...change },
  ];
  const policyKey = "policy/111122223333/search/audit" as Key;
  const pass = passOf([BINDING], {
    records: new Map([
      recordOf(named("a"), { changedBy: revision }),
      recordOf(named("b"), { changedBy: older }),
      recordOf(named("c"), { applied: null }),
      recordOf(policyKey, { changedBy: revision }),
    ]),
  });

  test("are the applied bindings of each namespace, and earlier changes of this revision", () => {
    const facts = limitFacts(pass);

    expect(facts.namespaceBindings).toEqual(new Map([["orders", 2]]));
    expect(facts.changedAlready).toEqual(
      new Map([
        ["orders", new Set([named("a")])],
        ["search", new Set([policyKey])],
      ]),
    );
  });

  test("include the deletes of this revision, not of another", () => {
    const deletedBy = (by: Revision): ReadonlyMap<string, ReadonlySet<Key>> =>
      limitFacts({
        ...pass,
        history: {
          ...pass.history,
          record: { ...pass.history.record, deleted: { revision: by, keys: [named("z")] } },
        },
      }).deletedAlready;

    expect(deletedBy(revision)).toEqual(new Map([["orders", new Set([named("z")])]]));
    expect(deletedBy(older)).toEqual(new Map());
    expect(limitFacts(pass).deletedAlready).toEqual(new Map());
  });

  test("include the stricter of the operator's and the account's limits", () => {
    const account = desiredAccount({ limits: { deletes: 1, changedCount: 99 } });

    expect(limitFacts(passOf([BINDING], { account })).limits).toEqual({
      deletes: 1,
      changedCount: 10,
      changedShare: 0.2,
    });
  });

  test.each([
    { catalogueDigest: "c", changed: false },
    { catalogueDigest: "d", changed: true },
    { catalogueDigest: null, changed: false },
  ])("a catalogue $catalogueDigest before has changed: $changed", ({ catalogueDigest, changed }) => {
    const history = { ...pass.history, record: { ...pass.history.record, catalogueDigest } };

    expect(limitFacts({ ...pass, history }).account.catalogueChanged).toBe(changed);
  });

  test("hold nothing for a reason that only the record gives, if the record was not read", () => {
    expect(limitFacts({ ...pass, history: null }).account).toEqual({
      started: true,
      catalogueChanged: false,
    });
  });
});
