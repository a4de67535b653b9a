import { useEffect, useState, type ReactNode } from "react";
import { bindingName } from "../../../api/names.ts";
import { BASE_PATH } from "../../../api/group.ts";
import type { ReachObject } from "../../../api/questions.ts";
import { NOT_FOLLOWED } from "../../../explain/reverse/reach.ts";
import { REMOVED_TEXT, type EdgeState } from "../../../model/answers/questions/access-map.ts";
import type {
  ReachAnswer,
  ReachedFunction,
  ReachedStep,
  SharedRole,
} from "../../../model/answers/questions/reached.ts";
import { keyParts, type Key } from "../../../model/keys/key.ts";
import { shortArn } from "../../../plan/render/words.ts";
import { counted } from "../../../text/phrases.ts";
import { isExported, send, type RequestResult } from "../../client/transport.ts";
import { Failure, State } from "../../parts/basics.tsx";
import { Loading } from "../../parts/resource-view.tsx";
import { NamedTarget } from "../../parts/target-link.tsx";
import { UnknownFunctionList } from "../map/unknown-functions.tsx";

/** What follows through other functions. It needs the permissions of all of them, so the controller is asked when someone wants it. */
export function Further({ bindingKey }: { readonly bindingKey: Key }): ReactNode {
  const [isAsked, ask] = useState(false);
  if (isExported())
    return (
      <p className="quiet-text">
        What follows through other functions is not in an export: grantkeeper reach asks the running
        controller.
      </p>
    );
  if (isAsked) return <Asked key={bindingKey} bindingKey={bindingKey} />;
  return (
    <p>
      <button type="button" className="plain" onClick={() => ask(true)}>
        Show what it reaches through other functions, and who else is on its role
      </button>
    </p>
  );
}

type ReachReply = { readonly kind: "asking" } | RequestResult<ReachObject>;

function Asked({ bindingKey }: { readonly bindingKey: Key }): ReactNode {
  const [reply, setReply] = useState<ReachReply>({ kind: "asking" });
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    const { namespace } = keyParts(bindingKey);
    const path = `namespaces/${encodeURIComponent(namespace)}/reaches/${encodeURIComponent(bindingName(bindingKey))}`;
    let isShown = true;
    const read = async (): Promise<void> => {
      const answer = await send<ReachObject>(`${BASE_PATH}/${path}`);
      if (isShown) setReply(answer);
    };
    void read();
    return () => {
      isShown = false;
    };
  }, [bindingKey, asked]);
  const again = (): void => {
    setReply({ kind: "asking" });
    setAsked(asked + 1);
  };
  if (reply.kind === "asking") return <Loading />;
  if (reply.kind === "failed") return <Failure failed={reply} retry={again} what="The answer" />;
  return (
    <>
      <Roles answer={reply.value.status} />
      <Reached answer={reply.value.status} />
      <p>
        <button type="button" className="plain" onClick={again}>
          Ask again
        </button>
      </p>
    </>
  );
}

interface Answered {
  readonly answer: ReachAnswer;
}

function Roles({ answer: { roles, unreadRoles } }: Answered): ReactNode {
  return (
    <>
      <h3>Its role</h3>
      {roles === null && <State tone="quiet">unknown: its role was not read</State>}
      {roles?.map((role) => (
        <OthersOn key={role.arn} role={role} />
      ))}
      {unreadRoles > 0 && (
        <p>
          <State tone="quiet">
            the roles of {counted(unreadRoles, "function")} were not read: these may be on it too
          </State>
        </p>
      )}
    </>
  );
}

function OthersOn({ role: { arn, others, more } }: { readonly role: SharedRole }): ReactNode {
  if (others.length === 0) return <p>No other function that you see is on {shortArn(arn)}.</p>;
  return (
    <p>
      Also on {shortArn(arn)}:{" "}
      {others.map(({ key, target }, at) => (
        <span key={key}>
          {at > 0 && ", "}
          <NamedTarget target={target} bindingKey={key} />
        </span>
      ))}
      {more > 0 && ` and ${counted(more, "more function")}`}
    </p>
  );
}

function Reached({ answer: { steps: all, unknown } }: Answered): ReactNode {
  const steps = all.filter(({ runs }) => runs.length > 0);
  return (
    <>
      <h3>Through other functions</h3>
      {steps.length === 0 ? (
        <p className="empty">Nothing was found that runs another function.</p>
      ) : (
        <StepList steps={steps} />
      )}
      <UnknownFunctionList unknown={unknown} unread={[]} />
      <p className="quiet-text">Not checked: {NOT_FOLLOWED}.</p>
    </>
  );
}

const STATES = {
  effective: { tone: "plain", text: null },
  removed: { tone: "warn", text: `in AWS, and ${REMOVED_TEXT}` },
  undeclared: { tone: "bad", text: "in AWS, and not declared" },
  pending: { tone: "quiet", text: "declared, and not in effect yet" },
  unknown: { tone: "quiet", text: "declared, and not observed in AWS" },
} as const satisfies Record<EdgeState, object>;

function StepList({ steps }: { readonly steps: readonly ReachedStep[] }): ReactNode {
  return (
    <ul>
      {steps.map(({ what, on, details, state, runs, more }) => {
        const { tone, text } = STATES[state];
        return (
          <li key={JSON.stringify([state, what, on, details])}>
            {what} {[on, ...details].join(", ")} {text !== null && <State tone={tone}>{text}</State>}
            {runs.length > 0 && (
              <ul>
                {runs.map((one) => (
                  <Run key={one.target} run={one} />
                ))}
                {more > 0 && <li>may run {counted(more, "more function")}</li>}
              </ul>
            )}
          </li>
        );
      })}
    </ul>
  );
}

const CUTS = {
  elsewhere: " (shown where it is nearest)",
  depth: " (not followed further: grantkeeper reach --depth follows)",
  many: " (not followed further: 1,000 functions are followed)",
} as const satisfies Record<NonNullable<ReachedFunction["cut"]>, string>;

function Run({ run: { target, steps, cut } }: { readonly run: ReachedFunction }): ReactNode {
  return (
    <li>
      may run {target}
      {cut !== null && CUTS[cut]}
      {steps.length > 0 && <StepList steps={steps} />}
    </li>
  );
}
