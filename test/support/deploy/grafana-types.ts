import { typeErrorsIn } from "./published-types.ts";

/**
 * How a dashboard differs from the type that Grafana publishes: unknown and missing fields, and values of another type. JSON
 * has the values of Grafana's enumerations, not their names.
 */
export function dashboardErrors(dashboard: object): readonly string[] {
  return typeErrorsIn(`
    import type { Dashboard } from "@grafana/schema";
    type Json<T> = T extends string ? \`\${T}\` : T extends object ? { [K in keyof T]: Json<T[K]> } : T;
    export const dashboard: Json<Dashboard> = ${JSON.stringify(dashboard)};
  `);
}
