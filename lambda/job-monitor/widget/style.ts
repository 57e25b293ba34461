import { Html } from './html';
import type { WidgetView } from './request';

/** Colours for a white and for a dark background. Texts have a contrast of at least 4.5 to both `hover` and the background. */
const COLOURS = {
  light: {
    text: '#0f141a',
    muted: '#5f6b7a',
    line: '#e3e6ea',
    track: '#e3e6ea',
    hover: '#f8f9fa',
    link: '#0972d3',
    running: '#0972d3',
    queued: '#5f6b7a',
    completed: '#277c38',
    completedWithErrors: '#96600f',
    failed: '#c42d0f',
    cancelled: '#5f6b7a',
  },
  dark: {
    text: '#d5dbdb',
    muted: '#95a5a6',
    line: '#414d5c',
    track: '#37424f',
    hover: '#232f3e',
    link: '#539fe5',
    running: '#539fe5',
    queued: '#95a5a6',
    completed: '#5cb85c',
    completedWithErrors: '#e0a63c',
    failed: '#ff6b60',
    cancelled: '#95a5a6',
  },
} as const;

/** The maximum width of a day in the chart. */
export const MAX_DAY_PX = 48;

/** Returns the style sheet of the widget. All its rules are below the class `fhir-jobs`, because the page of the dashboard has other widgets. */
export function styleOf({ theme }: WidgetView): Html {
  const colours = COLOURS[theme];
  const states = (['running', 'queued', 'completed', 'completedWithErrors', 'failed', 'cancelled'] as const)
    .map((state) => `.fhir-jobs .${state}{color:${colours[state]}}.fhir-jobs .fill-${state}{background:${colours[state]}}`).join('\n');
  return new Html(`<style>
.fhir-jobs{font:13px/1.4 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;color:${colours.text};padding:4px 8px}
.fhir-jobs .row{display:flex;flex-wrap:wrap;gap:4px 16px;align-items:baseline}
.fhir-jobs .end{margin-left:auto;display:flex;gap:8px;align-items:baseline}
.fhir-jobs .muted{color:${colours.muted}}
.fhir-jobs .number{font-size:22px;line-height:1.2;font-weight:600}
.fhir-jobs .columns{display:flex;flex-wrap:wrap;gap:4px 32px;margin:10px 0}
.fhir-jobs .columns>div{flex:1 1 340px;min-width:0}
.fhir-jobs h3{font-size:14px;font-weight:600;margin:6px 0 4px}
.fhir-jobs .job{padding:4px 0;display:flex;flex-wrap:wrap;gap:0 8px;align-items:baseline}
.fhir-jobs .name{min-width:0;overflow-wrap:anywhere}
.fhir-jobs .name a{cursor:pointer;color:${colours.link}}
.fhir-jobs .bar{flex:1 0 100%;height:8px;border-radius:4px;background:${colours.track};overflow:hidden;margin:3px 0}
.fhir-jobs .bar>div{height:100%;border-radius:4px}
.fhir-jobs .days{display:flex;align-items:flex-end;height:104px;border-bottom:1px solid ${colours.line}}
.fhir-jobs .days>div{flex:1 1 0;min-width:0;padding:0 1px;max-width:${MAX_DAY_PX}px;box-sizing:border-box;height:100%;display:flex;flex-direction:column;justify-content:flex-end}
.fhir-jobs .days>div>div{min-height:3px;margin-top:1px}
.fhir-jobs .days>div>span,.fhir-jobs .dates>div{font-size:11px;text-align:center;white-space:nowrap;overflow:visible}
.fhir-jobs .dates{display:flex}
.fhir-jobs .dates>div{min-width:0;color:${colours.muted}}
.fhir-jobs .key{display:inline-block;width:9px;height:9px;border-radius:2px;margin-right:5px}
.fhir-jobs .problem{border-left:3px solid ${colours.failed};padding:4px 8px;margin:6px 0;background:${colours.hover};overflow-wrap:anywhere}
.fhir-jobs .scroll{overflow-x:auto}
.fhir-jobs table{width:100%;border-collapse:collapse}
.fhir-jobs th,.fhir-jobs td{text-align:left;padding:4px 8px;border-bottom:1px solid ${colours.line};vertical-align:baseline}
.fhir-jobs th{font-weight:600;color:${colours.muted};white-space:nowrap}
.fhir-jobs tr:hover td{background:${colours.hover}}
.fhir-jobs .fixed{white-space:nowrap}
.fhir-jobs .id{font-family:ui-monospace,Consolas,monospace;font-size:12px}
.fhir-jobs .count{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.fhir-jobs.narrow .wide{display:none}
.fhir-jobs.narrow td,.fhir-jobs.narrow th{white-space:normal}
.fhir-jobs.narrow td .key{display:none}
.fhir-jobs.narrow th,.fhir-jobs.narrow td{padding:4px}
.fhir-jobs.narrow td.name{min-width:110px}
${states}
</style>`);
}
