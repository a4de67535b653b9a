import type { AlertEvent } from "../model/alert-event.ts";
import type { Cause } from "../model/diagnostic.ts";
import { keyParts, type Key } from "../model/keys/key.ts";
import { formatIncident, incidentsNamed, parseIncident } from "../model/records/incident.ts";
import { documentAt } from "../model/records/object-record.ts";
import { formatOrigin } from "../model/values/origin.ts";
import { byKey } from "../text/order.ts";
import type { ControllerPorts } from "./settings.ts";
import type { ControllerState, EnforcedNow } from "./state/controller-state.ts";

/** Opens and closes the incidents of platform documents whose errors make the bindings of others invalid. */
export class BrokenDocuments {
  readonly #state: ControllerState;
  readonly #ports: ControllerPorts;
  /** The revision whose incidents are recorded. */
  #reported: EnforcedNow | null = null;

  constructor(state: ControllerState, ports: ControllerPorts) {
    this.#state = state;
    this.#ports = ports;
  }

  /** @returns the alerts to record; `reported` is called after that */
  async alerts(): Promise<{ readonly alerts: readonly AlertEvent[]; readonly reported: () => void }> {
    const { enforced } = this.#state;
    // Before the first revision every open incident would seem to have ended.
    if (enforced === null || enforced === this.#reported) return { alerts: [], reported: () => undefined };
    const opened = brokenDocuments(enforced);
    const names = new Set(opened.map(({ incident }) => incident));
    const open = await this.#ports.alerts.openIncidents([incidentsNamed("document-broken")]);
    const ended = open
      .filter((incident) => !names.has(incident))
      .flatMap((name) => {
        const incident = parseIncident(name);
        if (incident?.kind !== "document-broken") return [];
        return [{ kind: "document-fixed", incident: name, document: incident.document } as const];
      });
    return {
      alerts: [...opened, ...ended],
      reported: () => {
        this.#reported = enforced;
      },
    };
  }
}

type Broken = Extract<AlertEvent, { readonly kind: "document-broken" }>;

/** One for each document, sorted by its label. */
function brokenDocuments(enforced: EnforcedNow): readonly Broken[] {
  const { compilation, brokenFileKeys } = enforced;
  const held = [...brokenFileKeys].map(([key, reason]) => [key, [reason]] as const);
  const caused = [...compilation.invalid, ...held].flatMap(([key, reasons]) =>
    reasons.flatMap(({ causedBy }) => (causedBy === undefined ? [] : [{ key, cause: causedBy }])),
  );
  const byLabel = Map.groupBy(caused, ({ cause }) => cause.label);
  return [...byLabel].sort(byKey).flatMap(([, affected]) => {
    const [first] = affected;
    return first === undefined
      ? []
      : [
          brokenDocument(
            first.cause,
            affected.map(({ key }) => key),
            enforced,
          ),
        ];
  });
}

function brokenDocument(cause: Cause, keys: readonly Key[], enforced: EnforcedNow): Broken {
  const { label, origin, account } = cause;
  const { objects, diagnostics } = enforced.compilation;
  const document = documentAt(origin, objects);
  const found = diagnostics.find(
    (one) =>
      one.severity === "error" &&
      one.origin.file === origin.file &&
      documentAt(one.origin, objects) === document,
  );
  const nameOf = (key: Key): string => {
    const { accountId } = keyParts(key);
    return account ?? enforced.accounts.get(accountId)?.name ?? accountId;
  };
  return {
    kind: "document-broken",
    incident: formatIncident({ kind: "document-broken", document: label }),
    ...(account !== undefined && { account }),
    document: label,
    place: formatOrigin(origin),
    error:
      found === undefined
        ? null
        : { text: `${formatOrigin(found.origin)}: ${found.message}`, fix: found.fix },
    bindings: [...new Set(keys)].sort().map((key) => ({ key, account: nameOf(key) })),
  };
}
