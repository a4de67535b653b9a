import type { AlertRoute, AlertSinkConfig } from "../config.ts";
import type { ParsedConfig } from "../schema.ts";
import { optionalPath, type ToAbsolute } from "../checked.ts";

type ParsedRoute = ParsedConfig["alerts"][number];

const DAY_MS = 86_400_000;

/** The name of a route without a name: its place in the list. */
export function routeName(name: string | undefined, index: number): string {
  return name ?? `route-${index + 1}`;
}

export function alertRoutes(routes: readonly ParsedRoute[], toAbsolute: ToAbsolute): readonly AlertRoute[] {
  return routes.map((route, index) => {
    const sink = sinkOf(route, toAbsolute);
    const { namespaces, accounts, severity, perMinute, dailyAt = null, fallback = null } = route;
    const isReminded = sink.kind !== "alertmanager" && dailyAt === null;
    return {
      name: routeName(route.name, index),
      sink,
      namespaces,
      accounts,
      severity,
      perMinute,
      remindAfterMs: isReminded ? (route.remindAfter ?? DAY_MS) : (route.remindAfter ?? null),
      dailyAtMs: dailyAt,
      fallback,
    };
  });
}

function sinkOf(route: ParsedRoute, toAbsolute: ToAbsolute): AlertSinkConfig {
  const { webhook, secretFile, alertmanager, slack, mail } = route;
  if (alertmanager !== undefined)
    return {
      kind: "alertmanager",
      urls: alertmanager.urls,
      auth: authOf(alertmanager, toAbsolute),
    };
  if (slack !== undefined) return { kind: "slack", ...slack, tokenFile: toAbsolute(slack.tokenFile) };
  if (mail !== undefined) {
    const { user, passwordFile, ...rest } = mail;
    const login =
      user === undefined || passwordFile === undefined
        ? null
        : { user, passwordFile: toAbsolute(passwordFile) };
    return {
      kind: "mail",
      ...rest,
      caFile: optionalPath(mail.caFile, toAbsolute),
      login,
    };
  }
  if (webhook === undefined || secretFile === undefined)
    throw new Error("the schema of the configuration lacks a check of alerts");
  return { kind: "webhook", url: webhook, secretFile: toAbsolute(secretFile) };
}

type RouterConfig = Extract<AlertSinkConfig, { readonly kind: "alertmanager" }>;

function authOf(
  { bearerTokenFile, basic }: NonNullable<ParsedRoute["alertmanager"]>,
  toAbsolute: ToAbsolute,
): RouterConfig["auth"] {
  if (bearerTokenFile !== undefined) return { kind: "bearer", tokenFile: toAbsolute(bearerTokenFile) };
  if (basic === undefined) return { kind: "none" };
  return { kind: "basic", username: basic.username, passwordFile: toAbsolute(basic.passwordFile) };
}

/** The files of a receiver that must be there. */
export function filesOfSink(sink: AlertSinkConfig): readonly string[] {
  return [secretFileOf(sink), sink.kind === "mail" ? sink.caFile : null].filter((file) => file !== null);
}

function secretFileOf(sink: AlertSinkConfig): string | null {
  if (sink.kind === "webhook") return sink.secretFile;
  if (sink.kind === "slack") return sink.tokenFile;
  if (sink.kind === "mail") return sink.login?.passwordFile ?? null;
  const { auth } = sink;
  if (auth.kind === "none") return null;
  return auth.kind === "bearer" ? auth.tokenFile : auth.passwordFile;
}
