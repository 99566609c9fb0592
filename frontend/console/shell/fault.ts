/** What keeps the whole console from showing anything: no connection at the start, or a screen that failed. */

import { shallowRef } from "vue";
import type { Problem } from "../api/problem";

export const fault = shallowRef<Problem | null>(null);
