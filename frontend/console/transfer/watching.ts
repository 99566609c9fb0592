/** Look again, every second, at what the server is working on; only while it is, and only while somebody looks. */

import { onBeforeUnmount, onMounted, watch } from "vue";

const EVERY_MS = 1_000;

interface Watched {
  readonly busy: boolean;
  readonly reload: () => Promise<void>;
}

export function useWatching(load: Watched, isRunning: () => boolean): void {
  let timer = 0;

  function arrange(): void {
    window.clearTimeout(timer);
    // The next second begins when the last answer is there: a slow server is not asked twice at once.
    if (load.busy || document.hidden || !isRunning()) return;
    timer = window.setTimeout(() => void load.reload(), EVERY_MS);
  }

  function lookedAt(): void {
    if (!document.hidden && isRunning()) void load.reload();
  }

  watch([() => load.busy, isRunning], arrange);
  onMounted(() => document.addEventListener("visibilitychange", lookedAt));
  onBeforeUnmount(() => {
    window.clearTimeout(timer);
    document.removeEventListener("visibilitychange", lookedAt);
  });
}
