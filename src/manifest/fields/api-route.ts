import type { TextSyntax } from "./field.ts";

// The parts of a route of API Gateway, which grants and callers name in the same way.

export const API_ID: TextSyntax = { what: "an API's id", pattern: /^[a-z0-9]{4,32}$/, example: "a1b2c3d4e5" };

export const API_STAGE: TextSyntax = {
  what: "a stage's name",
  pattern: /^(\$default|[a-zA-Z0-9_-]{1,128})$/,
  example: "prod",
};

export const API_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"] as const;

export const API_PATH: TextSyntax = {
  what: "a path such as /orders/{id}",
  pattern: /^(?=.{1,256}$)\/(([\w.~:@-]+|\{[\w.-]+\+?\})(\/([\w.~:@-]+|\{[\w.-]+\+?\}))*)?$/,
  example: "/orders/{id}",
};

export interface ApiRoute {
  readonly api: string;
  readonly stage: string;
  readonly method: (typeof API_METHODS)[number];
  readonly path: string;
}

/** The last part of the route's execute-api ARN; a variable of the path stands for any value. */
export function routeResource({ api, stage, method, path }: ApiRoute): string {
  return `${api}/${stage}/${method === "ANY" ? "*" : method}${path.replace(/\{[^}]*\}/g, "*")}`;
}
