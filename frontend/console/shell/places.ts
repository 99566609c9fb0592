/** The places of the navigation, in their order. A place stands here when its screens exist, never before. */

import { ChatLineRound, Connection, Link, Setting, Sort } from "@element-plus/icons-vue";
import type { Component } from "vue";

export interface Place {
  readonly name: string;
  /** Route that opens, and the beginning of all its addresses. */
  readonly route: string;
  readonly path: string;
  readonly icon: Component;
  readonly title: string;
}

export const PLACES: readonly Place[] = [
  { name: "links", route: "links", path: "/links", icon: Link, title: "shell.place_links" },
  {
    name: "communities",
    route: "communities",
    path: "/communities",
    icon: ChatLineRound,
    title: "shell.place_communities",
  },
  { name: "transfer", route: "transfer", path: "/transfer", icon: Sort, title: "shell.place_transfer" },
  { name: "domains", route: "domains", path: "/domains", icon: Connection, title: "shell.place_domains" },
  { name: "settings", route: "settings", path: "/settings", icon: Setting, title: "shell.place_settings" },
];
