import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ConfigFile, SMALLEST } from "./config-file.ts";

let configFile: ConfigFile;

beforeEach(() => {
  configFile = new ConfigFile();
});

afterEach(() => configFile.remove());

const withRoutes = (...routes: readonly string[]) => ({
  text: `${SMALLEST}alerts: [${routes.join(", ")}]\n`,
});
const WEBHOOK = `webhook: "https://x.example", secretFile: s`;
const MAIL = `host: smtp.example.com, from: gk@example.com, to: [ops@example.com]`;

describe("a route of alerts", () => {
  test("of 0.1.0 keeps its meaning, and is reminded of what stays open", () => {
    expect(configFile.loaded(withRoutes(`{${WEBHOOK}}`)).alerts).toEqual([
      {
        name: "route-1",
        sink: {
          kind: "webhook",
          url: "https://x.example",
          secretFile: join(configFile.folder, "s"),
        },
        namespaces: ["*"],
        accounts: ["*"],
        severity: "other",
        perMinute: 6,
        remindAfterMs: 86_400_000,
        dailyAtMs: null,
        fallback: null,
      },
    ]);
  });

  test.each([
    {
      route: `{alertmanager: {urls: ["http://a:9093"], bearerTokenFile: t}}`,
      sink: { kind: "alertmanager", urls: ["http://a:9093"], auth: { kind: "bearer" } },
    },
    {
      route: `{alertmanager: {urls: ["http://a:9093"], basic: {username: u, passwordFile: p}}}`,
      sink: { kind: "alertmanager", auth: { kind: "basic", username: "u" } },
    },
    {
      route: `{alertmanager: {urls: ["http://a:9093"]}}`,
      sink: { kind: "alertmanager", auth: { kind: "none" } },
    },
    {
      route: `{slack: {channel: C0123456789, tokenFile: t}}`,
      sink: { kind: "slack", url: "https://slack.com/api" },
    },
    { route: `{mail: {${MAIL}}}`, sink: { kind: "mail", port: 587, security: "starttls", login: null } },
    {
      route: `{mail: {${MAIL}, user: u, passwordFile: p, security: tls, port: 465}}`,
      sink: { kind: "mail", login: { user: "u" } },
    },
    {
      route: `{mail: {${MAIL.replace("smtp.example.com", "127.0.0.1")}, security: none}}`,
      sink: { kind: "mail" },
    },
    {
      route: `{mail: {${MAIL.replace("gk@example.com", "G K <gk@example.com>")}}}`,
      sink: { from: "G K <gk@example.com>" },
    },
  ])("is $route", ({ route, sink }) => {
    expect(configFile.loaded(withRoutes(route)).alerts[0]).toMatchObject({ sink });
  });

  test("with a time of the day, or to an Alertmanager, is not reminded", () => {
    const daily = `{${WEBHOOK}, dailyAt: "07:30"}`;
    const { alerts } = configFile.loaded(withRoutes(daily, `{alertmanager: {urls: ["http://a:9093"]}}`));

    expect(alerts).toMatchObject([
      { dailyAtMs: 27_000_000, remindAfterMs: null },
      { dailyAtMs: null, remindAfterMs: null },
    ]);
  });

  test.each([
    {
      route: `{name: a}`,
      message: /exactly one of webhook, alertmanager, slack, mail/,
      because: "it has no receiver",
    },
    {
      route: `{${WEBHOOK}, slack: {channel: C0123456789, tokenFile: t}}`,
      message: /exactly one of/,
      because: "it has two receivers",
    },
    { route: `{webhook: "https://x"}`, message: /secretFile/, because: "a webhook is signed" },
    {
      route: `{alertmanager: {urls: ["http://a"], bearerTokenFile: t, basic: {username: u, passwordFile: p}}}`,
      message: /either bearerTokenFile or basic/,
      because: "it has two kinds of authentication",
    },
    {
      route: `{alertmanager: {urls: ["http://a"]}, remindAfter: 1h}`,
      message: /repeat_interval/,
      because: "an Alertmanager repeats by itself",
    },
    {
      route: `{slack: {channel: "#ops", tokenFile: t}}`,
      message: /id of a channel/,
      because: "a name may change",
    },
    {
      route: `{mail: {${MAIL}, security: none}}`,
      message: /plain text/,
      because: "a mail would cross the network in plain text",
    },
    { route: `{mail: {${MAIL}, user: u}}`, message: /belong together/, because: "a user has a password" },
    {
      route: `{mail: {${MAIL.replace("ops@example.com", '"ops@example.com, x@example.com"')}}}`,
      message: /mail address/,
      because: "an address is no place for headers",
    },
    { route: `{${WEBHOOK}, dailyAt: "7:30"}`, message: /time of the day/, because: "a time has four digits" },
    {
      route: `{${WEBHOOK}, namespaces: [A_B]}`,
      message: /"A_B" is not a namespace/,
      because: "a namespace is a folder",
    },
    {
      route: `{${WEBHOOK}, fallback: gone}`,
      message: /no route is named "gone"/,
      because: "the fallback is unknown",
    },
    {
      route: `{name: a, ${WEBHOOK}, fallback: a}`,
      message: /"a" must be another route/,
      because: "a route is no fallback of itself",
    },
    {
      route: `{name: a, ${WEBHOOK}}, {name: a, ${WEBHOOK}}`,
      message: /duplicate route name "a"/,
      because: "a name is there once",
    },
    {
      route: `{${WEBHOOK}, fallback: r}, {name: r, alertmanager: {urls: ["http://a"]}}`,
      message: /takes only incidents/,
      because: "an Alertmanager takes not everything",
    },
  ])("is refused: $because", ({ route, message }) => {
    const problems = configFile.problems(withRoutes(route));

    expect(problems.map((problem) => problem.message).join("\n")).toMatch(message);
  });
});
