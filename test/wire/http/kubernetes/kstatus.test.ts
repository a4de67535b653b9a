import { expect, test } from "@jest/globals";
import type { FunctionPermissionObject } from "../../../../src/api/manifests.ts";
import type { Condition, ConditionReason } from "../../../../src/model/status.ts";
import { happen } from "../../../support/kubernetes/watching.ts";
import { startTestServer } from "../../../support/screens/http-server.ts";
import { ORDERS_API } from "../../../support/screens/world-keys.ts";
import { condition, record } from "../../../support/screens/world-states.ts";

type Verdict = "InProgress" | "Failed" | "Current";

/**
 * What kstatus concludes of an object of a kind that it does not know: an unobserved generation comes first, then the first
 * of Reconciling and Stalled that is true. A condition Ready that is not true is in progress.
 * @see https://pkg.go.dev/sigs.k8s.io/cli-utils/pkg/kstatus
 */
function verdictOf({ metadata, status }: FunctionPermissionObject): Verdict {
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

test.each([
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
] satisfies readonly { conditions: readonly Condition[]; verdict: Verdict }[])(
  "kstatus concludes $verdict from $conditions.0.reason",
  async ({ conditions, verdict }) => {
    const server = await startTestServer();
    const { records } = server.control.state;
    const changed = record(ORDERS_API, { conditions });
    happen(server, { records: [...records.filter(({ key }) => key !== ORDERS_API), changed] });

    const { json } = await server.get("/namespaces/orders/functionpermissions/orders-api");
    await server.close();

    expect(verdictOf(json)).toBe(verdict);
  },
);

test("kstatus concludes InProgress while the newest generation is not observed", async () => {
  const server = await startTestServer();
  const { objects } = server.control.state;
  happen(server, { objects: objects.map((one) => ({ ...one, generation: one.observedGeneration + 1 })) });

  const { json } = await server.get("/namespaces/orders/functionpermissions/orders-api");
  await server.close();

  expect(verdictOf(json)).toBe("InProgress");
});
