import { z } from "zod";
import { listOf, templateText, type TextSyntax } from "../fields/field.ts";
import { allow, grantEntry } from "./entry.ts";
import { regionOf } from "../fields/resource.ts";

/** A policy names the ids; the names that the SDK also takes match nothing. */
function idSyntax(what: string): TextSyntax {
  return {
    what: `the id of ${what} (not its name)`,
    pattern: /^[a-z0-9]{4,7}$/,
    example: "ab12cde",
  };
}

export const appconfig = grantEntry({
  grant: "appconfig",
  fields: z.strictObject({
    application: templateText(idSyntax("an AppConfig application")),
    environment: templateText(idSyntax("an environment of the application")),
    profile: templateText(idSyntax("a configuration profile")),
    allow: listOf(z.enum(["read"])),
  }),
  verbs: {
    read: {
      allows: "read the deployed configuration of this profile, also with the Lambda extension",
      leavesOut: null,
    },
  },
  regionalFields: [],
  needsRegion: true,
  examples: [{ application: "ab12cde", environment: "fg34hij", profile: "kl56mno", allow: ["read"] }],
  expand: ({ application, environment, profile }, place) => {
    const named = `application/${application}/environment/${environment}/configuration/${profile}`;
    const arn = `arn:${place.partition}:appconfig:${regionOf(place)}:${place.accountId}:${named}`;
    return [
      allow("read", ["appconfig:GetLatestConfiguration", "appconfig:StartConfigurationSession"], [arn]),
    ];
  },
});
