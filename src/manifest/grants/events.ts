import { z } from "zod";
import { listOf, templateText, type TextSyntax } from "../fields/field.ts";
import { allow, bothConditions, everyValueIn, grantEntry, under } from "./entry.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";

const BUS: ResourceKind = {
  what: "an event bus",
  service: "events",
  prefix: "event-bus/",
  name: "[a-zA-Z0-9_./-]{1,256}",
  example: "main",
};

const VALUE: TextSyntax = {
  what: "an event's source or detail type",
  pattern: /^[^$*?\r\n\t]{1,256}$/u,
  example: "orders",
};

export const events = grantEntry({
  grant: "events",
  fields: z.strictObject({
    bus: resourceField(BUS),
    allow: listOf(z.enum(["put"])),
    source: listOf(templateText(VALUE)).optional(),
    detailType: listOf(templateText(VALUE)).optional(),
  }),
  verbs: {
    put: { allows: "put events on the bus, of the named sources and detail types only", leavesOut: null },
  },
  regionalFields: ["bus"],
  examples: [
    { bus: "main", allow: ["put"], source: ["orders"], detailType: ["OrderPlaced"] },
    { bus: "main", allow: ["put"] },
  ],
  expand: (grant, place) => {
    const condition = bothConditions(
      grant.source === undefined ? null : everyValueIn("events:source", grant.source),
      grant.detailType === undefined ? null : everyValueIn("events:detail-type", grant.detailType),
    );
    return [under(condition, allow("put", ["events:PutEvents"], [resourceArn(BUS, grant.bus, place)]))];
  },
});
