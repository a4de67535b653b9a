import type { ActionData } from "../../iam/action-data.ts";

export interface ActionDataLoader {
  /** The frozen data of the named services (lower-case prefixes). Unknown services are absent from it. */
  load(services: readonly string[]): Promise<ActionData>;
}
