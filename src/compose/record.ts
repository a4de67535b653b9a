import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BackupOutcome, RestoreOutcome } from "../audit/backup.ts";
import { inThreads } from "../cli/toolbox/in-threads.ts";
import { CliError } from "../cli/toolbox/cli-error.ts";
import type { AuditReader } from "../controller/ports/audit-log.ts";
import type { RecordReader } from "../controller/ports/store.ts";
import type { Installation } from "../cli/toolbox/toolbox.ts";
import type { AlertRoute, AlertSinkConfig, Config } from "../config/config.ts";
import type { ControllerPorts } from "../controller/settings.ts";
import type { ProxyRoutes } from "../model/network/proxy.ts";
import type { OutboxStore } from "../controller/ports/outbox-store.ts";
import type { OutboxSender, SenderRoute } from "../record/alert-sender.ts";
import { statusRouteName } from "../model/records/commit-status.ts";
import type { Route } from "../record/route.ts";
import type { HttpTools } from "../record/sinks/http-post.ts";
import type { Sink } from "../record/sinks/sink.ts";
import { clock, eventLoop, random, SILENT } from "./ports.ts";
import { openCommitStatusSink, statusSources } from "./sources/commit-status.ts";
import { makeStateDir } from "./state-files.ts";
import { VERSION } from "./version.ts";

/** The audit record in the state directory, read only. @throws CliError if there is no database yet */
export async function openAuditReader(config: Config): Promise<AuditReader> {
  const { DATABASE_FILE } = await import("../store/sqlite/open.ts");
  const { openAuditReader: open } = await import("../store/sqlite/audit/audit-reader.ts");
  const path = join(config.stateDir, DATABASE_FILE);
  if (!existsSync(path)) throw new CliError(`there is no record yet: ${path}`, "grantkeeper run makes it");
  return open(path);
}

/** The database in the state directory, read only; null if there is none yet. */
export async function openRecordReader(config: Config): Promise<RecordReader | null> {
  const { DATABASE_FILE } = await import("../store/sqlite/open.ts");
  const { openRecordReader: open } = await import("../store/sqlite/record-reader.ts");
  const path = join(config.stateDir, DATABASE_FILE);
  return existsSync(path) ? open(path) : null;
}

/** Copies the record of a state directory to a new folder. */
export async function backupRecord(
  { stateDir, instance }: Config,
  request: Parameters<Installation["backup"]>[0],
): Promise<BackupOutcome> {
  const { writeBackup } = await import("../store/backup/write-backup.ts");
  const at = new Date(clock.nowMs()).toISOString();
  return writeBackup({ ...request, stateDir, instance, version: VERSION, at }, inThreads);
}

/** Replaces the record of a state directory by a backup. */
export async function restoreRecord(
  { stateDir, instance }: Config,
  request: Parameters<Installation["restore"]>[0],
): Promise<RestoreOutcome> {
  makeStateDir(stateDir);
  const { restoreBackup } = await import("../store/backup/restore-backup.ts");
  return restoreBackup(
    { ...request, stateDir, instance, version: VERSION },
    { clock, telemetry: SILENT, inThreads },
  );
}

/** Creates the recorder of settlements and the sender of its alerts. */
export async function openRecorder(
  config: Config,
  parts: Pick<ControllerPorts, "store" | "audit" | "telemetry"> & {
    readonly outboxStore: OutboxStore;
    readonly routes: ProxyRoutes;
  },
): Promise<Pick<ControllerPorts, "recorder" | "alerts">> {
  const { createRecorder } = await import("../record/recorder.ts");
  return {
    recorder: createRecorder({ ...parts, routes: recordedRoutes(config), clock, eventLoop }),
    alerts: await openAlertSender(config, parts),
  };
}

/** The routes as the recorder sees them. */
function recordedRoutes(config: Config): readonly Route[] {
  const statuses = statusSources(config).map(({ source }) => statusRoute(source.name));
  return [...config.alerts.map(recordedRoute), ...statuses];
}

function recordedRoute({ sink, ...route }: AlertRoute): Route {
  const { name, namespaces, accounts, severity, dailyAtMs, remindAfterMs } = route;
  const kinds = sink.kind === "alertmanager" ? "incidents" : "all";
  return { name, namespaces, accounts, severity, kinds, dailyAtMs, remindAfterMs };
}

/** Creates the receivers of all routes and the sender of their messages. */
async function openAlertSender(
  config: Config,
  parts: Pick<ControllerPorts, "telemetry"> & {
    readonly outboxStore: OutboxStore;
    readonly routes: ProxyRoutes;
  },
): Promise<OutboxSender> {
  const { OutboxSender: Sender } = await import("../record/alert-sender.ts");
  const { proxiedFetch } = await import("../network/proxied-fetch.ts");
  const { tracedFetch } = await import("../telemetry/traced-fetch.ts");
  const fetch = tracedFetch(proxiedFetch(parts.routes), parts.telemetry);
  const open = { instance: config.instance, tools: { clock, fetch } };
  const routes = await Promise.all(config.alerts.map((route) => senderRoute(route, open)));
  for (const found of statusSources(config))
    routes.push(await statusSenderRoute(found, { routes: parts.routes, fetch }));
  return new Sender({ store: parts.outboxStore, clock, random, telemetry: parts.telemetry }, routes);
}

/** No other route gets the states of commits, and none of them is repeated. */
function statusRoute(source: string): Route {
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

async function statusSenderRoute(
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

async function senderRoute(route: AlertRoute, surroundings: Surroundings): Promise<SenderRoute> {
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
    const { AlertmanagerSink } = await import("../record/sinks/alertmanager.ts");
    return new AlertmanagerSink({ ...sink, instance }, tools);
  }
  if (sink.kind === "slack") {
    const { SlackSink } = await import("../record/sinks/slack.ts");
    return new SlackSink(sink, tools);
  }
  if (sink.kind === "mail") {
    const { MailSink } = await import("../record/sinks/mail.ts");
    return new MailSink(sink);
  }
  const { WebhookSink } = await import("../record/sinks/webhook.ts");
  return new WebhookSink(sink, tools);
}
