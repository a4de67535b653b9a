import type { Deployment, FunctionDraft, RoleDraft, Site } from "../draft.ts";
import { LONGEST } from "../names.ts";

export interface DeploymentRequest {
  /** How many functions one deployment creates; tools that create them one by one make the same number. */
  readonly count: number;
  /** Whether the function has a name of the greatest length. */
  readonly hasLongestName: boolean;
}

export type Deploy = (site: Site, request: DeploymentRequest) => Deployment;

/** A draft without callers and configuration. */
export function newFunction(
  draft: Pick<FunctionDraft, "name" | "deployer" | "role"> & Partial<FunctionDraft>,
): FunctionDraft {
  return {
    configuration: {},
    tags: {},
    callers: [],
    eventSources: [],
    hasAlias: false,
    isPolicyDenied: false,
    situations: new Set(),
    ...draft,
  };
}

export function newRole(draft: Pick<RoleDraft, "name" | "trust"> & Partial<RoleDraft>): RoleDraft {
  return { path: "/", inline: {}, attached: [], tags: {}, situations: new Set(), ...draft };
}

/** The name, made as long as it may be if the request asks for it. */
export function named(name: string, { hasLongestName }: DeploymentRequest): string {
  return hasLongestName ? `${name}-${"n".repeat(LONGEST)}`.slice(0, LONGEST) : name.slice(0, LONGEST);
}

/** Functions that a tool creates one by one. */
export function each(request: DeploymentRequest, create: () => Deployment): Deployment {
  const all = Array.from({ length: request.count }, create);
  return {
    functions: all.flatMap(({ functions }) => functions),
    policies: all.flatMap(({ policies }) => policies),
  };
}
