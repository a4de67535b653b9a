import type { IncidentRecord } from "../../model/records/incident-record.ts";
import { REPORTED } from "../../model/records/incident-record.ts";
import type { RecordChange } from "../../model/records/record-change.ts";
import type { AlertSender } from "../ports/alert-sender.ts";

/**
 * Which reports were recorded, also by an earlier process: a restart repeats none of them. A mark in the record names each,
 * and is committed with its messages.
 */
export class RecordedReports {
  readonly #alerts: Pick<AlertSender, "openIncidents">;
  #names: Set<string> | null = null;

  constructor(alerts: Pick<AlertSender, "openIncidents">) {
    this.#alerts = alerts;
  }

  /** The names of the reports that begin so. */
  async of(kind: string): Promise<ReadonlySet<string>> {
    this.#names ??= new Set(await this.#alerts.openIncidents([REPORTED]));
    return new Set([...this.#names].filter((name) => name.startsWith(reportName(kind, ""))));
  }

  /** What to record with the reports. @param over names that no one asks for any more */
  change(reported: readonly string[], over: readonly string[], nowMs: number): RecordChange {
    return {
      ...(reported.length > 0 && { incidents: reported.map((name) => mark(name, nowMs)) }),
      ...(over.length > 0 && { endedIncidents: over }),
    };
  }

  recorded(reported: readonly string[], over: readonly string[]): void {
    for (const name of over) this.#names?.delete(name);
    for (const name of reported) this.#names?.add(name);
  }
}

export function reportName(kind: string, about: string): string {
  return `${REPORTED}${kind}/${about}`;
}

function mark(incident: string, sinceMs: number): IncidentRecord {
  return { incident, severity: "other", sinceMs, namespace: null, account: null, body: "" };
}
