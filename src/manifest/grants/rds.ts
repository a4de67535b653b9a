import { z } from "zod";
import { listOf, templateText } from "../fields/field.ts";
import { allow, grantEntry } from "./entry.ts";
import { regionOf } from "../fields/resource.ts";

export const rds = grantEntry({
  grant: "rds",
  fields: z.strictObject({
    resourceId: templateText({
      what: "the resource id of a database, cluster or proxy",
      pattern: /^(db|cluster|prx)-[a-zA-Z0-9]{1,64}$/,
      example: "cluster-ABCDEFGHIJKL01234",
    }),
    user: templateText({
      what: "a database user's name",
      pattern: /^[a-zA-Z0-9_.@-]{1,63}$/,
      example: "orders_app",
    }),
    allow: listOf(z.enum(["connect"])),
  }),
  verbs: { connect: { allows: "connect as this one database user", leavesOut: null } },
  regionalFields: [],
  needsRegion: true,
  examples: [{ resourceId: "cluster-ABCDEFGHIJKL01234", user: "orders_app", allow: ["connect"] }],
  expand: ({ resourceId, user }, place) => [
    allow(
      "connect",
      ["rds-db:connect"],
      [`arn:${place.partition}:rds-db:${regionOf(place)}:${place.accountId}:dbuser:${resourceId}/${user}`],
    ),
  ],
});
