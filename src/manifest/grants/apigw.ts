import { z } from "zod";
import { listOf, pushIssue, templateText } from "../fields/field.ts";
import { API_ID, API_METHODS, API_PATH, API_STAGE, routeResource } from "../fields/api-route.ts";
import { allow, type Expansion, grantEntry } from "./entry.ts";
import { regionOf } from "../fields/resource.ts";

const fields = z
  .strictObject({
    api: templateText(API_ID),
    stage: templateText(API_STAGE),
    method: z.enum(API_METHODS).optional(),
    path: templateText(API_PATH).optional(),
    allow: listOf(z.enum(["invoke", "manageConnections"])),
  })
  .check((context) => {
    const { method, path, allow: verbs } = context.value;
    const isInvoking = verbs.includes("invoke");
    if (isInvoking && (method === undefined || path === undefined))
      pushIssue(context, ["allow", verbs.indexOf("invoke")], {
        message: "invoke needs method and path",
        fix: "name the one route that the function calls, such as method: GET, path: /orders/{id}",
      });
    if (!isInvoking && (method !== undefined || path !== undefined))
      pushIssue(context, [method === undefined ? "path" : "method"], {
        message: "method and path belong to invoke, and allow has no invoke",
        fix: "leave out method and path, or add invoke",
      });
  });

type ApigwFields = z.infer<typeof fields>;

export const apigw = grantEntry({
  grant: "apigw",
  fields,
  verbs: {
    invoke: { allows: "call one method and path of an API with IAM authorization", leavesOut: null },
    manageConnections: {
      allows: "send messages to the clients of a WebSocket API",
      leavesOut: "manageConnections has no GET and no DELETE on @connections: it only sends",
    },
  },
  regionalFields: [],
  needsRegion: true,
  examples: [
    { api: "a1b2c3d4e5", stage: "prod", method: "GET", path: "/orders/{id}", allow: ["invoke"] },
    { api: "a1b2c3d4e5", stage: "prod", allow: ["manageConnections"] },
  ],
  expand: (grant, place) => {
    const base = `arn:${place.partition}:execute-api:${regionOf(place)}:${place.accountId}:`;
    return grant.allow.map((verb) => EXPAND[verb](grant, base));
  },
});

const EXPAND: Readonly<
  Record<ApigwFields["allow"][number], (grant: ApigwFields, base: string) => Expansion>
> = {
  invoke: ({ api, stage, method, path }, base) =>
    allow(
      "invoke",
      ["execute-api:Invoke"],
      [`${base}${routeResource({ api, stage, method: method ?? "ANY", path: String(path) })}`],
    ),
  manageConnections: ({ api, stage }, base) =>
    allow(
      "manageConnections",
      ["execute-api:ManageConnections"],
      [`${base}${api}/${stage}/POST/@connections/*`],
    ),
};
