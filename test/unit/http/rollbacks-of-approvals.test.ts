import { expect, test } from "@jest/globals";
import type { SourceView } from "../../../src/controller/ports/control.ts";
import { holdSummaries } from "../../../src/http/present/pending/holds.ts";
import { readerOf } from "../../../src/http/request/reader.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { FakeControl, NOW } from "../../support/fakes/fake-control.ts";
import { revision } from "../../support/git/snapshots.ts";
import { ALL, calm, NOW_MS } from "../../support/screens/action-required.ts";
import { ORDERS_API, REFUNDS } from "../../support/screens/world-keys.ts";

test.each([
  {
    reader: "operator",
    namespaces: "all" as const,
    sources: ["payments"],
    because: "it sees every function of it",
  },
  {
    reader: "member of payments",
    namespaces: new Set(["payments"]),
    sources: ["payments"],
    because: "the source is its own",
  },
  {
    reader: "member of orders",
    namespaces: new Set(["orders"]),
    sources: [],
    because: "the source is that of another team",
  },
])(
  "an approval of two teams shows the $reader the rollbacks of $sources: $because",
  async ({ namespaces, sources }) => {
    const state = calm();
    const { source } = state.overview;
    const of = revision(`main@sha1:${"1".repeat(40)}`);
    const pin = {
      revision: of,
      from: of,
      waiting: null,
      actor: "dana",
      reason: "INC-1",
      at: NOW,
      until: NOW,
    };
    const payments: SourceView = { ...source, name: "payments", namespace: "payments" as Namespace, pin };
    const hold = {
      subject: digestOf("two teams"),
      code: "first-enforcing-pass" as const,
      reason: "first enforcing run",
      account: "prod",
      keys: [ORDERS_API, REFUNDS],
      actions: 2,
      sinceMs: NOW_MS,
    };
    const overview = { ...state.overview, holds: [hold], namespaceSources: [payments] };
    const control = new FakeControl({ ...state, overview });
    const world = await new WorldReader(control).read();
    const access = { ...ALL, namespaces };

    const shown = holdSummaries(readerOf({ control, world, access, tenantPath: "teams", nowMs: NOW_MS }));

    expect(shown).toHaveLength(1);
    expect(shown.flatMap(({ status }) => status.rollbacks ?? []).map((one) => one.source)).toEqual(sources);
  },
);
