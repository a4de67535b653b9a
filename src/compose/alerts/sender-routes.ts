import type { AlertRoute, AlertSinkConfig, Config } from "../../config/config.ts";
import type { SenderRoute } from "../../record/alert-sender.ts";
import { statusRouteName } from "../../model/records/commit-status.ts";
import { noteRouteName } from "../../model/records/pull-requests/note.ts";
import type { Route } from "../../record/route.ts";
import type { HttpTools } from "../../record/sinks/http-post.ts";
import type { Sink } from "../../record/sinks/sink.ts";
import { openCommitStatusSink, statusSources } from "../sources/commit-status.ts";
import { notedSources, openPullRequestSink } from "../sources/pull-requests.ts";

export function recordedRoute({ sink, ...route }: AlertRoute): Route {
  const { name, namespaces, accounts, severity, dailyAtMs, remindAfterMs } = route;
  const kinds = sink.kind === "alertmanager" ? "incidents" : "all";
  return { name, namespaces, accounts, severity, kinds, dailyAtMs, remindAfterMs };
}

/** The states of commits, and what merged pull requests are shown: no other route gets them, and none of them is repeated. */
export function forgeRoutes(config: Config): readonly Route[] {
  return [
    ...statusSources(config).map(({ source }) => forgeRoute(statusRouteName(source.name))),
    ...notedSources(config).map(({ source }) => forgeRoute(noteRouteName(source.name))),
  ];
}

function forgeRoute(name: string): Route {
  return {
    name,
    namespaces: ["*"],
    accounts: ["*"],
    severity: "other",
    kinds: "forge",
    dailyAtMs: null,
    remindAfterMs: null,
  };
}

export async function forgeSenderRoutes(
  config: Config,
  tools: Parameters<typeof openCommitStatusSink>[1],
): Promise<readonly SenderRoute[]> {
  const routes: SenderRoute[] = [];
  for (const found of statusSources(config)) {
    const seen = forgeRoute(statusRouteName(found.source.name));
    routes.push(forgeSenderRoute("commit-status", await openCommitStatusSink(found, tools), seen));
  }
  for (const found of notedSources(config)) {
    const seen = forgeRoute(noteRouteName(found.source.name));
    routes.push(forgeSenderRoute("pull-requests", await openPullRequestSink(found, tools), seen));
  }
  return routes;
}

function forgeSenderRoute(kind: SenderRoute["kind"], sink: Sink, seen: Route): SenderRoute {
  return { name: seen.name, kind, seen, sink, perMinute: 60, isDaily: false, fallback: null };
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
