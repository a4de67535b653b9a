import { beginningOf } from "../../text/cut.ts";
import { ALERT_NAMES, TEST_ALERT_NAME } from "../../model/records/alert-names.ts";
import { keyParts, targetText } from "../../model/keys/key.ts";
import { parseIncident } from "../../model/records/incident.ts";
import { approveCommand, alertSubject } from "../hold-text.ts";
import type { AlertMessage } from "../message.ts";

/** An alert of Alertmanager's API. Its labels are its identity; what changes is an annotation. */
export interface RouterAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly startsAt: string;
}

const LONGEST_TEXT = 4_000;

export function alertOf(message: AlertMessage, instance: string): RouterAlert {
  const { kind, headline, details, status, severity, account, namespace, hold = null, since, at } = message;
  const summary = beginningOf(wellFormed(headline), LONGEST_TEXT);
  const description = beginningOf(wellFormed(details.join("\n")), LONGEST_TEXT - summary.length);
  return {
    labels: present({
      alertname: nameOf(kind),
      severity,
      instance,
      account: account ?? "",
      ...labelsOfKey(message),
      ...labelsOfIncident(message.incident),
      ...(namespace === undefined || namespace === null ? {} : { namespace }),
    }),
    annotations: present({
      summary: summary.trim(),
      description,
      next: message.next ?? "",
      see: message.see ?? "",
      hold: hold ?? "",
      approve: hold === null || status === "closed" ? "" : approveCommand(hold),
      runbook: `grantkeeper runbook ${nameOf(kind)}`,
    }),
    startsAt: since ?? at,
  };
}

/** @throws for what only a forge gets */
function nameOf(kind: AlertMessage["kind"]): string {
  if (kind === "test") return TEST_ALERT_NAME;
  if (kind === "commit-status" || kind === "pull-request-note")
    throw new Error("an Alertmanager takes nothing that is for a forge");
  return ALERT_NAMES[kind];
}

function labelsOfKey({ key, account }: AlertMessage): Readonly<Record<string, string>> {
  if (key === null) return {};
  const parts = keyParts(key);
  const place = {
    namespace: parts.namespace,
    binding: targetText({ key, account: account ?? parts.accountId }),
  };
  return parts.kind === "function" ? { ...place, region: parts.region } : place;
}

/** Two pending plans of one account, two sources, or two documents, are two alerts. */
function labelsOfIncident(name: string): Readonly<Record<string, string>> {
  const incident = parseIncident(name);
  if (incident?.kind === "hold") return { hold: alertSubject(incident.subject) };
  if (incident?.kind === "document-broken") return { document: incident.document };
  return incident?.kind === "revision-held" || incident?.kind === "source-failed"
    ? { source: incident.source }
    : {};
}

/** An incident keeps the highest severity that was reported of it. */
export function withSeverityOf(before: RouterAlert | null, alert: RouterAlert): RouterAlert {
  if (before?.labels["severity"] !== "security") return alert;
  return { ...alert, labels: { ...alert.labels, severity: "security" } };
}

/** Alertmanager ignores empty labels, and rejects texts that are not valid UTF-8. */
function present(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== "")
      .map(([name, value]) => [name, wellFormed(value)]),
  );
}

function wellFormed(text: string): string {
  return text.toWellFormed();
}
