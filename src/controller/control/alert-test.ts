import { err, ok, type Result } from "../../model/values/result.ts";
import type { AlertTest } from "../ports/alert-sender.ts";
import type { Refusal } from "../ports/control.ts";
import type { ControllerContext } from "../settings.ts";

/** Less than a client waits for its answer. */
const TEST_MS = 25_000;

/** The actor is in the record before the receiver gets the test alert. */
export async function testAlert(
  route: string,
  actor: string,
  { ports }: ControllerContext,
): Promise<Result<AlertTest, Refusal>> {
  const { alerts, recorder } = ports;
  const names = (await alerts.routes()).map(({ name }) => name);
  if (!names.includes(route)) return err(unknownRoute(route, names));
  await recorder.record({ facts: [{ kind: "alert-tested", route, actor }], change: {}, alerts: [] });
  const test = await alerts.test(route, actor, AbortSignal.timeout(TEST_MS));
  return test === null ? err(unknownRoute(route, names)) : ok(test);
}

function unknownRoute(route: string, names: readonly string[]): Refusal {
  const hint =
    names.length === 0
      ? "add a route to alerts in the operator's file"
      : `the routes of the operator's file are ${names.join(", ")}`;
  return { code: "not-found", message: `no alert route is named "${route.slice(0, 63)}"`, hint };
}
