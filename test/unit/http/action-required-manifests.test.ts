import { describe, expect, test } from "@jest/globals";
import type { Finding } from "../../../src/model/finding.ts";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { prefixedRevision } from "../../../src/model/keys/source-prefix.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import type { Access } from "../../../src/http/access/access.ts";
import { ORDERS_API, REFUNDS } from "../../support/screens/world-keys.ts";
import { record, view } from "../../support/screens/world-states.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";
import { checked } from "../../support/record/audit-facts.ts";
import { ALL, calm, itemsOf, badly } from "../../support/screens/action-required.ts";

describe("a refused function", () => {
  const finding = (rule: string, line: number, why: string): Finding => ({
    rule,
    severity: "block",
    key: ORDERS_API,
    origin: { file: "teams/orders/orders-api.yaml", line, column: 7, path: "" },
    evidence: `${rule} ${line} ${why}`,
    why,
    fix: `fix ${rule}`,
    waiver: { kind: "none" },
  });
  const itemOf = async (findings: readonly Finding[]) => {
    const conditions = badly("GuardrailRefused");
    const [item] = await itemsOf({
      ...calm(),
      records: [record(ORDERS_API, conditions)],
      views: new Map([[ORDERS_API, view(ORDERS_API, { findings })]]),
    });
    return item;
  };

  test("names every rule that refuses it, not only the first", async () => {
    const item = await itemOf([
      finding("BND-002", 12, "outside the boundary"),
      finding("PASS-001", 14, "hands any role to something new"),
    ]);

    expect(item).toMatchObject({
      kind: "refused",
      details: ["BND-002: outside the boundary", "PASS-001: hands any role to something new"],
      hint: "fix BND-002, at teams/orders/orders-api.yaml:12",
    });
  });

  test("counts the consequences of one mistake, and the rules beyond the third", async () => {
    const item = await itemOf([
      finding("ACT-001", 12, "every service"),
      finding("ESC-PassRole", 12, "follows from it"),
      finding("INV-003", 20, "anyone can invoke it"),
      finding("RES-001", 22, "all queues"),
      finding("TRU-001", 30, "trusts others"),
    ]);

    expect(item?.details).toEqual([
      "ACT-001: every service (and 1 more finding at this line)",
      "INV-003: anyone can invoke it",
      "RES-001: all queues",
      "and 1 more finding",
    ]);
  });
});

describe("the source", () => {
  const change = (source: Partial<FakeState["overview"]["source"]>): FakeState => {
    const state = calm();
    return { ...state, overview: { ...state.overview, source: { ...state.overview.source, ...source } } };
  };
  const { held } = fakeState().overview.source;

  test.each([
    {
      state: change({ failure: { message: "cannot reach git", fix: "check it", refused: false } }),
      message: "cannot reach git",
    },
    { state: change({ held }), message: "main@aaaaaaa is not accepted" },
    { state: change({ accepted: null }), message: "no revision was read yet" },
  ])("is an item: $message", async ({ state, message }) => {
    expect(await itemsOf(state)).toMatchObject([{ kind: "source", target: "main", message }]);
  });

  test.each([
    {
      access: ALL,
      hint: "grantkeeper describe approval",
      because: "a token for all namespaces can review it",
    },
    {
      access: { ...ALL, namespaces: new Set(["orders"]) },
      hint: "an operator with all namespaces decides: grantkeeper describe approval",
      because: "the pending approval of a revision is not shown to a token of one namespace",
    },
  ])("names who can review a held revision: $because", async ({ access, hint }) => {
    const { source } = calm().overview;
    const revision = prefixedRevision("orders" as Namespace, checked(source.accepted ?? undefined));
    const ofOrders = { ...source, name: "orders", namespace: "orders" as Namespace };
    const state = change({ held });
    const overview = {
      ...state.overview,
      namespaceSources: [{ ...ofOrders, held: held === null ? null : { ...held, revision } }],
    };

    expect(await itemsOf({ ...state, overview }, access)).toMatchObject([
      { kind: "source", target: "main", hint: `${hint} main@aaaaaaa` },
      { kind: "source", target: "orders", hint: `${hint} orders//main@aaaaaaa` },
    ]);
  });

  test("a document with several errors is one item with its last applied state", async () => {
    const state = calm();
    const [diagnostic] = fakeState().overview.diagnostics;
    if (diagnostic === undefined) throw new Error("no diagnostic");
    const origin = { ...diagnostic.origin, file: "teams/orders/orders-api.yaml" };
    const diagnostics = [
      { ...diagnostic, origin },
      { ...diagnostic, origin },
    ];

    expect(await itemsOf({ ...state, overview: { ...state.overview, diagnostics } })).toMatchObject([
      {
        kind: "broken",
        target: "orders/orders-api",
        message: "aaaaaaa remains in effect",
        details: [expect.stringMatching(/^teams\/orders\/orders-api\.yaml:17:9: .* \(and 1 more\)$/)],
        keys: [ORDERS_API],
      },
    ]);
  });

  test("a document that was applied in some of its targets does not call them all in effect", async () => {
    const state = calm();
    const [diagnostic] = fakeState().overview.diagnostics;
    if (diagnostic === undefined) throw new Error("no diagnostic");
    const origin = { ...diagnostic.origin, file: "teams/orders/orders-api.yaml" };
    const [object] = state.objects.filter(({ file }) => file === origin.file);
    if (object === undefined) throw new Error("no object");
    const elsewhere = ORDERS_API.replace("eu-west-1", "eu-central-1") as Key;
    const objects = [{ ...object, keys: [ORDERS_API, elsewhere] }];
    const records = [record(ORDERS_API), record(elsewhere, { lastAppliedRevision: null })];
    const overview = { ...state.overview, diagnostics: [{ ...diagnostic, origin }] };

    expect(await itemsOf({ ...state, objects, records, overview })).toMatchObject([
      { kind: "broken", message: "aaaaaaa remains in effect in 1 of 2 targets", keys: [ORDERS_API] },
    ]);
  });
});

describe("an account with an error in its manifest", () => {
  const place = { file: "platform/accounts.yaml", line: 4, column: 1, path: "" };
  const cause = { label: "account prod", origin: place };
  const elsewhere = ORDERS_API.replace("eu-west-1", "eu-central-1") as Key;
  const state = (): FakeState => {
    const before = calm();
    const [found] = fakeState().overview.diagnostics;
    if (found === undefined) throw new Error("no diagnostic");
    const diagnostic = {
      ...found,
      origin: { ...place, line: 9, column: 5 },
      message: "unknown region",
      fix: "write eu-west-1",
    };
    const brokenKeys = new Map(
      [ORDERS_API, elsewhere, REFUNDS].map((key) => [key, { file: "teams/a.yaml", causedBy: [cause] }]),
    );
    return {
      ...before,
      records: [ORDERS_API, REFUNDS].map((key) => record(key, badly("ValidationFailed"))),
      overview: { ...before.overview, diagnostics: [diagnostic], brokenKeys },
    };
  };

  test("is one item that names its error and counts all its bindings, those without a pass too", async () => {
    expect(await itemsOf(state())).toEqual([
      expect.objectContaining({
        kind: "broken",
        target: "account prod",
        message: "3 bindings affected; aaaaaaa remains in effect in 2 of 3 targets",
        details: ["platform/accounts.yaml:9:5: unknown region"],
        hint: "write eu-west-1",
        keys: [ORDERS_API, REFUNDS],
      }),
    ]);
  });

  test("is one item for a team too, with its own bindings and without the text of the platform", async () => {
    const orders: Access = { ...ALL, namespaces: new Set(["orders" as Namespace]) };

    expect(await itemsOf(state(), orders)).toEqual([
      expect.objectContaining({
        target: "account prod",
        message: "2 bindings affected; aaaaaaa remains in effect in 1 of 2 targets",
        details: ["platform/accounts.yaml:4:1: the document has an error"],
        hint: "correct platform/accounts.yaml:4:1",
      }),
    ]);
  });
});
