import { useEffect, useRef, useState, type ReactNode } from "react";
import { BASE_PATH } from "../../../api/group.ts";
import type { WhoCanObject } from "../../../api/questions.ts";
import { counted } from "../../../text/phrases.ts";
import type { AllowedFunction } from "../../../model/answers/questions/who-can.ts";
import { WHO_CAN_LEAVES_OUT } from "../../../wording/questions.ts";
import { useLocation, navigate } from "../../client/navigation.ts";
import { send, type RequestResult } from "../../client/transport.ts";
import { Age, Failure, State, type StateTone } from "../../parts/basics.tsx";
import { SimpleTable } from "../../parts/simple-table.tsx";
import { NamedTarget } from "../../parts/target-link.tsx";
import { UnknownFunctionList } from "./unknown-functions.tsx";

type WhoCanReply = { readonly kind: "nothing" | "asking" } | RequestResult<WhoCanObject>;

/** Asks the controller, which evaluates every policy that it has read, as IAM does. */
export function WhoCanForm(): ReactNode {
  const { path, query } = useLocation();
  const [reply, setReply] = useState<WhoCanReply>({ kind: "nothing" });
  const [action, resource] = [query.get("action") ?? "", query.get("resource") ?? ""];
  const write = (part: Readonly<Record<string, string>>): void => {
    const fields = { view: "who-can", action, resource, ...part };
    navigate(`${path}?${new URLSearchParams(fields).toString()}`, "replace");
  };
  const ask = async (): Promise<void> => {
    setReply({ kind: "asking" });
    const body = { action: action.trim(), resource: resource.trim() };
    setReply(await send<WhoCanObject>(`${BASE_PATH}/whocans`, { method: "POST", body }));
  };
  const isOpened = useRef(false);
  useEffect(() => {
    // An address with a question, such as a shared one, shows its answer.
    if (!isOpened.current && action.trim() !== "" && resource.trim() !== "") void ask();
    isOpened.current = true;
  });
  return (
    <>
      <form
        className="filter question"
        aria-label="Who can"
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <label className="field">
          <span>Action</span>
          <input
            placeholder="dynamodb:GetItem"
            spellCheck={false}
            value={action}
            onChange={(event) => write({ action: event.target.value })}
          />
        </label>
        <label className="field">
          <span>ARN of the resource, or *</span>
          <input
            placeholder="arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
            spellCheck={false}
            value={resource}
            onChange={(event) => write({ resource: event.target.value })}
          />
        </label>
        <button type="submit" className="primary" disabled={action.trim() === "" || resource.trim() === ""}>
          Ask
        </button>
      </form>
      {reply.kind === "asking" && <p role="status">Evaluating the policies of every function</p>}
      {reply.kind === "failed" && <Failure failed={reply} what="The answer" />}
      {reply.kind === "ok" && <Answer answer={reply.value.status} />}
    </>
  );
}

function Answer({ answer }: { readonly answer: WhoCanObject["status"] }): ReactNode {
  const { allowed, denied, unknown, unread, action, resource } = answer;
  const isKnown = unknown.length === 0 && unread.length === 0;
  return (
    <>
      <p role="status" className="lead">
        {allowed.length === 0 && !isKnown
          ? `No function that was read is allowed ${action}`
          : `${counted(allowed.length, "function")} allowed in AWS or in Git: ${action}`}{" "}
        on {resource}; {denied} denied
      </p>
      <SimpleTable
        title="Allowed functions"
        shape="who-can"
        heads={["Function", "In AWS", "In Git", "Read", "By"]}
        empty={isKnown ? "No function is allowed." : "None of the functions that were read is allowed."}
        rows={allowed.map((each) => ({ id: each.target, cells: cellsOf(each) }))}
      />
      <UnknownFunctionList unknown={unknown} unread={unread} />
      <p className="quiet-text">Not checked: {WHO_CAN_LEAVES_OUT}.</p>
    </>
  );
}

const TONES: Readonly<Partial<Record<AllowedFunction["live"] | AllowedFunction["git"], StateTone>>> = {
  allowed: "plain",
  denied: "plain",
};

function cellsOf({ target, key, live, git, readAt, by, doubt }: AllowedFunction): readonly ReactNode[] {
  return [
    <NamedTarget key="target" target={target} bindingKey={key} />,
    <State key="live" tone={TONES[live] ?? "quiet"}>
      {live}
      {doubt !== null && <span className="detail">{doubt}</span>}
    </State>,
    <State key="git" tone={TONES[git] ?? "quiet"}>
      {git}
    </State>,
    readAt === null ? "not read" : <Age key="age" at={readAt} />,
    by.map(({ from, sid }) => (sid === null ? from : `${from}, ${sid}`)).join("; "),
  ];
}
