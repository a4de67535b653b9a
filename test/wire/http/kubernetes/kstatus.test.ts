import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { FunctionPermissionObject, ManagedPolicyObject } from "../../../../src/api/manifests.ts";
import type { Condition, ConditionReason } from "../../../../src/model/status.ts";
import { happen } from "../../../support/kubernetes/watching.ts";
import { startTestServer, type TestServer } from "../../../support/screens/http-server.ts";
import { AUDIT_READ, LEDGER, ORDERS_API } from "../../../support/screens/world-keys.ts";
import { condition, record } from "../../../support/screens/world-states.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

type Verdict = "InProgress" | "Failed" | "Current";

/**
 * What kstatus concludes of an object of a kind that it does not know: an unobserved generation comes first, then the first
 * of Reconciling and Stalled that is true. A condition Ready that is not true is in progress.
 * @see https://pkg.go.dev/sigs.k8s.io/cli-utils/pkg/kstatus
 */
function verdictOf({ metadata, status }: FunctionPermissionObject | ManagedPolicyObject): Verdict {
  if (status.observedGeneration !== metadata.generation) return "InProgress";
  const found = status.conditions.find(
    ({ type, status }) => (type === "Reconciling" || type === "Stalled") && status === "True",
  );
  if (found !== undefined) return found.type === "Stalled" ? "Failed" : "InProgress";
  const ready = status.conditions.find(({ type }) => type === "Ready");
  return ready === undefined || ready.status === "True" ? "Current" : "InProgress";
}

const of = (type: Condition["type"], status: Condition["status"], reason: ConditionReason): Condition =>
  condition({ type, status, reason });

/** The kinds that have conditions: a boundary is a ManagedPolicy too. */
const OBJECTS = [
  { path: "/namespaces/orders/functionpermissions/orders-api", key: ORDERS_API },
  { path: "/namespaces/payments/managedpolicies/ledger", key: LEDGER },
  { path: "/namespaces/platform/managedpolicies/audit-read", key: AUDIT_READ },
] as const;

const VERDICTS = [
  { conditions: [of("Ready", "True", "ReconciliationSucceeded")], verdict: "Current" },
  {
    conditions: [of("Ready", "Unknown", "Progressing"), of("Reconciling", "True", "Progressing")],
    verdict: "InProgress",
  },
  {
    conditions: [of("Ready", "False", "GuardrailRefused"), of("Stalled", "True", "GuardrailRefused")],
    verdict: "Failed",
  },
  { conditions: [of("Ready", "False", "AwaitingApproval")], verdict: "InProgress" },
] as const satisfies readonly { conditions: readonly Condition[]; verdict: Verdict }[];

describe.each(OBJECTS)("of $path", ({ path, key }) => {
  test.each(VERDICTS)(
    "kstatus concludes $verdict from $conditions.0.reason",
    async ({ conditions, verdict }) => {
      const { records } = server.control.state;
      const changed = record(key, { conditions });
      happen(server, { records: [...records.filter((one) => one.key !== key), changed] });

      const { json } = await server.get(path);

      expect(verdictOf(json)).toBe(verdict);
    },
  );

  test("kstatus concludes InProgress while the newest generation is not observed", async () => {
    const { objects } = server.control.state;
    happen(server, { objects: objects.map((one) => ({ ...one, generation: one.observedGeneration + 1 })) });

    expect(verdictOf((await server.get(path)).json)).toBe("InProgress");
  });
});
