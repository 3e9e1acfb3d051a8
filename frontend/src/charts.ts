/** What only the dashboard loads: plots, drawn with uPlot from the tables that stand below them. */
import uPlot from "uplot";
import { readTable, tick } from "./plotted.ts";

const HEIGHT = 220;
const LINES = ["--plot-1", "--plot-2"];
/** Steps of an axis of seconds, up to a day. */
const ROUND_TIMES = [
  1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400,
];

function draw(figure: HTMLElement): void {
  const canvas = figure.querySelector<HTMLElement>(".plot-canvas");
  const table = figure.querySelector<HTMLTableElement>(".plot-table table");
  if (canvas === null || table === null) return;
  const { heading, names, series } = readTable(table);
  const colour = colours(canvas);
  const isBars = figure.dataset.plot === "bars";
  const unit = figure.dataset.plotUnit ?? "count";
  const axis = {
    stroke: colour("--quiet"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
    font: "12px Inter Variable, sans-serif",
  };
  const paint = LINES.map(colour);
  canvas.replaceChildren();
  const plot = new uPlot(
    {
      width: canvas.clientWidth,
      height: HEIGHT,
      cursor: { y: false, drag: { x: false, y: false } },
      legend: { live: true, markers: { width: 0, fill: (_, index) => paint[index - 1] ?? "" } },
      scales: {
        x: { time: false, range: (_, min, max) => [min - 0.5, max + 0.5] },
        y: { range: (_, __, max) => [0, Math.max(max * 1.1, unit === "seconds" ? 60 : 1)] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          splits: (_, __, min, max, increment) => everyFew(names.length, Math.ceil(increment), min, max),
          values: (_, splits) => splits.map((place) => names[place] ?? ""),
          space: 56,
        },
        {
          ...axis,
          size: 60,
          values: (_, splits) => splits.map((value) => tick(value, unit)),
          ...(unit === "seconds" ? { incrs: ROUND_TIMES } : {}),
        },
      ],
      series: [
        { label: heading, value: (_, place) => (place === null ? "" : (names[place] ?? "")) },
        ...series.map(({ name }, index) => ({
          label: name,
          stroke: paint[index] ?? "",
          spanGaps: true,
          ...(isBars ? bars(index, paint[index] ?? "") : { width: 2, points: { show: true, size: 5 } }),
          value: (_: uPlot, value: number | null) => (value === null ? "–" : tick(value, unit)),
        })),
      ],
    },
    [names.map((_, place) => place), ...series.map(({ values }) => values)] as uPlot.AlignedData,
    canvas,
  );
  new ResizeObserver(() => {
    if (canvas.clientWidth > 0) plot.setSize({ width: canvas.clientWidth, height: HEIGHT });
  }).observe(canvas);
}

/** What a variable of the style sheet is in this theme; a canvas does not know `light-dark()`. */
function colours(canvas: HTMLElement): (name: string) => string {
  const probe = canvas.appendChild(document.createElement("span"));
  probe.style.transition = "none";
  return (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
}

/** Each further series stands in the bars of the first, narrower. */
const bars = (index: number, fill: string): Partial<uPlot.Series> => {
  const paths = uPlot.paths.bars?.({ size: [index === 0 ? 0.7 : 0.4, 48] });
  return { fill, width: 0, points: { show: false }, ...(paths ? { paths } : {}) };
};

/** So many of the places as there is room for. */
function everyFew(count: number, atLeast: number, min: number, max: number): number[] {
  const step = Math.max(1, atLeast);
  const places = [];
  for (let place = Math.max(0, Math.ceil(min)); place <= Math.min(count - 1, max); place += step)
    places.push(place);
  return places;
}

function drawAll(): void {
  for (const figure of document.querySelectorAll<HTMLElement>("[data-plot]")) draw(figure);
}

drawAll();
// Another theme has other colours.
new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
