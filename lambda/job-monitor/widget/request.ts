import { toZone, type Zone } from './format';
import { DATASTORE_ID, MAX_LOOK_BACK_DAYS, MAX_MONITORED_DATASTORES } from '../../../src/contract';

/** The parameters of the widget. The dashboard has the first two, and the buttons of the widget send all. */
export interface WidgetParams {
  readonly datastoreIds: readonly string[];
  readonly lookBackDays: number;
  /** The page of the table. Page 0 has the newest jobs. */
  readonly page: number;
}

/** The part of the dashboard's context that the widget uses. */
export interface WidgetView {
  readonly theme: 'light' | 'dark';
  readonly zone: Zone;
  readonly isNarrow: boolean;
}

const MAX_PAGE = 100_000;

/** A widget below this width shows fewer columns. */
const NARROW_PX = 640;

/** The maximum number of characters of a bad value that an error shows. */
const MAX_SHOWN = 100;

/** Returns the parameters of a call, or an error text if they are invalid. Anybody who may invoke the function can send any parameters. */
export function toParams({ datastoreIds, lookBackDays = 14, page = 0 }: Readonly<Record<string, unknown>>): WidgetParams | string {
  if (!Array.isArray(datastoreIds) || datastoreIds.length < 1 || datastoreIds.length > MAX_MONITORED_DATASTORES) {
    return `the parameter datastoreIds ${shown(datastoreIds)} is not a list of 1 to ${MAX_MONITORED_DATASTORES} ids; correct the parameters of the widget`;
  }
  const wrongId: unknown = datastoreIds.find((id) => typeof id !== 'string' || !DATASTORE_ID.test(id));
  if (wrongId !== undefined) {
    return `the data store id ${shown(wrongId)} does not have 32 characters of 0-9 and a-f; correct the parameters of the widget`;
  }
  if (!isWithin(lookBackDays, 1, MAX_LOOK_BACK_DAYS)) {
    return `the parameter lookBackDays ${shown(lookBackDays)} is not a whole number from 1 to ${MAX_LOOK_BACK_DAYS}; correct the parameters of the widget`;
  }
  return { datastoreIds: [...new Set(datastoreIds as string[])], lookBackDays, page: isWithin(page, 0, MAX_PAGE) ? page : 0 };
}

function isWithin(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, MAX_SHOWN);
}

/** Returns the appearance of the widget on the dashboard. `widgetContext` has no documented schema, so every member may be missing. */
export function toView(widgetContext: unknown): WidgetView {
  const { theme, timezone, width } = Object(widgetContext) as Readonly<Record<string, unknown>>;
  return {
    theme: theme === 'dark' ? 'dark' : 'light',
    // The sign of `offsetInMinutes` is not documented.
    zone: toZone((Object(timezone) as { readonly offsetISO?: unknown }).offsetISO),
    isNarrow: typeof width === 'number' && width < NARROW_PX,
  };
}
