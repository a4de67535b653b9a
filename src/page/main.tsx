import { createRoot } from "react-dom/client";
import { Shell } from "./shell.tsx";

const place = document.getElementById("page");
if (place === null) throw new Error("index.html has no element for the page");
createRoot(place).render(<Shell />);
