import { Component, useEffect, useState, type ReactNode } from "react";
import { screenFailureText, type AnswerState } from "../view/screen-failure.ts";
import { send } from "../client/transport.ts";
import { ShownReasons } from "../view/live/shown-reasons.ts";
import { Notice } from "./basics.tsx";
import { StatedReasons } from "./stated-reason.ts";

/** A bug of one screen does not take the page down. */
export class Guard extends Component<{ readonly children: ReactNode }, { readonly message: string | null }> {
  override state = { message: null };
  /** A screen states a reason once. */
  readonly reasons = new ShownReasons();

  static getDerivedStateFromError(error: unknown): { readonly message: string } {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    return message === null ? (
      <StatedReasons value={this.reasons}>{this.props.children}</StatedReasons>
    ) : (
      <FailedScreen message={message} />
    );
  }
}

const AGAIN_MS = 3_000;

/** The file of a screen comes from the controller: without an answer nothing is known about its version. */
function FailedScreen({ message }: { readonly message: string }): ReactNode {
  const reach = useAnswerState();
  return (
    <Notice tone="bad" isUrgent>
      {screenFailureText(message, reach).map((text) => (
        <p key={text}>{text}</p>
      ))}
      {reach === "answers" && (
        <button type="button" onClick={() => location.reload()}>
          Reload the page
        </button>
      )}
    </Notice>
  );
}

/** Asks until the controller answers. After a silence the page begins again: a file that failed is not asked for twice. */
function useAnswerState(): AnswerState {
  const [reach, setReach] = useState<AnswerState>("asking");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let isOver = false;
    let wasSilent = false;
    const ask = async (): Promise<void> => {
      const answer = await send("/auth/session");
      if (isOver) return;
      const isSilent = answer.kind === "failed" && (answer.code === 0 || answer.code >= 500);
      if (!isSilent && wasSilent) location.reload();
      wasSilent = isSilent;
      setReach(isSilent ? "silent" : "answers");
      if (isSilent) timer = setTimeout(() => void ask(), AGAIN_MS);
    };
    void ask();
    return () => {
      isOver = true;
      if (timer !== null) clearTimeout(timer);
    };
  }, []);
  return reach;
}
