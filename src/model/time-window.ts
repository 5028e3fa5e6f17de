/** Hours of the day, on the clock of the machine that runs: minutes since midnight. Over midnight where `from` is later. */
export interface TimeWindow {
  readonly fromMinute: number;
  readonly toMinute: number;
}

const DAY_MINUTES = 24 * 60;

/**
 * Reads `02:00-04:00`; null for anything else, and for a window without a length.
 *
 * @example timeWindowOf('22:30-04:00') // { fromMinute: 1350, toMinute: 240 }
 */
export function timeWindowOf(text: string): TimeWindow | null {
  const time = '([01]?\\d|2[0-3]):([0-5]\\d)';
  const found = new RegExp(`^${time}\\s*-\\s*(?:${time}|24:00)$`).exec(text.trim());
  if (found === null) return null;
  const [, fromHour = '0', fromMin = '0', toHour = '24', toMin = '0'] = found;
  const fromMinute = Number(fromHour) * 60 + Number(fromMin);
  const toMinute = (Number(toHour) * 60 + Number(toMin)) % DAY_MINUTES;
  return fromMinute === toMinute ? null : { fromMinute, toMinute };
}

/** How long until the window opens, ms; 0 while it is open. */
export function msUntilOpen(window: TimeWindow, now: Date): number {
  return isOpen(window, now) ? 0 : msUntil(window.fromMinute, now);
}

/** How long until the window closes, ms; 0 while it is closed. */
export function msUntilClose(window: TimeWindow, now: Date): number {
  return isOpen(window, now) ? msUntil(window.toMinute, now) : 0;
}

function isOpen({ fromMinute, toMinute }: TimeWindow, now: Date): boolean {
  const minute = now.getHours() * 60 + now.getMinutes();
  return fromMinute < toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute;
}

/** By the calendar, so that a day on which the clock is put forward or back counts as long as it is. */
function msUntil(minuteOfDay: number, now: Date): number {
  const then = new Date(now);
  then.setHours(Math.floor(minuteOfDay / 60), minuteOfDay % 60, 0, 0);
  if (then.getTime() <= now.getTime()) then.setDate(then.getDate() + 1);
  return then.getTime() - now.getTime();
}
