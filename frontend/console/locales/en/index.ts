import element from "element-plus/es/locale/lang/en";
import { merged } from "../merged";

export { element };
export const messages = merged(import.meta.glob(["./*.json", "!./communities.json"], { eager: true, import: "default" }));
/** Areas that come when a screen needs them: the first screen waits for none of them. */
export const later = { communities: () => import("./communities.json") };
