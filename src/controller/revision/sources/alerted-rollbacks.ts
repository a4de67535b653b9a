import type { AlertEvent } from "../../../model/alert-event.ts";
import type { Namespace } from "../../../model/aws/ids.ts";
import { keyParts } from "../../../model/keys/key.ts";
import { pinInForce, type AlertedRollback } from "../../../model/keys/source-pin.ts";
import { shortRevision } from "../../../model/values/revision.ts";
import type { ControllerPorts } from "../../settings.ts";
import type { Recorder } from "../../ports/recorder.ts";
import type { ControllerState } from "../../state/controller-state.ts";

interface RollbackParts {
  readonly state: Pick<ControllerState, "enforced">;
  readonly ports: Pick<ControllerPorts, "source" | "namespaceSources"> & {
    readonly store: Pick<ControllerPorts["store"], "source" | "nowMs">;
  };
}

/**
 * The recorder for a controller: an alert of a difference names the rollback of the key's source, if its revision is the
 * one that this process compares. It reads the record, because a replica with assigned accounts fetches no source.
 */
export function withAlertedRollbacks(recorder: Recorder, parts: RollbackParts): Recorder {
  return {
    record: async (settlement) => {
      const read = new Map<string, Promise<AlertedRollback | null>>();
      const alerts: AlertEvent[] = [];
      for (const event of settlement.alerts) alerts.push(await completed(event, parts, read));
      return recorder.record({ ...settlement, alerts });
    },
  };
}

async function completed(
  event: AlertEvent,
  parts: RollbackParts,
  read: Map<string, Promise<AlertedRollback | null>>,
): Promise<AlertEvent> {
  if (event.kind !== "drift-opened") return event;
  const rollback = await rollbackIn(keyParts(event.key).namespace, parts, read);
  return rollback === null ? event : { ...event, rollback };
}

/** @param read by the name of the source, once for all alerts of a settlement */
function rollbackIn(
  namespace: Namespace,
  parts: RollbackParts,
  read: Map<string, Promise<AlertedRollback | null>>,
): Promise<AlertedRollback | null> {
  const { source, namespaceSources } = parts.ports;
  const own = namespaceSources.find((one) => one.namespace === namespace);
  const { name } = own?.source ?? source;
  const found = read.get(name) ?? rollbackOf({ name, namespace: own?.namespace ?? null }, parts);
  read.set(name, found);
  return found;
}

async function rollbackOf(
  { name, namespace }: { readonly name: string; readonly namespace: Namespace | null },
  { state, ports: { store } }: RollbackParts,
): Promise<AlertedRollback | null> {
  const pin = pinInForce(await store.source(name), await store.nowMs());
  if (pin === null || state.enforced?.inputs.get(namespace)?.revision !== pin.revision) return null;
  const { revision, until, actor, reason } = pin;
  return { source: name, revision: shortRevision(revision), until, actor, reason };
}
