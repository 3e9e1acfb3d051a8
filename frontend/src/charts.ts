/** What only the dashboard loads: uPlot, and the plots drawn with it. */
export { default as uPlot } from "uplot";
