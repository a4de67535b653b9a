import { createRoot } from "react-dom/client";
import { noteActs } from "./client/acts.ts";
import { loadFirstScreen, Shell } from "./shell.tsx";

noteActs();
loadFirstScreen(location.pathname);
const place = document.getElementById("page");
if (place === null) throw new Error("index.html has no element for the page");
createRoot(place).render(<Shell />);
