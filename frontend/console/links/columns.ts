/** Which columns the table has. What somebody chose is kept on the device. */

import { ref, watch } from "vue";

export type Column = "title" | "destination" | "tags" | "state" | "folder" | "clicks" | "human_clicks" | "created";
export const COLUMNS: readonly Column[] = [
  "title",
  "destination",
  "tags",
  "state",
  "folder",
  "clicks",
  "human_clicks",
  "created",
];
const USUAL: readonly Column[] = ["title", "destination", "tags", "state", "clicks", "created"];
const KEPT = "liulian.columns";

export const columns = ref<Column[]>(kept());

watch(columns, (chosen) => {
  try {
    localStorage.setItem(KEPT, chosen.join(" "));
  } catch {
    // A browser that keeps nothing: the choice holds until the page is left.
  }
});

function kept(): Column[] {
  try {
    const names = (localStorage.getItem(KEPT) ?? USUAL.join(" ")).split(" ");
    return COLUMNS.filter((each) => names.includes(each));
  } catch {
    return [...USUAL];
  }
}
