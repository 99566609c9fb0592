/**
 * Who is here, in which workspace, and what they may do. Every screen reads it; only signing in and out change it.
 *
 * What `can` says hides what is useless to show. Whether it is allowed is decided by the server alone.
 */

import { computed, shallowRef } from "vue";
import { onSignedOut, useWorkspaceId } from "./api/client";
import { type Membership, readSession, type Scope, type Session, signOut as endSession, type User } from "./api/session";
import { chooseLanguage, currentLanguage, type Language, LANGUAGES } from "./i18n";

const KEPT_WORKSPACE = "liulian.workspace";

const session = shallowRef<Session | null>(null);
const chosenId = shallowRef<string | null>(kept());

export const state = computed(() => session.value?.state ?? "signed_out");
export const user = computed<User | null>(() => session.value?.user ?? null);
export const workspaces = computed<readonly Membership[]>(() => session.value?.workspaces ?? []);
export const workspace = computed<Membership | null>(
  () => workspaces.value.find((each) => each.id === chosenId.value) ?? workspaces.value[0] ?? null,
);
export const ways = computed(() => ({
  resetByMail: session.value?.password_reset_by_mail ?? false,
  oidc: session.value?.oidc ?? [],
}));

/** Tell whether the person may do something in the workspace that is open: `can("domains:write")`. */
export function can(scope: Scope): boolean {
  return workspace.value?.scopes.includes(scope) ?? false;
}

let asked: Promise<Session> | null = null;

/** Ask the server once who is here. Throws a Problem; the next call then asks again. */
export async function ready(): Promise<void> {
  if (session.value !== null) return;
  asked ??= readSession();
  try {
    await take(await asked);
  } finally {
    asked = null;
  }
}

/** Ask anew: a name, a role or a workspace has changed. */
export async function refresh(): Promise<void> {
  await take(await readSession());
}

/** Go on as whoever the server now says is here. */
export async function take(answered: Session): Promise<void> {
  session.value = answered;
  useWorkspaceId(workspace.value?.id ?? null);
  const wish = answered.user?.language as Language | undefined;
  if (wish && LANGUAGES.includes(wish) && wish !== currentLanguage()) await chooseLanguage(wish);
}

/** Note what changed of the person, without asking again. */
export function noteUser(changed: User): void {
  if (session.value) session.value = { ...session.value, user: changed };
}

export function openWorkspace(id: string): void {
  chosenId.value = id;
  try {
    localStorage.setItem(KEPT_WORKSPACE, id);
  } catch {
    // A browser that keeps nothing: the choice holds until the page is left.
  }
  useWorkspaceId(workspace.value?.id ?? null);
}

/** Leave. The page is asked for anew, so that nothing of this person stays in memory. */
export async function signOut(path = "/console/sign-in"): Promise<void> {
  await endSession();
  history.replaceState(null, "", path);
  location.reload();
}

/** Nobody is here any more. The next screen asks the server again. */
export function forget(): void {
  session.value = null;
  useWorkspaceId(null);
}

export function whenSignedOut(act: () => void): void {
  onSignedOut(() => {
    forget();
    act();
  });
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT_WORKSPACE);
  } catch {
    return null;
  }
}
