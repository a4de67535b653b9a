import { createRoot } from "react-dom/client";
import { noteActs } from "./client/acts.ts";
import { readSession } from "./client/session.ts";
import { Shell } from "./shell.tsx";

noteActs();
// Before anything is drawn: the answer decides what is.
void readSession();
const place = document.getElementById("page");
if (place === null) throw new Error("index.html has no element for the page");
createRoot(place).render(<Shell />);
