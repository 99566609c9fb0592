/** 允许访问: toggles on three axes; nothing chosen means everyone. One sentence says who comes in and what others see. */

import type { Wish } from "./api";
import { chosen, element, labelOf } from "./dom";
import { say } from "./messages";

const AXES = { systems: "system", forms: "form", containers: "container" } as const;
const PC = ["Windows", "macOS", "Linux"];

export interface AudienceChoice {
  wish(): Wish;
  show(): void;
}

export function setUpAudience(): AudienceChoice {
  const shown = element("audience-shown");
  const says = element("audience-says");
  const everyone = element("everyone");
  const pc = element("pc");
  const pcBox = pc.querySelector("input") as HTMLInputElement;
  const computers = allOf("system").filter((input) => PC.includes(input.value));

  function show(): void {
    const narrowed = Object.entries(AXES)
      .map(([axis, name]) => [axis, namesOf(chosen(name))] as const)
      .filter(([, names]) => names.length > 0);
    pcBox.checked = computers.every((input) => input.checked);
    everyone.hidden = narrowed.length === 0;
    says.textContent = sentence(narrowed);
    shown.textContent = narrowed.map(([, names]) => joined("list.or", names)).join(" · ") || say("audience.everyone");
  }

  /** Three systems that all computers have are said in one word. */
  function namesOf(inputs: readonly HTMLInputElement[]): string[] {
    const hasAll = computers.every((input) => inputs.includes(input));
    const rest = inputs.filter((input) => !hasAll || !computers.includes(input));
    return [...rest.map(labelOf), ...(hasAll ? [labelOf(pcBox)] : [])];
  }

  function change(inputs: readonly HTMLInputElement[], checked: boolean): void {
    for (const input of inputs) input.checked = checked;
    element("choices").dispatchEvent(new Event("input"));
  }

  pc.hidden = false;
  pcBox.addEventListener("input", () => change(computers, pcBox.checked));
  everyone.addEventListener("click", () => {
    change(Object.values(AXES).flatMap(chosen), false);
    element("audience").querySelector("summary")?.focus();
  });
  show();

  return {
    show,
    wish() {
      const axes = Object.entries(AXES).map(([axis, name]) => [axis, chosen(name).map((input) => input.value)] as const);
      const narrowed = axes.filter(([, values]) => values.length > 0);
      return narrowed.length > 0 ? { audience: Object.fromEntries(narrowed) } : {};
    },
  };
}

function sentence(narrowed: readonly (readonly [string, readonly string[]])[]): string {
  if (narrowed.length === 0) return say("audience.everyone_says");
  const who = narrowed.map(([axis, names]) => {
    const said = axis === "forms" ? chosen(AXES.forms).map((input) => say(`form.${input.value}`)) : names;
    return say(`audience.${axis}`, { list: joined("list.or", said) });
  });
  return say("audience.says", { who: joined("audience.and", who) });
}

function joined(key: string, parts: readonly string[]): string {
  return parts.reduce((first, second) => say(key, { first, second }));
}

function allOf(name: string): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`)];
}
