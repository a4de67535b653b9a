import { resourceGrant } from "./resource-grant.ts";

export const dsql = resourceGrant({
  grant: "dsql",
  field: "cluster",
  kind: {
    what: "an Aurora DSQL cluster",
    namedBy: "id",
    service: "dsql",
    prefix: "cluster/",
    name: "[a-z0-9]{26}",
    example: "4fiagmqh2ibmvxuaz7nzqzrr6a",
  },
  verbs: {
    connect: {
      allows: "connect as a database role that the database links to the function's role",
      leavesOut: "connect has no DbConnectAdmin",
      actions: ["dsql:DbConnect"],
    },
  },
  examples: [{ cluster: "4fiagmqh2ibmvxuaz7nzqzrr6a", allow: ["connect"] }],
});
