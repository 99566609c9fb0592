/** A day of clicks as twenty-four bars, and the same as a table for those who would rather read it. */

import type { Counts } from "./api";
import { element, make } from "./dom";
import { formatted, say } from "./messages";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 240;
const HEIGHT = 72;
const HOURS = 24;
const GAP = 2;

type Hour = Counts & { readonly start: string };

/** Draw one day; hours that have not come yet stay empty. `start` is local time in ISO 8601, as the API gives it. */
export function drawHours(series: readonly Hour[]): void {
  const chart = element<SVGSVGElement>("chart");
  const most = series.reduce((best, hour) => (hour.clicks > best.clicks ? hour : best), series[0] ?? NO_HOUR);
  const scale = HEIGHT / Math.max(most.clicks, 1);
  chart.replaceChildren(
    ...series.map((hour) => bar("all", hourOf(hour), hour.clicks * scale)),
    ...series.map((hour) => bar("human", hourOf(hour), hour.human_clicks * scale)),
  );
  chart.setAttribute("aria-label", say("statistics.chart", { hour: hourOf(most), count: formatted(most.clicks) }));
  element("chart-rows").replaceChildren(...series.filter((hour) => hour.clicks > 0).map(tableRow));
}

const NO_HOUR: Hour = { start: "1970-01-01T00:00:00", clicks: 0, human_clicks: 0, visitors: 0 };

function hourOf(hour: Hour): number {
  return Number(hour.start.slice(11, 13));
}

function bar(kind: "all" | "human", hour: number, height: number): SVGElement {
  const width = WIDTH / HOURS;
  const rectangle = document.createElementNS(SVG, "rect");
  const place = { x: hour * width + GAP / 2, y: HEIGHT - height, width: width - GAP, height };
  for (const [name, value] of Object.entries(place)) rectangle.setAttribute(name, String(value));
  rectangle.setAttribute("class", kind);
  return rectangle;
}

function tableRow(hour: Hour): HTMLTableRowElement {
  const row = document.createElement("tr");
  const title = make("th", say("statistics.hour", { hour: hourOf(hour) }));
  title.scope = "row";
  row.append(title, ...[hour.clicks, hour.human_clicks, hour.visitors].map((count) => make("td", formatted(count))));
  return row;
}
