/** The parts of an IAM action, of a pattern of actions, or of a call, which is named like the action that allows it. */
export interface ActionName {
  /** `sqs`, as it is written; of a text without a colon, all of it. */
  readonly service: string;
  /** `SendMessage`; of a text without a colon, nothing. */
  readonly name: string;
}

export function actionNameOf(action: string): ActionName {
  const [service = "", ...rest] = action.split(":");
  return { service, name: rest.join(":") };
}
