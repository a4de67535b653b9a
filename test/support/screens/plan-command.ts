import { functionText } from "../manifests.ts";

export const API = "teams/orders/api.yaml";
export const grants = (tables: readonly string[], more = ""): string =>
  functionText(
    "api",
    `  logs: false\n  grants:\n${tables.map((table) => `    - dynamodb: {table: ${table}, allow: [read]}\n`).join("")}${more}`,
  );
