/** The rules of one region by the name of their event bus, as plain JSON. The bus `default` exists in every region. */
export type EventBuses = Record<string, RulesByName>;

export type RulesByName = Record<string, EventRule>;

interface EventRule {
  /** The ARNs of what it sends events to. */
  readonly targets: readonly string[];
}

export const DEFAULT_BUS = "default";
