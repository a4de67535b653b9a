import { z } from "zod";
import { listOf } from "../fields/field.ts";
import { allow, grantEntry } from "./entry.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";

const CLUSTER: ResourceKind = {
  what: "an Aurora DSQL cluster",
  namedBy: "id",
  service: "dsql",
  prefix: "cluster/",
  name: "[a-z0-9]{26}",
  example: "4fiagmqh2ibmvxuaz7nzqzrr6a",
};

export const dsql = grantEntry({
  grant: "dsql",
  fields: z.strictObject({ cluster: resourceField(CLUSTER), allow: listOf(z.enum(["connect"])) }),
  verbs: {
    connect: {
      allows: "connect as a database role that the database links to the function's role",
      leavesOut: "connect has no DbConnectAdmin",
    },
  },
  regionalFields: ["cluster"],
  examples: [{ cluster: "4fiagmqh2ibmvxuaz7nzqzrr6a", allow: ["connect"] }],
  expand: (grant, place) => [
    allow("connect", ["dsql:DbConnect"], [resourceArn(CLUSTER, grant.cluster, place)]),
  ],
});
