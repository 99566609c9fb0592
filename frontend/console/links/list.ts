/**
 * The list that is shown: page after page as somebody scrolls, numbers that move while they are looked at, and which
 * rows are chosen. What was changed elsewhere on the screen is put in place without asking for the whole again.
 */

import { computed, onBeforeUnmount, onMounted, reactive, ref, watch } from "vue";
import { type Asked, type Link, listLinks, nameLinks, readClicks } from "../api/links";
import { asProblem, type Problem } from "../api/problem";
import { attempt } from "../use/toasts";

const LIVE_MS = 3_000;
const LIVE_MAX = 100; // What one question may ask for: the rows in view are never as many.
const SHOWN_MAX = 1_000; // Who scrolls further is better served by a filter.

export function useLinkList(asked: () => Asked) {
  const list = reactive({
    links: [] as Link[],
    total: null as number | null,
    next: null as string | null,
    problem: null as Problem | null,
    busy: true,
    isFirst: true,
  });
  const { chosen, gathers, chooseAll } = useChoice(asked);
  let turn = 0;

  async function load(cursor: string | null): Promise<void> {
    const mine = (turn += 1);
    list.busy = true;
    try {
      const page = await listLinks(asked(), cursor);
      if (mine !== turn) return;
      list.links = cursor === null ? page.links : [...list.links, ...page.links];
      list.next = page.next_cursor;
      if (cursor === null) list.total = page.total;
      list.problem = null;
      list.isFirst = false;
    } catch (thrown) {
      if (mine === turn) list.problem = asProblem(thrown);
    } finally {
      if (mine === turn) list.busy = false;
    }
  }

  const reload = () => load(null);
  const canGoOn = computed(() => list.next !== null && list.links.length < SHOWN_MAX);

  async function more(): Promise<void> {
    if (!list.busy && canGoOn.value) await load(list.next);
  }

  /** Show a link as it now is; a new one comes first. */
  function put(link: Link): void {
    const at = list.links.findIndex((each) => each.id === link.id);
    if (at >= 0) list.links[at] = link;
    else {
      list.links.unshift(link);
      if (list.total !== null) list.total += 1;
    }
  }

  function take(ids: readonly string[]): void {
    const gone = new Set(ids);
    const before = list.links.length;
    list.links = list.links.filter((each) => !gone.has(each.id));
    if (list.total !== null) list.total -= before - list.links.length;
    for (const id of ids) chosen.value.delete(id);
  }

  onMounted(reload);
  useLiveClicks(() => list.links);
  watch(
    () => JSON.stringify(asked()),
    () => {
      chosen.value = new Set();
      void reload();
    },
  );

  return { list, chosen, canGoOn, gathers, chooseAll, reload, more, put, take };
}

/** Which links are chosen; they need not be shown. */
function useChoice(asked: () => Asked) {
  const chosen = ref(new Set<string>());
  const gathers = ref(false);

  /** Choose all that match now. What is made later is not chosen, and neither is anything once another choice is made. */
  async function chooseAll(): Promise<void> {
    const before = chosen.value;
    gathers.value = true;
    await attempt(async () => {
      const ids = await nameLinks(asked(), () => chosen.value === before);
      if (ids !== null) chosen.value = new Set(ids);
    });
    gathers.value = false;
  }

  return { chosen, gathers, chooseAll };
}

export type LinkList = ReturnType<typeof useLinkList>;

/** Keep the numbers of the rows in view as they are now, while somebody looks. */
function useLiveClicks(links: () => Link[]): void {
  async function freshen(): Promise<void> {
    const shown = document.hidden ? [] : inView().slice(0, LIVE_MAX);
    if (shown.length === 0) return;
    try {
      const clicks = await readClicks(shown);
      for (const link of links()) Object.assign(link, clicks[link.id] ?? {});
    } catch {
      // The next turn asks again; what is shown was true a moment ago.
    }
  }

  let timer = 0;
  onMounted(() => (timer = window.setInterval(() => void freshen(), LIVE_MS)));
  onBeforeUnmount(() => window.clearInterval(timer));
}

/** Return the ids of the rows that can be seen. */
function inView(): string[] {
  return [...document.querySelectorAll<HTMLElement>("[data-link-id]")]
    .filter((row) => {
      const box = row.getBoundingClientRect();
      return box.bottom > 0 && box.top < window.innerHeight;
    })
    .map((row) => row.dataset["linkId"] ?? "");
}
