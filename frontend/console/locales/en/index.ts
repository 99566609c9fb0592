import element from "element-plus/es/locale/lang/en";
import { merged } from "../merged";

export { element };
export const messages = merged(import.meta.glob("./*.json", { eager: true, import: "default" }));
