import { z } from "zod";
import { correctionOf, type Mistake } from "../../model/diagnostic.ts";
import { WEEKDAYS } from "../../model/windows/change-window.ts";
import { isZone, zoneNames } from "../../model/windows/zone-time.ts";
import { nearestName } from "../../text/nearest-name.ts";
import { durationText } from "../fields/duration.ts";
import { listOf, plainText, pushIssue, shown } from "../fields/field.ts";
import { NAMESPACE, OBJECT_NAME } from "../fields/names.ts";
import { manifestOf, platformMetadata } from "./document.ts";
import { accountNames } from "./team.ts";

const LOCAL_TIME = {
  what: "a local time from 00:00 to 23:59",
  pattern: /^(?:[01]\d|2[0-3]):[0-5]\d$/,
  example: '"09:30"',
  sketch: '"09:30"',
  meant: (text: string) => (/^\d:\d\d$/.test(text) ? `0${text}` : undefined),
};

/** `UTC+1`, `GMT-05:00` or `+01:00`. */
const OFFSET = /^(?:UTC|GMT|Z)? ?[+-] ?\d{1,2}(?::?\d{2})?$/i;

function zoneHint(text: string): Pick<Mistake, "fix" | "correction"> {
  if (OFFSET.test(text)) return { fix: "offsets are not accepted: name a place, such as Europe/Berlin" };
  const names = zoneNames();
  const city = text.trim().toLowerCase().replaceAll(" ", "_");
  const near =
    names.find((name) => name.toLowerCase().split("/").at(-1) === city) ?? nearestName(text, names);
  if (near !== undefined) return { fix: `did you mean ${near}?`, ...correctionOf(text, near) };
  return { fix: "write a place, such as Europe/Berlin, or UTC: abbreviations such as CET are not accepted" };
}

const zone = z
  .string()
  .check((context) => {
    if (isZone(context.value)) return;
    const message = `unknown time zone ${shown(context.value)}`;
    pushIssue(context, [], { message, ...zoneHint(context.value) });
  })
  .meta({
    description: "a time zone of the IANA database",
    examples: ["Europe/Berlin"],
  });

const WINDOW_NAMESPACE = {
  ...NAMESPACE,
  advice: (text: string) =>
    text === "*" ? "leave namespaces out: the window then applies to all of them" : undefined,
};

const EARLIER_ACCOUNT = {
  ...OBJECT_NAME,
  example: "staging",
  advice: (text: string) => (text === "*" ? "name the accounts, such as [staging]" : undefined),
};

/** What a window applies to. It is read even if the rest of a document is wrong. */
export const windowScope = z.object({
  accounts: accountNames,
  namespaces: listOf(plainText(WINDOW_NAMESPACE)).optional(),
});

const windowSpec = z.strictObject({
  ...windowScope.shape,
  zone: zone.optional(),
  opens: listOf(
    z.strictObject({
      days: listOf(z.enum(WEEKDAYS)),
      at: plainText(LOCAL_TIME),
      for: durationText({ units: "mh", min: "5m", max: "24h", example: "6h" }),
    }),
  ).optional(),
  overrun: durationText({ units: "smh", min: "0s", max: "4h", example: "15m" }).optional(),
  after: z
    .strictObject({
      accounts: listOf(plainText(EARLIER_ACCOUNT)),
      verifiedFor: durationText({ units: "mh", min: "1m", max: "72h", example: "30m" }),
    })
    .optional(),
});

export const changeWindow = manifestOf(
  "ChangeWindow",
  platformMetadata,
  windowSpec.check((context) => {
    // An unknown field may be meant as any of these, so a hint to remove another one could be wrong.
    if (context.issues.some(({ code, path }) => code === "unrecognized_keys" && !path?.length)) return;
    const { opens, after, ...times } = context.value;
    const isZoneTooDeep = context.issues.some(
      (issue) =>
        issue.code === "unrecognized_keys" && issue.path?.[0] === "opens" && issue.keys.includes("zone"),
    );
    if (opens === undefined && after === undefined)
      pushIssue(context, ["opens"], {
        message: "a change window needs opens or after",
        fix: 'write opens: [{days: [mon], at: "09:30", for: 6h}] for times, or after: {accounts: [staging], verifiedFor: 30m} for accounts that come before',
      });
    if (opens !== undefined && times.zone === undefined && !isZoneTooDeep)
      pushIssue(context, ["zone"], {
        message: "opens needs a zone",
        fix: "write spec.zone, such as zone: Europe/Berlin, or zone: UTC",
      });
    for (const field of ["zone", "overrun"] as const)
      if (opens === undefined && times[field] !== undefined)
        pushIssue(context, [field], {
          message: `${field} needs opens`,
          fix: `remove ${field}: without opens, the window limits no times`,
        });
  }),
);

export type WindowScopeSpec = z.infer<typeof windowScope>;
export type ChangeWindowSpec = z.infer<typeof changeWindow>["spec"];
