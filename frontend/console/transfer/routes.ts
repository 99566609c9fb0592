/** The screens of import and export. */

import type { RouteRecordRaw } from "vue-router";

export const transferRoutes: RouteRecordRaw[] = [];
