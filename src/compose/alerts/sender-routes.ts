import type { AlertRoute, AlertSinkConfig } from "../../config/config.ts";
import type { SenderRoute } from "../../record/alert-sender.ts";
import { statusRouteName } from "../../model/records/commit-status.ts";
import type { Route } from "../../record/route.ts";
import type { HttpTools } from "../../record/sinks/http-post.ts";
import type { Sink } from "../../record/sinks/sink.ts";
import { openCommitStatusSink, type statusSources } from "../sources/commit-status.ts";

export function recordedRoute({ sink, ...route }: AlertRoute): Route {
  const { name, namespaces, accounts, severity, dailyAtMs, remindAfterMs } = route;
  const kinds = sink.kind === "alertmanager" ? "incidents" : "all";
  return { name, namespaces, accounts, severity, kinds, dailyAtMs, remindAfterMs };
}

/** No other route gets the states of commits, and none of them is repeated. */
export function statusRoute(source: string): Route {
  return {
    name: statusRouteName(source),
    namespaces: ["*"],
    accounts: ["*"],
    severity: "other",
    kinds: "commit-status",
    dailyAtMs: null,
    remindAfterMs: null,
  };
}

export async function statusSenderRoute(
  found: ReturnType<typeof statusSources>[number],
  tools: Parameters<typeof openCommitStatusSink>[1],
): Promise<SenderRoute> {
  const sink = await openCommitStatusSink(found, tools);
  const seen = statusRoute(found.source.name);
  return {
    name: seen.name,
    kind: "commit-status",
    seen,
    sink,
    perMinute: 60,
    isDaily: false,
    fallback: null,
  };
}

interface Surroundings {
  readonly instance: string;
  readonly tools: HttpTools;
}

export async function senderRoute(route: AlertRoute, surroundings: Surroundings): Promise<SenderRoute> {
  const { name, sink, perMinute, dailyAtMs, fallback } = route;
  return {
    name,
    kind: sink.kind,
    seen: recordedRoute(route),
    sink: await openSink(sink, surroundings),
    perMinute,
    isDaily: dailyAtMs !== null,
    fallback,
  };
}

/** Loads only the receivers that are configured. */
async function openSink(sink: AlertSinkConfig, { instance, tools }: Surroundings): Promise<Sink> {
  if (sink.kind === "alertmanager") {
    const { AlertmanagerSink } = await import("../../record/sinks/alertmanager.ts");
    return new AlertmanagerSink({ ...sink, instance }, tools);
  }
  if (sink.kind === "slack") {
    const { SlackSink } = await import("../../record/sinks/slack.ts");
    return new SlackSink(sink, tools);
  }
  if (sink.kind === "mail") {
    const { MailSink } = await import("../../record/sinks/mail.ts");
    return new MailSink(sink);
  }
  const { WebhookSink } = await import("../../record/sinks/webhook.ts");
  return new WebhookSink(sink, tools);
}
