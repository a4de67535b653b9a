import { z } from "zod";
import { duration, name } from "../field-forms.ts";
import { isLoopbackHost } from "../../model/network/loopback.ts";

const httpUrl = z.url({ protocol: /^https?$/, message: "expected an http or https URL" });
const file = z.string().min(1);

const alertmanager = z
  .strictObject({
    urls: z.array(httpUrl).min(1).max(10),
    bearerTokenFile: file.optional(),
    basic: z.strictObject({ username: z.string().min(1), passwordFile: file }).optional(),
  })
  .refine(
    ({ bearerTokenFile, basic }) => bearerTokenFile === undefined || basic === undefined,
    "expected either bearerTokenFile or basic",
  );

const slack = z.strictObject({
  channel: z
    .string()
    .regex(
      /^[CGD][A-Z0-9]{8,20}$/,
      "expected the id of a channel, such as C0123456789 (at the end of its details)",
    ),
  tokenFile: file,
  url: httpUrl.default("https://slack.com/api"),
});

/** One address, also with a name before it; no header can begin in it. */
const mailAddress = z
  .string()
  .regex(
    /^([^<>@,;"\p{C}\p{Zl}\p{Zp}]+ <[^\s<>@,;]+@[^\s<>@,;]+>|[^\s<>@,;]+@[^\s<>@,;]+)$/u,
    "expected a mail address, such as ops@example.com or Grantkeeper <ops@example.com>",
  );

const mail = z
  .strictObject({
    host: z.string().regex(/^[A-Za-z0-9._:-]{1,253}$/, "expected a host name"),
    port: z.number().int().min(1).max(65_535).default(587),
    security: z.enum(["tls", "starttls", "none"]).default("starttls"),
    caFile: file.optional(),
    user: z.string().min(1).optional(),
    passwordFile: file.optional(),
    from: mailAddress,
    to: z.array(mailAddress).min(1).max(50),
  })
  .refine(
    ({ user, passwordFile }) => (user === undefined) === (passwordFile === undefined),
    "user and passwordFile belong together",
  )
  .refine(
    ({ security, host }) => security !== "none" || isLoopbackHost(host),
    "security: none sends alerts and the password in plain text: it is only for a server on this machine",
  );

/** A time of the day, in milliseconds since midnight. */
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of the day in UTC, quoted, such as "07:00"')
  .transform((text) => (Number(text.slice(0, 2)) * 60 + Number(text.slice(3))) * 60_000);

const SINKS = ["webhook", "alertmanager", "slack", "mail"] as const;

/** The fields of one route of `alerts`. */
export const alertRoute = z
  .strictObject({
    name: name.optional(),
    webhook: httpUrl.optional(),
    secretFile: file.optional(),
    alertmanager: alertmanager.optional(),
    slack: slack.optional(),
    mail: mail.optional(),
    namespaces: z.array(z.string()).default(["*"]),
    accounts: z.array(z.string().min(1)).min(1).default(["*"]),
    severity: z.enum(["security", "other"]).default("other"),
    perMinute: z.number().int().min(1).max(600).default(6),
    remindAfter: duration.optional(),
    dailyAt: timeOfDay.optional(),
    fallback: name.optional(),
  })
  .refine((route) => SINKS.filter((sink) => route[sink] !== undefined).length === 1, {
    message: `expected exactly one of ${SINKS.join(", ")}`,
    // Also when a field of the route has a mistake of its own, both are reported.
    when: () => true,
  })
  .refine(
    ({ webhook, secretFile }) => (webhook === undefined) === (secretFile === undefined),
    "webhook and secretFile belong together: secretFile has the secret of the signature",
  )
  .refine(
    ({ alertmanager: router, dailyAt, remindAfter }) =>
      router === undefined || (dailyAt === undefined && remindAfter === undefined),
    "an Alertmanager groups and repeats by itself: set group_interval and repeat_interval there instead of dailyAt and remindAfter",
  );
