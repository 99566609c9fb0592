/** Tags, folders and domains that screens of links choose among, asked for once and shared. */

import { shallowRef } from "vue";
import { type Domain, listDomains } from "../api/domains";
import { type Folder, listFolders, listTags, listUtm, listViews, type Tag, type UtmTemplate, type View } from "../api/labels";
import { can, workspace } from "../session";
import { attempt } from "../use/toasts";

export const tags = shallowRef<readonly Tag[]>([]);
export const folders = shallowRef<readonly Folder[]>([]);
export const views = shallowRef<readonly View[]>([]);
export const templates = shallowRef<readonly UtmTemplate[]>([]);
export const domains = shallowRef<readonly Domain[]>([]);

let loadedFor: string | null = null;

/** Ask for what is not known yet, or for everything after another workspace was opened. */
export async function readyLabels(): Promise<void> {
  const id = workspace.value?.id ?? null;
  if (loadedFor === id) return;
  loadedFor = id;
  await attempt(reloadLabels);
}

export async function reloadLabels(): Promise<void> {
  [tags.value, folders.value, views.value, templates.value, domains.value] = await Promise.all([
    listTags(),
    listFolders(),
    listViews(),
    listUtm(),
    can("domains:read") ? listDomains() : [],
  ]);
}
